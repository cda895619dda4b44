/** The real CoreDNS, where there is one: named by PETREL_BENCH_COREDNS, or found in PATH. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Child, type Cleanup } from './child.ts';
import { NoAnswer, type Server, UdpClient } from './client.ts';
import { makeQuery } from './message.ts';
import { temporaryDirectory } from './petrel.ts';

function findCoredns(): string | undefined {
	const named = process.env.PETREL_BENCH_COREDNS;
	if (named) return existsSync(named) ? named : undefined;
	const directories = (process.env.PATH ?? '').split(delimiter);
	return directories.map((directory) => join(directory, 'coredns')).find((path) => existsSync(path));
}

/** For a test's options: why it is skipped, or false. */
export function unlessCoredns(): { skip: string | false } {
	return {
		skip: findCoredns() === undefined && 'there is no coredns in PATH, and PETREL_BENCH_COREDNS names none',
	};
}

export interface Coredns extends Server {
	readonly child: Child;
}

const firstPort = 20_000;
const ports = 10_000;

/** Runs CoreDNS on loopback. `corefile` is given the port that it is to listen on. */
export async function startCoredns(cleanup: Cleanup, corefile: (port: number) => string): Promise<Coredns> {
	const path = join(await temporaryDirectory(cleanup), 'Corefile');
	for (let tries = 0; tries < 5; tries++) {
		const server = { address: '127.0.0.1', port: firstPort + Math.floor(Math.random() * ports) };
		await writeFile(path, corefile(server.port));
		const child = await Child.start(cleanup, findCoredns()!, ['-conf', path]);
		if (await answers(child, server)) return { ...server, child };
	}
	throw new Error('CoreDNS does not start');
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
