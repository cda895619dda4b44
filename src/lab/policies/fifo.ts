import { Links, List } from '../lists.ts';
import { entryNumberBytes, perEntry } from '../metadata.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** First in, first out: a hit changes nothing. */
export class Fifo extends SizedPolicy {
	/** A ring of entries. */
	readonly metadata = perEntry(entryNumberBytes);
	readonly #queue: List;

	constructor(options: PolicyOptions) {
		super(options);
		this.#queue = new List(new Links(this.keys), this.sizes);
	}

	get(key: number): boolean {
		return this.has(key);
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.remove(this.#queue.tail);
		this.add(key, size);
		this.#queue.push(key);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#queue.take(key);
		this.drop(key);
	}
}
