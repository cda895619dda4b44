/**
 * Goal: what the online estimate says of a cache of half, twice and four times the size is what such a cache hits, within two
 * points. Method: the cache that serves with its estimate, fed as a server feeds it and with the plan that a server has, beside
 * caches of those sizes that are fed the same; streams, sizes and seeds are fixed. Known hit ratios are weighted over time as the
 * estimate is, by the same window.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EstimatePlan, estimatedSizes, planEstimate } from '../../../../src/cache/estimate/plan.ts';
import { CacheLayout } from '../../../../src/cache/layout.ts';
import { defaultEvictionPolicy, evictionPolicies } from '../../../../src/cache/policy/index.ts';
import type { EvictionPolicy } from '../../../../src/cache/policy/policy.ts';
import type { DnsStream } from '../../../../src/lab/generate/dns-stream.ts';
import { floodStream } from '../../../../src/lab/generate/flood.ts';
import { oneTimeStream } from '../../../../src/lab/generate/one-time.ts';
import { popularityStream } from '../../../../src/lab/generate/popularity.ts';
import { searchStream } from '../../../../src/lab/generate/search.ts';
import { Simulation } from '../../../../src/lab/simulate/simulation.ts';
import { EstimatedCache } from '../../../../src/lab/size-estimate/estimated-cache.ts';

const points = 0.02;
const requests = 120_000;
const own = estimatedSizes.indexOf(1);

interface Outcome {
	/** By `estimatedSizes`. */
	readonly estimated: readonly number[];
	readonly known: number;
}

function run(stream: DnsStream, bytes: number, plan: EstimatePlan, policy: EvictionPolicy): Outcome {
	const cache = new EstimatedCache({ bytes, names: stream.names, seed: 11, policy, plan });
	const simulation = new Simulation(cache, { requests: stream.requests });
	let endMs = 0;
	for (const batch of stream.batches()) {
		simulation.run(batch);
		endMs = batch.atMs[batch.count - 1];
	}
	const estimated = cache.hitRatios(endMs)!;
	return { estimated, known: estimated[own] };
}

/** Names grow with the cache, so that it is too small for them at every size. */
function streamsFor(mebibytes: number, seed: number): Readonly<Record<string, DnsStream>> {
	const names = 6000 * mebibytes;
	const zipf = { requests, ratePerSec: 2000, names, exponent: 0.9, seed };
	return {
		zipf: popularityStream(zipf),
		steep: popularityStream({ ...zipf, exponent: 1.1 }),
		once: oneTimeStream({ ...zipf, onceShare: 0.2 }),
		search: searchStream({ requests, lookupsPerSec: 400, names: 2000 * mebibytes, exponent: 0.9, seed }),
		shift: popularityStream({ ...zipf, shift: { dayMs: 40_000, newPerDay: 0.5 } }),
		flood: floodStream({
			hotNames: 2000 * mebibytes,
			floodNames: requests / 2,
			floodPerHot: 1,
			ratePerSec: 2000,
			seed,
		}),
	};
}

for (const { name, policy } of evictionPolicies) {
	for (const mebibytes of name === defaultEvictionPolicy.name ? [1, 2, 4] : [2]) {
		test(`${name}, ${mebibytes} MiB: the estimates are within two points of caches of those sizes`, () => {
			const bytes = mebibytes << 20;
			const plan = planEstimate(new CacheLayout(bytes))!;
			// Other sizes are run for what they hit: their own miniatures do not matter.
			const plain = { ...plan, buckets: [1, 1, 1, 1] };
			for (const [stream, made] of Object.entries(streamsFor(mebibytes, mebibytes))) {
				const { estimated, known } = run(made, bytes, plan, policy);
				for (const [place, size] of estimatedSizes.entries()) {
					const truth = size === 1 ? known : run(made, bytes * size, plain, policy).known;
					const off = estimated[place] - truth;
					assert.ok(Math.abs(off) <= points, `${stream} at ${size}: ${estimated[place]}, it is ${truth}`);
				}
			}
		});
	}
}
