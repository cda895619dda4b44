/** Child processes of the tests: their output by line, their end, and that none outlives its test. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Where a test says what is to be done when it is over: a `TestContext`, or `{ after }` of node:test for a whole file. */
export interface Cleanup {
	after(done: () => Promise<void>): void;
}

export interface Exit {
	/** null: ended by a signal. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

/** How long a process may take to end before it is killed. */
const endMs = 8000;

export class Child {
	readonly pid: number;
	readonly exited: Promise<Exit>;
	readonly #process: ChildProcess;
	readonly #waiting = new Set<() => void>();
	#stdout = '';
	#stderr = '';
	#ended = false;

	private constructor(process: ChildProcess) {
		this.#process = process;
		this.pid = process.pid!;
		process.stdout!.setEncoding('utf8').on('data', (text: string) => {
			this.#stdout += text;
			this.#wake();
		});
		process.stderr!.setEncoding('utf8').on('data', (text: string) => {
			this.#stderr += text;
			this.#wake();
		});
		// 'close', not 'exit': by then all output is here.
		this.exited = once(process, 'close').then(([code, signal]) => {
			this.#ended = true;
			this.#wake();
			return { code, signal };
		});
	}

	static async start(
		cleanup: Cleanup,
		program: string,
		args: readonly string[],
		options: { env?: NodeJS.ProcessEnv; cwd?: string; messages?: boolean } = {},
	): Promise<Child> {
		const { messages = false, ...rest } = options;
		const stdio: StdioOptions = messages ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'];
		const process = spawn(program, args, { stdio, ...rest });
		await once(process, 'spawn');
		const child = new Child(process);
		cleanup.after(async () => {
			await child.stop();
		});
		return child;
	}

	get stdout(): string {
		return this.#stdout;
	}

	get stderr(): string {
		return this.#stderr;
	}

	get ended(): boolean {
		return this.#ended;
	}

	/** Through the channel that `messages` opened. */
	send(message: object): void {
		this.#process.send(message);
	}

	signal(signal: NodeJS.Signals): void {
		this.#process.kill(signal);
	}

	/** Ends it by SIGTERM, and by SIGKILL if it does not obey. Idempotent. */
	async stop(): Promise<Exit> {
		if (!this.#ended) this.#process.kill('SIGTERM');
		const timer = setTimeout(() => this.#process.kill('SIGKILL'), endMs);
		const exit = await this.exited;
		clearTimeout(timer);
		return exit;
	}

	/** Resolves with what `find` makes of the output so far, as soon as that is not undefined. Rejects if it ends before. */
	async output<T>(find: (stdout: string, stderr: string) => T | undefined): Promise<T> {
		for (;;) {
			const found = find(this.#stdout, this.#stderr);
			if (found !== undefined) return found;
			if (this.#ended) throw new Error(`the process ended first:\n${this.#stdout}${this.#stderr}`);
			await new Promise<void>((resolve) => this.#waiting.add(resolve));
		}
	}

	#wake(): void {
		for (const resolve of this.#waiting) resolve();
		this.#waiting.clear();
	}
}

/** Longer than any command takes that ends by itself. */
const runMs = 20_000;

/** Runs a program to its end; one that does not end is killed, which its `signal` then shows. */
export async function runToEnd(
	program: string,
	args: readonly string[],
	options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Exit & { stdout: string; stderr: string }> {
	const child = await Child.start({ after() {} }, program, args, options);
	const timer = setTimeout(() => child.signal('SIGKILL'), runMs);
	const exit = await child.exited;
	clearTimeout(timer);
	return { ...exit, stdout: child.stdout, stderr: child.stderr };
}
