import { createWriteStream, fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Octets that may wait for whoever reads; what comes then is dropped. */
const waitingMax = 1024 * 1024;

/**
 * Lines for stdout, written without ever waiting for the reader: a pipe that nobody empties costs lines, not time.
 * Whoever writes is told, and counts them.
 */
export class LineOutput {
	readonly #stream: Writable;
	#broken = false;

	constructor(stream: Writable) {
		this.#stream = stream;
		// The reader is gone. What a failed write leaves behind is no reason to end.
		stream.on('error', () => {
			this.#broken = true;
		});
	}

	/** Whether so many octets may be written now. */
	hasRoom(octets: number): boolean {
		return !this.#broken && this.#stream.writableLength + octets <= waitingMax;
	}

	/** Whole lines, each with its end. False: there is no room, and nothing was written. */
	write(lines: string): boolean {
		if (!this.hasRoom(lines.length)) return false;
		this.#stream.write(lines);
		return true;
	}

	/** Whether anything waits to be taken. */
	get isWaiting(): boolean {
		return !this.#broken && this.#stream.writableLength > 0;
	}

	/** Resolves when all is written, or after a while. */
	async drain(limitMs: number): Promise<void> {
		if (!this.isWaiting) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, limitMs);
		this.#stream.write('', () => resolve());
		await promise;
		clearTimeout(timer);
	}
}

let stdout: LineOutput | undefined;

/**
 * The process's stdout. A pipe is non-blocking as `process.stdout`, which queues what the pipe does not take; writes of
 * `fs` would block a thread on it that the process waits for at its end. A file is what `process.stdout` would write to
 * synchronously.
 */
export function stdoutLines(): LineOutput {
	if (stdout === undefined) {
		const { fd } = process.stdout;
		const isFile = fstatSync(fd).isFile();
		stdout = new LineOutput(isFile ? createWriteStream('', { fd, autoClose: false }) : process.stdout);
	}
	return stdout;
}

/** Whether lines wait in stdout that nobody takes. They would keep the process from ending by itself. */
export function stdoutIsStuck(): boolean {
	return stdout?.isWaiting ?? false;
}
