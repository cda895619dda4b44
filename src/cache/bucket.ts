import type { Answer } from './answer.ts';
import type { CacheKey } from './key.ts';
import {
	bucketWord,
	type CacheLayout,
	entryHeaderWords,
	entryKind,
	entryWord,
	failuresShift,
	kindShift,
	visitsAt,
} from './layout.ts';

/**
 * One bucket of the shared cache, seen by a writer that holds its lock (layout.ts draws it). One object per shard is
 * moved from bucket to bucket by `open`. Entries are taken out in two steps, `discard` and `compact`, so that an
 * insertion that evicts several moves the others once.
 */
export class Bucket {
	readonly #words: Int32Array;
	readonly #octets: Uint8Array;
	readonly #layout: CacheLayout;
	readonly #discarded: Uint8Array;
	#base = 0;
	#discardedWords = 0;
	#logStart = 0;
	count = 0;
	/** Where the eviction policy goes on looking. */
	hand = 0;
	/** Words of negative and failure entries. */
	denialWords = 0;

	constructor(words: Int32Array, layout: CacheLayout) {
		this.#words = words;
		this.#octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
		this.#layout = layout;
		this.#discarded = new Uint8Array(layout.maxEntries);
	}

	open(base: number): void {
		this.#base = base;
		const countAndHand = this.#words[base + bucketWord.countAndHand];
		const logAndDenial = this.#words[base + bucketWord.logAndDenial];
		this.count = countAndHand & 0xffff;
		this.hand = countAndHand >>> 16;
		// A bucket that was never written is all zeros: its log is empty.
		this.#logStart = logAndDenial & 0xffff || this.#layout.bucketWords;
		this.denialWords = logAndDenial >>> 16;
	}

	close(): void {
		this.#words[this.#base + bucketWord.countAndHand] = this.count | (this.hand << 16);
		this.#words[this.#base + bucketWord.logAndDenial] = this.#logStart | (this.denialWords << 16);
	}

	clear(): void {
		this.count = 0;
		this.hand = 0;
		this.denialWords = 0;
		this.#logStart = this.#layout.bucketWords;
	}

	/** Words that an insertion can have without discarding more. */
	get freeWords(): number {
		return this.#logStart + this.#discardedWords - this.#layout.slotsAt - this.count;
	}

	get isFull(): boolean {
		return this.count === this.#layout.maxEntries && this.#discardedWords === 0;
	}

	/** Words that hold entries or could, slots included. */
	get capacityWords(): number {
		return this.#layout.bucketWords - this.#layout.slotsAt;
	}

	isDiscarded(index: number): boolean {
		return this.#discarded[index] !== 0;
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
		return this.#octets[((this.#base + visitsAt) << 2) + index];
	}

	setVisits(index: number, visits: number): void {
		this.#octets[((this.#base + visitsAt) << 2) + index] = visits;
	}

	/** When a slot was last hit, in units of `visitTimeSec`, modulo 256. */
	visitTime(index: number): number {
		return this.#octets[((this.#base + visitsAt) << 2) + this.#layout.maxEntries + index];
	}

