import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Policy } from '../../../../src/lab/policy.ts';

/** Time between requests, and how long answers last, or up to three times as long. */
export const lifetimes = fc.record({
	gapMs: fc.constantFrom(0, 1, 40, 700, 9000),
	lifetimeMs: fc.constantFrom(1, 500, 5000, 70_000),
});

interface Entry {
	readonly size: number;
	readonly expiresMs: number;
}

/** A policy with a clock and lifetimes, beside a map of what it should hold. */
export class ClockedCache {
	readonly #policy: Policy;
	readonly #capacity: number;
	readonly #entries = new Map<number, Entry>();

	constructor(policy: Policy, capacity: number) {
		this.#policy = policy;
		this.#capacity = capacity;
	}

	/** A request whose answer is kept after a miss. */
	request(key: number, size: number, nowMs: number, lifetimeMs: number): void {
		const policy = this.#policy;
		policy.advance?.(nowMs);
		for (const [other, { expiresMs }] of this.#entries) {
			if (policy.has(other)) continue;
			assert.ok(expiresMs <= nowMs, `key ${other} went by the clock, ${expiresMs - nowMs} ms too early`);
			this.#entries.delete(other);
		}
		const entry = this.#entries.get(key);
		if (entry && entry.expiresMs <= nowMs) {
			policy.remove(key);
			this.#entries.delete(key);
			assert.ok(!policy.has(key));
		} else {
			assert.equal(policy.get(key), entry !== undefined);
			if (entry) return;
		}
		this.#check();
		policy.put(key, size, nowMs + lifetimeMs);
		for (const other of this.#entries.keys()) if (!policy.has(other)) this.#entries.delete(other);
		if (policy.has(key)) this.#entries.set(key, { size, expiresMs: nowMs + lifetimeMs });
		this.#check();
	}

	#check(): void {
		let held = 0;
		for (const [key, { size }] of this.#entries) {
			held += size;
			assert.ok(this.#policy.has(key), `key ${key} is gone, and nobody came in`);
		}
		assert.deepEqual([this.#policy.held, this.#policy.entries], [held, this.#entries.size]);
		assert.ok(held <= this.#capacity, `holds ${held} of ${this.#capacity}`);
	}
}
