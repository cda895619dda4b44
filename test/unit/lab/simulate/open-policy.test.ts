/**
 * Goal: at equal octets each policy is charged what a cache with it would store. Method: the sums are written out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NumberedNames } from '../../../../src/lab/generate/numbered-names.ts';
import { Fifo } from '../../../../src/lab/policies/fifo.ts';
import type { Metadata, PolicyOptions } from '../../../../src/lab/policy.ts';
import { entryCharge } from '../../../../src/lab/simulate/charge.ts';
import { openPolicy, type PolicyRun } from '../../../../src/lab/simulate/open-policy.ts';
import { outcome } from '../../../../src/lab/simulate/requests.ts';
import { cacheOf, inTurn, requestsOf, simulate } from './support.ts';

const names = new NumberedNames(100);
/** n1.petrel.example. */
const nameBytes = 19;
const metadata: Metadata = { perEntryBytes: 2.5, perGhostBytes: 8, ghostsPerEntry: 0.5, fixedBytes: 0 };

/** FIFO that says it needs more. */
class Costly extends Fifo {
	override readonly metadata: Metadata;

	constructor(options: PolicyOptions, metadata: Metadata) {
		super(options);
		this.metadata = metadata;
	}
}

test('an entry: records, key, head, a place in the index, and what the policy stores', () => {
	// 16 + 8 + 8 of the head: times; RCODE and flags; counts of records.
	const beside = nameBytes + (2 + 2 + 1) + (8 + 2 + 6) + 16 / 3;
	assert.equal(entryCharge(names, metadata)(0, 100), Math.ceil(100 + beside + 2.5 + 8 * 0.5));
	assert.equal(entryCharge(names, { ...metadata, perGhostBytes: 0 })(9, 0), Math.ceil(beside + 1 + 2.5));
});

function heldBy(bytes: number, metadata: Metadata): number {
	const cache = openPolicy({
		make: (options) => new Costly(options, metadata),
		capacity: { unit: 'bytes', bytes },
		names,
		seed: 1,
	});
	const requests = inTurn([0, 1, 2, 3, 4, 5]);
	return simulate(cache, requests).memory.peakEntries;
}

test('the capacity is that of all entries with what they are charged', () => {
	const each = entryCharge(names, metadata)(0, 100);
	assert.deepEqual([heldBy(3 * each, metadata), heldBy(3 * each - 1, metadata)], [3, 2]);
});

test('what does not grow with entries is taken off', () => {
	const each = entryCharge(names, metadata)(0, 100);
	assert.equal(heldBy(3 * each, { ...metadata, fixedBytes: 1 }), 2);
	assert.throws(() => heldBy(1000, { ...metadata, fixedBytes: 1000 }), {
		code: 'PETREL_CONFIG',
		message: 'a cache of 1000 octets has no room for the 1000 that the policy itself needs; make it larger',
	});
});

test('without names entries are their sizes', () => {
	const requests = inTurn([0, 1, 2, 0], { size: 50 });
	const cache = openPolicy({
		make: (options) => new Costly(options, { ...metadata, fixedBytes: 99 }),
		capacity: { unit: 'bytes', bytes: 150 },
		seed: 1,
	});
	const { hits, memory } = simulate(cache, requests);
	assert.deepEqual([hits.all, memory.peakHeld, memory.peakBytes], [1, 150, 150]);
});

test('denials with a part of their own leave positive answers alone, and theirs is all that they have', () => {
	const denied = { outcome: outcome.negative };
	const rows = [0, 1, 2, 3, 4, 5].map((key) => ({ atSec: key, key, ...(key >= 2 && denied) }));
	const again = [0, 1, 5, 4, 3].map((key, i) => ({ atSec: 10 + i, key, ...(key >= 2 && denied) }));
	const requests = requestsOf([...rows, ...again]);
	const run = (more: Partial<PolicyRun>) => simulate(cacheOf('lru', 4, requests, more), requests).hits;
	assert.deepEqual(run({ negativeShare: 0.5 }), { all: 4, positive: 2, negative: 2 });
	assert.deepEqual(run({}), { all: 2, positive: 0, negative: 2 });
});
