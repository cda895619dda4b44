/**
 * Goal: the policies do what their papers say in every state, with sizes and expiry too, of which there are no golden
 * numbers. Method: a second implementation of each, slow and plain, agrees at every request of random sequences.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { policies } from '../../../../src/lab/policies/index.ts';
import type { Policy } from '../../../../src/lab/policy.ts';
import { nextUses } from '../../../../src/lab/simulate/next-uses.ts';
import { countHitsOfBoth } from '../slow/agreement.ts';
import { SlowArc, SlowSizedArc } from '../slow/arc.ts';
import { SlowClock, SlowFifo, SlowLru, SlowSieve } from '../slow/queues.ts';
import { SlowGdsf, SlowLfu, SlowMin } from '../slow/ranked.ts';
import { type Request, requestSequences } from '../slow/requests.ts';
import { SlowS3Fifo } from '../slow/s3-fifo.ts';
import type { SlowPolicy } from '../slow/slow-policy.ts';
import { SlowTwoQueue } from '../slow/two-queue.ts';

type MakeSlow = (capacity: number, requests: readonly Request[]) => SlowPolicy;

const slow: Readonly<Record<string, MakeSlow>> = {
	fifo: (capacity) => new SlowFifo(capacity),
	lru: (capacity) => new SlowLru(capacity),
	'lru-cache': (capacity) => new SlowLru(capacity),
	clock: (capacity) => new SlowClock(capacity),
	sieve: (capacity) => new SlowSieve(capacity),
	lfu: (capacity) => new SlowLfu(capacity),
	'2q': (capacity) => new SlowTwoQueue(capacity),
	'arc-bytes': (capacity) => new SlowSizedArc(capacity),
	's3-fifo': (capacity) => new SlowS3Fifo(capacity, 2),
	's3-fifo-1': (capacity) => new SlowS3Fifo(capacity, 1),
	gdsf: (capacity) => new SlowGdsf(capacity),
	min: (capacity, requests) => new SlowMin(capacity, requests),
};

const shapes = [
	{ name: 'entries', sizeMax: 1, expiredPercent: 0, capacities: [1, 2, 3, 5, 10, 20, 40] },
	{ name: 'entries that expire', sizeMax: 1, expiredPercent: 10, capacities: [1, 4, 20, 45] },
	{ name: 'sizes', sizeMax: 30, expiredPercent: 0, capacities: [10, 29, 80, 200, 500] },
	{ name: 'sizes that expire', sizeMax: 30, expiredPercent: 10, capacities: [20, 200, 450] },
];

function make(name: string, capacity: number, requests: readonly Request[]): Policy {
	const row = policies.find((row) => row.name === name)!;
	const nextUse = nextUses(Uint32Array.from(requests, ({ key }) => key));
	return row.make({ capacity, seed: 1, nextUse });
}

/** Agreement over many sequences. They are not all misses, or all hits. */
function holdTogether(name: string, shape: (typeof shapes)[number], makeSlow: MakeSlow): void {
	let hits = 0;
	let asked = 0;
	fc.assert(
		fc.property(fc.constantFrom(...shape.capacities), requestSequences(shape), (capacity, requests) => {
			hits += countHitsOfBoth(make(name, capacity, requests), makeSlow(capacity, requests), requests);
			asked += requests.length;
		}),
		{ numRuns: 200 },
	);
	assert.ok(hits > asked / 20 && hits < asked * 0.95, `${hits} hits of ${asked}`);
}

for (const [name, makeSlow] of Object.entries(slow)) {
	describe(`${name} agrees with a slow model`, () => {
		for (const shape of shapes) test(shape.name, () => holdTogether(name, shape, makeSlow));
	});
}

describe("arc agrees with the listing of its paper, which has pages that don't expire", () => {
	for (const name of ['arc', 'arc-bytes']) {
		test(name, () => holdTogether(name, shapes[0], (capacity) => new SlowArc(capacity)));
	}
});
