/** Chooses what a full bucket gives up. One object serves all buckets of a shard: its state lies in the bucket. */
export interface EvictionPolicy {
	/**
	 * The slot of an entry to drop; never a dead one. There is at least one entry, and none that nobody can be served
	 * any more.
	 *
	 * @param denial whether the newcomer is a negative answer or a failure
	 */
	chooseVictim(bucket: PolicyBucket, denial: boolean, neededWords: number): number;
	/** Whether an answer for which nothing stood in the bucket is protected from the beginning. */
	protectsNewcomer(bucket: PolicyBucket, hashLow: number): boolean;
}

/** What a policy sees of a bucket: slots in order of age, oldest first. Nothing here moves an entry. */
export interface PolicyBucket {
	/** Slots, dead ones among them. */
	readonly count: number;
	/** Where the policy goes on looking, its own. It stays at the same entry, or where that was, when others leave; 0 at the end. */
	hand: number;
	/** Words that hold entries or could, slots included. */
	readonly capacityWords: number;
	/** Words of entries; of negative and failure ones; of those that are protected; of both. */
	readonly entryWords: number;
	readonly denialWords: number;
	readonly protectedWords: number;
	readonly protectedDenialWords: number;
	isDead(index: number): boolean;
	isDenial(index: number): boolean;
	isProtected(index: number): boolean;
	/**
	 * The oldest entry from a slot on whose slot has, of `bits`, those of `value`; -1 if there is none.
	 *
	 * @param bits of `denialSlotBit` and `protectedSlotBit`
	 */
	oldest(bits: number, value: number, from: number): number;
	/** The visit octet of a slot: `visitedBit`, `visitedAgainBit`, and below them a count of hits that is to stay. */
	visits(index: number): number;
	setVisits(index: number, visits: number): void;
	/** Makes an entry the youngest, and protected, with these visits. Slots may have other places afterwards. */
	renew(index: number, visits: number): void;
	/** Remembers the key of an entry for a while. */
	remember(index: number): void;
	/** Whether a key is remembered, which it is no more then. */
	recall(hashLow: number): boolean;
}
