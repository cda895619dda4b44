/** The real CoreDNS: where it is, whether it is the one that is written about, and one that runs with a Corefile of ours. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Child, type Cleanup } from './child.ts';
import { NoAnswer, type Server, UdpClient } from './client.ts';
import { makeQuery } from './message.ts';
import { temporaryDirectory } from './petrel.ts';

/** The version whose behaviour the tests, `test/peers/differences.ts` and docs/compatibility.md speak of. */
export const corednsVersion = '1.14.7';

export interface FoundProgram {
	readonly path: string;
	readonly version: string;
}

/** Why there is no CoreDNS, in place of a program. */
export class NotFound {
	readonly reason: string;
	/** Somebody named a program that is not there: that is no reason to skip in silence. */
	readonly mistaken: boolean;

	constructor(reason: string, mistaken = false) {
		this.reason = reason;
		this.mistaken = mistaken;
	}
}

export function inPath(name: string, more: readonly string[]): string | undefined {
	const directories = [...(process.env.PATH ?? '').split(delimiter), ...more];
	return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
}

/** Where `go install` puts programs. */
export function goBinDirectory(): string {
	return process.env.GOBIN ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin');
}

/** @returns undefined where none is named and none is in PATH or where Go puts programs */
export function locateCoredns(): string | NotFound | undefined {
	const named = process.env.PETREL_BENCH_COREDNS;
	if (named && !existsSync(named))
		return new NotFound(`PETREL_BENCH_COREDNS names ${named}, which does not exist`, true);
	return named || inPath('coredns', [goBinDirectory()]);
}

/** Other versions behave otherwise: to compare with them would show what nobody wrote down. */
export function ofTheVersion(path: string): FoundProgram | NotFound {
	const { stdout } = spawnSync(path, ['-version'], { encoding: 'utf8' });
	const version = /CoreDNS-(\S+)/.exec(stdout ?? '')?.[1];
	if (version === undefined) return new NotFound(`${path} does not say a version of CoreDNS`);
	return version === corednsVersion
		? { path, version }
		: new NotFound(`${path} is ${version}; what differs is written down for ${corednsVersion}`);
}

function find(): FoundProgram | NotFound {
	const path = locateCoredns();
	if (path === undefined)
		return new NotFound(`no coredns in PETREL_BENCH_COREDNS, PATH or ${goBinDirectory()}`);
	return path instanceof NotFound ? path : ofTheVersion(path);
}

/** For a test's options: why it is skipped, or false. */
export function unlessCoredns(): { skip: string | false } {
	const found = find();
	if (!(found instanceof NotFound)) return { skip: false };
	if (found.mistaken) throw new Error(found.reason);
	return { skip: found.reason };
}

export interface Coredns extends Server {
	readonly child: Child;
}

const firstPort = 20_000;
const ports = 10_000;

/**
 * Runs CoreDNS on loopback.
 *
 * @param corefile is given the port that it is to listen on
 * @param program by default the one that `unlessCoredns` found
 */
export async function startCoredns(
	cleanup: Cleanup,
	corefile: (port: number) => string,
	program?: string,
): Promise<Coredns> {
	const found = program === undefined ? find() : { path: program };
	if (found instanceof NotFound) throw new Error(found.reason);
	const directory = await temporaryDirectory(cleanup);
	const path = join(directory, 'Corefile');
	let said = '';
	for (let tries = 0; tries < 5; tries++) {
		const server = { address: '127.0.0.1', port: firstPort + Math.floor(Math.random() * ports) };
		await writeFile(path, corefile(server.port));
		const child = await Child.start(cleanup, found.path, ['-conf', path], { cwd: directory });
		if (await answers(child, server)) return { ...server, child };
		said = `${child.stdout}${child.stderr}`;
	}
	throw new Error(`CoreDNS does not start:\n${said}`);
}

/** A query of another opcode is refused before any plugin sees it, so that the log does not tell of it. */
async function answers(child: Child, server: Server): Promise<boolean> {
	while (!child.ended) {
		const client = await UdpClient.open(server);
		try {
			await client.exchange(makeQuery('.', { opcode: 2 }), 200);
			return true;
		} catch (thrown) {
			if (!(thrown instanceof NoAnswer)) throw thrown;
		} finally {
			client.close();
		}
	}
	return false;
}
