/** Programs that the benchmark runs: on one core, ended with it, their output kept. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where system programs are that are not in everybody's PATH. */
const systemDirectories = ['/usr/sbin', '/sbin', '/usr/local/sbin'];
/** How long a process may take to end before it is killed. */
const endMs = 5000;

export function findProgram(name: string): string | undefined {
	const directories = [...(process.env.PATH ?? '').split(delimiter), ...systemDirectories];
	return directories.map((directory) => join(directory, name)).find(isProgram);
}

export function isProgram(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** What a program prints of itself, or '' if it does not. */
export function outputOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
	const run = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
	// Some print their version to stderr.
	return `${run.stdout ?? ''}${run.stderr ?? ''}`;
}

const taskset = findProgram('taskset');

/** Whether server and load can have a core each. */
export const canPin = taskset !== undefined && availableParallelism() >= 2;

export interface Command {
	readonly program: string;
	readonly args: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly directory?: string;
}

const running = new Set<Program>();

export class Program {
	readonly pid: number;
	readonly #child: ChildProcess;
	readonly #ended: Promise<unknown>;
	#output = '';
	#errors = '';

	private constructor(child: ChildProcess) {
		this.#child = child;
		this.pid = child.pid!;
		this.#ended = once(child, 'close');
		child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
		child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
		running.add(this);
		this.#ended.then(() => running.delete(this));
	}

	/** @param core where all its threads run; undefined: wherever the kernel likes */
	static async start(command: Command, core?: number): Promise<Program> {
		const { program, args, env, directory } = command;
		const pinned = core !== undefined && canPin;
		const child = spawn(
			pinned ? taskset! : program,
			pinned ? ['-c', String(core), program, ...args] : [...args],
			{
				stdio: ['ignore', 'pipe', 'pipe'],
				env: { ...process.env, ...env },
				...(directory === undefined ? {} : { cwd: directory }),
			},
		);
		await once(child, 'spawn');
		return new Program(child);
	}

	get output(): string {
		return this.#output;
	}

	get errors(): string {
		return this.#errors;
	}

	get alive(): boolean {
		return running.has(this);
	}

	signal(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	/** Resident memory, octets. */
	get rssBytes(): number {
		const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
		return 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
	}

	/** Until it ends by itself; killed after so many milliseconds. */
	async end(limitMs: number): Promise<number | null> {
		const timer = setTimeout(() => this.#child.kill('SIGKILL'), limitMs);
		await this.#ended;
		clearTimeout(timer);
		return this.#child.exitCode;
	}

	async stop(): Promise<void> {
		if (!this.alive) return;
		this.#child.kill('SIGTERM');
		await this.end(endMs);
	}
}

export async function stopAll(): Promise<void> {
	await Promise.all([...running].map((program) => program.stop()));
}
