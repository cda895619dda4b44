import { copyOctets, Views, viewOf } from '../wire/views.ts';
import type { Answer } from './answer.ts';
import { keyEquals } from './entry.ts';
import type { CacheEvents } from './events.ts';
import type { CacheKey } from './key.ts';
import {
	bucketWord,
	type CacheLayout,
	entryHeaderWords,
	entryKind,
	entryWord,
	failuresShift,
	hasMark,
	hitCountMax,
	kindShift,
	markPattern,
	marksAt,
	maxSharedBodyBytes,
	offsetMask,
	tagMask,
	ticksPerSec,
	unknownSeq,
	visitedAgainBit,
	visitedBit,
	visitTimeSec,
} from './layout.ts';
import { beginRead, isWhole } from './seqlock.ts';

/** What a look-up found. */
export const found = {
	/** Nothing that may be served. */
	nothing: 0,
	/** A fresh answer, positive or negative. */
	fresh: 1,
	/** An expired answer inside the stale window; a refresh is due. */
	stale: 2,
	/** An expired answer, and a failure that is still held: no refresh is due. */
	staleHeld: 3,
	/** A failure that is still held, and no answer. */
	failure: 4,
} as const;

/** Looks at the lock before a look-up is given up as a miss: ten microseconds of them. A writer inside needs four. */
const readTries = 800;
/** Ticks left of an entry that is not there. A small integer, so that no look-up makes a heap number. */
const longGone = -0x3fff_ffff;

/** Looks answers up in the shared cache. Takes no lock and never waits; allocates nothing. */
export class CacheReader {
	readonly #words: Int32Array;
	readonly #octets: Uint8Array;
	readonly #view: DataView;
	readonly #targets = new Views();
	readonly #layout: CacheLayout;
	readonly #events: CacheEvents;
	/** What the last look-up was for, and the number that it found the lock at; odd: it found nothing out. */
	#lastHigh = 0;
	#lastLow = 0;
	#lastSeq: number = unknownSeq;
	/** Of the last look-up: no slot had the key. */
	#lastAbsent = false;

	constructor(words: Int32Array, layout: CacheLayout, events: CacheEvents) {
		this.#words = words;
		this.#octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
		this.#view = viewOf(this.#octets);
		this.#layout = layout;
		this.#events = events;
	}

