/**
 * Goal: LIRS, LRU-2 and W-TinyLFU, of which there are no golden numbers, are the algorithms of their papers. Method: a
 * second implementation of each, slow and written from the paper alone, agrees at every request of random sequences (Zipf,
 * loops, scans, mixed), with sizes and expiry as well, and on the beginning of a recorded trace.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Lirs } from '../../../src/lab/policies/lirs.ts';
import { Lru2 } from '../../../src/lab/policies/lru-2.ts';
import { WTinyLfu } from '../../../src/lab/policies/w-tiny-lfu.ts';
import type { Policy } from '../../../src/lab/policy.ts';
import { seededRandom } from '../../../src/util/random.ts';
import { scatter } from '../../../src/workload/hash.ts';
import { tracePath, unlessTrace } from '../workload/read/traces.ts';
import { countHitsOfBoth } from './slow/agreement.ts';
import { ExactFrequencies, PlainSketch } from './slow/frequencies.ts';
import { SlowLirs } from './slow/lirs.ts';
import { SlowLru2 } from './slow/lru-2.ts';
import { type Request, requestSequences, type Shape } from './slow/requests.ts';
import type { SlowPolicy } from './slow/slow-policy.ts';
import { SlowWTinyLfu } from './slow/w-tiny-lfu.ts';

interface Pair {
	readonly name: string;
	/** Whether both count sizes in the same way: a sketch that widens as entries come is compared at unit sizes alone. */
	readonly sized: boolean;
	make(capacity: number): [Policy, SlowPolicy];
}

const seed = 7;
const database = 'oltp.lis.gz';

function lirsPair(remembered: number): Pair {
	return {
		name: `LIRS, remembering ${remembered} capacities`,
		sized: true,
		make: (capacity) => [new Lirs({ capacity, seed }, remembered), new SlowLirs(capacity, remembered)],
	};
}

function lru2Pair(remembered: number, correlatedRequests: number): Pair {
	return {
		name: `LRU-2, remembering ${remembered} capacities, correlated within ${correlatedRequests}`,
		sized: true,
		make: (capacity) => [
			new Lru2({ capacity, seed }, { remembered, correlatedRequests }),
			new SlowLru2(capacity, remembered, correlatedRequests),
		],
	};
}

function powerOfTwoFrom(least: number): number {
	let power = 1;
	while (power < least) power *= 2;
	return power;
}

const pairs: readonly Pair[] = [
	lirsPair(1),
	lirsPair(3),
	lru2Pair(1, 0),
	lru2Pair(4, 0),
	lru2Pair(0, 0),
	lru2Pair(1, 3),
	lru2Pair(2, 20),
	{
		name: 'W-TinyLFU',
		sized: false,
		make: (capacity) => [
			new WTinyLfu({ capacity, seed }),
			new SlowWTinyLfu(
				capacity,
				new PlainSketch(powerOfTwoFrom(Math.max(64, 4 * capacity)), scatter),
				seededRandom(seed),
			),
		],
	},
	{
		name: 'W-TinyLFU with a sketch in which no keys meet',
		sized: true,
		make: (capacity) => [
			new WTinyLfu({ capacity, seed }, 2 ** 15),
			new SlowWTinyLfu(capacity, new ExactFrequencies(), seededRandom(seed)),
		],
	},
];

const shapes: readonly (Shape & { readonly name: string; readonly capacities: readonly number[] })[] = [
	{ name: 'entries', sizeMax: 1, expiredPercent: 0, capacities: [1, 2, 3, 5, 10, 16, 32, 101, 250] },
	{ name: 'entries that expire', sizeMax: 1, expiredPercent: 10, capacities: [1, 4, 20, 110] },
	{ name: 'sizes', sizeMax: 30, expiredPercent: 0, capacities: [10, 29, 80, 200, 500] },
	{ name: 'sizes that expire', sizeMax: 30, expiredPercent: 10, capacities: [20, 200, 400] },
	{ name: 'sizes up to that of the cache', sizeMax: 300, expiredPercent: 2, capacities: [150, 300, 310] },
];

for (const { name, sized, make } of pairs) {
	describe(`${name} agrees with a second implementation`, () => {
		for (const shape of shapes) {
			if (shape.sizeMax > 1 && !sized) continue;
			test(shape.name, () => {
				fc.assert(
					fc.property(fc.constantFrom(...shape.capacities), requestSequences(shape), (capacity, requests) => {
						const [policy, slow] = make(capacity);
						countHitsOfBoth(policy, slow, requests);
						assert.ok(policy.held <= capacity);
					}),
					{ numRuns: 400 },
				);
			});
		}

		test('the first requests of a database trace', unlessTrace(database), () => {
			const requests = requestsOf(database).slice(0, 15_000);
			for (const capacity of [100, 400]) {
				const [policy, slow] = make(capacity);
				assert.ok(countHitsOfBoth(policy, slow, requests) > 500);
			}
		});
	});
}

test("LIRS without a bound misses as often as its authors' program", unlessTrace(database), () => {
	// Which takes a key that is asked for again at once for one request.
	const requests = requestsOf(database).filter(({ key }, number, all) => key !== all[number - 1]?.key);
	const missesOfTheirs = { 500: 668998, 1000: 595985, 5000: 431453, 15000: 329174 };
	for (const [capacity, expected] of Object.entries(missesOfTheirs)) {
		const policy: Policy = new Lirs({ capacity: Number(capacity), seed }, Number.POSITIVE_INFINITY);
		let misses = 0;
		for (const { key } of requests) {
			if (policy.get(key)) continue;
			misses++;
			policy.put(key, 1, Number.POSITIVE_INFINITY);
		}
		assert.equal(misses, expected, `of ${capacity} entries`);
	}
});

/** Of a trace in ARC's format, "first count ignored ignored": `count` keys from `first` on. Keys are numbered anew. */
function requestsOf(name: string): Request[] {
	const numbers = new Map<number, number>();
	const requests: Request[] = [];
	for (const line of gunzipSync(readFileSync(tracePath(name)))
		.toString('latin1')
		.split('\n')) {
		const [first, count] = line.split(' ').map(Number);
		for (let block = first; block < first + count; block++) {
			if (!numbers.has(block)) numbers.set(block, numbers.size);
			requests.push({ key: numbers.get(block)!, size: 1, expired: false });
		}
	}
	return requests;
}
