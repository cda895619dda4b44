import type { SimulationResult } from '../simulate/result.ts';
import { bytesText, countText, percentText, rateText } from './quantity-text.ts';

export interface DetailColumn {
	/** One or two lines. */
	readonly head: readonly string[];
	readonly text: (result: SimulationResult) => string;
}

/** Everything that was counted of a policy at a size. docs/policies.md says what each column means. */
export const detailColumns: readonly DetailColumn[] = [
	{ head: ['hits'], text: ({ hits }) => countText(hits.all) },
	{ head: ['hits', 'negative'], text: ({ hits }) => countText(hits.negative) },
	{ head: ['hit %', 'requests'], text: ({ hitRatio }) => percentText(hitRatio.byRequests) },
	{ head: ['hit %', 'octets'], text: ({ hitRatio }) => percentText(hitRatio.byBytes) },
	{ head: ['hit %', 'RTT'], text: ({ hitRatio }) => percentText(hitRatio.byRtt) },
	{ head: ['stale'], text: ({ staleHits }) => countText(staleHits) },
	{ head: ['misses'], text: ({ misses }) => countText(misses.all) },
	{ head: ['first'], text: ({ misses }) => countText(misses.first) },
	{ head: ['expired'], text: ({ misses }) => countText(misses.expired) },
	{ head: ['capacity'], text: ({ misses }) => countText(misses.capacity) },
	{ head: ['capacity', 'expired'], text: ({ misses }) => countText(misses.capacityThenExpired) },
	{ head: ['not kept'], text: ({ misses }) => countText(misses.uncacheable) },
	{ head: ['upstream', 'queries'], text: ({ upstream }) => countText(upstream.queries) },
	{ head: ['saved'], text: ({ upstream }) => countText(upstream.saved) },
	{ head: ['saved', 'a MiB'], text: ({ upstream }) => rateText(upstream.savedPerMib) },
	{ head: ['entries', 'most'], text: ({ memory }) => countText(memory.peakEntries) },
	{ head: ['memory', 'most'], text: ({ memory }) => bytesText(memory.peakBytes) },
	{ head: ['dead %', 'of memory'], text: ({ memory }) => percentText(memory.expiredShare) },
	{ head: ['once %', 'of memory'], text: ({ memory }) => percentText(memory.onceShare) },
	{ head: ['evicted'], text: ({ evictions }) => countText(evictions) },
	{ head: ['refused'], text: ({ notAdmitted }) => countText(notAdmitted) },
];
