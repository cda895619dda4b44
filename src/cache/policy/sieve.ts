import { visitedAgainBit, visitedBit } from '../layout.ts';
import { denialToGo } from './denial-share.ts';
import type { EvictionPolicy, PolicyBucket } from './policy.ts';

/**
 * SIEVE (Zhang et al., NSDI 2024) inside a bucket: a hand walks from the oldest entry to the youngest; a visited
 * entry is spared once and stays where it is, an unvisited one goes. A hit costs a bit, a new name that is never
 * asked again is gone at the hand's next pass.
 */
export const sieve: EvictionPolicy = {
	chooseVictim(bucket, denial, neededWords) {
		const index = denialToGo(bucket, denial, neededWords);
		return index < 0 ? walkHand(bucket) : index;
	},
	protectsNewcomer() {
		return false;
	},
};

function walkHand(bucket: PolicyBucket): number {
	// Two rounds at most: the first clears every visited bit on its way.
	for (;;) {
		if (bucket.hand >= bucket.count) bucket.hand = 0;
		const index = bucket.hand++;
		if (bucket.isDead(index)) continue;
		const visits = bucket.visits(index);
		if (!(visits & visitedBit)) return index;
		bucket.setVisits(index, visits & ~(visitedBit | visitedAgainBit));
	}
}
