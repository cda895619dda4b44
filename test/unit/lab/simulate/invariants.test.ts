/**
 * Goal: what must hold for every policy whatever is asked holds for those of the table. Method: random traces; the least
 * number of misses is found by slow programs that share nothing with the simulation: for endless room the fewest lifetimes
 * that cover all requests (dynamic programming), without lifetimes what is asked for latest goes, newcomers included.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allPolicies } from '../../../../src/lab/policies/index.ts';
import type { Requests } from '../../../../src/lab/simulate/requests.ts';
import type { SimulationResult } from '../../../../src/lab/simulate/result.ts';
import {
	prefetchDefaults,
	type SimulationSettings,
	staleDefaults,
	staleMsOf,
} from '../../../../src/lab/simulate/settings.ts';
import { cacheOf, requestsOf, simulate, type TestRequest } from './support.ts';

interface Step {
	readonly gapSec: number;
	readonly key: number;
}

const steps = fc.array(
	fc.record({ gapSec: fc.constantFrom(0, 0, 1, 3), key: fc.integer({ min: 0, max: 9 }) }),
	{ minLength: 1, maxLength: 80, size: 'max' },
);
/** By key: each has one TTL, so that it does not matter which request fetches. */
const ttls = fc.array(fc.constantFrom(1, 2, 5, 20, 1000), { minLength: 10, maxLength: 10 });
const capacities = fc.integer({ min: 1, max: 12 });
const endless = 100_000;

function requestsWith(asked: readonly Step[], ttlsSec: readonly number[]): Requests {
	let atSec = 0;
	return requestsOf(
		asked.map(({ gapSec, key }): TestRequest => ({ atSec: (atSec += gapSec), key, ttlSec: ttlsSec[key] })),
	);
}

/** The fewest fetches at requests of a key, each good for less than its TTL, such that every request is in one's time. */
function fewestLifetimes({ atMs, keys, ttlsSec, count }: Requests): number {
	let sum = 0;
	for (const key of new Set(keys)) {
		const own = Array.from({ length: count }, (_, i) => i).filter((i) => keys[i] === key);
		const best = Array<number>(own.length + 1).fill(Number.POSITIVE_INFINITY);
		best[0] = 0;
		for (let from = 0; from < own.length; from++) {
			for (let to = from; to < own.length; to++) {
				if (atMs[own[to]] >= atMs[own[from]] + ttlsSec[own[from]] * 1000 && to > from) break;
				best[to + 1] = Math.min(best[to + 1], best[from] + 1);
			}
		}
		sum += best[own.length];
	}
	return sum;
}

/** Misses with room for so many entries that never expire, of which what comes latest, or never, is given up or not taken in. */
function fewestWithRoom({ keys, count }: Requests, capacity: number): number {
	const held = new Set<number>();
	const nextOf = (key: number, after: number): number => {
		for (let i = after + 1; i < count; i++) if (keys[i] === key) return i;
		return Number.POSITIVE_INFINITY;
	};
	let misses = 0;
	for (let i = 0; i < count; i++) {
		if (held.has(keys[i])) continue;
		misses++;
		held.add(keys[i]);
		if (held.size <= capacity) continue;
		const latest = [...held].reduce((one, other) => (nextOf(other, i) > nextOf(one, i) ? other : one));
		held.delete(latest);
	}
	return misses;
}

function checkSums({ requests, hits, staleHits, misses, upstream }: SimulationResult, count: number): void {
	assert.equal(requests, count);
	assert.equal(hits.all + staleHits + misses.all, count);
	assert.equal(hits.positive + hits.negative, hits.all);
	const { first, expired, capacity, capacityThenExpired, uncacheable } = misses;
	assert.equal(first + expired + capacity + capacityThenExpired + uncacheable, misses.all);
	assert.equal(upstream.queries, misses.all + upstream.refreshes + upstream.prefetches);
}

const settings: readonly SimulationSettings[] = [
	{},
	{ serveStale: { ...staleDefaults, windowSec: 10 } },
	{ serveStale: { ...staleDefaults, windowSec: 10, mode: 'verify' } },
	{ prefetch: { ...prefetchDefaults, amount: 1, percentage: 50 } },
];

for (const { name } of allPolicies) {
	test(`${name}: counts add up`, () => {
		const anyOutcome = fc.array(fc.constantFrom(0, 0, 1, 2, 3), { minLength: 80, maxLength: 80 });
		fc.assert(
			fc.property(
				steps,
				ttls,
				capacities,
				anyOutcome,
				fc.constantFrom(...settings),
				(asked, ttlsSec, capacity, outcomes, setting) => {
					const requests = requestsWith(asked, ttlsSec);
					requests.outcomes.set(outcomes.slice(0, requests.count));
					const staleMs = staleMsOf(setting);
					const cache = cacheOf(name, capacity, requests, { staleMs });
					const result = simulate(cache, requests, setting);
					checkSums(result, requests.count);
					assert.ok(result.memory.peakHeld <= capacity);
					assert.equal(cache.counts.evicted + cache.counts.notAdmitted <= cache.counts.stored, true);
				},
			),
			{ numRuns: 100 },
		);
	});

	test(`${name}: with room for all it misses as often as lifetimes make it, and no more`, () => {
		fc.assert(
			fc.property(steps, ttls, (asked, ttlsSec) => {
				const requests = requestsWith(asked, ttlsSec);
				const { misses, cleanedUp } = simulate(cacheOf(name, endless, requests), requests);
				assert.equal(misses.all, fewestLifetimes(requests));
				assert.equal(misses.first, new Set(requests.keys).size);
				assert.deepEqual([misses.capacity, misses.uncacheable], [0, 0]);
				// Unless it was cleaned up, what has expired is found.
				assert.ok(misses.capacityThenExpired <= cleanedUp);
			}),
			{ numRuns: 60 },
		);
	});

	test(`${name}: misses at least as often as both bounds say`, () => {
		fc.assert(
			fc.property(steps, ttls, capacities, (asked, ttlsSec, capacity) => {
				const requests = requestsWith(asked, ttlsSec);
				const { misses } = simulate(cacheOf(name, capacity, requests), requests);
				const least = Math.max(fewestWithRoom(requests, capacity), fewestLifetimes(requests));
				assert.ok(misses.all >= least, `${misses.all} misses, fewer than ${least}`);
			}),
			{ numRuns: 60 },
		);
	});
}
