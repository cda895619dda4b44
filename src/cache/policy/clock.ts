import { hitCountMax, visitedBit } from '../layout.ts';
import { denialToGo } from './denial-share.ts';
import type { EvictionPolicy } from './policy.ts';

/** CLOCK inside a bucket: the oldest entry goes, unless it was visited; then it is the youngest again. */
export const clock: EvictionPolicy = {
	chooseVictim(bucket, denial, neededWords) {
		const denialIndex = denialToGo(bucket, denial, neededWords);
		if (denialIndex >= 0) return denialIndex;
		for (;;) {
			const index = bucket.oldest(0, 0, 0);
			const visits = bucket.visits(index);
			if (!(visits & visitedBit)) return index;
			bucket.renew(index, visits & hitCountMax);
		}
	},
	protectsNewcomer() {
		return false;
	},
};
