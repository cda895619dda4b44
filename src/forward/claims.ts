import { type CacheKey, maxKeyWords } from '../cache/key.ts';
import type { WriterIdentity } from '../cache/seqlock.ts';

/**
 * Who is asking for what, over all shards: the shard that claims a key asks, the others leave their mark and wait for
 * the answer. Lies in shared memory; what a claimer owes is an answer to every shard whose bit is set when it lets go.
 *
 *   table    group of claims | group | ...          a hash picks the group
 *   group    free | owner | generations | free | holder × 8 | hash low × 8 | claim × 8 | free, to a whole cache line
 *   claim    generation | waiters | claimed at | hash high | key words | key ...
 *
 *   owner        of the group's lock; 0: nobody, else a token as below. Every access but `isHeld` holds it, for well
 *                under a microsecond
 *   holder       0: free; else the token of the shard that asks (seqlock.ts: epoch and shard, so a dead one is known).
 *                Holders and hashes stand together, so that a look at eight claims touches two cache lines
 *   waiters      bit n: shard n waits
 *   claimed at   in ticks. A question is at its end long before `abandonedTicks`; a claim that is older was forgotten
 *                by a fault, and whoever asks next takes it over like a dead shard's
 *
 * A group that is full gives no claim: the shard then asks by itself, uncoalesced and counted; nothing is refused for
 * it. Outside of this file a claim is known by its `place`: its number in the table, from 1 on.
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
const ownerAt = 1;
const generationsAt = 2;
const holdersAt = 4;
const hashesAt = holdersAt + claimsPerGroup;
const claimsAt = hashesAt + claimsPerGroup;
const claimField = { generation: 0, waiters: 1, claimedAt: 2, hashHigh: 3, keyWords: 4 } as const;
const claimKeyAt = 5;
const claimWords = claimKeyAt + maxKeyWords;
const cacheLineWords = 16;
const groupWords = Math.ceil((claimsAt + claimsPerGroup * claimWords) / cacheLineWords) * cacheLineWords;
/** Ten seconds: clients have their answer, whatever it is, after less than five. */
const abandonedTicks = 100;

/** Tries before a shard sleeps: the owner of a lock needs less than a microsecond, or was descheduled. */
const lockTries = 2000;
/** Milliseconds, at most, that a shard sleeps for a descheduled one. */
const lockRounds = 5;

/** Waiters are bits of one word. */
export const maxShards = 32;

export function createClaimMemory(capacity: number): SharedArrayBuffer {
	return new SharedArrayBuffer(Math.ceil(capacity / claimsPerGroup) * groupWords * 4);
}

/** Where the words of a claim begin in the table. */
export function claimOffset(place: number): number {
	const number = place - 1;
	return ((number / claimsPerGroup) | 0) * groupWords + claimsAt + (number % claimsPerGroup) * claimWords;
}

export class Claims {
	readonly #words: Int32Array;
	readonly #groups: number;
	readonly #writer: WriterIdentity;
	readonly #shardBit: number;
	readonly #idle = new Int32Array(new SharedArrayBuffer(4));
	/** Of the last `claim` that was not `none`. */
	place = 0;
	generation = 0;
	/** Of the last `claim` that was `owned`: somebody had it before, and is dead or has forgotten it. */
	tookOver = false;
	/** Of the last `claim` that was `joined`: it is this shard that asks. */
	isOwn = false;

	constructor(memory: SharedArrayBuffer, writer: WriterIdentity, shard: number) {
		this.#words = new Int32Array(memory);
		this.#groups = this.#words.length / groupWords;
		this.#writer = writer;
		this.#shardBit = 1 << shard;
	}

	/** Places are [1, capacity]. */
	get capacity(): number {
		return this.#groups * claimsPerGroup;
	}

