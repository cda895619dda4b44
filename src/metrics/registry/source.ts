import type { CounterName } from '../hot/counters.ts';
import type { Histogram, QuerySums, UpstreamSums } from '../hot/series-sums.ts';

/** Queries of a listener and a zone. */
export type QueryRow = QuerySums;

export type UpstreamRow = UpstreamSums;

export interface CacheRow {
	readonly server: string;
	readonly zones: string;
	readonly success: number;
	readonly denial: number;
}

export interface SizeEstimateRow {
	readonly size: number;
	/** Of the queries that are looked up: [0, 1]. */
	readonly hitRatio: number;
}

export interface HostsRow {
	readonly path: string;
	readonly entries: number;
	/** The time of the file that was read last, in milliseconds since 1970; undefined: none was. */
	readonly reloadedAtMs: number | undefined;
}

export interface ShardRow {
	readonly shard: number;
	readonly listening: boolean;
	/** How often its thread died. */
	readonly deaths: number;
	/** Beats of its timer since it started, four a second. */
	readonly beats: number;
	/** The longest that its event loop was late in the last 10 to 20 seconds. */
	readonly lagMaxSec: number;
}

export interface TransportRow {
	readonly transport: string;
	readonly steering: string;
	readonly native: boolean;
}

/**
 * All that is exposed, as it is now. The registry asks for everything once a scrape and keeps nothing, so whoever
 * implements this may read shared memory afresh each time.
 */
export interface MetricsSource {
	readonly version: string;
	readonly revision: string;
	/** A row for each listener and zone that was asked for. */
	queries(): readonly QueryRow[];
	/** A row for each upstream that was asked. */
	upstreams(): readonly UpstreamRow[];
	/** By shard; the main thread's are in the last. */
	counters(): readonly Readonly<Record<CounterName, number>>[];
	plugins(): readonly { readonly server: string; readonly zone: string; readonly name: string }[];
	/** One row for each server block that has a cache. */
	cache(): readonly CacheRow[];
	/** Of the shared cache; what the estimate takes is not in the others. */
	cacheBytes(): { readonly limit: number; readonly used: number; readonly estimate: number };
	/** What the cache would answer at so many times its size; empty where that is not known. */
	sizeEstimates(): readonly SizeEstimateRow[];
	/** In seconds. */
	health(): { readonly durations: Histogram; readonly failures: number };
	reload(): {
		readonly failed: number /** SHA-512 of the configuration that holds. */;
		readonly sha512: string | undefined;
	};
	shards(): readonly ShardRow[];
	transport(): TransportRow;
	hosts?(): readonly HostsRow[];
	/** What the bound on the number of series is computed from. */
	sizes(): SeriesSizes;
}

/** How many of everything there can be at most: no name and no client address is among it. */
export interface SeriesSizes {
	/** Pairs of a listener and a zone that have a row of their own, and one for all others. */
	readonly rows: number;
	/** Values of the label `server`. */
	readonly servers: number;
	readonly blocks: number;
	readonly upstreams: number;
	readonly shards: number;
	readonly hosts: number;
}
