import type { Bucket } from '../bucket.ts';

/** Chooses what a full bucket gives up. One object serves all buckets of a shard: its state lies in the bucket. */
export interface EvictionPolicy {
	/**
	 * The slot of an entry to drop; never a dead one. There is at least one entry, and none that nobody can be served
	 * any more.
	 *
	 * @param denial whether the newcomer is a negative answer or a failure
	 */
	chooseVictim(bucket: Bucket, denial: boolean, neededWords: number): number;
}
