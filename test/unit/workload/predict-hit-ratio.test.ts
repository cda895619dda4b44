/**
 * Goal: the hit ratio that is predicted is what a cache without limits has. Method: the formulas against sums that are
 * written out, and against simulations with seeded sources: as many runs as it takes for a standard error, then three of
 * those.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../src/util/random.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { evenArrivals, poissonArrivals } from '../../../src/workload/arrivals.ts';
import { missesWithExpiry, missesWithoutExpiry } from '../../../src/workload/expected-misses.ts';
import { openSource } from '../../../src/workload/open-source.ts';
import { planTrace } from '../../../src/workload/plan-trace.ts';
import { type GeneratedOptions, planWorkload } from '../../../src/workload/plan-workload.ts';
import { lnFactorial, poissonAtLeast } from '../../../src/workload/poisson.ts';
import { predictHitRatio, type RunTerms } from '../../../src/workload/predict-hit-ratio.ts';
import { zipfWeights } from '../../../src/workload/zipf.ts';
import { traceQuery } from './support.ts';

const both = [rrType.A, rrType.AAAA];

test('logarithms of factorials are exact to the twelfth digit', () => {
	let sum = 0;
	for (let n = 1; n <= 300; n++) {
		sum += Math.log(n);
		assert.ok(Math.abs(lnFactorial(n) - sum) <= 1e-12 * Math.max(1, sum), `ln ${n}!`);
	}
	assert.equal(lnFactorial(0), 0);
});

test('Poisson tails are those of the sum that is written out', () => {
	for (const mean of [0.001, 0.5, 1, 3.7, 20, 150]) {
		let below = 0;
		let term = Math.exp(-mean);
		for (let k = 0; k < 400; k++) {
			const atLeast = poissonAtLeast(k, mean);
			assert.ok(Math.abs(atLeast - (1 - below)) < 1e-12, `P(X >= ${k}) at ${mean}: ${atLeast}`);
			below += term;
			term *= mean / (k + 1);
		}
	}
	assert.equal(poissonAtLeast(0, 0), 1);
	assert.equal(poissonAtLeast(1, 0), 0);
	// By hand: 1 - e^-m (1 + m) is m²/2 - m³/3 for small m, where 1 - … would have no digit left.
	assert.ok(Math.abs(poissonAtLeast(2, 1e-8) / 5e-17 - 1) < 1e-7);
	assert.ok(Math.abs(poissonAtLeast(1_000_000, 1_000_000) - 0.5) < 1e-3);
});

test('without expiry an entry misses once, if it is asked for', () => {
	assert.equal(missesWithoutExpiry(1, 10), 1);
	assert.equal(missesWithoutExpiry(1, 0), 0);
	assert.ok(Math.abs(missesWithoutExpiry(0.25, 3) - (1 - 0.75 ** 3)) < 1e-15);
	assert.ok(Math.abs(missesWithoutExpiry(1e-12, 1000) / 1e-9 - 1) < 1e-9);
});

test('with expiry: no TTL, a TTL longer than the run, and the long run', () => {
	assert.equal(missesWithExpiry(10, 5, 0), 50);
	assert.equal(missesWithExpiry(10, 0, 1), 0);
	assert.ok(Math.abs(missesWithExpiry(0.3, 5, 5) - (1 - Math.exp(-1.5))) < 1e-12);
	// In the long run a fetch lasts for the TTL and one waiting time (Jung et al., 2003).
	for (const [rate, ttlSec] of [
		[0.01, 30],
		[1, 30],
		[50, 2],
	]) {
		const durationSec = 1_000_000;
		const expected = durationSec / (ttlSec + 1 / rate);
		assert.ok(
			Math.abs(missesWithExpiry(rate, durationSec, ttlSec) / expected - 1) < 1e-4,
			`${rate}, ${ttlSec}`,
		);
	}
});

/** Hits of a cache without limits at a workload, by number: without prefix a number is a name and type. */
function simulate(
	options: GeneratedOptions,
	terms: RunTerms,
	arrivals: 'even' | 'poisson',
	seed: number,
): { hits: number; queries: number } {
	const source = openSource(planWorkload(options), { worker: 0, workers: 1, seed });
	const { warmupSec = 0, durationSec, ratePerSec, ttlSec = Number.POSITIVE_INFINITY } = terms;
	const endMs = (warmupSec + durationSec) * 1000;
	const times =
		arrivals === 'even'
			? evenArrivals(ratePerSec, endMs, 0, 1)
			: poissonArrivals(ratePerSec, endMs, seededRandom(seed));
	const freshUntilMs = new Map<number, number>();
	let hits = 0;
	let queries = 0;
	for (let nowMs = times.next(); nowMs < endMs; nowMs = times.next()) {
		const number = source.next();
		const hit = nowMs < (freshUntilMs.get(number) ?? 0);
		if (!hit) freshUntilMs.set(number, nowMs + ttlSec * 1000);
		if (nowMs < warmupSec * 1000) continue;
		queries++;
		if (hit) hits++;
	}
	return { hits, queries };
}

const runs = 40;

