/**
 * Goal: LIRS, LRU-2 and W-TinyLFU do what they are known for, and what they do with sizes. Method: small scenarios. (That
 * they are the algorithms of their papers is in second-implementations.test.ts.)
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Lirs } from '../../../src/lab/policies/lirs.ts';
import { Lru } from '../../../src/lab/policies/lru.ts';
import { Lru2 } from '../../../src/lab/policies/lru-2.ts';
import { WTinyLfu } from '../../../src/lab/policies/w-tiny-lfu.ts';
import type { Policy } from '../../../src/lab/policy.ts';
import { ask, heldOf, range } from './servers/ask.ts';

const seed = 5;

function hitsOfLoop(policy: Policy, keys: number, rounds: number): number {
	let hits = 0;
	for (let round = 0; round < rounds; round++) hits += keys - ask(policy, range(0, keys)).length;
	return hits;
}

describe('LIRS', () => {
	test('of a loop that is larger than the cache, most stay', () => {
		assert.equal(hitsOfLoop(new Lru({ capacity: 100, seed }), 120, 10), 0);
		assert.equal(hitsOfLoop(new Lirs({ capacity: 100, seed }, 1), 120, 10), 9 * 99);
	});

	test('a scan passes through the queue', () => {
		const policy = new Lirs({ capacity: 100, seed }, 1);
		ask(policy, range(0, 99));
		ask(policy, range(1000, 9000));
		assert.deepEqual(heldOf(policy, range(0, 9000)), [...range(0, 99), 8999]);
	});

	test('what comes back while it is remembered stays, in place of what was asked for longest ago', () => {
		const policy = new Lirs({ capacity: 100, seed }, 1);
		ask(policy, [...range(0, 99), 1000, 1001, 1000, 1002]);
		assert.deepEqual(heldOf(policy, range(0, 2000)), [...range(1, 99), 1000, 1002]);
	});

	test('what was forgotten is a newcomer', () => {
		const remembering = (remembered: number): Policy => {
			const policy = new Lirs({ capacity: 100, seed }, remembered);
			ask(policy, [...range(0, 99), ...range(1000, 1100), 1000, 2000]);
			return policy;
		};
		assert.ok(remembering(1).has(1000));
		assert.ok(!remembering(0.5).has(1000));
	});

	test('what is larger than the share of those that stay passes through, and they go for it', () => {
		const policy = new Lirs({ capacity: 1000, seed }, 1);
		ask(policy, range(0, 99), 10);
		ask(policy, [500, 500, 500], 995);
		ask(policy, [0], 10);
		assert.deepEqual(heldOf(policy, range(0, 1000)), [0]);
	});
});

describe('LRU-2', () => {
	const plain = { remembered: 1, correlatedRequests: 0 };

	test('what was asked for once goes before what was asked for twice long ago', () => {
		const policy = new Lru2({ capacity: 3, seed }, plain);
		ask(policy, [0, 0, 1, 2, 3]);
		assert.deepEqual(heldOf(policy, range(0, 4)), [0, 2, 3]);
	});

	test('the last request of an evicted key is remembered', () => {
		const heldAfter = (remembered: number): number[] => {
			const policy = new Lru2({ capacity: 2, seed }, { remembered, correlatedRequests: 0 });
			ask(policy, [0, 1, 2, 0, 3, 4]);
			return heldOf(policy, range(0, 5));
		};
		assert.deepEqual(heldAfter(1), [0, 4]);
		assert.deepEqual(heldAfter(0), [3, 4]);
	});

	test('requests in a burst count as one where it is told so', () => {
		const heldAfter = (correlatedRequests: number): number[] => {
			const policy = new Lru2({ capacity: 2, seed }, { remembered: 1, correlatedRequests });
			ask(policy, [0, 0, 0, 1, 2, 3]);
			return heldOf(policy, range(0, 4));
		};
		assert.deepEqual(heldAfter(0), [0, 3]);
		assert.deepEqual(heldAfter(1), [2, 3]);
	});

	test('as many go as a newcomer needs', () => {
		const policy = new Lru2({ capacity: 100, seed }, plain);
		ask(policy, [0, 1, 2, 1], 30);
		ask(policy, [3], 60);
		assert.deepEqual(heldOf(policy, range(0, 4)), [1, 3]);
	});
});

describe('W-TinyLFU', () => {
	/** One place in the window, 99 behind it; no two keys share counters. */
	function filled(times: number): WTinyLfu {
		const policy = new WTinyLfu({ capacity: 100, seed }, 2 ** 16);
		for (let round = 0; round < times; round++) ask(policy, range(0, 100));
		return policy;
	}

	/** Asks for a key so often while it is in the window, and then for another, so that it has to leave. */
	function knock(policy: WTinyLfu, key: number, times: number): boolean {
		ask(policy, Array<number>(times).fill(key));
		ask(policy, [key + 100_000]);
		return policy.has(key);
	}

	test('a scan passes through the window', () => {
		const policy = filled(2);
		ask(policy, range(1000, 1500));
		assert.deepEqual(heldOf(policy, range(0, 99)), range(0, 99));
	});

	test('what was asked for as often as what would go for it is not let in, what was more often is', () => {
		assert.ok(!knock(filled(3), 1000, 3));
		assert.ok(knock(filled(3), 1000, 4));
	});

	test('of those that lose though they were asked for six times, one of 128 is let in', () => {
		const letIn = (times: number): number => {
			let count = 0;
			for (let round = 0; round < 3000; round++) {
				const policy = new WTinyLfu({ capacity: 100, seed: round }, 4096);
				for (let time = 0; time < 8; time++) ask(policy, range(0, 100));
				if (knock(policy, 1000, times)) count++;
			}
			return count;
		};
		assert.equal(letIn(5), 0);
		// 23.4 of 3,000; five standard deviations are 24.
		const count = letIn(6);
		assert.ok(count > 0 && count < 48, `${count}`);
	});

	test('what was popular long ago is forgotten', () => {
		const policy = filled(8);
		assert.ok(!knock(policy, 1000, 5));
		ask(policy, range(2000, 4000));
		assert.ok(knock(policy, 1001, 5));
	});

	test('what is large must be more popular than all together that would go for it', () => {
		const isIn = (times: number): boolean => {
			const policy = new WTinyLfu({ capacity: 1000, seed }, 2 ** 16);
			for (let round = 0; round < 2; round++) ask(policy, range(0, 100), 10);
			for (let time = 0; time < times; time++) ask(policy, [500], 30);
			return policy.has(500);
		};
		assert.ok(!isIn(6));
		assert.ok(isIn(7));
	});

	test('its sketch is made for the capacity where sizes are 1, and widens as entries come where they are not', () => {
		const hits = [1, 2].map((size) => {
			const policy = new WTinyLfu({ capacity: 2000 * size, seed });
			for (let round = 0; round < 6; round++) ask(policy, range(0, 1900), size);
			ask(policy, range(10_000, 20_000), size);
			return 1900 - ask(policy, range(0, 1900), size).length;
		});
		assert.ok(
			hits.every((count) => count > 1800),
			`${hits}`,
		);
	});
});
