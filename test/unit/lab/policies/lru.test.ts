/**
 * Goal: LRU, which all others are compared with, is LRU. Method: beside the package lru-cache after every request, beside
 * Mattson's stack, and by its inclusion property, on random sequences.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Lru } from '../../../../src/lab/policies/lru.ts';
import { LruPackage } from '../../../../src/lab/policies/lru-package.ts';
import type { Policy } from '../../../../src/lab/policy.ts';
import { type Request, requestSequences } from '../slow/requests.ts';
import { hitsByDistance } from './mattson.ts';

function request(policy: Policy, { key, size, expired }: Request): boolean {
	if (expired) policy.remove(key);
	else if (policy.get(key)) return true;
	policy.put(key, size, Number.POSITIVE_INFINITY);
	return false;
}

function hitsAt(capacity: number, requests: readonly Request[]): number {
	const policy = new Lru({ capacity, seed: 1 });
	return requests.reduce((hits, one) => hits + (request(policy, one) ? 1 : 0), 0);
}

const sized = requestSequences({ sizeMax: 20, expiredPercent: 15 });
const ofOneSize = requestSequences({ sizeMax: 1, expiredPercent: 0 });

test('it holds the same as the package lru-cache after every request', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 500 }), sized, (capacity, requests) => {
			const ours = new Lru({ capacity, seed: 1 });
			const theirs = new LruPackage({ capacity, seed: 1 });
			const keys = new Set(requests.map(({ key }) => key));
			for (const one of requests) {
				assert.equal(request(ours, one), request(theirs, one));
				assert.deepEqual([ours.held, ours.entries], [theirs.held, theirs.entries]);
				for (const key of keys) assert.equal(ours.has(key), theirs.has(key));
			}
		}),
		{ numRuns: 50 },
	);
});

test('it hits what is near enough in the stack', () => {
	fc.assert(
		fc.property(ofOneSize, (requests) => {
			const hits = hitsByDistance(
				requests.map(({ key }) => key),
				60,
			);
			let upTo = 0;
			for (const [index, count] of hits.entries()) {
				upTo += count;
				assert.equal(hitsAt(index + 1, requests), upTo);
			}
		}),
		{ numRuns: 30 },
	);
});

test('a larger one holds all that a smaller one holds', () => {
	fc.assert(
		fc.property(fc.nat(40), fc.nat(40), ofOneSize, (one, more, requests) => {
			const small = new Lru({ capacity: 1 + one, seed: 1 });
			const large = new Lru({ capacity: 1 + one + more, seed: 1 });
			for (const { key } of requests) {
				const isHit = request(small, { key, size: 1, expired: false });
				assert.ok(request(large, { key, size: 1, expired: false }) || !isHit);
			}
		}),
	);
});