	holds(index: number, key: CacheKey): boolean {
		const slot = this.#words[this.#base + this.#layout.slotsAt + index];
		return slot >>> 16 === key.hashLow >>> 16 && keyEquals(this.#words, this.#base + (slot & 0xffff), key);
	}

	discard(index: number): void {
		if (this.#discarded[index]) return;
		this.#discarded[index] = 1;
		const words = this.#words[this.#entry(index) + entryWord.sizes] & 0xffff;
		this.#discardedWords += words + 1;
		if (this.kind(index) !== entryKind.positive) this.denialWords -= words;
	}

	/** Closes the gaps that discarded entries left. Slots and entries stay in order of age. */
	compact(): void {
		if (this.#discardedWords === 0) return;
		const words = this.#words;
		const slotsAt = this.#base + this.#layout.slotsAt;
		let kept = 0;
		let hand = this.hand;
		// Entries between two gaps move by the same distance: the words of the gaps so far.
		let distance = 0;
		let runEnd = this.#base + this.#layout.bucketWords;
		let runStart = runEnd;
		for (let index = 0; index < this.count; index++) {
			const slot = words[slotsAt + index];
			const entry = this.#base + (slot & 0xffff);
			if (this.#discarded[index]) {
				this.#discarded[index] = 0;
				if (index < this.hand) hand--;
				words.copyWithin(runStart + distance, runStart, runEnd);
				distance += words[entry] & 0xffff;
				runEnd = runStart = entry;
				continue;
			}
			runStart = entry;
			words[slotsAt + kept] = slot + distance;
			this.#moveVisits(index, kept);
			kept++;
		}
		words.copyWithin(runStart + distance, runStart, runEnd);
		this.count = kept;
		this.hand = hand < kept ? hand : 0;
		this.#logStart = runStart + distance - this.#base;
		this.#discardedWords = 0;
	}

	#moveVisits(from: number, to: number): void {
		if (from === to) return;
		const visits = (this.#base + visitsAt) << 2;
		const times = visits + this.#layout.maxEntries;
		this.#octets[visits + to] = this.#octets[visits + from];
		this.#octets[times + to] = this.#octets[times + from];
	}

	/** Appends an entry as the youngest. There must be room: `entryWords(...) + 1` free words, gaps closed. */
	append(key: CacheKey, answer: Answer, nowTicks: number, visits: number, visitTime: number): void {
		const size = entryWords(key, answer);
		const offset = this.#logStart - size;
		const entry = this.#base + offset;
		const words = this.#words;
		words[entry + entryWord.sizes] = size | (key.wordCount << 16);
		words[entry + entryWord.storedAt] = nowTicks;
		words[entry + entryWord.lifetime] = answer.lifetimeTicks;
		words[entry + entryWord.flags] =
			answer.flags |
			(answer.extendedRcode << 16) |
			(answer.kind << kindShift) |
			(answer.failures << failuresShift);
		words[entry + entryWord.answerAndAuthority] = answer.answerCount | (answer.authorityCount << 16);
		words[entry + entryWord.additionalAndBody] = answer.additionalCount | (answer.bodyBytes << 16);
		for (let i = 0; i < key.wordCount; i++) words[entry + entryHeaderWords + i] = key.words[i];
		this.#writeBody((entry + entryHeaderWords + key.wordCount) << 2, answer);
		words[this.#base + this.#layout.slotsAt + this.count] = (key.hashLow & 0xffff0000) | offset;
		this.setVisits(this.count, visits);
		this.#octets[((this.#base + visitsAt) << 2) + this.#layout.maxEntries + this.count] = visitTime;
		this.count++;
		this.#logStart = offset;
		if (answer.kind !== entryKind.positive) this.denialWords += size;
	}

	#writeBody(start: number, answer: Answer): void {
		const octets = this.#octets;
		let position = start;
		for (let i = 0; i < answer.recordCount; i++) {
			octets[position++] = answer.ttlOffsets[i];
			octets[position++] = answer.ttlOffsets[i] >>> 8;
		}
		for (let i = 0; i < answer.bodyBytes; i++) octets[position++] = answer.octets[answer.bodyStart + i];
	}

	#entry(index: number): number {
		return this.#base + (this.#words[this.#base + this.#layout.slotsAt + index] & 0xffff);
	}
}

/** Words of an entry with this key and answer. */
export function entryWords(key: CacheKey, answer: Answer): number {
	return entryHeaderWords + key.wordCount + ((2 * answer.recordCount + answer.bodyBytes + 3) >> 2);
}

/** Whether the entry at `entry` has this key; compares every word of it. */
export function keyEquals(words: Int32Array, entry: number, key: CacheKey): boolean {
	if (words[entry + entryWord.sizes] >>> 16 !== key.wordCount) return false;
	for (let i = 0; i < key.wordCount; i++)
		if (words[entry + entryHeaderWords + i] !== key.words[i]) return false;
	return true;
}
