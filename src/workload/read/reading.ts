import { assert } from '../../util/assert.ts';
import { Batches } from './batches.ts';
import type { Notes, Tally } from './notes.ts';
import type { Peekable, TraceSource } from './source.ts';
import { readUnpacked } from './unpack.ts';

/** A file that is read once, from its beginning to its end, packed or not. Nothing is read before the first element is asked for. */
export abstract class Reading<T> implements AsyncIterable<T> {
	protected readonly notes: Notes;
	readonly #source: TraceSource;
	#isTaken = false;

	constructor(source: TraceSource, notes: Notes) {
		this.#source = source;
		this.notes = notes;
	}

	/** Lines, packets or records so far. */
	get read(): number {
		return this.notes.read;
	}

	/** What was damaged. */
	get skipped(): Tally {
		return this.notes.skipped;
	}

	/** What is not of the kind that is looked for. */
	get passedOver(): Tally {
		return this.notes.passedOver;
	}

	[Symbol.asyncIterator](): AsyncIterator<T> {
		return new Batches(this.batches());
	}

	/** The same elements, many at a time: less costly. */
	async *batches(): AsyncGenerator<readonly T[], void, void> {
		assert(!this.#isTaken, 'a trace is read once; open it again');
		this.#isTaken = true;
		yield* readUnpacked(this.#source, this.notes, (octets) => this.decode(octets));
	}

	/** Elements of the unpacked octets. */
	protected abstract decode(octets: Peekable): AsyncGenerator<readonly T[], void, void>;
}
