import { denialToGo } from './denial-share.ts';
import type { EvictionPolicy } from './policy.ts';

/** The oldest entry of a bucket goes, whoever asks for it. */
export const fifo: EvictionPolicy = {
	chooseVictim(bucket, denial, neededWords) {
		const index = denialToGo(bucket, denial, neededWords);
		return index < 0 ? bucket.oldest(0, 0, 0) : index;
	},
	protectsNewcomer() {
		return false;
	},
};
