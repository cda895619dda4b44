/**
 * Goal: serving stale answers and prefetching change what petrel's do, and nothing else. Method: short traces with what is to
 * come out, over a policy and over the live cache, which must agree; and properties over random traces.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NumberedNames } from '../../../../src/lab/generate/numbered-names.ts';
import { LiveCache } from '../../../../src/lab/live-cache/live-cache.ts';
import { Lru } from '../../../../src/lab/policies/lru.ts';
import type { LabCache } from '../../../../src/lab/simulate/lab-cache.ts';
import { outcome, type Requests } from '../../../../src/lab/simulate/requests.ts';
import type { SimulationResult } from '../../../../src/lab/simulate/result.ts';
import {
	prefetchDefaults,
	type SimulationSettings,
	staleDefaults,
	staleMsOf,
} from '../../../../src/lab/simulate/settings.ts';
import { cacheOf, requestsOf, simulate, type TestRequest } from './support.ts';

const keyCount = 3;
const names = new NumberedNames(keyCount);

/** Caches with room for all. */
function cachesFor(requests: Requests, settings: SimulationSettings): LabCache[] {
	const staleMs = staleMsOf(settings);
	return [
		cacheOf('lru', 99, requests, { staleMs }),
		new LiveCache({ bytes: 65_536, names, seed: 1, staleMs }),
	];
}

/** What came out, with all kinds of caches the same. */
function resultOf(rows: readonly TestRequest[], settings: SimulationSettings): SimulationResult {
	const requests = requestsOf(rows);
	const [first, ...others] = cachesFor(requests, settings).map((cache) =>
		simulate(cache, requests, settings),
	);
	const { memory: _, ...counts } = first;
	for (const { memory: _, upstream, ...rest } of others) {
		const { upstream: firstUpstream, ...firstRest } = counts;
		assert.deepEqual(rest, firstRest);
		assert.deepEqual({ ...upstream, savedPerMib: 0 }, { ...firstUpstream, savedPerMib: 0 });
	}
	return first;
}

const ask = (atSec: number, rest: Partial<TestRequest> = {}): TestRequest => ({ atSec, key: 0, ...rest });
const failed = { outcome: outcome.failure };

interface Counts {
	readonly hits: number;
	readonly stale: number;
	readonly misses: number;
	readonly refreshes?: number;
	readonly prefetches?: number;
}

const immediate = { serveStale: { ...staleDefaults, windowSec: 100 } };
const verify = { serveStale: { ...immediate.serveStale, mode: 'verify' } } as const;
const prefetch = { prefetch: { amount: 2, ...prefetchDefaults, percentage: 50 } };

const cases: readonly [string, SimulationSettings, readonly TestRequest[], Counts][] = [
	[
		'a stale answer is served at once, and refreshed',
		immediate,
		[ask(0), ask(60), ask(61), ask(119)],
		{ hits: 2, stale: 1, misses: 1, refreshes: 1 },
	],
	[
		'an answer older than the window is a miss',
		immediate,
		[ask(0), ask(159.9), ask(400)],
		{ hits: 0, stale: 1, misses: 2, refreshes: 1 },
	],
	[
		'a failed refresh is not tried again for a while',
		immediate,
		[ask(0), ask(60, failed), ask(89, failed), ask(90, failed), ask(121)],
		{ hits: 0, stale: 4, misses: 1, refreshes: 3 },
	],
	[
		'a refresh that brings TTL 0 ends the stale answer',
		immediate,
		[ask(0), ask(60, { ttlSec: 0 }), ask(61)],
		{ hits: 0, stale: 1, misses: 2, refreshes: 1 },
	],
	[
		'with verify the upstream comes first',
		verify,
		[ask(0), ask(60), ask(61)],
		{ hits: 1, stale: 0, misses: 2, refreshes: 0 },
	],
	[
		'with verify a stale answer is served when the upstream fails, and while that is held',
		verify,
		[ask(0), ask(60, failed), ask(89), ask(90), ask(91)],
		{ hits: 1, stale: 2, misses: 2, refreshes: 1 },
	],
	[
		'what is popular is fetched before it is over',
		prefetch,
		[ask(0), ask(10), ask(31), ask(59), ask(90), ask(91)],
		{ hits: 5, stale: 0, misses: 1, prefetches: 2 },
	],
	[
		'what is not popular is not',
		prefetch,
		[ask(0), ask(59), ask(61)],
		{ hits: 1, stale: 0, misses: 2, prefetches: 0 },
	],
	[
		'hits with a longer gap between them do not count together',
		prefetch,
		[ask(0, { ttlSec: 1000 }), ask(600), ask(700), ask(1001)],
		{ hits: 2, stale: 0, misses: 2, prefetches: 0 },
	],
	[
		'a prefetch that fails leaves the answer, and is held',
		prefetch,
		[ask(0), ask(40), ask(41, failed), ask(42), ask(46), ask(59)],
		{ hits: 5, stale: 0, misses: 1, prefetches: 2 },
	],
	[
		'denials are not prefetched',
		prefetch,
		[0, 40, 41, 42].map((atSec) => ask(atSec, { outcome: outcome.negative })),
		{ hits: 3, stale: 0, misses: 1, prefetches: 0 },
	],
];

