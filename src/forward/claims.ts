import { type CacheKey, maxKeyWords } from '../cache/key.ts';
import { acquired, acquireWrite, releaseWrite, type WriterIdentity } from '../cache/seqlock.ts';

/**
 * Who is asking for what, over all shards: the shard that claims a key asks, the others leave their mark and wait for
 * the answer. Lies in shared memory; what a claimer owes is an answer to every shard whose bit is set when it lets go.
 *
 *   table    group of claims | group | ...          a hash picks the group
 *   group    seq | owner | generations | free | claim × 8
 *   claim    holder | generation | waiters | claimed at | hash high | hash low | key words | key ...
 *
 *   claimed at   in ticks. A question is at its end long before `abandonedTicks`; a claim that is older was forgotten
 *                by a fault, and whoever asks next takes it over like a dead shard's
 *   holder   0: free; else the token of the shard that asks (seqlock.ts: epoch and shard, so a dead one is known)
 *   waiters  bit n: shard n waits
 *
 * Every access holds the group's lock, for well under a microsecond. A group that is full gives no claim: the shard
 * then asks by itself, uncoalesced and counted; nothing is refused for it.
 */
export const claimResult = {
	/** This shard asks; it must call `release`. */
	owned: 0,
	/** Another shard, or this one before, is asking. */
	joined: 1,
	/** No room, or the lock could not be had: ask without a claim. */
	none: 2,
} as const;

const claimsPerGroup = 8;
const groupHeaderWords = 4;
const claimKeyAt = 7;
const claimWords = claimKeyAt + maxKeyWords;
const groupWords = groupHeaderWords + claimsPerGroup * claimWords;
const generationsAt = 2;
const claimField = {
	holder: 0,
	generation: 1,
	waiters: 2,
	claimedAt: 3,
	hashHigh: 4,
	hashLow: 5,
	keyWords: 6,
} as const;
/** Ten seconds: clients have their answer, whatever it is, after less than five. */
const abandonedTicks = 100;

/** Milliseconds, at most, that a shard sleeps for a descheduled one. */
const lockRounds = 5;

/** Waiters are bits of one word. */
export const maxShards = 32;

export function createClaimMemory(capacity: number): SharedArrayBuffer {
	return new SharedArrayBuffer(Math.ceil(capacity / claimsPerGroup) * groupWords * 4);
}

export class Claims {
	readonly #words: Int32Array;
	readonly #groups: number;
	readonly #writer: WriterIdentity;
	readonly #shardBit: number;
	readonly #idle = new Int32Array(new SharedArrayBuffer(4));
	/** After `claim`: which claim it is. A place is used again, a place and generation never together. */
	place = 0;
	generation = 0;
	/** After `claim`: whether it was taken over from a shard that died, or had forgotten it. */
	tookOver = false;
	/** After `claim` gave `joined`: whether this shard is the one that asks. */
	isOwn = false;

	constructor(memory: SharedArrayBuffer, writer: WriterIdentity, shard: number) {
		this.#words = new Int32Array(memory);
		this.#groups = this.#words.length / groupWords;
		this.#writer = writer;
		this.#shardBit = 1 << shard;
	}

