import { assert } from '../../util/assert.ts';
import type { CacheKey } from '../key.ts';
import type { CacheLayout } from '../layout.ts';

/** The sizes for which the hit ratio is estimated, in times the cache's own. */
export const estimatedSizes = [0.5, 1, 2, 4] as const;
/** Of `estimatedSizes`: the cache's own. */
export const ownSize = 1;

/** One key in so many is looked at, or fewer: with more, a miss would cost a hundredth more than it does. */
const keysToOne = 32;
/** Buckets of the cache's own miniature: with fewer it says nothing; with more all four would take above 1.5 MiB. */
const bucketsMin = 6;
const bucketsMax = 128;
/** Smaller caches have no estimate: one key in sixteen would have to be looked at. */
const cacheBucketsMin = 16 * bucketsMin;

/** Which keys are looked at, and what miniature caches run on them (docs/design/0013-size-estimate.md). */
export interface EstimatePlan {
	/** Of the keys, the share that is looked at. */
	readonly rate: number;
	/** Of keys that are looked at `samplePlace` is below it. */
	readonly sampledBelow: number;
	/** Of the miniatures, in the order of `estimatedSizes`. */
	readonly buckets: readonly number[];
}

/** `samplePlace` is nowhere below it. */
export const nothingSampled: number = -0x8000_0000;

/** 20 bits of a key's hash, as a signed number: those that decide neither about buckets nor about tags and marks. */
export function samplePlace({ hashHigh }: Pick<CacheKey, 'hashHigh'>): number {
	return hashHigh << 12;
}

/** Undefined: the cache is too small, and a miniature of it would have too few keys to say anything. */
export function planEstimate({ bucketCount }: Pick<CacheLayout, 'bucketCount'>): EstimatePlan | undefined {
	if (bucketCount < cacheBucketsMin) return undefined;
	// Half of it is a whole number too.
	const buckets = 2 * Math.floor(bucketCount / keysToOne / 2);
	return planOf(Math.min(bucketsMax, Math.max(bucketsMin, buckets)), bucketCount);
}

/**
 * A miniature of `buckets` buckets for a cache of `bucketCount`: as many for each key that is looked at as the cache has for
 * each key, exactly.
 */
export function planOf(buckets: number, bucketCount: number): EstimatePlan {
	assert(buckets % 2 === 0, 'half of the buckets are whole buckets');
	const rate = buckets / bucketCount;
	return {
		rate,
		sampledBelow: nothingSampled + Math.round(rate * 0x1_0000_0000),
		buckets: estimatedSizes.map((size) => size * buckets),
	};
}
