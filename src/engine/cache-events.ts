import type { CacheEvents } from '../cache/events.ts';
import { entryKind } from '../cache/layout.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';

const evictedByKind: number[] = [];
evictedByKind[entryKind.positive] = counter.cache_evicted_positive;
evictedByKind[entryKind.negative] = counter.cache_evicted_negative;
evictedByKind[entryKind.failure] = counter.cache_evicted_failure;

/** Counts what the cache reports. */
export function cacheEvents(counters: Counters): CacheEvents & { estimateDropped(): void } {
	return {
		evicted: (kind) => counters.add(evictedByKind[kind]),
		readRetried: () => counters.add(counter.cache_read_retried),
		contended: () => counters.add(counter.cache_contended),
		estimateDropped: () => counters.add(counter.cache_estimate_dropped),
	};
}
