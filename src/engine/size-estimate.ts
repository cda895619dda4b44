import type { Answer } from '../cache/answer.ts';
import { nothingSampled, planEstimate, samplePlace } from '../cache/estimate/plan.ts';
import { SizeEstimate } from '../cache/estimate/size-estimate.ts';
import type { CacheTotals } from '../cache/estimate/window.ts';
import type { CacheKey } from '../cache/key.ts';
import { evictionPolicyNamed } from '../cache/policy/index.ts';
import { found } from '../cache/reader.ts';
import type { WriterIdentity } from '../cache/seqlock.ts';
import { type CounterName, sumOfCounters } from '../metrics/hot/counters.ts';
import type { Block } from './compile.ts';
import { cacheLayout, type SharedState } from './shared-state.ts';

const hitCounters = [
	'hits_positive',
	'hits_negative',
	'hits_failure',
	'hits_stale',
	'hits_nxdomain_cut',
] as const satisfies CounterName[];
const missCounters = ['misses'] as const satisfies CounterName[];
const storeCounters = [
	'cache_inserted_positive',
	'cache_inserted_negative',
	'cache_inserted_failure',
] as const satisfies CounterName[];

/**
 * The estimate of what other cache sizes would hit (cache/estimate/), in memory that all shards share.
 *
 * @param longestStaleTicks as for the cache's own writer
 * @param dropped see `SizeEstimateParts`
 * @returns undefined: the cache is too small for one
 */
export function openEstimate(
	shared: SharedState,
	writer: WriterIdentity,
	longestStaleTicks: number,
	dropped: () => void,
): SizeEstimate | undefined {
	const layout = cacheLayout(shared.cacheBytes);
	const plan = planEstimate(layout);
	if (plan === undefined) return undefined;
	const counts = new Float64Array(shared.counters);
	return new SizeEstimate({
		memory: shared.estimate,
		plan,
		layout,
		policy: evictionPolicyNamed(shared.evictionPolicy),
		longestStaleTicks,
		writer,
		totals: () => totalsOf(counts),
		dropped,
	});
}

function totalsOf(counts: Float64Array): CacheTotals {
	const hits = sumOfCounters(counts, hitCounters);
	const requests = hits + sumOfCounters(counts, missCounters);
	return { requests, hits, stores: sumOfCounters(counts, storeCounters) };
}

/** Tells the estimate what happens to the keys that it looks at. */
export class EstimateFeed {
	readonly #estimate: SizeEstimate | undefined;
	/** What `samplePlace` is compared with: all that a query costs whose key is not looked at. */
	readonly sampledBelow: number;

	constructor(estimate: SizeEstimate | undefined) {
		this.#estimate = estimate;
		this.sampledBelow = estimate?.sampledBelow ?? nothingSampled;
	}

	/**
	 * A query for such a key was looked up.
	 *
	 * @param result a value of `found`
	 */
	lookedUp({ cache }: Block, key: CacheKey, answer: Answer, result: number, nowTicks: number): void {
		const isFound = result === found.fresh || result === found.failure;
		// With `verify` what has expired is a miss.
		const staleTicks = cache?.options.serveStale?.mode === 'immediate' ? cache.staleTicks : 0;
		this.#estimate?.asked(key, answer, isFound, nowTicks, staleTicks);
	}

	/** An answer to a question that somebody asked was put into the shared cache. */
	stored(key: CacheKey, answer: Answer, nowTicks: number): void {
		if (samplePlace(key) < this.sampledBelow) this.#estimate?.stored(key, answer, nowTicks);
	}

	/** So was what no question asks for. */
	storedBeside(key: CacheKey, answer: Answer, nowTicks: number): void {
		if (samplePlace(key) < this.sampledBelow) this.#estimate?.storedBeside(key, answer, nowTicks);
	}

	/** An answer is asked for anew before its time is over. */
	renewed(key: CacheKey, answer: Answer, nowTicks: number): void {
		if (samplePlace(key) < this.sampledBelow) this.#estimate?.renewed(key, answer, nowTicks);
	}
}
