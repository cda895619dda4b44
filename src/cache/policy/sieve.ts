import type { Bucket } from '../bucket.ts';
import { visitedBit } from '../layout.ts';
import type { EvictionPolicy } from './policy.ts';

/** Negative answers and failures may take this share of a bucket; beyond it they push out only each other. */
export const denialShare = 1 / 4;

/**
 * SIEVE (Zhang et al., NSDI 2024) inside a bucket: a hand walks from the oldest entry to the youngest; a visited
 * entry is spared once and stays where it is, an unvisited one goes. A hit costs a bit, a new name that is never
 * asked again is gone at the hand's next pass. A newcomer that would take negative answers above their share takes
 * the place of the oldest of them, so that a flood of random names cannot empty the cache.
 */
export const sieve: EvictionPolicy = {
	chooseVictim(bucket, denial, neededWords) {
		if (denial && bucket.denialWords + neededWords > bucket.capacityWords * denialShare) {
			for (let index = 0; index < bucket.count; index++) if (bucket.isDenial(index)) return index;
		}
		return walkHand(bucket);
	},
};

function walkHand(bucket: Bucket): number {
	// Two rounds at most: the first clears every visited bit on its way.
	for (;;) {
		if (bucket.hand >= bucket.count) bucket.hand = 0;
		const index = bucket.hand++;
		if (bucket.isDead(index)) continue;
		const visits = bucket.visits(index);
		if (!(visits & visitedBit)) return index;
		bucket.setVisits(index, visits & ~visitedBit);
	}
}