	/** Claims a key for this shard, or joins whoever holds it. Returns a value of `claimResult`. */
	claim(key: CacheKey, nowTicks: number): number {
		const groupNumber = Math.floor(((key.hashHigh >>> 0) / 0x1_0000_0000) * this.#groups);
		const group = groupNumber * groupWords;
		if (!this.#lock(group)) return claimResult.none;
		const result = this.#claimIn(group, groupNumber * claimsPerGroup + 1, key, nowTicks);
		Atomics.store(this.#words, group + ownerAt, 0);
		return result;
	}

	#claimIn(group: number, firstPlace: number, key: CacheKey, nowTicks: number): number {
		const words = this.#words;
		this.tookOver = false;
		this.isOwn = false;
		let free = -1;
		for (let i = 0; i < claimsPerGroup; i++) {
			const holder = words[group + holdersAt + i];
			if (holder === 0) {
				if (free < 0) free = i;
			} else if (words[group + hashesAt + i] === key.hashLow && this.#isFor(firstPlace + i, key)) {
				return this.#join(group, i, firstPlace + i, nowTicks);
			} else if (free < 0 && this.#hasLapsed(holder, claimOffset(firstPlace + i), nowTicks)) {
				free = i;
			}
		}
		if (free < 0) return claimResult.none;
		this.#fill(group, free, firstPlace + free, key, nowTicks);
		return claimResult.owned;
	}

	#join(group: number, index: number, place: number, nowTicks: number): number {
		const words = this.#words;
		const claim = claimOffset(place);
		const holder = words[group + holdersAt + index];
		this.place = place;
		this.generation = words[claim + claimField.generation];
		if (!this.#hasLapsed(holder, claim, nowTicks)) {
			this.isOwn = holder === this.#writer.token;
			if (!this.isOwn) words[claim + claimField.waiters] |= this.#shardBit;
			return claimResult.joined;
		}
		// Those who wait for the former holder keep their bits: they get this shard's answer.
		words[group + holdersAt + index] = this.#writer.token;
		words[claim + claimField.claimedAt] = nowTicks;
		this.tookOver = true;
		return claimResult.owned;
	}

	/** Whether nobody will ever let this claim go: its holder is dead, or has forgotten it. */
	#hasLapsed(holder: number, claim: number, nowTicks: number): boolean {
		if (nowTicks - this.#words[claim + claimField.claimedAt] > abandonedTicks) return true;
		return holder !== this.#writer.token && !this.#writer.isAlive(holder);
	}

	#fill(group: number, index: number, place: number, key: CacheKey, nowTicks: number): void {
		const words = this.#words;
		const claim = claimOffset(place);
		const generation = (words[group + generationsAt] + 1) | 0;
		words[group + generationsAt] = generation;
		words[group + holdersAt + index] = this.#writer.token;
		words[group + hashesAt + index] = key.hashLow;
		words[claim + claimField.generation] = generation;
		words[claim + claimField.waiters] = 0;
		words[claim + claimField.claimedAt] = nowTicks;
		words[claim + claimField.hashHigh] = key.hashHigh;
		const { wordCount } = key;
		words[claim + claimField.keyWords] = wordCount;
		const keyWords = key.words;
		for (let i = 0; i < wordCount; i++) words[claim + claimKeyAt + i] = keyWords[i];
		this.place = place;
		this.generation = generation;
	}

	#isFor(place: number, key: CacheKey): boolean {
		const words = this.#words;
		const claim = claimOffset(place);
		if (words[claim + claimField.hashHigh] !== key.hashHigh) return false;
		if (words[claim + claimField.keyWords] !== key.wordCount) return false;
		for (let i = 0; i < key.wordCount; i++) if (words[claim + claimKeyAt + i] !== key.words[i]) return false;
		return true;
	}

	/** Lets go of a claim that this shard owns. Returns the shards that wait for its answer, one bit each. */
	release(place: number, generation: number): number {
		const words = this.#words;
		const group = groupOf(place);
		const locked = this.#lock(group);
		const holderAt = holderOffset(place);
		const claim = claimOffset(place);
		let waiters = 0;
		// Without the lock too, or nobody could ask for this key again. Only its holder lets a claim go; whoever joins
		// at this very moment is missed, and finds out by `isHeld`.
		if (words[holderAt] === this.#writer.token && words[claim + claimField.generation] === generation) {
			waiters = words[claim + claimField.waiters];
			words[holderAt] = 0;
		}
		if (locked) Atomics.store(words, group + ownerAt, 0);
		return waiters;
	}

	/** Whether a living shard still asks under this claim, so that waiting makes sense. A glance without the lock. */
	isHeld(place: number, generation: number): boolean {
		if (Atomics.load(this.#words, claimOffset(place) + claimField.generation) !== generation) return false;
		const holder = Atomics.load(this.#words, holderOffset(place));
		return holder !== 0 && this.#writer.isAlive(holder);
	}

	#lock(group: number): boolean {
		const words = this.#words;
		if (Atomics.compareExchange(words, group + ownerAt, 0, this.#writer.token) === 0) return true;
		for (let round = 0; round < lockRounds; round++) {
			for (let i = 0; i < lockTries; i++) {
				const owner = Atomics.compareExchange(words, group + ownerAt, 0, this.#writer.token);
				if (owner === 0) return true;
				// What a dead one left half-done here is a claim of its own, and its holder is known to be dead.
				if (this.#writer.isAlive(owner)) continue;
				if (Atomics.compareExchange(words, group + ownerAt, owner, this.#writer.token) === owner) return true;
			}
			// The owner was descheduled inside: give it the processor.
			Atomics.wait(this.#idle, 0, 0, 1);
		}
		return false;
	}
}

function groupOf(place: number): number {
	return (((place - 1) / claimsPerGroup) | 0) * groupWords;
}

function holderOffset(place: number): number {
	return groupOf(place) + holdersAt + ((place - 1) % claimsPerGroup);
}
