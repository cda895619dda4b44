/** The real CoreDNS: where it is, how it gets here, and one that runs with a Corefile of ours. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Child, type Cleanup } from '../support/integration/child.ts';
import { NoAnswer, type Server, UdpClient } from '../support/integration/client.ts';
import { makeQuery } from '../support/integration/message.ts';
import { temporaryDirectory } from '../support/integration/petrel.ts';

/** The version whose behaviour `differences.ts` and docs/compatibility.md speak of. */
export const expectedVersion = '1.14.7';
const goPackage = `github.com/coredns/coredns@v${expectedVersion}`;
/** Compiling it takes minutes on a small machine. */
const buildLimitMs = 900_000;

export interface FoundProgram {
	readonly path: string;
	readonly version: string;
}

function inPath(name: string, more: readonly string[]): string | undefined {
	const directories = [...(process.env.PATH ?? '').split(delimiter), ...more];
	return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
}

function versionOf(path: string): string | undefined {
	const { stdout } = spawnSync(path, ['-version'], { encoding: 'utf8' });
	return /CoreDNS-(\S+)/.exec(stdout ?? '')?.[1];
}

function goBinDirectory(): string {
	return process.env.GOBIN ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin');
}

/** Why there is no CoreDNS, in place of a path. */
export class NotFound {
	readonly reason: string;
	/** Somebody named a program that is not there: that is no reason to skip in silence. */
	readonly mistaken: boolean;

	constructor(reason: string, mistaken = false) {
		this.reason = reason;
		this.mistaken = mistaken;
	}
}

function locate(): string | NotFound {
	for (const variable of ['PETREL_PEERS_COREDNS', 'PETREL_BENCH_COREDNS']) {
		const named = process.env[variable];
		if (named === undefined || named === '') continue;
		return existsSync(named) ? named : new NotFound(`${variable} names ${named}, which does not exist`, true);
	}
	const found = inPath('coredns', [goBinDirectory()]);
	if (found !== undefined) return found;
	const go = inPath('go', ['/usr/local/go/bin']);
	if (go === undefined)
		return new NotFound(`no coredns, and no Go to build it with (go install ${goPackage})`);
	process.stdout.write(`building CoreDNS: go install ${goPackage}\n`);
	const built = spawnSync(go, ['install', goPackage], { encoding: 'utf8', timeout: buildLimitMs });
	const path = join(goBinDirectory(), 'coredns');
	if (built.status === 0 && existsSync(path)) return path;
	return new NotFound(`go install ${goPackage} failed: ${(built.stderr ?? '').trim().split('\n').at(-1)}`);
}

/** Finds CoreDNS, or builds it where there is Go. */
export function findCoredns(): FoundProgram | NotFound {
	const path = locate();
	if (path instanceof NotFound) return path;
	const version = versionOf(path);
	if (version === undefined) return new NotFound(`${path} does not say a version of CoreDNS`);
	return version === expectedVersion
		? { path, version }
		: new NotFound(`${path} is ${version}; what differs is written down for ${expectedVersion}`);
}

export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}

/** A response, which nobody answers, would not show that it is up; class CH for the root is answered by everybody. */
async function waitUntilUp(child: Child, server: Server): Promise<void> {
	for (;;) {
		if (child.ended) throw new Error(`coredns ended:\n${child.stdout}${child.stderr}`);
		const client = await UdpClient.open(server);
		try {
			await client.exchange(makeQuery('up.test', { opcode: 2 }), 100);
			return;
		} catch (thrown) {
			if (!(thrown instanceof NoAnswer)) throw thrown;
		} finally {
			client.close();
		}
	}
}

/** @param corefile is given the port */
export async function startCoredns(
	cleanup: Cleanup,
	program: string,
	corefile: (port: number) => string,
): Promise<Server> {
	const server = { address: '127.0.0.1', port: await freePort() };
	const directory = await temporaryDirectory(cleanup);
	const path = join(directory, 'Corefile');
	await writeFile(path, corefile(server.port));
	const child = await Child.start(cleanup, program, ['-conf', path], { cwd: directory });
	await waitUntilUp(child, server);
	return server;
}