for (const [name, settings, rows, counts] of cases) {
	test(name, () => {
		const { hits, staleHits, misses, upstream, staleShare } = resultOf(rows, settings);
		const { refreshes = 0, prefetches = 0 } = counts;
		assert.deepEqual(
			{
				hits: hits.all,
				stale: staleHits,
				misses: misses.all,
				refreshes: upstream.refreshes,
				prefetches: upstream.prefetches,
			},
			{ ...counts, refreshes, prefetches },
		);
		assert.equal(upstream.queries, counts.misses + refreshes + prefetches);
		assert.equal(staleShare, counts.stale / rows.length);
	});
}

const randomRows = fc.array(
	fc.record({
		gapSec: fc.constantFrom(0, 1, 5, 11, 12, 40),
		key: fc.integer({ min: 0, max: keyCount - 1 }),
		outcome: fc.constantFrom(0, 0, 0, 1, 2, 3),
		ttlSec: fc.constantFrom(0, 1, 20, 60, 300),
	}),
	{ minLength: 1, maxLength: 60, size: 'max' },
);

function timed(rows: readonly (Omit<TestRequest, 'atSec'> & { gapSec: number })[]): TestRequest[] {
	let atSec = 0;
	return rows.map(({ gapSec, ...rest }) => ({ atSec: (atSec += gapSec), ...rest }));
}

test('policies and the live cache agree whatever is asked, where all fits', () => {
	fc.assert(
		fc.property(randomRows, fc.constantFrom({}, immediate, verify), (rows, settings) => {
			const result = resultOf(timed(rows), settings);
			assert.equal(result.requests, rows.length);
		}),
		{ numRuns: 300 },
	);
});

test('so they do with prefetching, if all answers are kept', () => {
	// What is dead stays in the live cache until something takes its place, and its hits count on.
	const kept = { outcome: outcome.positive, ttlSec: 20 };
	fc.assert(
		fc.property(randomRows, (rows) => {
			const result = resultOf(timed(rows.map((row) => ({ ...row, ...kept }))), prefetch);
			assert.equal(result.requests, rows.length);
		}),
		{ numRuns: 300 },
	);
});

/** Forgets what nobody can be served any more as soon as its time is over. */
class SweptLru extends Lru {
	readonly #expiresMs = new Map<number, number>();

	override put(key: number, size: number, expiresMs?: number): void {
		super.put(key, size);
		this.#expiresMs.set(key, expiresMs!);
	}

	advance(nowMs: number): void {
		for (const [key, expiresMs] of this.#expiresMs) if (expiresMs <= nowMs) this.remove(key);
	}

	override remove(key: number): void {
		this.#expiresMs.delete(key);
		super.remove(key);
	}
}

test('a policy that goes by the clock is told of new times, and when stale answers are of no use', () => {
	// One hit is enough: how many there were is forgotten with the entry.
	const eager = { prefetch: { ...prefetch.prefetch, amount: 1 } };
	fc.assert(
		fc.property(randomRows, fc.constantFrom({}, immediate, verify, eager), (rows, settings) => {
			const requests = requestsOf(timed(rows));
			const [plain] = cachesFor(requests, settings);
			const staleMs = staleMsOf(settings);
			const swept = cacheOf('lru', 99, requests, { make: (options) => new SweptLru(options), staleMs });
			const expected = simulate(plain, requests, settings);
			const { hits, staleHits, misses, cleanedUp } = simulate(swept, requests, settings);
			assert.deepEqual([hits, staleHits], [expected.hits, expected.staleHits]);
			// It holds nothing that is dead, so nothing dead is found.
			assert.deepEqual(
				[misses.all, misses.capacity, misses.uncacheable],
				[expected.misses.all, 0, expected.misses.uncacheable],
			);
			assert.ok(cleanedUp >= misses.capacityThenExpired);
		}),
		{ numRuns: 300 },
	);
});

test('where all is kept, stale answers spare waiting and no queries: what would be a miss is stale', () => {
	fc.assert(
		fc.property(randomRows, (rows) => {
			const kept = timed(
				rows.map((row) => ({ ...row, outcome: outcome.positive, ttlSec: Math.max(1, row.ttlSec) })),
			);
			const plain = resultOf(kept, {});
			const stale = resultOf(kept, immediate);
			assert.equal(plain.staleHits, 0);
			assert.equal(stale.misses.all + stale.staleHits, plain.misses.all);
			assert.equal(stale.upstream.queries, plain.upstream.queries);
		}),
		{ numRuns: 300 },
	);
});

test('where a name has one TTL, prefetching makes no more misses, and no fewer queries', () => {
	const ttlsSec = [5, 20, 60];
	fc.assert(
		fc.property(randomRows, (rows) => {
			const kept = timed(
				rows.map((row) => ({ ...row, outcome: outcome.positive, ttlSec: ttlsSec[row.key] })),
			);
			const plain = resultOf(kept, {});
			const fetched = resultOf(kept, prefetch);
			assert.ok(fetched.misses.all <= plain.misses.all);
			assert.ok(fetched.upstream.queries >= plain.upstream.queries);
		}),
		{ numRuns: 300 },
	);
});
