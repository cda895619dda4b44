import { KeyHeap } from '../key-heap.ts';
import { entryNumberBytes, perEntry } from '../metadata.ts';
import type { Column } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Frequencies per size are small numbers; times so much they are as in libCacheSim, to the last digit. */
const scale = 1e6;

/**
 * GreedyDual-Size-Frequency (Cherkasova 1998): what was asked for least often for its size goes first. Age comes in by a
 * floor, the priority of what went last, that what is put in or hit is set upon. Of equals the first goes first.
 */
export class Gdsf extends SizedPolicy {
	/** A priority, a count, a place in a heap and the place's entry. */
	readonly metadata = perEntry(8 + 4 + 2 * entryNumberBytes);
	readonly #heap: KeyHeap;
	readonly #frequencies: Column<Uint32Array<ArrayBuffer>>;
	#floor = 0;

	constructor(options: PolicyOptions) {
		super(options);
		this.#heap = new KeyHeap(this.keys);
		this.#frequencies = this.keys.uint32();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.#frequencies.values[key]++;
		this.#heap.change(key, this.#priority(key));
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) {
			const victim = this.#heap.top;
			this.#floor = this.#heap.priorityOf(victim);
			this.remove(victim);
		}
		this.add(key, size);
		this.#frequencies.values[key] = 1;
		this.#heap.add(key, this.#priority(key));
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#heap.take(key);
		this.drop(key);
	}

	#priority(key: number): number {
		return this.#floor + (this.#frequencies.values[key] * scale) / this.sizes.values[key];
	}
}
