/**
 * Goal: what samples say of a trace holds for the trace, and the error that is stated is true. Method: generated streams, each
 * run in full and by samples of other and other keys; an interval that holds the truth 19 times of 20 must hold it nearly as
 * often here. Seeds are fixed, so the counts are too.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DnsStream } from '../../../../src/lab/generate/dns-stream.ts';
import { oneTimeStream } from '../../../../src/lab/generate/one-time.ts';
import { popularityStream } from '../../../../src/lab/generate/popularity.ts';
import { searchStream } from '../../../../src/lab/generate/search.ts';
import { LiveCache } from '../../../../src/lab/live-cache/live-cache.ts';
import { allPolicies } from '../../../../src/lab/policies/index.ts';
import { type Combined, combineSamples } from '../../../../src/lab/sampling/combine.ts';
import { hashOfNames } from '../../../../src/lab/sampling/key-hash.ts';
import { planSamples, scaled } from '../../../../src/lab/sampling/plan.ts';
import { SampleSplit } from '../../../../src/lab/sampling/split.ts';
import type { KeyNames } from '../../../../src/lab/simulate/key-names.ts';
import type { LabCache } from '../../../../src/lab/simulate/lab-cache.ts';
import { type Capacity, openPolicy } from '../../../../src/lab/simulate/open-policy.ts';
import { gather, type Requests } from '../../../../src/lab/simulate/requests.ts';
import type { SimulationSettings } from '../../../../src/lab/simulate/settings.ts';
import { simulate } from '../simulate/support.ts';

const requests = 150_000;
const answers = { ttlSec: 'measured', negativeTtlSec: 60, deniedShare: 0.05, rttUs: 'measured' } as const;
const streams: Readonly<Record<string, DnsStream>> = {
	zipf: popularityStream({ requests, ratePerSec: 500, names: 30_000, exponent: 0.9, seed: 3, answers }),
	flat: popularityStream({ requests, ratePerSec: 500, names: 20_000, exponent: 0.3, seed: 4, answers }),
	once: oneTimeStream({
		requests,
		ratePerSec: 500,
		names: 20_000,
		exponent: 0.9,
		onceShare: 0.3,
		seed: 5,
		answers,
	}),
	search: searchStream({ requests, lookupsPerSec: 100, names: 8000, exponent: 0.9, seed: 6 }),
};
const entries: Capacity = { unit: 'entries', entries: 4000 };
const octets: Capacity = { unit: 'bytes', bytes: 1 << 20 };
const bucketBytes = 8192;
const seeds = [1, 2, 3, 4, 5];

type Opener = (capacity: Capacity, names: KeyNames | undefined) => LabCache;

function policy(name: string): Opener {
	const { make } = allPolicies.find((row) => row.name === name)!;
	return (capacity, names) => openPolicy({ make, capacity, names, seed: 1 });
}

const live: Opener = (capacity, names) =>
	new LiveCache({ bytes: capacity.unit === 'bytes' ? capacity.bytes : 0, names: names!, seed: 7 });

function bySamples(
	stream: DnsStream,
	whole: Requests,
	open: Opener,
	capacity: Capacity,
	seed: number,
	settings: SimulationSettings = {},
): Combined {
	const unitBytes = open === live ? bucketBytes : 1;
	const plan = planSamples({ share: 0.1, seed, capacities: [capacity], unitBytes });
	const warmupRequests = settings.warmupRequests ?? 0;
	const split = new SampleSplit(plan, hashOfNames(stream.names), { names: stream.names, warmupRequests });
	split.add(whole);
	const results = split.samples.map((sample) =>
		simulate(open(scaled(plan, capacity, unitBytes), sample.names), sample.take(), {
			...settings,
			warmupRequests: sample.warmupRequests,
		}),
	);
	return combineSamples(split.counts, results);
}

test('the stated error holds the hit ratio of the whole trace nearly 19 times of 20', async () => {
	let inside = 0;
	let all = 0;
	for (const [name, stream] of Object.entries(streams)) {
		const whole = await gather(stream.batches());
		const runs: readonly (readonly [Opener, Capacity])[] = [
			[policy('lru'), entries],
			[policy('s3-fifo'), octets],
			[live, octets],
		];
		for (const [open, capacity] of runs) {
			const truth = simulate(open(capacity, stream.names), whole).hitRatio.byRequests;
			let sum = 0;
			for (const seed of seeds) {
				const { result, sampled } = bySamples(stream, whole, open, capacity, seed);
				const off = result.hitRatio.byRequests - truth;
				sum += off;
				all++;
				if (Math.abs(off) <= sampled.error) inside++;
				assert.ok(Math.abs(off) <= 2 * sampled.error, `${name}, seed ${seed}: ${off} with ±${sampled.error}`);
				assert.ok(sampled.error < 0.05, `${name}, seed ${seed}: ±${sampled.error} says too little`);
			}
			assert.ok(Math.abs(sum / seeds.length) < 0.012, `${name}: off by ${sum / seeds.length} on average`);
		}
	}
	assert.ok(inside >= 0.9 * all, `${inside} of ${all}`);
});

test('counts are those of the whole trace, and agree with each other', async () => {
	const stream = streams.search;
	const whole = await gather(stream.batches());
	const settings = { warmupRequests: 40_000 };
	const truth = simulate(policy('sieve')(octets, stream.names), whole, settings);
	const { result, sampled } = bySamples(stream, whole, policy('sieve'), octets, 2, settings);
	const { hits, misses, staleHits, upstream, memory } = result;
	assert.equal(result.requests, truth.requests);
	assert.equal(hits.all + misses.all + staleHits, result.requests);
	assert.equal(hits.positive + hits.negative, hits.all);
	const { first, expired, capacity, capacityThenExpired, uncacheable } = misses;
	assert.equal(first + expired + capacity + capacityThenExpired + uncacheable, misses.all);
	assert.equal(upstream.queries, misses.all);
	assert.ok(Math.abs(result.hitRatio.byBytes - truth.hitRatio.byBytes) < 0.03);
	assert.ok(Math.abs(result.hitRatio.byRtt - truth.hitRatio.byRtt) < 0.05);
	assert.ok(Math.abs(memory.meanBytes / truth.memory.meanBytes - 1) < 0.05);
	assert.ok(Math.abs(memory.peakEntries / truth.memory.peakEntries - 1) < 0.05);
	assert.ok(Math.abs(memory.expiredShare - truth.memory.expiredShare) < 0.05);
	assert.ok(Math.abs(misses.expired / truth.misses.expired - 1) < 0.2);
	assert.equal(sampled.samples, 8);
	assert.ok(sampled.keys > 0 && sampled.requests < requests);
});

test('a key that most requests are for does not sway the estimate', async () => {
	const stream = popularityStream({
		requests,
		ratePerSec: 500,
		names: 30_000,
		exponent: 1.2,
		seed: 8,
		answers: { ...answers, ttlSec: 3600 },
	});
	const whole = await gather(stream.batches());
	const truth = simulate(policy('lru')(entries, stream.names), whole).hitRatio.byRequests;
	for (const seed of seeds) {
		const { result } = bySamples(stream, whole, policy('lru'), entries, seed);
		assert.ok(Math.abs(result.hitRatio.byRequests - truth) < 0.03, `seed ${seed}`);
	}
});
