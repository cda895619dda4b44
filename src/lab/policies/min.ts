import { assert } from '../../util/assert.ts';
import { KeyHeap } from '../key-heap.ts';
import { entryNumberBytes, perEntry } from '../metadata.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/**
 * Belady's MIN (1966): what will be asked for latest goes first. With entries of one size that never expire no policy
 * misses less; with sizes, or where entries expire before they are asked for again, another one can.
 */
export class Min extends SizedPolicy {
	/** The next request, a place in a heap and the place's entry; but no server knows the future. */
	readonly metadata = perEntry(3 * entryNumberBytes);
	readonly #nextUse: Int32Array;
	/** By when they will be asked for, the latest first. */
	readonly #heap: KeyHeap;
	/** The number of the request that is under way. */
	#request = -1;

	constructor(options: PolicyOptions) {
		super(options);
		assert(options.nextUse !== undefined, 'MIN is made with the next use of each request');
		this.#nextUse = options.nextUse;
		this.#heap = new KeyHeap(this.keys);
	}

	get(key: number): boolean {
		this.#request++;
		if (!this.has(key)) return false;
		this.#heap.change(key, this.#priority());
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.#discard(this.#heap.top);
		this.add(key, size);
		this.#heap.add(key, this.#priority());
	}

	/** Stands in place of `get` and so is a request as well. */
	remove(key: number): void {
		this.#request++;
		if (this.has(key)) this.#discard(key);
	}

	#discard(key: number): void {
		this.#heap.take(key);
		this.drop(key);
	}

	#priority(): number {
		const next = this.#nextUse[this.#request];
		return next >= 0 ? -next : Number.NEGATIVE_INFINITY;
	}
}
