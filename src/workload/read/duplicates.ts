import type { Asked } from './decoder.ts';

/**
 * Finds queries that were recorded more than once: a capture of several interfaces has the same datagram at each of them.
 * The same is what has client, port, ID, name and type in common, within a few milliseconds of the one that was kept; so
 * a client's own second try, seconds later, is none. Queries come in order of their time; what is over is forgotten
 * half a window at a time, so that the memory is bounded by the rate.
 */
export class Duplicates {
	readonly #withinMs: number;
	#recent = new Map<string, number>();
	#older = new Map<string, number>();
	#turnMs = Number.NEGATIVE_INFINITY;

	/** @param withinMs above 0 */
	constructor(withinMs: number) {
		this.#withinMs = withinMs;
	}

	/** Whether the query repeats one that was seen. Without a time none does. */
	has({ query, port, id }: Asked): boolean {
		const { atMs } = query;
		if (Number.isNaN(atMs)) return false;
		if (atMs - this.#turnMs > this.#withinMs) {
			this.#older = this.#recent;
			this.#recent = new Map();
			this.#turnMs = atMs;
		}
		const name = Buffer.from(query.qname.buffer, query.qname.byteOffset, query.qname.length);
		const key = `${query.client} ${port} ${id} ${query.qtype} ${name.toString('latin1', 0, name.length)}`;
		const keptMs = this.#recent.get(key) ?? this.#older.get(key);
		if (keptMs !== undefined && Math.abs(atMs - keptMs) <= this.#withinMs) return true;
		this.#recent.set(key, atMs);
		return false;
	}
}
