import { denialSlotBit, hitCountMax, protectedSlotBit, visitedAgainBit, visitedBit } from '../layout.ts';
import type { EvictionPolicy, PolicyBucket } from './policy.ts';

/** Of a bucket, what newcomers have for themselves once it is full. */
export const probationShare = 1 / 16;

/**
 * S3-FIFO (Yang et al., SOSP 2023) inside a bucket. Newcomers are on probation, in a queue of a sixteenth of the bucket; who
 * was not asked for again at its end goes and is remembered, the others are protected. Who comes back while it is
 * remembered is protected at once. The oldest of the protected goes if it was not asked for since it was
 * there last, and otherwise is the youngest again; two hits last for two rounds.
 *
 * Denials share that queue with answers. Where they have half of it, a denial that comes takes the place of another one: so a
 * flood of random names pushes out nothing but itself, while denials that are asked for again, as those of search
 * lists are, get as much of a bucket as they earn.
 */
export const s3Fifo: EvictionPolicy = {
	chooseVictim(bucket, denial) {
		for (;;) {
			const isProbation = bucket.entryWords - bucket.protectedWords > bucket.capacityWords * probationShare;
			const index =
				isProbation || bucket.protectedWords === 0 ? oldestNewcomer(bucket, denial) : oldestProtected(bucket);
			const visits = bucket.visits(index);
			if (bucket.isProtected(index)) {
				if (!(visits & visitedBit)) return index;
				bucket.renew(index, (visits & hitCountMax) | (visits & visitedAgainBit ? visitedBit : 0));
			} else if (visits & visitedBit) {
				bucket.renew(index, visits & hitCountMax);
			} else {
				bucket.remember(index);
				return index;
			}
		}
	},
	protectsNewcomer(bucket, hashLow) {
		return bucket.recall(hashLow);
	},
};

/** The oldest on probation, of the kind whose turn it is. There is one. */
function oldestNewcomer(bucket: PolicyBucket, denial: boolean): number {
	const denials = bucket.denialWords - bucket.protectedDenialWords;
	const answers = bucket.entryWords - bucket.protectedWords - denials;
	const half = (bucket.capacityWords * probationShare) / 2;
	const fromDenials = answers === 0 || (denials > half && (denial || denials > answers));
	// No newcomer stands before the hand: they come at the young end.
	bucket.hand = bucket.oldest(protectedSlotBit, 0, bucket.hand);
	return bucket.oldest(protectedSlotBit | denialSlotBit, fromDenials ? denialSlotBit : 0, bucket.hand);
}

function oldestProtected(bucket: PolicyBucket): number {
	return bucket.oldest(protectedSlotBit, protectedSlotBit, 0);
}
