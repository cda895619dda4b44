/**
 * Goal: a miniature does what the cache does, for every policy. Method: a miniature as large as the cache, which is told of every
 * key, beside the cache itself (`EstimatedCache`): whatever is asked, both find an answer or neither does.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planOf } from '../../../../src/cache/estimate/plan.ts';
import { evictionPolicies } from '../../../../src/cache/policy/index.ts';
import { floodStream } from '../../../../src/lab/generate/flood.ts';
import { NumberedNames } from '../../../../src/lab/generate/numbered-names.ts';
import { popularityStream } from '../../../../src/lab/generate/popularity.ts';
import { searchStream } from '../../../../src/lab/generate/search.ts';
import { holding } from '../../../../src/lab/simulate/lab-cache.ts';
import {
	type ServeStale,
	type SimulationSettings,
	staleMsOf,
} from '../../../../src/lab/simulate/settings.ts';
import { Simulation } from '../../../../src/lab/simulate/simulation.ts';
import { EstimatedCache } from '../../../../src/lab/size-estimate/estimated-cache.ts';

const bucketBytes = 8192;
const serveStale: ServeStale = { windowSec: 60, mode: 'immediate', recheckSec: 30 };

/** Of the cache's own size: misses of the miniature that the cache did not have, or the other way round, up to now. */
function difference(cache: EstimatedCache, nowMs: number): number {
	const [, known] = cache.hitRatios(nowMs)!;
	return cache.estimate!.ownHitRatio() - known;
}

for (const { name, policy } of evictionPolicies) {
	test(`${name}: a miniature of the whole cache hits and misses with it`, () => {
		const streams = {
			zipf: popularityStream({ requests: 20_000, ratePerSec: 50, names: 4000, exponent: 0.8, seed: 1 }),
			search: searchStream({ requests: 20_000, lookupsPerSec: 10, names: 600, exponent: 0.8, seed: 2 }),
			flood: floodStream({ hotNames: 300, floodNames: 15_000, floodPerHot: 3, ratePerSec: 500, seed: 3 }),
		};
		for (const [stream, { names, batches, requests }] of Object.entries(streams)) {
			for (const settings of [{}, { serveStale }] satisfies SimulationSettings[]) {
				const staleMs = staleMsOf(settings);
				const bytes = 8 * bucketBytes;
				const cache = new EstimatedCache({ bytes, names, seed: 5, policy, staleMs, plan: planOf(8, 8) });
				const simulation = new Simulation(cache, { requests, ...settings });
				for (const batch of batches()) {
					simulation.run(batch);
					const off = difference(cache, batch.atMs[batch.count - 1]);
					assert.ok(Math.abs(off) < 1e-9, `${stream}: ${off}`);
				}
				assert.ok(cache.counts.evicted > 1000, `${stream}: the cache is full`);
			}
		}
	});

	test(`${name}: and so whatever the sizes and lifetimes of answers`, () => {
		const names = new NumberedNames(400);
		const request = fc.record({
			key: fc.integer({ min: 0, max: 399 }),
			bodyBytes: fc.oneof(fc.integer({ min: 16, max: 300 }), fc.integer({ min: 16, max: 5000 })),
			isDenial: fc.boolean(),
			lifetimeMs: fc.constantFrom(100, 2000, 60_000),
			gapMs: fc.constantFrom(0, 0, 90, 1500),
		});
		fc.assert(
			fc.property(fc.array(request, { minLength: 50, maxLength: 600, size: 'max' }), (requests) => {
				const cache = new EstimatedCache({
					bytes: 2 * bucketBytes,
					names,
					seed: 1,
					policy,
					plan: planOf(2, 2),
				});
				let nowMs = 0;
				for (const { key, bodyBytes, isDenial, lifetimeMs, gapMs } of requests) {
					nowMs += gapMs;
					if (cache.find(key, nowMs) !== holding.fresh) {
						cache.store(key, isDenial, bodyBytes, lifetimeMs, nowMs);
					}
					assert.ok(Math.abs(difference(cache, nowMs)) < 1e-9);
				}
			}),
			{ numRuns: 60, endOnFailure: true },
		);
	});
}
