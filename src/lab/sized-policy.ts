import { assert } from '../util/assert.ts';
import { type Column, PerKey } from './per-key.ts';
import type { Metadata, Policy, PolicyOptions } from './policy.ts';

/**
 * What the policies have in common: which keys are held and how large they are. A policy adds the order in which they go.
 * Sizes are whole numbers in [1, 2^32).
 */
export abstract class SizedPolicy implements Policy {
	readonly capacity: number;
	held = 0;
	entries = 0;
	protected readonly keys: PerKey;
	/** By key; 0: it is not held. */
	protected readonly sizes: Column<Uint32Array<ArrayBuffer>>;

	constructor({ capacity, keys }: PolicyOptions) {
		this.capacity = capacity;
		this.keys = new PerKey(keys);
		this.sizes = this.keys.uint32();
	}

	abstract readonly metadata: Metadata;
	abstract get(key: number): boolean;
	abstract put(key: number, size: number, expiresMs: number): void;
	abstract remove(key: number): void;

	has(key: number): boolean {
		return this.sizes.values[key] > 0;
	}

	/** Whether so much more would be too much. */
	protected isFullFor(size: number): boolean {
		return this.held + size > this.capacity;
	}

	/** Notes a key that was not held. */
	protected add(key: number, size: number): void {
		assert(size >= 1, 'an entry has a size');
		this.keys.reach(key);
		this.sizes.values[key] = size;
		this.held += size;
		this.entries++;
	}

	/** Strikes out a key that is held. */
	protected drop(key: number): void {
		const sizes = this.sizes.values;
		this.held -= sizes[key];
		this.entries--;
		sizes[key] = 0;
	}
}