	/**
	 * Looks a key up. On `fresh`, `stale` and `staleHeld` the records are copied to `target[targetStart...]`, which
	 * must have room for `maxSharedBodyBytes`, and `answer` describes them; on `failure` only `answer` is set.
	 *
	 * @param staleTicks how long after its expiry an answer may be served
	 * @returns a value of `found`. Does not allocate, block or throw.
	 */
	lookup(
		key: CacheKey,
		nowTicks: number,
		staleTicks: number,
		target: Uint8Array,
		targetStart: number,
		answer: Answer,
	): number {
		const base = this.#layout.bucketBase(key.hashHigh);
		this.#lastHigh = key.hashHigh;
		this.#lastLow = key.hashLow;
		this.#lastSeq = unknownSeq;
		for (let i = 0; i < readTries; i++) {
			const seq = beginRead(this.#words, base);
			if (seq & 1) continue;
			const result = this.#read(base, key, nowTicks, staleTicks, target, targetStart, answer);
			if (isWhole(this.#words, base, seq)) {
				this.#lastSeq = seq;
				return result;
			}
			this.#events.readRetried();
		}
		this.#events.contended();
		return found.nothing;
	}

	/**
	 * Whether a look-up at the same time as the last one would find the same: that was for this key, and nobody changed
	 * the bucket since. Keys are compared by their hashes, 64 bits.
	 */
	isUnchangedSinceLookup(key: CacheKey): boolean {
		return this.#isLast(key) && this.#words[this.#layout.bucketBase(key.hashHigh)] === this.#lastSeq;
	}

	/**
	 * If the last look-up was for this key and there is nothing for it, not even what expired: the number of the bucket's
	 * lock then. As long as that does not change there is nothing. Else `unknownSeq`.
	 */
	absentAt(key: CacheKey): number {
		return this.#isLast(key) && this.#lastAbsent ? this.#lastSeq : unknownSeq;
	}

	#isLast(key: CacheKey): boolean {
		return this.#lastHigh === key.hashHigh && this.#lastLow === key.hashLow && !(this.#lastSeq & 1);
	}

	/** Reads what may be torn: every number from the bucket is checked before it leads anywhere. */
	#read(
		base: number,
		key: CacheKey,
		nowTicks: number,
		staleTicks: number,
		target: Uint8Array,
		targetStart: number,
		answer: Answer,
	): number {
		const words = this.#words;
		const count = words[base + bucketWord.countAndHand] & 0xffff;
		if (count > this.#layout.maxEntries) return found.nothing;
		const slotsAt = base + this.#layout.slotsAt;
		const tag = key.hashLow & tagMask;
		let positive = -1;
		let negative = -1;
		let failure = -1;
		const pattern = markPattern(key.hashLow);
		for (let first = 0; first < count; first += 4) {
			if (!hasMark(words[base + marksAt + (first >> 2)], pattern)) continue;
			for (let index = first; index < first + 4 && index < count; index++) {
				const slot = words[slotsAt + index];
				if ((slot & tagMask) !== tag || slot === 0) continue;
				const offset = slot & offsetMask;
				if (offset + entryHeaderWords + key.wordCount > this.#layout.bucketWords) continue;
				if (!keyEquals(words, base + offset, key)) continue;
				const kind = (words[base + offset + entryWord.flags] >>> kindShift) & 3;
				if (kind === entryKind.positive) positive = index;
				else if (kind === entryKind.negative) negative = index;
				else failure = index;
			}
		}
		this.#lastAbsent = (positive & negative & failure) === -1;
		if (this.#lastAbsent) return found.nothing;
		return this.#choose(base, positive, negative, failure, nowTicks, staleTicks, target, targetStart, answer);
	}

	#choose(
		base: number,
		positive: number,
		negative: number,
		failure: number,
		nowTicks: number,
		staleTicks: number,
		target: Uint8Array,
		targetStart: number,
		answer: Answer,
	): number {
		const positiveLeft = this.#ticksLeft(base, positive, nowTicks);
		const negativeLeft = this.#ticksLeft(base, negative, nowTicks);
		const failureHeld = this.#ticksLeft(base, failure, nowTicks) > 0;
		answer.failureHeld = failureHeld;
		if (positiveLeft > 0)
			return this.#copy(base, positive, nowTicks, target, targetStart, answer, found.fresh);
		if (positive >= 0 && staleTicks > 0 && positiveLeft > -staleTicks) {
			// A positive answer beside a negative one is there because `prefer_positive` kept it.
			const result = failureHeld || negativeLeft > 0 ? found.staleHeld : found.stale;
			return this.#copy(base, positive, nowTicks, target, targetStart, answer, result);
		}
		if (negativeLeft > 0)
			return this.#copy(base, negative, nowTicks, target, targetStart, answer, found.fresh);
		if (negative >= 0 && staleTicks > 0 && negativeLeft > -staleTicks) {
			const result = failureHeld ? found.staleHeld : found.stale;
			return this.#copy(base, negative, nowTicks, target, targetStart, answer, result);
		}
		if (failureHeld) return this.#copy(base, failure, nowTicks, target, targetStart, answer, found.failure);
		return found.nothing;
	}

	/** Ticks until the entry of a slot expires; not above 0: it has. Far below 0 where there is no entry. */
	#ticksLeft(base: number, index: number, nowTicks: number): number {
		if (index < 0) return longGone;
		const entry = base + (this.#words[base + this.#layout.slotsAt + index] & offsetMask);
		const storedAt = this.#words[entry + entryWord.storedAt] >>> 0;
		return storedAt + (this.#words[entry + entryWord.lifetime] >>> 0) - nowTicks;
	}

	#copy(
		base: number,
		index: number,
		nowTicks: number,
		target: Uint8Array,
		targetStart: number,
		answer: Answer,
		result: number,
	): number {
		const words = this.#words;
		const octets = this.#octets;
		const offset = words[base + this.#layout.slotsAt + index] & offsetMask;
		const entry = base + offset;
		const flags = words[entry + entryWord.flags];
		const answerAndAuthority = words[entry + entryWord.answerAndAuthority];
		const additionalAndBody = words[entry + entryWord.additionalAndBody];
		const records =
			(answerAndAuthority & 0xffff) + (answerAndAuthority >>> 16) + (additionalAndBody & 0xffff);
		const bodyBytes = additionalAndBody >>> 16;
		const keyWords = words[entry + entryWord.sizes] >>> 16;
		let from = (entry + entryHeaderWords + keyWords) << 2;
		// A torn entry: `isWhole` will say so, if only nothing is read out of bounds before.
		if (from + 2 * records + bodyBytes > (base + this.#layout.bucketWords) << 2) return found.nothing;
		if (bodyBytes > maxSharedBodyBytes || records > answer.ttlOffsets.length) return found.nothing;
		for (let i = 0; i < records; i++, from += 2)
			answer.ttlOffsets[i] = octets[from] | (octets[from + 1] << 8);
		copyOctets(this.#view, from, this.#targets.of(target), targetStart, bodyBytes);
		answer.octets = target;
		answer.bodyStart = targetStart;
		answer.bodyBytes = bodyBytes;
		answer.answerCount = answerAndAuthority & 0xffff;
		answer.authorityCount = answerAndAuthority >>> 16;
		answer.additionalCount = additionalAndBody & 0xffff;
		answer.flags = flags & 0xffff;
		answer.extendedRcode = (flags >>> 16) & 0xff;
		answer.kind = (flags >>> kindShift) & 3;
		answer.failures = (flags >>> failuresShift) & 31;
		answer.storedAtTicks = words[entry + entryWord.storedAt] >>> 0;
		answer.lifetimeTicks = words[entry + entryWord.lifetime] >>> 0;
		answer.ageSec = Math.max(0, Math.floor((nowTicks - answer.storedAtTicks) / ticksPerSec));
		answer.fixedTtlSec = -1;
		answer.edeCode = -1;
		answer.bucketBase = base;
		answer.slot = index;
		this.#visit(base, index);
		return result;
	}

	#visit(base: number, index: number): void {
		const at = ((base + this.#layout.visitsAt) << 2) + index;
		const visits = this.#octets[at];
		if (!(visits & visitedBit)) this.#octets[at] = visits | visitedBit;
		else if (!(visits & visitedAgainBit)) this.#octets[at] = visits | visitedAgainBit;
	}

	/**
	 * Counts a hit for prefetching and returns how many there were without a gap of more than `durationSec`; at most
	 * `hitCountMax`. Approximate: shards do not wait for each other here, and time goes in steps of eight seconds.
	 */
	countVisit(answer: Answer, nowTicks: number, durationSec: number): number {
		const at = ((answer.bucketBase + this.#layout.visitsAt) << 2) + answer.slot;
		const timeAt = at + this.#layout.maxEntries;
		const octet = this.#octets[at];
		const time = Math.floor(nowTicks / (ticksPerSec * visitTimeSec)) & 0xff;
		const gapSec = ((time - this.#octets[timeAt]) & 0xff) * visitTimeSec;
		const before = gapSec > durationSec ? 0 : octet & hitCountMax;
		const visits = Math.min(hitCountMax, before + 1);
		this.#octets[at] = (octet & ~hitCountMax) | visits;
		this.#octets[timeAt] = time;
		return visits;
	}
}
