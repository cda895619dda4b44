import type { TtlBounds } from '../../cache/cacheability.ts';
import type { Prefetch } from './lab-cache.ts';

/** What a server does around its cache, whatever the policy. All that is left out is off. */
export interface SimulationSettings {
	/** Smallest and largest TTLs. A TTL of 0 is kept if the smallest is above it. */
	readonly bounds?: TtlBounds | undefined;
	readonly serveStale?: ServeStale | undefined;
	readonly prefetch?: Prefetch | undefined;
	/** The first so many requests fill the cache and are not counted. */
	readonly warmupRequests?: number | undefined;
	/** How many requests there will be, where that is known: memory is looked at some hundreds of times over all of them. */
	readonly requests?: number | undefined;
	/** How many keys there will be, where that is known. */
	readonly keys?: number | undefined;
}

/** As `serve_stale` of the directive `cache`. */
export interface ServeStale {
	/** How long after its time an answer may be served. */
	readonly windowSec: number;
	/** `immediate`: the stale answer at once, then one refresh; `verify`: the upstream first, stale if it fails. */
	readonly mode: 'immediate' | 'verify';
	/** How long after a failed refresh no other is tried. */
	readonly recheckSec: number;
}

/** What petrel takes where `serve_stale` says no more. */
export const staleDefaults: ServeStale = { windowSec: 3600, mode: 'immediate', recheckSec: 30 };
/** What petrel takes where `prefetch` says no more than how many hits. */
export const prefetchDefaults = { durationSec: 60, percentage: 10 } as const;
/** How long a failure is held without `serve_stale`: what petrel's `servfail` is by default. */
export const failureHoldSec = 5;

/** How long after its time an answer may be served: the cache has to be told as well. */
export function staleMsOf({ serveStale }: SimulationSettings): number {
	return (serveStale?.windowSec ?? 0) * 1000;
}
