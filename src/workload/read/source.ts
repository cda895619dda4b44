import { createReadStream } from 'node:fs';
import { messageOf, PetrelError } from '../../util/errors.ts';

/** A path, `-` for standard input, or octets from elsewhere. */
export type TraceSource = string | AsyncIterable<Uint8Array>;

const readBytes = 256 * 1024;

/** How a source is called in messages. */
export function nameOfSource(source: TraceSource): string {
	if (typeof source !== 'string') return 'input';
	return source === '-' ? 'stdin' : source;
}

/** The octets of a source. What the system says against reading it becomes a `PetrelError`. */
export async function* readSource(source: TraceSource): AsyncGenerator<Uint8Array, void, void> {
	try {
		yield* openSource(source);
	} catch (error) {
		if (!isSystemError(error)) throw error;
		const advice =
			error.code === 'ENOENT' ? '; name a file of queries, a trace, or - for standard input' : '';
		throw new PetrelError(
			'PETREL_CONFIG',
			`${nameOfSource(source)}: cannot be read: ${messageOf(error)}${advice}`,
			{ cause: error },
		);
	}
}

function openSource(source: TraceSource): AsyncIterable<Uint8Array> {
	if (typeof source !== 'string') return source;
	return source === '-' ? process.stdin : createReadStream(source, { highWaterMark: readBytes });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && 'syscall' in error;
}

/** Octets whose beginning can be looked at before they are read. */
export class Peekable {
	readonly #iterator: AsyncIterator<Uint8Array>;
	#head: Buffer = Buffer.alloc(0);
	#ended = false;

	constructor(chunks: AsyncIterable<Uint8Array>) {
		this.#iterator = chunks[Symbol.asyncIterator]();
	}

	get ended(): boolean {
		return this.#ended;
	}

	/** The first octets, at least so many unless there are fewer. */
	async peek(bytes: number): Promise<Buffer> {
		while (this.#head.length < bytes && !this.#ended) {
			const { value, done } = await this.#iterator.next();
			if (done) this.#ended = true;
			else this.#head = this.#head.length === 0 ? Buffer.from(value) : Buffer.concat([this.#head, value]);
		}
		return this.#head;
	}

	/** All octets from the first on. */
	async *read(): AsyncGenerator<Uint8Array, void, void> {
		try {
			if (this.#head.length > 0) yield this.#head;
			this.#head = Buffer.alloc(0);
			while (!this.#ended) {
				const { value, done } = await this.#iterator.next();
				if (done) this.#ended = true;
				else yield value;
			}
		} finally {
			await this.close();
		}
	}

	/** Lets go of the source; to be called where `read` is not. */
	async close(): Promise<void> {
		if (this.#ended) return;
		this.#ended = true;
		await this.#iterator.return?.();
	}
}
