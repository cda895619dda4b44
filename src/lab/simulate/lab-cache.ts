/** What a cache has for a key at a time. */
export const holding = {
	nothing: 0,
	/** An answer whose time is not over. */
	fresh: 1,
	/** An answer whose time is over, within the time for which it may still be served. */
	stale: 2,
	/** An answer that nobody can be served any more. */
	dead: 3,
} as const;

/**
 * A cache as the simulation drives it: a policy with the times of its entries beside it (policy-cache.ts), or the live cache
 * (live-cache/). It knows keys, times and sizes; what an answer is worth, and why there is none, the simulation knows.
 *
 * Each request is one `find`. What was found is `store`d over, `end`ed or left. Times never go back.
 */
export interface LabCache {
	/** What is held for a key: a value of `holding`. If it can be served, it is noted as used; what is dead may be dropped. */
	find(key: number, nowMs: number): number;
	/**
	 * Keeps an answer, in place of what is held for the key.
	 *
	 * @param isDenial it says that there is no such name or no such data
	 * @param bodyBytes octets of its records
	 * @param lifetimeMs above 0; Infinity: for ever
	 */
	store(key: number, isDenial: boolean, bodyBytes: number, lifetimeMs: number, nowMs: number): void;
	/** Nobody is to be served what is held for the key. */
	end(key: number): void;
	/** Counts the hit that `find` has just found fresh, and says whether it is time to ask anew. */
	isPrefetchDue(key: number, prefetch: Prefetch, nowMs: number): boolean;
	/** In the unit of the capacity. */
	readonly held: number;
	readonly entries: number;
	/** Answers that were stored, put out to make room, cleaned up by the clock, and not let in, since the beginning. */
	readonly counts: CacheCounts;
	/** Looks at everything that is held. */
	measure(nowMs: number, isAskedOnce: (key: number) => boolean): MemoryLook;
}

export interface CacheCounts {
	readonly stored: number;
	readonly evicted: number;
	readonly cleaned: number;
	readonly notAdmitted: number;
}

/** Octets that are held at a time, each entry with all that it is charged. */
export interface MemoryLook {
	readonly bytes: number;
	/** Of entries whose time is over, those that may be served as stale included. */
	readonly expiredBytes: number;
	/** Of entries for keys that were asked for only once until then. */
	readonly onceBytes: number;
}

/** As `prefetch` of the directive `cache`: hits in a row, the longest gap between them, and the part of its time that is left. */
export interface Prefetch {
	readonly amount: number;
	readonly durationSec: number;
	/** [10, 90] */
	readonly percentage: number;
}