	/** Claims a key for this shard, or joins whoever holds it. Returns a value of `claimResult`. */
	claim(key: CacheKey, nowTicks: number): number {
		const group = Math.floor(((key.hashHigh >>> 0) / 0x1_0000_0000) * this.#groups) * groupWords;
		if (!this.#lock(group)) return claimResult.none;
		const result = this.#claimIn(group, key, nowTicks);
		releaseWrite(this.#words, group);
		return result;
	}

	#claimIn(group: number, key: CacheKey, nowTicks: number): number {
		const words = this.#words;
		this.tookOver = false;
		this.isOwn = false;
		let free = -1;
		for (let i = 0; i < claimsPerGroup; i++) {
			const place = group + groupHeaderWords + i * claimWords;
			const holder = words[place + claimField.holder];
			if (holder === 0) {
				if (free < 0) free = place;
			} else if (this.#isFor(place, key)) {
				return this.#join(place, holder, nowTicks);
			} else if (free < 0 && this.#hasLapsed(place, nowTicks)) {
				free = place;
			}
		}
		if (free < 0) return claimResult.none;
		this.#fill(free, group, key, nowTicks);
		return claimResult.owned;
	}

	#join(place: number, holder: number, nowTicks: number): number {
		const words = this.#words;
		this.place = place;
		this.generation = words[place + claimField.generation];
		if (!this.#hasLapsed(place, nowTicks)) {
			this.isOwn = holder === this.#writer.token;
			if (!this.isOwn) words[place + claimField.waiters] |= this.#shardBit;
			return claimResult.joined;
		}
		// Those who wait for the former holder keep their bits: they get this shard's answer.
		words[place + claimField.holder] = this.#writer.token;
		words[place + claimField.claimedAt] = nowTicks;
		this.tookOver = true;
		return claimResult.owned;
	}

	/** Whether nobody will ever let this claim go: its holder is dead, or has forgotten it. */
	#hasLapsed(place: number, nowTicks: number): boolean {
		if (nowTicks - this.#words[place + claimField.claimedAt] > abandonedTicks) return true;
		return !this.#writer.isAlive(this.#words[place + claimField.holder]);
	}

	#fill(place: number, group: number, key: CacheKey, nowTicks: number): void {
		const words = this.#words;
		const generation = (words[group + generationsAt] + 1) | 0;
		words[group + generationsAt] = generation;
		words[place + claimField.holder] = this.#writer.token;
		words[place + claimField.generation] = generation;
		words[place + claimField.waiters] = 0;
		words[place + claimField.claimedAt] = nowTicks;
		words[place + claimField.hashHigh] = key.hashHigh;
		words[place + claimField.hashLow] = key.hashLow;
		words[place + claimField.keyWords] = key.wordCount;
		for (let i = 0; i < key.wordCount; i++) words[place + claimKeyAt + i] = key.words[i];
		this.place = place;
		this.generation = generation;
	}

	#isFor(place: number, key: CacheKey): boolean {
		const words = this.#words;
		if (words[place + claimField.hashLow] !== key.hashLow) return false;
		if (words[place + claimField.hashHigh] !== key.hashHigh) return false;
		if (words[place + claimField.keyWords] !== key.wordCount) return false;
		for (let i = 0; i < key.wordCount; i++) if (words[place + claimKeyAt + i] !== key.words[i]) return false;
		return true;
	}

	/** Lets go of a claim that this shard owns. Returns the shards that wait for its answer, one bit each. */
	release(place: number, generation: number): number {
		const group = place - (place % groupWords);
		const locked = this.#lock(group);
		let waiters = 0;
		// Without the lock too, or nobody could ask for this key again. Only its holder lets a claim go; whoever joins
		// at this very moment is missed, and finds out by `isHeld`.
		if (this.#holds(place, generation)) {
			waiters = Atomics.load(this.#words, place + claimField.waiters);
			Atomics.store(this.#words, place + claimField.holder, 0);
		}
		if (locked) releaseWrite(this.#words, group);
		return waiters;
	}

	#holds(place: number, generation: number): boolean {
		return (
			this.#words[place + claimField.holder] === this.#writer.token &&
			this.#words[place + claimField.generation] === generation
		);
	}

	/** Whether a living shard still asks under this claim, so that waiting makes sense. A glance without the lock. */
	isHeld(place: number, generation: number): boolean {
		if (Atomics.load(this.#words, place + claimField.generation) !== generation) return false;
		const holder = Atomics.load(this.#words, place + claimField.holder);
		return holder !== 0 && this.#writer.isAlive(holder);
	}

	#lock(group: number): boolean {
		// What a dead writer left half-done here is a claim of its own, and its holder is known to be dead.
		for (let i = 0; i < lockRounds; i++) {
			if (acquireWrite(this.#words, group, this.#writer) !== acquired.no) return true;
			// The holder was descheduled inside: give it the processor.
			Atomics.wait(this.#idle, 0, 0, 1);
		}
		return false;
	}
}
