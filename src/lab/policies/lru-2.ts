import { Ghosts } from '../ghosts.ts';
import { KeyHeap } from '../key-heap.ts';
import { entryNumberBytes, rememberedBytes } from '../metadata.ts';
import type { Column } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** The number of a request. */
const timeBytes = 4;

export interface Lru2Options {
	/** Sizes of evicted keys whose last request is remembered, in capacities. */
	readonly remembered: number;
	/**
	 * The paper's correlated reference period: requests for a key that are at most so many requests apart count as one, and
	 * the key is not evicted meanwhile unless all are as young. 0: each counts.
	 */
	readonly correlatedRequests: number;
}

/**
 * LRU-2 (O'Neil, O'Neil, Weikum, SIGMOD 1993): goes by the last request but one. Keys that were asked for once go first, of
 * them that which was asked for longest ago.
 *
 * The last request of an evicted key is remembered, without which the policy would hardly ever see a second one. The paper
 * bounds this by time, the retained information period; here it is a sum of sizes, and what was evicted first is forgotten
 * first. Sizes matter to no order: keys go, in it, until the newcomer fits.
 */
export class Lru2 extends SizedPolicy {
	readonly metadata;
	readonly #correlatedRequests: number;
	/** By the last request but one, by the last one where they are equal. */
	readonly #heap: KeyHeap;
	readonly #ghosts: Ghosts;
	/** By key: the request that began its last correlated period, and its very last one. Of evicted keys as well. */
	readonly #periodStarts: Column<Uint32Array<ArrayBuffer>>;
	readonly #lastRequests: Column<Uint32Array<ArrayBuffer>>;
	/** Keys that are too young to go. */
	readonly #young: number[] = [];
	/** The number of the request that is under way, from 1 on. */
	#request = 0;

	constructor(options: PolicyOptions, { remembered, correlatedRequests }: Lru2Options) {
		super(options);
		// A last request more where it is not the same as the start of its period.
		const times = correlatedRequests > 0 ? 3 : 2;
		this.metadata = {
			perEntryBytes: times * timeBytes + 2 * entryNumberBytes,
			perGhostBytes: rememberedBytes + timeBytes,
			ghostsPerEntry: remembered,
			fixedBytes: 0,
		};
		this.#correlatedRequests = correlatedRequests;
		this.#heap = new KeyHeap(this.keys);
		this.#ghosts = new Ghosts(this.keys, Math.floor(options.capacity * remembered));
		this.#periodStarts = this.keys.uint32();
		this.#lastRequests = this.keys.uint32();
	}

	get(key: number): boolean {
		this.#request++;
		if (!this.has(key)) return false;
		const lastRequests = this.#lastRequests.values;
		const last = lastRequests[key];
		lastRequests[key] = this.#request;
		if (this.#request - last > this.#correlatedRequests) {
			this.#periodStarts.values[key] = this.#request;
			this.#heap.change(key, last);
		} else {
			this.#heap.change(key, this.#heap.priorityOf(key));
		}
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		const isKnown = this.#ghosts.take(key);
		while (this.isFullFor(size)) this.#evict();
		this.add(key, size);
		const periodStarts = this.#periodStarts.values;
		this.#heap.add(key, isKnown ? periodStarts[key] : 0);
		periodStarts[key] = this.#request;
		this.#lastRequests.values[key] = this.#request;
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

	#evict(): void {
		const victim = this.#correlatedRequests > 0 ? this.#oldEnough() : this.#heap.top;
		const size = this.sizes.values[victim];
		this.#discard(victim);
		this.#ghosts.add(victim, size);
	}

	/** The first key of the heap that is old enough to go, or its top if none is. */
	#oldEnough(): number {
		const heap = this.#heap;
		const young = this.#young;
		while (young.length < this.entries && this.#isYoung(heap.top)) {
			young.push(heap.top);
			heap.take(heap.top);
		}
		const victim = young.length < this.entries ? heap.top : young[0];
		// In the order in which they came out, so that equal ones keep theirs. Of equal ones either none is left or none was young.
		for (const key of young) heap.add(key, heap.priorityOf(key));
		young.length = 0;
		return victim;
	}

	#isYoung(key: number): boolean {
		return this.#request - this.#lastRequests.values[key] <= this.#correlatedRequests;
	}
}
