import { denialSlotBit } from '../layout.ts';
import type { PolicyBucket } from './policy.ts';

/** Negative answers and failures may take this share of a bucket; beyond it they push out only each other. */
export const denialShare = 1 / 4;

/**
 * For policies that know no better: the oldest denial if one that comes would take them above their share, so that a flood of
 * random names cannot empty the cache; else -1.
 */
export function denialToGo(bucket: PolicyBucket, denial: boolean, neededWords: number): number {
	if (!denial || bucket.denialWords + neededWords <= bucket.capacityWords * denialShare) return -1;
	return bucket.oldest(denialSlotBit, denialSlotBit, 0);
}
