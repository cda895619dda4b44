import { Links, List } from './lists.ts';
import { type Column, none, type PerKey } from './per-key.ts';

/**
 * Keys that were evicted and are remembered with their sizes, first in first out, as many as had room in `capacity`. A key
 * that is larger than that is not remembered.
 */
export class Ghosts {
	readonly #keys: PerKey;
	readonly #capacity: number;
	/** By key; 0: it is not remembered. */
	readonly #sizes: Column<Uint32Array<ArrayBuffer>>;
	readonly #queue: List;

	/** @param links may be shared with lists of keys that are held: a key is never both */
	constructor(keys: PerKey, capacity: number, links = new Links(keys)) {
		this.#keys = keys;
		this.#capacity = capacity;
		this.#sizes = keys.uint32();
		this.#queue = new List(links, this.#sizes);
	}

	get count(): number {
		return this.#queue.count;
	}

	/** Sum of the sizes, at most the capacity. */
	get held(): number {
		return this.#queue.held;
	}

	has(key: number): boolean {
		return this.#sizes.values[key] > 0;
	}

	/** Remembers a key that is not remembered, and forgets the oldest where there is no room. */
	add(key: number, size: number): void {
		if (size > this.#capacity) return;
		while (this.#queue.held + size > this.#capacity) this.take(this.#queue.tail);
		this.#keys.reach(key);
		this.#sizes.values[key] = size;
		this.#queue.push(key);
	}

	/** Forgets a key. Returns whether it was remembered. */
	take(key: number): boolean {
		if (key === none || !this.has(key)) return false;
		this.#queue.take(key);
		this.#sizes.values[key] = 0;
		return true;
	}
}
