import { viewOf } from '../wire/views.ts';
import type { Answer } from './answer.ts';
import { keyEquals, writeEntry } from './entry.ts';
import type { CacheKey } from './key.ts';
import {
	bucketWord,
	type CacheLayout,
	denialSlotBit,
	entryKind,
	entryWord,
	failuresShift,
	hasMark,
	kindShift,
	markPattern,
	marksAt,
	maxDeadSlots,
	offsetMask,
	tagMask,
} from './layout.ts';

/** Ticks that no entry reaches; a small integer, as are all ticks here. */
export const never = 0x7fff_ffff;

/**
 * One bucket of the shared cache, seen by a writer that holds its lock (layout.ts draws it). One object per shard is
 * moved from bucket to bucket by `open`.
 *
 * Nothing moves when an entry leaves: its slot is dead, its words are a gap, and the next entry is put at the far end of
 * the gap. What leaves next is mostly the next older one, which lies at the near end, so that the gap goes round the
 * bucket and entries of any size follow it; an insertion into a full bucket mostly touches the entries that it replaces
 * and no other. Other gaps are forgotten. Dead slots are taken out by the dozen (`put`), and entries brought together
 * when there is enough between them (`gather`).
 */
export class Bucket {
	readonly #words: Int32Array;
	readonly #octets: Uint8Array;
	readonly #view: DataView;
	readonly #layout: CacheLayout;
	/** Where `gather` puts entries together; made when it is needed first. */
	#scratch: Int32Array | undefined;
	#base = 0;
	/** Offset of the visits, in octets. */
	#visits = 0;
	#logStart = 0;
	#entryWords = 0;
	/** The gap that the last entries left which were dropped. */
	#gap = 0;
	#gapWords = 0;
	/** Slots, dead ones among them. */
	count = 0;
	deadCount = 0;
	/** Where the eviction policy goes on looking. */
	hand = 0;
	/** Words of negative and failure entries. */
	denialWords = 0;
	/** In ticks: no entry stops being fresh before. */
	earliestExpiry = never;

	constructor(words: Int32Array, layout: CacheLayout) {
		this.#words = words;
		this.#octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
		this.#view = viewOf(this.#octets);
		this.#layout = layout;
	}

	open(base: number): void {
		const words = this.#words;
		this.#base = base;
		this.#visits = (base + this.#layout.visitsAt) << 2;
		const gap = words[base + bucketWord.gap];
		this.#gap = gap & 0xffff;
		this.#gapWords = gap >>> 16;
		const countAndHand = words[base + bucketWord.countAndHand];
		const logAndDenial = words[base + bucketWord.logAndDenial];
		const wordsAndDead = words[base + bucketWord.wordsAndDead];
		this.count = countAndHand & 0xffff;
		this.hand = countAndHand >>> 16;
		// A bucket that was never written is all zeros: its log is empty.
		this.#logStart = logAndDenial & 0xffff || this.#layout.bucketWords;
		this.denialWords = logAndDenial >>> 16;
		this.#entryWords = wordsAndDead & 0xffff;
		this.deadCount = wordsAndDead >>> 16;
		this.earliestExpiry = this.count === 0 ? never : words[base + bucketWord.earliestExpiry];
	}

	close(): void {
		const words = this.#words;
		const base = this.#base;
		words[base + bucketWord.countAndHand] = this.count | (this.hand << 16);
		words[base + bucketWord.logAndDenial] = this.#logStart | (this.denialWords << 16);
		words[base + bucketWord.wordsAndDead] = this.#entryWords | (this.deadCount << 16);
		words[base + bucketWord.earliestExpiry] = this.earliestExpiry;
		words[base + bucketWord.gap] = this.#gap | (this.#gapWords << 16);
	}

	clear(): void {
		this.count = 0;
		this.deadCount = 0;
		this.hand = 0;
		this.denialWords = 0;
		this.earliestExpiry = never;
		this.#logStart = this.#layout.bucketWords;
		this.#entryWords = 0;
		this.#gapWords = 0;
	}

	/** Words that are neither an entry nor its slot, wherever they lie. */
	get freeWords(): number {
		return this.capacityWords - this.#entryWords - this.count + this.deadCount;
	}

	/** Whether no slot is to be had, however much room there is. */
	get isFull(): boolean {
		return this.count - this.deadCount === this.#layout.maxEntries;
	}

	/** Words that hold entries or could, slots included. */
	get capacityWords(): number {
		return this.#layout.bucketWords - this.#layout.slotsAt;
	}

	isDead(index: number): boolean {
		return this.#slot(index) === 0;
	}

