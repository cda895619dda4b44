import { assert } from '../../util/assert.ts';
import type { SimulationResult } from '../simulate/result.ts';
import type { Sampled } from '../study/report.ts';
import type { SampleCounts, SplitCounts } from './split.ts';
import { halfWidth } from './student.ts';

export interface Combined {
	/** Of the whole trace, in its numbers of requests. */
	readonly result: SimulationResult;
	readonly sampled: Sampled;
}

/**
 * What the samples say of the whole trace.
 *
 * The misses of a sample stand for as many times more as there are more keys; what the trace has beside are hits. The other way,
 * the share of a sample's own requests, would go up and down with the few keys that many requests are for, and those hit
 * whatever the cache does. (SHARDS-adj does the same with the number of requests that was to be expected, here by the keys that
 * were found and not by the rate.) Where that gives more misses than requests, the shares have to do.
 *
 * @param results of each sample, through a cache of the size that `scaled` says
 */
export function combineSamples(counts: SplitCounts, results: readonly SimulationResult[]): Combined {
	const { whole, samples } = counts;
	assert(results.length === samples.length, 'a result for each sample');
	const all = samples.reduce(sumOf);
	const rate = all.keys / whole.keys;
	const each = results.map((result, i) => {
		const times = timesOf(whole, samples[i], missedRequests(result));
		return 1 - shareOf(missedRequests(result) * times, whole.requests);
	});
	return {
		result: wholeResult(counts, results),
		sampled: {
			rate,
			samples: samples.length,
			requests: all.requests,
			keys: all.keys,
			error: samples.some(({ keys }) => keys === 0) ? Number.NaN : halfWidth(each),
		},
	};
}

function sumOf(a: SampleCounts, b: SampleCounts): SampleCounts {
	return {
		requests: a.requests + b.requests,
		keys: a.keys + b.keys,
		bytes: a.bytes + b.bytes,
		rttUs: a.rttUs + b.rttUs,
	};
}

/** Requests without a fresh answer. */
function missedRequests({ misses, staleHits }: SimulationResult): number {
	return misses.all + staleHits;
}

/** For how many misses of the whole trace one of a sample stands. */
function timesOf(whole: SampleCounts, sample: SampleCounts, missed: number): number {
	const byKeys = whole.keys / sample.keys;
	return missed * byKeys > whole.requests ? whole.requests / sample.requests : byKeys;
}

/** In [0, 1]; NaN where there is nothing to divide by. */
function shareOf(part: number, whole: number): number {
	return Math.min(1, part / whole);
}

function wholeResult(
	{ whole, samples }: SplitCounts,
	results: readonly SimulationResult[],
): SimulationResult {
	const all = samples.reduce(sumOf);
	const sum = (of: (result: SimulationResult, sample: number) => number): number =>
		results.reduce((total, result, i) => total + of(result, i), 0);
	const times = timesOf(whole, all, sum(missedRequests));
	const total = (of: (result: SimulationResult) => number): number => Math.round(sum(of) * times);
	const misses = {
		first: total(({ misses }) => misses.first),
		expired: total(({ misses }) => misses.expired),
		capacity: total(({ misses }) => misses.capacity),
		capacityThenExpired: total(({ misses }) => misses.capacityThenExpired),
		uncacheable: total(({ misses }) => misses.uncacheable),
	};
	const missed = Object.values(misses).reduce((a, b) => a + b, 0);
	const staleHits = total(({ staleHits }) => staleHits);
	const hits = Math.max(0, whole.requests - missed - staleHits);
	const negative = Math.min(
		hits,
		total(({ hits }) => hits.negative),
	);
	const upstream = upstreamOf(whole.requests, missed, total);
	const memory = memoryOf(results, times);
	const missedBytes = sum(({ hitRatio }, i) => part(1 - hitRatio.byBytes, samples[i].bytes));
	const missedRttUs = sum(({ hitRatio }, i) => part(1 - hitRatio.byRtt, samples[i].rttUs));
	return {
		requests: whole.requests,
		hits: { all: hits, positive: hits - negative, negative },
		staleHits,
		misses: { all: missed, ...misses },
		hitRatio: {
			byRequests: 1 - shareOf(sum(missedRequests) * times, whole.requests),
			byBytes: 1 - shareOf(missedBytes * times, whole.bytes),
			byRtt: 1 - shareOf(missedRttUs * times, whole.rttUs),
		},
		missBytes: total(({ missBytes }) => missBytes),
		staleShare: shareOf(staleHits, whole.requests),
		upstream: { ...upstream, savedPerMib: upstream.saved / (memory.peakBytes / mebibyte) },
		memory,
		evictions: total(({ evictions }) => evictions),
		cleanedUp: total(({ cleanedUp }) => cleanedUp),
		notAdmitted: total(({ notAdmitted }) => notAdmitted),
	};
}

const mebibyte = 1 << 20;

function upstreamOf(
	requests: number,
	missed: number,
	total: (of: (result: SimulationResult) => number) => number,
): Omit<SimulationResult['upstream'], 'savedPerMib'> {
	const refreshes = total(({ upstream }) => upstream.refreshes);
	const prefetches = total(({ upstream }) => upstream.prefetches);
	const queries = missed + refreshes + prefetches;
	return { queries, refreshes, prefetches, saved: requests - queries };
}

/** The samples' caches beside each other. */
function memoryOf(results: readonly SimulationResult[], times: number): SimulationResult['memory'] {
	const sum = (of: (memory: SimulationResult['memory']) => number): number =>
		results.reduce((total, { memory }) => total + of(memory), 0);
	const bytes = sum(({ meanBytes }) => part(meanBytes, 1));
	return {
		peakHeld: Math.round(sum(({ peakHeld }) => peakHeld) * times),
		peakEntries: Math.round(sum(({ peakEntries }) => peakEntries) * times),
		peakBytes: sum(({ peakBytes }) => peakBytes) * times,
		meanBytes: bytes * times,
		expiredShare: sum((memory) => part(memory.expiredShare, memory.meanBytes)) / bytes,
		onceShare: sum((memory) => part(memory.onceShare, memory.meanBytes)) / bytes,
		looks: sum(({ looks }) => looks),
	};
}

/** A share of what may be nothing, where shares are NaN. */
function part(share: number, of: number): number {
	return of > 0 && share > 0 ? share * of : 0;
}
