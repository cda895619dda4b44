import type { Bucket } from '../bucket.ts';

/** Chooses what a full bucket gives up. One object serves all buckets of a shard: its state lies in the bucket. */
export interface EvictionPolicy {
	/**
	 * The index of an entry to discard; never one that `bucket.isDiscarded`. There is at least one.
	 *
	 * @param denial whether the newcomer is a negative answer or a failure
	 * @param deadBefore in ticks: what expired earlier cannot be served even as stale
	 */
	chooseVictim(bucket: Bucket, denial: boolean, neededWords: number, deadBefore: number): number;
}