	isDenial(index: number): boolean {
		return (this.#slot(index) & denialSlotBit) !== 0;
	}

	kind(index: number): number {
		return (this.#words[this.#entry(index) + entryWord.flags] >>> kindShift) & 3;
	}

	failures(index: number): number {
		return (this.#words[this.#entry(index) + entryWord.flags] >>> failuresShift) & 31;
	}

	/** In ticks, when the entry stops being fresh. */
	expiresAt(index: number): number {
		const entry = this.#entry(index);
		return (this.#words[entry + entryWord.storedAt] >>> 0) + (this.#words[entry + entryWord.lifetime] >>> 0);
	}

	storedAt(index: number): number {
		return this.#words[this.#entry(index) + entryWord.storedAt] >>> 0;
	}

	/** The visit octet of a slot: bit 7 visited, below it the hit count. */
	visits(index: number): number {
		return this.#octets[this.#visits + index];
	}

	setVisits(index: number, visits: number): void {
		this.#octets[this.#visits + index] = visits;
	}

	/** When a slot was last hit, in units of `visitTimeSec`, modulo 256. */
	visitTime(index: number): number {
		return this.#octets[this.#visits + this.#layout.maxEntries + index];
	}

	/** The first slot from `from` on whose entry has this key, -1 if there is none. */
	find(key: CacheKey, from: number): number {
		const pattern = markPattern(key.hashLow);
		const { count } = this;
		for (let index = from & ~3; index < count; index += 4) {
			if (!hasMark(this.#words[this.#base + marksAt + (index >> 2)], pattern)) continue;
			for (let i = Math.max(from, index); i < index + 4 && i < count; i++) if (this.#holds(i, key)) return i;
		}
		return -1;
	}

	#holds(index: number, key: CacheKey): boolean {
		const slot = this.#slot(index);
		if (slot === 0 || (slot & tagMask) !== (key.hashLow & tagMask)) return false;
		return keyEquals(this.#words, this.#base + (slot & offsetMask), key);
	}

	/** Takes an entry out; its slot stays, dead. */
	drop(index: number): void {
		const slot = this.#slot(index);
		if (slot === 0) return;
		const size = this.#words[this.#base + (slot & offsetMask)] & 0xffff;
		this.#words[this.#base + this.#layout.slotsAt + index] = 0;
		this.deadCount++;
		this.#entryWords -= size;
		if (slot & denialSlotBit) this.denialWords -= size;
		this.#widenGap(slot & offsetMask, size);
	}

	#widenGap(offset: number, size: number): void {
		if (offset + size === this.#gap) {
			this.#gap = offset;
			this.#gapWords += size;
		} else if (this.#gap + this.#gapWords === offset) {
			this.#gapWords += size;
		} else {
			this.#gap = offset;
			this.#gapWords = size;
		}
	}

	/**
	 * Where an entry of `size` words can be put without moving another: the offset, to be given to `put`, or 0.
	 * A slot is to be had as well then.
	 */
	roomFor(size: number): number {
		if (this.isFull) return 0;
		// Slots that die while others take their places must not run into the log.
		const slotsEnd = this.#layout.slotsAt + this.count + 1 + Math.max(0, maxDeadSlots - this.deadCount);
		if (slotsEnd > this.#logStart) return 0;
		if (this.#gapWords >= size) return this.#gap + this.#gapWords - size;
		return this.#logStart - size >= slotsEnd ? this.#logStart - size : 0;
	}

	/** Puts an entry of `size` words, the youngest now, where `roomFor` said. */
	put(
		offset: number,
		size: number,
		key: CacheKey,
		answer: Answer,
		nowTicks: number,
		visits: number,
		visitTime: number,
	): void {
		if (this.deadCount >= maxDeadSlots || this.count === this.#layout.maxEntries) this.#takeOutDeadSlots();
		const words = this.#words;
		const index = this.count;
		const denial = answer.kind === entryKind.positive ? 0 : denialSlotBit;
		writeEntry(words, this.#view, this.#base + offset, size, key, answer, nowTicks);
		words[this.#base + this.#layout.slotsAt + index] = (key.hashLow & tagMask) | denial | offset;
		this.#octets[((this.#base + marksAt) << 2) + index] = key.hashLow;
		this.setVisits(index, visits);
		this.#octets[this.#visits + this.#layout.maxEntries + index] = visitTime;
		this.count = index + 1;
		this.#entryWords += size;
		if (denial) this.denialWords += size;
		if (offset < this.#logStart) this.#logStart = offset;
		else this.#gapWords -= size;
		const expiresAt = nowTicks + answer.lifetimeTicks;
		if (expiresAt < this.earliestExpiry) this.earliestExpiry = expiresAt;
	}

	#takeOutDeadSlots(): void {
		const words = this.#words;
		const slotsAt = this.#base + this.#layout.slotsAt;
		const marks = (this.#base + marksAt) << 2;
		const visits = this.#visits;
		const times = visits + this.#layout.maxEntries;
		const { count, hand } = this;
		let kept = 0;
		for (let index = 0; index < count; index++) {
			if (index === hand) this.hand = kept;
			const slot = words[slotsAt + index];
			if (slot === 0) continue;
			if (kept !== index) {
				words[slotsAt + kept] = slot;
				this.#octets[marks + kept] = this.#octets[marks + index];
				this.#octets[visits + kept] = this.#octets[visits + index];
				this.#octets[times + kept] = this.#octets[times + index];
			}
			kept++;
		}
		if (this.hand >= kept) this.hand = 0;
		this.count = kept;
		this.deadCount = 0;
	}

	/** Moves the entries together, in order of age, so that all that is free lies between slots and log. */
	gather(): void {
		this.#takeOutDeadSlots();
		this.#scratch ??= new Int32Array(this.#layout.bucketWords);
		const scratch = this.#scratch;
		const words = this.#words;
		const slotsAt = this.#base + this.#layout.slotsAt;
		let offset = this.#layout.bucketWords;
		for (let index = 0; index < this.count; index++) {
			const slot = words[slotsAt + index];
			const entry = this.#base + (slot & offsetMask);
			const size = words[entry] & 0xffff;
			offset -= size;
			for (let i = 0; i < size; i++) scratch[offset + i] = words[entry + i];
			words[slotsAt + index] = (slot & ~offsetMask) | offset;
		}
		words.set(scratch.subarray(offset), this.#base + offset);
		this.#logStart = offset;
		this.#gapWords = 0;
	}

	#slot(index: number): number {
		return this.#words[this.#base + this.#layout.slotsAt + index];
	}

	#entry(index: number): number {
		return this.#base + (this.#slot(index) & offsetMask);
	}
}
