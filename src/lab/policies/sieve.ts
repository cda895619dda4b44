import { Links, List } from '../lists.ts';
import { bitBytes, linkedBytes, perEntry } from '../metadata.ts';
import { type Column, none } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/**
 * SIEVE (Zhang et al., NSDI 2024): a hand walks from the oldest to the youngest, spares once what was hit, leaves it where
 * it is, and takes out the first that was not. Until the hand has come around for the first time this is LFU with the oldest
 * of equals first, so that the two may agree to the last request on a trace.
 */
export class Sieve extends SizedPolicy {
	readonly metadata = perEntry(linkedBytes + bitBytes);
	readonly #queue: List;
	readonly #visited: Column<Uint8Array<ArrayBuffer>>;
	/** The key to be looked at next; `none`: the oldest that there will be then. */
	#hand = none;

	constructor(options: PolicyOptions) {
		super(options);
		this.#queue = new List(new Links(this.keys), this.sizes);
		this.#visited = this.keys.uint8();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.#visited.values[key] = 1;
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.#evict();
		this.add(key, size);
		this.#visited.values[key] = 0;
		this.#queue.push(key);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		if (key === this.#hand) this.#hand = this.#queue.youngerThan(key);
		this.#queue.take(key);
		this.drop(key);
	}

	#evict(): void {
		const visited = this.#visited.values;
		const queue = this.#queue;
		let key = this.#hand;
		if (key === none) key = queue.tail;
		while (visited[key]) {
			visited[key] = 0;
			key = queue.youngerThan(key);
			if (key === none) key = queue.tail;
		}
		this.#hand = key;
		this.remove(key);
	}
}