/** Mean and standard error of the hit ratio over many simulations. */
function simulated(options: GeneratedOptions, terms: RunTerms, arrivals: 'even' | 'poisson') {
	const ratios = Array.from({ length: runs }, (_, seed) => {
		const { hits, queries } = simulate(options, terms, arrivals, seed + 1);
		return hits / queries;
	});
	const mean = ratios.reduce((a, b) => a + b) / runs;
	const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / (runs - 1);
	return { mean, error: Math.sqrt(variance / runs) };
}

const zipf = { names: 500, draw: { kind: 'zipf', exponent: 1 } } as const;
const terms = { queries: 4000, ratePerSec: 400, durationSec: 10 };
const searchList = { domains: ['a.test'], ndots: 5, found: ['n1.petrel.example.a.test'] };

const cases: [what: string, options: GeneratedOptions, terms: RunTerms, arrivals: 'even' | 'poisson'][] = [
	['Zipf from a cold start', zipf, terms, 'even'],
	['even draws from a cold start', { names: 3000, draw: { kind: 'uniform' } }, terms, 'even'],
	['Zipf with two types', { ...zipf, types: both }, terms, 'even'],
	['Zipf after a warm-up', zipf, { ...terms, warmupSec: 5 }, 'even'],
	['a TTL as long as the run', zipf, { ...terms, ttlSec: 10 }, 'even'],
	['a TTL of a third of the run', zipf, { ...terms, ttlSec: 3.3 }, 'poisson'],
	['a short TTL', zipf, { ...terms, ttlSec: 0.1 }, 'poisson'],
	['a short TTL and two types', { ...zipf, types: both }, { ...terms, ttlSec: 0.5 }, 'poisson'],
	['a short TTL at a steady rate', { ...zipf, names: 5000 }, { ...terms, ttlSec: 0.5 }, 'even'],
	['a short TTL after a warm-up', zipf, { ...terms, ttlSec: 0.7, warmupSec: 3 }, 'poisson'],
	['even draws with a TTL', { names: 300, draw: { kind: 'uniform' } }, { ...terms, ttlSec: 2 }, 'poisson'],
	['lookups', { ...zipf, searchList }, terms, 'even'],
	[
		'a hit ratio',
		{ names: 100, draw: { kind: 'hit-ratio', hitRatio: 0.7 } },
		{ ...terms, warmupSec: 1 },
		'even',
	],
	[
		'a hit ratio whose names are not all known when it counts',
		{ names: 1000, draw: { kind: 'hit-ratio', hitRatio: 0.7 } },
		{ ...terms, warmupSec: 1 },
		'even',
	],
];

for (const [what, options, runTerms, arrivals] of cases) {
	test(`the prediction is what a simulation gives: ${what}`, () => {
		const predicted = predictHitRatio(planWorkload(options), runTerms)!;
		const { mean, error } = simulated(options, runTerms, arrivals);
		const away = Math.abs(predicted - mean) / error;
		assert.ok(away < 3, `${predicted}, simulated ${mean}: ${away} standard errors`);
		assert.ok(error < 0.003, `a standard error of ${error} says nothing`);
	});
}

test('known names that expire are predicted within half a point', () => {
	const options = { names: 200, draw: { kind: 'hit-ratio', hitRatio: 0.7 } } as const;
	const runTerms = { ...terms, warmupSec: 1, ttlSec: 2 };
	const { mean } = simulated(options, runTerms, 'poisson');
	const predicted = predictHitRatio(planWorkload(options), runTerms)!;
	assert.ok(Math.abs(predicted - mean) < 0.005, `${predicted}, simulated ${mean}`);
});

test('the prediction for many names is that of the sum over each of them', () => {
	const names = 100_000;
	const weights = zipfWeights(names, 1);
	const sum = weights.reduce((a, b) => a + b, 0);
	const run = { queries: 500_000, ratePerSec: 50_000, durationSec: 10 };
	const workload = planWorkload({ names, draw: { kind: 'zipf', exponent: 1 } });
	const cold = weights.reduce((misses, weight) => misses + 1 - (1 - weight / sum) ** run.queries, 0);
	assert.ok(Math.abs(predictHitRatio(workload, run)! - (1 - cold / run.queries)) < 1e-6);
	const expiring = weights.reduce(
		(misses, weight) => misses + missesWithExpiry((weight / sum) * run.ratePerSec, 10, 1),
		0,
	);
	assert.ok(
		Math.abs(predictHitRatio(workload, { ...run, ttlSec: 1 })! - (1 - expiring / run.queries)) < 1e-6,
	);
});

test('nothing hits where every name is new; and of queries in order nothing is said', async () => {
	assert.equal(predictHitRatio(planWorkload({ names: 5, prefix: true }), terms), 0);
	assert.equal(predictHitRatio(planWorkload({ names: 5 }), terms), undefined);
	const trace = await planTrace([traceQuery('a')], { source: 'test' });
	assert.equal(predictHitRatio(trace, terms), undefined);
	assert.equal(predictHitRatio(planWorkload(zipf), { ...terms, queries: 0 }), undefined);
});
