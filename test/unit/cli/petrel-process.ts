import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { withoutSettings } from '../../support/transport.ts';

const program = new URL('../../../bin/petrel.js', import.meta.url).pathname;

export interface Finished {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface PetrelProcess {
	readonly pid: number | undefined;
	/** Resolves with all of stderr so far as soon as it matches; rejects when the process ends before. */
	stderrMatch(pattern: RegExp): Promise<string>;
	/** Resolves with the first whole line on stdout that was not taken yet. */
	stdoutLine(): Promise<string>;
	kill(signal: NodeJS.Signals): void;
	finished: Promise<Finished>;
}

type Environment = Readonly<Record<string, string>>;

/** Starts `petrel` with its arguments, without the PETREL_* settings of this process's environment. */
export function startPetrel(args: readonly string[], env: Environment = {}, cwd?: string): PetrelProcess {
	const inherited = Object.entries(withoutSettings(process.env)).filter(
		([name]) => !/^(NODE_TEST|FORCE_COLOR)/.test(name),
	);
	const child = spawn(process.execPath, [program, ...args], {
		// Without a control socket, unless the test names one: petrels of several tests would meet there.
		env: { ...Object.fromEntries(inherited), PETREL_CONTROL: 'off', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
		...(cwd === undefined ? {} : { cwd }),
	});
	// Whatever becomes of the test, the process ends with it.
	after(() => child.kill('SIGKILL'));
	let stderr = '';
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
	const stdout = text(child.stdout);
	let taken = '';
	child.stdout.on('data', (chunk: Buffer) => (taken += chunk));
	const { promise: finished, resolve } = Promise.withResolvers<Finished>();
	child.on('close', async (code, signal) => resolve({ code, signal, stdout: await stdout, stderr }));
	const until = <T>(stream: NodeJS.ReadableStream, look: () => T | undefined): Promise<T> =>
		new Promise((found, reject) => {
			const check = (): void => {
				const result = look();
				if (result === undefined) return;
				stream.off('data', check);
				found(result);
			};
			stream.on('data', check);
			child.on('close', () => reject(new Error(`petrel ended before that; it wrote: ${stderr}`)));
			check();
		});
	return {
		pid: child.pid,
		stderrMatch: (pattern) => until(child.stderr, () => (pattern.test(stderr) ? stderr : undefined)),
		stdoutLine: () =>
			until(child.stdout, () => {
				const end = taken.indexOf('\n');
				if (end === -1) return undefined;
				const line = taken.slice(0, end);
				taken = taken.slice(end + 1);
				return line;
			}),
		kill: (signal) => child.kill(signal),
		finished,
	};
}

/** Runs `petrel` to its end. */
export function runPetrel(args: readonly string[], env: Environment = {}, cwd?: string): Promise<Finished> {
	return startPetrel(args, env, cwd).finished;
}
