import type { CacheCounts } from './lab-cache.ts';
import type { MemoryTally, Tally } from './tally.ts';

/** What came out of a simulation, as plain data. Ratios are in [0, 1], NaN where there is nothing to divide by. */
export interface SimulationResult {
	/** Those that were counted: hits + stale hits + misses. */
	readonly requests: number;
	readonly hits: { readonly all: number; readonly positive: number; readonly negative: number };
	/** Requests that got an answer whose time was over. */
	readonly staleHits: number;
	readonly misses: Misses;
	/** Of requests that got a fresh answer: by number, by octets of the answers, by the time that an upstream would have taken. */
	readonly hitRatio: { readonly byRequests: number; readonly byBytes: number; readonly byRtt: number };
	readonly missBytes: number;
	readonly staleShare: number;
	readonly upstream: {
		/** Misses, refreshes of stale answers and prefetches. */
		readonly queries: number;
		readonly refreshes: number;
		readonly prefetches: number;
		/** Requests that caused no query to an upstream, less those that did without being a miss; may be below 0. */
		readonly saved: number;
		/** For each MiB of the most memory that was held. */
		readonly savedPerMib: number;
	};
	readonly memory: MemoryResult;
	/** Put out to make room, cleaned up by the clock because they had expired, refused by the policy. */
	readonly evictions: number;
	readonly cleanedUp: number;
	readonly notAdmitted: number;
}

/** Misses by the state that a request found. */
export interface Misses {
	readonly all: number;
	/** The key was never asked for before, the warm-up included. */
	readonly first: number;
	/** Its answer was held, but its time was over. */
	readonly expired: number;
	/** Its answer had to go, or was not let in, and its time is not over. */
	readonly capacity: number;
	/** Its answer had to go, or was cleaned up, and its time is over by now: a larger cache would have missed as well. */
	readonly capacityThenExpired: number;
	/** The answer before was not to be kept: TTL 0, a failure, another RCODE. */
	readonly uncacheable: number;
}

/** Averages over time (over looks, where a trace has no times), each entry with all that it is charged. */
export interface MemoryResult {
	/** In the unit of the capacity. */
	readonly peakHeld: number;
	readonly peakEntries: number;
	/** Seen when memory was looked at. */
	readonly peakBytes: number;
	readonly meanBytes: number;
	/** Shares of what is held: of entries whose time is over, and of keys that were asked for once until then. */
	readonly expiredShare: number;
	readonly onceShare: number;
	/** How often memory was looked at. */
	readonly looks: number;
}

const mebibyte = 1 << 20;

/** @param counts while requests were counted */
export function resultOf(tally: Tally, memory: MemoryTally, counts: CacheCounts): SimulationResult {
	const { requests, positiveHits, negativeHits, staleHits, refreshes, prefetches } = tally;
	const hits = positiveHits + negativeHits;
	const misses = requests - hits - staleHits;
	const queries = misses + refreshes + prefetches;
	const saved = requests - queries;
	return {
		requests,
		hits: { all: hits, positive: positiveHits, negative: negativeHits },
		staleHits,
		misses: { all: misses, ...tally.misses },
		hitRatio: {
			byRequests: hits / requests,
			byBytes: tally.hitBytes / tally.bytes,
			byRtt: tally.hitRttUs / tally.rttUs,
		},
		missBytes: tally.missBytes,
		staleShare: staleHits / requests,
		upstream: {
			queries,
			refreshes,
			prefetches,
			saved,
			savedPerMib: saved / (memory.peakBytes / mebibyte),
		},
		memory: memoryOf(tally, memory),
		evictions: counts.evicted,
		cleanedUp: counts.cleaned,
		notAdmitted: counts.notAdmitted,
	};
}

function memoryOf(tally: Tally, memory: MemoryTally): MemoryResult {
	const sums = memory.overTime.weight > 0 ? memory.overTime : memory.plain;
	return {
		peakHeld: tally.peakHeld,
		peakEntries: tally.peakEntries,
		peakBytes: memory.peakBytes,
		meanBytes: sums.bytes / sums.weight,
		expiredShare: sums.expiredBytes / sums.bytes,
		onceShare: sums.onceBytes / sums.bytes,
		looks: memory.looks,
	};
}
