import type { TraceDecoder } from '../../workload/read/decoder.ts';
import { Notes } from '../../workload/read/notes.ts';
import { Reading } from '../../workload/read/reading.ts';
import { nameOfSource, type Peekable, type TraceSource } from '../../workload/read/source.ts';
import type { TraceRequest } from './request.ts';

export interface RequestStreamOptions {
	/** For messages; by default the path, "stdin" or "input". */
	readonly name?: string | undefined;
	/** Is told of each line or record that is skipped, as `FILE:LINE: what`. They are counted in any case. */
	readonly onBad?: ((message: string) => void) | undefined;
}

/** A format: reads octets, tells of what is wrong to the notes, and gives requests to `take` in the order of the file. */
export type RequestDecoder = (notes: Notes, take: (request: TraceRequest) => void) => TraceDecoder;

/**
 * Requests of a file that is read once, from its beginning to its end, packed by gzip or zstd or not. Nothing is read before
 * the first is asked for, and no more is held than what one piece of the file has. Whoever iterates gets a `PetrelError` if
 * the file cannot be read, is empty, or has nothing that could be read.
 */
export class RequestStream extends Reading<TraceRequest> {
	readonly #decoder: RequestDecoder;
	#firstBad: string | undefined;
	#delivered = 0;

	constructor(source: TraceSource, options: RequestStreamOptions, decoder: RequestDecoder) {
		super(
			source,
			new Notes(options.name ?? nameOfSource(source), (message) => {
				this.#firstBad ??= message;
				options.onBad?.(message);
			}),
		);
		this.#decoder = decoder;
	}

	protected async *decode(octets: Peekable): AsyncGenerator<readonly TraceRequest[], void, void> {
		if ((await octets.peek(1)).length === 0) this.notes.fail('is empty; give a trace');
		let batch: TraceRequest[] = [];
		const decoder = this.#decoder(this.notes, (request) => batch.push(request));
		const drain = (): TraceRequest[] => {
			const full = batch;
			batch = [];
			this.#delivered += full.length;
			return full;
		};
		for await (const chunk of octets.read()) {
			decoder.push(chunk);
			if (batch.length > 0) yield drain();
		}
		decoder.end();
		yield drain();
		if (this.#delivered > 0 || this.#firstBad === undefined) return;
		this.notes.fail(`nothing could be read; is it of another format? What came first was ${this.#firstBad}`);
	}
}
