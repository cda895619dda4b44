/** petrel as a user runs it: `petrel serve` in a process of its own, with a Corefile in a directory of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CounterName } from '../../../src/metrics/hot/counters.ts';
import { withoutSettings } from '../transport.ts';
import { Child, type Cleanup, type Exit, runToEnd } from './child.ts';
import type { Server } from './client.ts';

const program = join(import.meta.dirname, '../../../bin/petrel.js');

export interface PetrelOptions {
	/** Two by default, so that what only holds within one worker fails. */
	readonly workers?: number;
	/** Addresses in place of those of the Corefile; 127.0.0.1 with a free port by default. */
	readonly listen?: readonly string[];
	readonly args?: readonly string[];
	readonly env?: NodeJS.ProcessEnv;
	/** Whether the test is going to hurt shards: see `Petrel.hurt`. */
	readonly faults?: boolean;
}

/** The environment of the test without settings of petrel's own; without a control socket, for tests would meet there. */
function cleanEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
	return { ...withoutSettings(process.env), NO_COLOR: '1', PETREL_CONTROL: 'off', ...more };
}

/** A directory that is gone when the test is over. */
export async function temporaryDirectory(cleanup: Cleanup): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'petrel-test-'));
	cleanup.after(() => rm(path, { recursive: true, force: true }));
	return path;
}

export class Petrel implements Server {
	readonly child: Child;
	/** Where it listens, from its ready line. */
	readonly servers: readonly Server[];
	readonly readyLine: string;
	/** Its configuration, for a test that changes it. */
	readonly corefile: string;
	/** The path of its control socket. */
	readonly control: string;
	#dumps = 0;
	/** Signals that are not yet delivered merge into one: the next dump is asked for when the last has come. */
	#lastDump: Promise<unknown> = Promise.resolve();

	constructor(child: Child, readyLine: string, corefile: string, control: string) {
		this.control = control;
		this.child = child;
		this.corefile = corefile;
		this.readyLine = readyLine;
		const addresses = /ready: (.*?) udp\+tcp/.exec(readyLine)![1].split(' ');
		this.servers = addresses.map((text) => {
			const [, ipv6, ipv4, port] = /^(?:\[(.+)\]|(.+)):(\d+)$/.exec(text)!;
			return { address: ipv6 ?? ipv4, port: Number(port) };
		});
	}

	get address(): string {
		return this.servers[0].address;
	}

	get port(): number {
		return this.servers[0].port;
	}

	get log(): string {
		return this.child.stderr;
	}

	/** All counters as they are now. */
	counters(): Promise<Record<CounterName, number>> {
		const dump = this.#lastDump.then(() => this.#dump());
		this.#lastDump = dump.catch(() => {});
		return dump;
	}

	async #dump(): Promise<Record<CounterName, number>> {
		const wanted = this.#dumps++;
		this.child.signal('SIGUSR2');
		const line = await this.child.output((stdout) => {
			const lines = stdout.split('\n').filter((text) => text.startsWith('{'));
			return stdout.endsWith('\n') ? lines[wanted] : undefined;
		});
		return JSON.parse(line);
	}

	/** What the counters gained while something was done. */
	async counted(work: () => Promise<unknown>): Promise<Record<CounterName, number>> {
		const before = await this.counters();
		await work();
		const after = await this.counters();
		for (const name of Object.keys(after) as CounterName[]) after[name] -= before[name];
		return after;
	}

	/** Writes another configuration and has it read. Resolves with the line that says what became of it. */
	async reload(text: string): Promise<string> {
		await writeFile(this.corefile, text);
		return this.readAgain();
	}

	async readAgain(): Promise<string> {
		const seen = this.log.length;
		this.child.signal('SIGHUP');
		const outcome = /^.*(Reloading complete|Restart failed|nothing has changed).*$/m;
		return this.child.output((_, stderr) => outcome.exec(stderr.slice(seen))?.[0]);
	}

	/** Hurts a shard. It must have been started with `faults`. */
	hurt(shard: number, fault: 'throw' | 'exhaust-memory' | 'spin' | 'terminate'): void {
		this.child.send({ shard, fault });
	}

	/** Resolves when the log has a line that matches, also one that was written before. */
	logged(pattern: RegExp): Promise<RegExpExecArray> {
		return this.child.output((_, stderr) => pattern.exec(stderr) ?? undefined);
	}

	stop(): Promise<Exit> {
		return this.child.stop();
	}
}

/** A port that petrel found free can be taken, by a client of another test, before all its workers have bound it. */
const startTries = 5;

/** Starts `petrel serve` and waits for its ready line. It ends with the test. */
export async function startPetrel(
	cleanup: Cleanup,
	corefile: string,
	options: PetrelOptions = {},
): Promise<Petrel> {
	const directory = await temporaryDirectory(cleanup);
	const path = join(directory, 'Corefile');
	await writeFile(path, corefile);
	const listen = (options.listen ?? ['127.0.0.1:0']).flatMap((address) => ['--listen', address]);
	const control = join(directory, 'control.sock');
	const faults = options.faults ? { PETREL_FAULT_HOOK: '1' } : {};
	const env = { PETREL_CONTROL: control, ...faults, ...options.env };
	const workers = ['--workers', String(options.workers ?? 2)];
	const args = ['serve', path, ...workers, ...listen, ...(options.args ?? [])];
	for (let tries = 1; ; tries++) {
		const messages = options.faults === true;
		const child = await spawnPetrel(cleanup, args, { env, cwd: directory, messages });
		try {
			const ready = await child.output((_, stderr) => /^.* ready: .*$/m.exec(stderr)?.[0]);
			return new Petrel(child, ready, path, control);
		} catch (thrown) {
			if (tries === startTries || !child.stderr.includes('the port is in use')) throw thrown;
		}
	}
}

export interface RunOptions {
	/** Besides what the test's own environment has. */
	readonly env?: NodeJS.ProcessEnv | undefined;
	readonly cwd: string;
	/** Opens a channel for `Child.send`. */
	readonly messages?: boolean;
}

/** Starts a petrel command that is to go on; it ends with the test. */
export function spawnPetrel(cleanup: Cleanup, args: readonly string[], options: RunOptions): Promise<Child> {
	return Child.start(cleanup, process.execPath, [program, ...args], {
		...options,
		env: cleanEnv(options.env),
	});
}

/** Runs a petrel command to its end. */
export function runPetrel(
	args: readonly string[],
	options: RunOptions = { cwd: tmpdir() },
): ReturnType<typeof runToEnd> {
	return runToEnd(process.execPath, [program, ...args], { ...options, env: cleanEnv(options.env) });
}
