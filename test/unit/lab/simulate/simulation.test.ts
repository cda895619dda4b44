/**
 * Goal: every request is counted once, as what it was. Method: short traces whose counts can be found by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unbounded } from '../../../../src/cache/cacheability.ts';
import { noExpirySec, outcome } from '../../../../src/lab/simulate/requests.ts';
import type { SimulationSettings } from '../../../../src/lab/simulate/settings.ts';
import { Simulation } from '../../../../src/lab/simulate/simulation.ts';
import { cacheOf, inTurn, requestsOf, simulate, type TestRequest } from './support.ts';

/** Misses as [first, expired, capacity, capacity and then expired, uncacheable]. */
function missesOf(rows: readonly TestRequest[], entries: number, settings: SimulationSettings = {}) {
	const requests = requestsOf(rows);
	const { hits, misses } = simulate(cacheOf('lru', entries, requests), requests, settings);
	const { first, expired, capacity, capacityThenExpired, uncacheable } = misses;
	return { hits: hits.all, misses: [first, expired, capacity, capacityThenExpired, uncacheable] };
}

const at = (atSec: number, key: number, rest: Partial<TestRequest> = {}): TestRequest => ({
	atSec,
	key,
	...rest,
});

const cases: readonly [string, readonly TestRequest[], number, number, readonly number[]][] = [
	['a second request hits', [at(0, 0), at(1, 0)], 9, 1, [1, 0, 0, 0, 0]],
	['an answer lasts for less than its TTL', [at(0, 0), at(59.999, 0), at(60, 0)], 9, 1, [1, 1, 0, 0, 0]],
	['a hit prolongs nothing', [at(0, 0), at(30, 0), at(61, 0)], 9, 1, [1, 1, 0, 0, 0]],
	[
		'the TTL is that of the answer that was fetched',
		[at(0, 0), at(30, 0, { ttlSec: 600 }), at(61, 0, { ttlSec: 600 }), at(600, 0)],
		9,
		2,
		[1, 1, 0, 0, 0],
	],
	['what had to go is missed', [at(0, 0), at(1, 1), at(2, 0)], 1, 0, [2, 0, 1, 0, 0]],
	['what had to go and would be over by now', [at(0, 0), at(1, 1), at(60, 0)], 1, 0, [2, 0, 0, 1, 0]],
	[
		'TTL 0 is not kept, nor are failures and other RCODEs',
		[
			at(0, 0, { ttlSec: 0 }),
			at(1, 0, { ttlSec: 0 }),
			at(2, 1, { outcome: outcome.failure }),
			at(3, 1, { outcome: outcome.other }),
			at(4, 1),
			at(5, 1),
		],
		9,
		1,
		[2, 0, 0, 0, 3],
	],
	['what is not kept takes no room', [at(0, 0), at(1, 1, { ttlSec: 0 }), at(2, 0)], 1, 1, [2, 0, 0, 0, 0]],
	[
		'an expired answer that is not replaced',
		[at(0, 0), at(60, 0, { outcome: outcome.failure }), at(61, 0), at(62, 0)],
		9,
		1,
		[1, 1, 0, 0, 1],
	],
	['what never expires', [at(0, 0, { ttlSec: noExpirySec }), at(1e9, 0)], 9, 1, [1, 0, 0, 0, 0]],
];

for (const [name, rows, entries, hits, misses] of cases) {
	test(`misses by cause: ${name}`, () => {
		assert.deepEqual(missesOf(rows, entries), { hits, misses });
	});
}

test('with lastsToTheEnd an answer can be used when its time is just over', () => {
	const requests = requestsOf([at(0, 0), at(60, 0), at(60.001, 0)]);
	const cache = cacheOf('lru', 9, requests, { lastsToTheEnd: true });
	assert.deepEqual(simulate(cache, requests).misses.all, 2);
});

test('an expired answer takes room until it is asked for, or goes', () => {
	const requests = requestsOf([at(0, 0, { ttlSec: 1 }), at(1, 1), at(10, 2), at(11, 1), at(12, 0)]);
	const result = simulate(cacheOf('lru', 2, requests), requests);
	assert.deepEqual([result.hits.all, result.evictions], [1, 2]);
	assert.deepEqual([result.misses.capacityThenExpired, result.memory.peakHeld], [1, 2]);
});

test('TTLs are put within bounds, denials within theirs', () => {
	const bounds = { ...unbounded, successMinSec: 10, successMaxSec: 20, denialMaxSec: 5 };
	const denied = { outcome: outcome.negative, ttlSec: 3600 };
	const rows = [
		at(0, 0, { ttlSec: 0 }),
		at(9, 0),
		at(29, 0),
		at(30, 1, denied),
		at(34, 1),
		at(35, 1, denied),
	];
	assert.deepEqual(missesOf(rows, 9, { bounds }), { hits: 2, misses: [2, 2, 0, 0, 0] });
});

