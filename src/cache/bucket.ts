import { viewOf } from '../wire/views.ts';
import type { Answer } from './answer.ts';
import { never } from './bucket-room.ts';
import { keyEquals, writeEntry } from './entry.ts';
import { Gaps } from './gaps.ts';
import { Ghosts } from './ghosts.ts';
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
	protectedSlotBit,
	tagMask,
} from './layout.ts';
import type { PolicyBucket } from './policy/policy.ts';
import { Slots } from './slots.ts';

/**
 * One bucket of the shared cache, seen by a writer that holds its lock (layout.ts draws it). One object per shard is
 * moved from bucket to bucket by `open`.
 *
 * Nothing moves when an entry leaves: its slot is dead, its words are a gap, and the next entry is put at the far end of
 * a gap. What leaves next is mostly the next older one, which lies at the near end, so that the gap goes round the
 * bucket and entries of any size follow it; an insertion into a full bucket mostly touches the entries that it replaces
 * and no other. Few gaps are known (gaps.ts). Dead slots are taken out by the dozen (`put`), and entries brought together
 * when there is enough between them (`gather`).
 */
export class Bucket extends Slots implements PolicyBucket {
	readonly #view: DataView;
	/** Where `gather` puts entries together; made when it is needed first. */
	#scratch: Int32Array | undefined;
	constructor(words: Int32Array, layout: CacheLayout) {
		super(words, layout, new Gaps(words), new Ghosts(words, layout));
		this.#view = viewOf(this.octets);
	}

	open(base: number): void {
		const words = this.words;
		this.base = base;
		this.gaps.open(base);
		const countAndHand = words[base + bucketWord.countAndHand];
		const logAndDenial = words[base + bucketWord.logAndDenial];
		const wordsAndDead = words[base + bucketWord.wordsAndDead];
		this.count = countAndHand & 0xffff;
		this.hand = countAndHand >>> 16;
		// A bucket that was never written is all zeros: its log is empty.
		this.logStart = logAndDenial & 0xffff || this.layout.bucketWords;
		this.denialWords = logAndDenial >>> 16;
		this.entryWords = wordsAndDead & 0xffff;
		this.deadCount = wordsAndDead >>> 16;
		const protectedWords = words[base + bucketWord.protectedWords];
		this.protectedWords = protectedWords & 0xffff;
		this.protectedDenialWords = protectedWords >>> 16;
		this.ghosts.open(base, words[base + bucketWord.ghostAt]);
		this.earliestExpiry = this.count === 0 ? never : words[base + bucketWord.earliestExpiry];
	}

	close(): void {
		const words = this.words;
		const base = this.base;
		words[base + bucketWord.countAndHand] = this.count | (this.hand << 16);
		words[base + bucketWord.logAndDenial] = this.logStart | (this.denialWords << 16);
		words[base + bucketWord.wordsAndDead] = this.entryWords | (this.deadCount << 16);
		words[base + bucketWord.earliestExpiry] = this.earliestExpiry;
		words[base + bucketWord.protectedWords] = this.protectedWords | (this.protectedDenialWords << 16);
		words[base + bucketWord.ghostAt] = this.ghosts.next;
		this.gaps.close();
	}

	clear(): void {
		this.count = 0;
		this.deadCount = 0;
		this.hand = 0;
		this.denialWords = 0;
		this.protectedWords = 0;
		this.protectedDenialWords = 0;
		this.ghosts.clear();
		this.earliestExpiry = never;
		this.logStart = this.layout.bucketWords;
		this.entryWords = 0;
		this.gaps.clear();
	}

	kind(index: number): number {
		return (this.words[this.#entry(index) + entryWord.flags] >>> kindShift) & 3;
	}

	failures(index: number): number {
		return (this.words[this.#entry(index) + entryWord.flags] >>> failuresShift) & 31;
	}

	/** In ticks, when the entry stops being fresh. */
	expiresAt(index: number): number {
		const entry = this.#entry(index);
		return (this.words[entry + entryWord.storedAt] >>> 0) + (this.words[entry + entryWord.lifetime] >>> 0);
	}

	storedAt(index: number): number {
		return this.words[this.#entry(index) + entryWord.storedAt] >>> 0;
	}

	/** The first slot from `from` on whose entry has this key, -1 if there is none. */
	find(key: CacheKey, from: number): number {
		const pattern = markPattern(key.hashLow);
		const { count } = this;
		for (let index = from & ~3; index < count; index += 4) {
			if (!hasMark(this.words[this.base + marksAt + (index >> 2)], pattern)) continue;
			for (let i = Math.max(from, index); i < index + 4 && i < count; i++) if (this.#holds(i, key)) return i;
		}
		return -1;
	}

	#holds(index: number, key: CacheKey): boolean {
		const slot = this.slot(index);
		if (slot === 0 || (slot & tagMask) !== (key.hashLow & tagMask)) return false;
		return keyEquals(this.words, this.base + (slot & offsetMask), key);
	}

	/** Takes an entry out; its slot stays, dead. */
	drop(index: number): void {
		const slot = this.slot(index);
		if (slot === 0) return;
		const size = this.words[this.base + (slot & offsetMask)] & 0xffff;
		this.die(index);
		this.entryLeft(slot, slot & offsetMask, size);
	}

	renew(index: number, visits: number): void {
		const slot = this.slot(index) | protectedSlotBit;
		const size = this.words[this.base + (slot & offsetMask)] & 0xffff;
		const mark = this.mark(index);
		const visitTime = this.visitTime(index);
		this.bitsChanged(this.slot(index), slot, size);
		this.die(index);
		// What `roomFor` keeps free for dead slots is what this takes.
		if (this.deadCount > maxDeadSlots || this.count === this.layout.maxEntries) this.takeOutDeadSlots();
		this.putSlot(slot, mark, visits, visitTime);
	}

	remember(index: number): void {
		this.ghosts.remember(this.slot(index));
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
		isProtected: boolean,
	): void {
		if (this.deadCount >= maxDeadSlots || this.count === this.layout.maxEntries) this.takeOutDeadSlots();
		const denial = answer.kind === entryKind.positive ? 0 : denialSlotBit;
		const slot = (key.hashLow & tagMask) | denial | (isProtected ? protectedSlotBit : 0) | offset;
		writeEntry(this.words, this.#view, this.base + offset, size, key, answer, nowTicks);
		this.putSlot(slot, key.hashLow, visits, visitTime);
		this.entryCame(slot, offset, size);
		const expiresAt = nowTicks + answer.lifetimeTicks;
		if (expiresAt < this.earliestExpiry) this.earliestExpiry = expiresAt;
	}

	/** Moves the entries together, in order of age, so that all that is free lies between slots and log. */
	gather(): void {
		this.takeOutDeadSlots();
		this.#scratch ??= new Int32Array(this.layout.bucketWords);
		const scratch = this.#scratch;
		const words = this.words;
		const slotsAt = this.base + this.layout.slotsAt;
		let offset = this.layout.bucketWords;
		for (let index = 0; index < this.count; index++) {
			const slot = words[slotsAt + index];
			const entry = this.base + (slot & offsetMask);
			const size = words[entry] & 0xffff;
			offset -= size;
			for (let i = 0; i < size; i++) scratch[offset + i] = words[entry + i];
			words[slotsAt + index] = (slot & ~offsetMask) | offset;
		}
		words.set(scratch.subarray(offset), this.base + offset);
		this.gatheredFrom(offset);
	}

	#entry(index: number): number {
		return this.base + (this.slot(index) & offsetMask);
	}
}
