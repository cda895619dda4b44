import type { SimulationResult } from '../simulate/result.ts';

/** What came out of `petrel policies`, as plain data: tables, JSON, CSV and the page are made of it. */
export interface StudyReport {
	readonly source: SourceNote;
	/** What was asked for beside policies and sizes, as it was written: `ttl` `60s`. In the order of the options. */
	readonly settings: readonly (readonly [name: string, value: string])[];
	/** In the order in which they were asked for. */
	readonly policies: readonly StudyPolicy[];
	/** Ascending. Sizes of both units may be there. */
	readonly sizes: readonly StudySize[];
	/** Policy by policy, each at all sizes, ascending; one place for each pair. */
	readonly runs: readonly StudyRun[];
	/**
	 * What an unlimited cache hits. Where a key's TTLs are all alike none hits more; where they change, one that fetches at another
	 * time may get a longer one. A ratio of requests, NaN where it is not
	 * known. MIN, where it was run, is the bound that forgets TTLs.
	 */
	readonly unlimitedHitRatio: number;
	/** Wall-clock time and threads. */
	readonly elapsedSec: number;
	readonly threads: number;
}

export interface SourceNote {
	/** Files as they were named, or the generator and its parameters. */
	readonly name: string;
	/** `zeek`, `oracle-general`, `generated` … */
	readonly format: string;
	/** It has names, TTLs and answers. Otherwise objects with sizes. */
	readonly isDns: boolean;
	readonly requests: number;
	readonly keys: number;
	/** Keys that were asked for once. */
	readonly onceKeys: number;
	/** Between the first and the last request; 0 where there are no times. */
	readonly durationSec: number;
	/** All that was asked for and could be kept, at once. Octets with what any policy stores of an entry (simulate/charge.ts). */
	readonly footprint: { readonly entries: number; readonly bytes: number };
	/** Of requests: by what an upstream answered. */
	readonly shares: { readonly negative: number; readonly failure: number; readonly uncacheable: number };
	/** Sentences for the reader: rows passed over, sizes that were estimated, TTLs that were taken for granted. */
	readonly notes: readonly string[];
}

export interface StudyPolicy {
	readonly name: string;
	readonly help: string;
	/** It knows the future: no cache that serves can do that. */
	readonly needsFuture: boolean;
	/** It is the cache that serves (lab/live-cache/). */
	readonly isLive: boolean;
}

export interface StudySize {
	/** As it was asked for: `1MiB`, `10%`, `5000`. */
	readonly written: string;
	readonly unit: 'entries' | 'bytes';
	readonly amount: number;
}

/** A policy at a size. */
export interface StudyRun {
	readonly policy: string;
	/** Its place in `sizes`. */
	readonly size: number;
	/** Undefined: it could not be run, and why. */
	readonly result: SimulationResult | undefined;
	readonly problem?: string | undefined;
	/** Of the thread that ran it, requests of the warm-up included. */
	readonly requestsPerSec: number;
	/** What the simulation of the policy held in memory for each key of the trace, in octets; NaN where it was not measured. */
	readonly memoryPerKeyBytes: number;
	/** Where the curve was made from a sample of the keys (sampling/). */
	readonly sampled?: Sampled | undefined;
}

export interface Sampled {
	/** Share of keys that were looked at, all samples together. */
	readonly rate: number;
	/** Independent samples, of disjoint keys. */
	readonly samples: number;
	readonly requests: number;
	readonly keys: number;
	/**
	 * Half the width of the interval that holds the hit ratio of the whole trace 19 times of 20, by the spread between samples.
	 * In [0, 1]; NaN with one sample.
	 */
	readonly error: number;
}
