import assert from 'node:assert/strict';
import type { PolicyRow } from '../../../../src/lab/policies/index.ts';
import type { Policy, PolicyOptions } from '../../../../src/lab/policy.ts';
import { nextUses } from '../../../../src/lab/simulate/next-uses.ts';
import type { Request } from '../slow/requests.ts';

/**
 * A policy, driven as its interface says, beside a map of what it should hold, which after every call is held against what
 * it does hold. Nothing expires by itself: only requests that say so find an expired entry.
 */
export class Checked {
	readonly policy: Policy;
	readonly #capacity: number;
	/** Sizes of the keys that are held. */
	readonly #sizes = new Map<number, number>();
	hits = 0;
	misses = 0;
	/** Keys that had room in the cache and were not taken in. */
	refused = 0;
	#nowMs = 0;

	/** @param requests all that will be asked for, removals included */
	constructor({ make }: PolicyRow, options: PolicyOptions, requests: readonly Request[]) {
		this.#capacity = options.capacity;
		this.policy = make({ ...options, nextUse: nextUses(Uint32Array.from(requests, ({ key }) => key)) });
		this.#check();
	}

	run(requests: readonly Request[]): void {
		for (const { key, size, expired } of requests) {
			this.policy.advance?.(this.#nowMs++);
			if (expired && this.#sizes.has(key)) this.remove(key);
			else if (this.#get(key)) continue;
			this.#put(key, size);
		}
	}

	/** A request that finds an expired entry, or a removal of nothing. */
	remove(key: number): void {
		this.policy.remove(key);
		this.#sizes.delete(key);
		this.#check();
	}

	#get(key: number): boolean {
		const isHit = this.policy.get(key);
		assert.equal(isHit, this.#sizes.has(key), `get says that key ${key} is ${isHit ? '' : 'not '}held`);
		if (isHit) this.hits++;
		this.#check();
		return isHit;
	}

	#put(key: number, size: number): void {
		this.misses++;
		const before = [...this.#sizes];
		this.policy.put(key, size, Number.POSITIVE_INFINITY);
		if (size > this.#capacity) {
			assert.ok(!this.policy.has(key), 'it is larger than the cache');
			assert.equal(this.policy.entries, before.length, 'it could not come in, and nothing had to go');
		}
		for (const [other] of before) if (!this.policy.has(other)) this.#sizes.delete(other);
		if (this.policy.has(key)) this.#sizes.set(key, size);
		else if (size <= this.#capacity) this.refused++;
		this.#check();
	}

	#check(): void {
		const { policy } = this;
		let held = 0;
		for (const [key, size] of this.#sizes) {
			held += size;
			assert.ok(policy.has(key), `key ${key} is gone, and nobody came in`);
		}
		assert.deepEqual([policy.entries, policy.held], [this.#sizes.size, held]);
		assert.ok(held <= this.#capacity, `holds ${held} of ${this.#capacity}`);
	}
}