test('hits are told apart by what is kept, and weighted by what was asked for', () => {
	const denied = { outcome: outcome.negative };
	const requests = requestsOf([
		at(0, 0, { size: 100, rttUs: 1000 }),
		at(1, 1, { ...denied, size: 50 }),
		// Kept is the answer of the first request for it.
		at(2, 0, { ...denied, size: 200, rttUs: 3000 }),
		at(3, 1, { size: 50 }),
	]);
	const { hits, hitRatio, missBytes } = simulate(cacheOf('lru', 9, requests), requests);
	assert.deepEqual(hits, { all: 2, positive: 1, negative: 1 });
	assert.deepEqual(hitRatio, { byRequests: 0.5, byBytes: 250 / 400, byRtt: 0.75 });
	assert.equal(missBytes, 150);
});

test('a warm-up fills the cache and is not counted', () => {
	const requests = inTurn([0, 1, 2, 0, 3, 1, 0]);
	const result = simulate(cacheOf('fifo', 3, requests), requests, { warmupRequests: 4 });
	assert.deepEqual([result.requests, result.hits.all, result.evictions], [3, 1, 2]);
	assert.deepEqual([result.misses.first, result.misses.capacity], [1, 1]);
});

test('requests may come in parts', () => {
	const parts = [inTurn([0, 1, 0]), requestsOf([at(3, 1), at(100, 0)])];
	const simulation = new Simulation(cacheOf('lru', 9, parts[0]));
	for (const part of parts) simulation.run(part);
	const { hits, misses } = simulation.result();
	assert.deepEqual([hits.all, misses.first, misses.expired], [2, 2, 1]);
});

test('what upstreams are spared, for each MiB that was held', () => {
	const requests = inTurn([0, 0, 0, 0], { size: 1 << 20 });
	const { upstream } = simulate(cacheOf('lru', 9, requests), requests);
	assert.deepEqual(upstream, { queries: 1, refreshes: 0, prefetches: 0, saved: 3, savedPerMib: 3 });
});

test('shares of memory, over time: what has expired, and what was asked for once', () => {
	// Looked at after 64 requests and at the end: all but one are over by then, and were asked for once.
	const rows = Array.from({ length: 64 }, (_, i) => at(i / 64, i, { ttlSec: i === 0 ? 3600 : 1 }));
	const requests = requestsOf([...rows, at(101, 0)]);
	const { memory } = simulate(cacheOf('lru', 99, requests), requests);
	assert.deepEqual([memory.looks, memory.peakBytes, memory.meanBytes], [2, 6400, 6400]);
	const firstSec = 63 / 64;
	const near = (actual: number, expected: number): void =>
		assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
	near(memory.expiredShare, ((101 - firstSec) * (63 / 64)) / 101);
	near(memory.onceShare, (firstSec + (101 - firstSec) * (63 / 64)) / 101);
});

test('shares of memory without times', () => {
	const requests = requestsOf([0, 1, 0, 2].map((key) => at(0, key)));
	const { memory } = simulate(cacheOf('lru', 9, requests), requests);
	assert.deepEqual([memory.meanBytes, memory.expiredShare, memory.onceShare], [300, 0, 2 / 3]);
});

test('where there are many entries some of them stand for all', () => {
	const entries = 50_000;
	const rows = Array.from({ length: 2 * entries }, (_, i) =>
		at(i / 1000, i, { ttlSec: i % 4 === 0 ? 3600 : 1 }),
	);
	const requests = requestsOf(rows);
	const { memory } = simulate(cacheOf('lru', entries, requests), requests, { warmupRequests: entries });
	assert.ok(Math.abs(memory.meanBytes / (100 * entries) - 1) < 0.001, `${memory.meanBytes} octets`);
	// The last 1,000 are not over yet.
	assert.ok(Math.abs(memory.expiredShare - 0.75 * 0.98) < 0.01, `${memory.expiredShare}`);
});

test('old and young entries have their share among those that stand for all', () => {
	const entries = 50_000;
	const old = Array.from({ length: entries }, (_, key) => key);
	const young = old.slice(0, entries / 2).map((key) => entries + key);
	// The old ones are asked for twice; then half of them make room for as many that are asked for once.
	const requests = requestsOf(
		[...old, ...old, ...young].map((key, i) => at(i / 1000, key, { ttlSec: 3600 })),
	);
	const warmupRequests = requests.count - 1;
	const { memory } = simulate(cacheOf('fifo', entries, requests), requests, { warmupRequests });
	assert.ok(Math.abs(memory.onceShare - 0.5) < 0.05, `${memory.onceShare}`);
});
