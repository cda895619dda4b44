import { BucketRoom, never } from '../bucket-room.ts';
import { Gaps } from '../gaps.ts';
import { Ghosts } from '../ghosts.ts';
import {
	bucketWord,
	type CacheLayout,
	denialSlotBit,
	entryKind,
	gapCount,
	ghostCount,
	maxDeadSlots,
	protectedSlotBit,
} from '../layout.ts';
import type { PolicyBucket } from '../policy/policy.ts';
import { SlotColumns, slotBytes } from './slot-columns.ts';

/** Numbers of a bucket as a whole. */
const headWord = {
	count: 0,
	dead: 1,
	hand: 2,
	entryWords: 3,
	denialWords: 4,
	protectedWords: 5,
	protectedDenialWords: 6,
	logStart: 7,
	earliestExpiry: 8,
	nextGhost: 9,
	gaps: 10,
} as const;
const headWords = headWord.gaps + gapCount;
const ghostWords = ghostCount / 2;
/** Of what is kept of an entry beside the bits of its slot: it is a failure, and its size in words. */
const failureBit = 0x2000;
const sizeMask = 0x1fff;

/** Octets of a miniature's bucket: its head, its ghosts, and of each slot tag and expiry, size and bits, offset, and visits. */
export function miniatureBucketBytes({ maxEntries }: CacheLayout): number {
	return 4 * (headWords + ghostWords) + maxEntries * slotBytes;
}

/**
 * A bucket of the cache (bucket.ts) without what it is for: its slots know how large an entry is and where it would lie, and
 * there is none. Gap, log and dead slots are kept as there, since they decide what fits and so what has to go; a test holds each
 * step against the real one. One object is moved from bucket to bucket by `open`.
 *
 *   all heads ... | all ghosts ... | all tags ... | all expiries ... | all entries ... | all offsets ... | all visits ...
 */
export class MiniatureBucket extends BucketRoom implements PolicyBucket {
	readonly #heads: Int32Array;
	readonly #slots: SlotColumns;
	#head = 0;
	/** Of the bucket, the first slot among all. */
	#first = 0;

	/** @param memory `buckets` times `miniatureBucketBytes` from `start` on, which is a multiple of four; zeros: all are empty */
	constructor(memory: SharedArrayBuffer, start: number, buckets: number, layout: CacheLayout) {
		const heads = new Int32Array(memory, start, buckets * headWords);
		const ghosts = new Int32Array(memory, start + 4 * buckets * headWords, buckets * ghostWords);
		super(layout, new Gaps(heads), new Ghosts(ghosts, layout));
		this.#heads = heads;
		const slotsStart = start + 4 * buckets * (headWords + ghostWords);
		this.#slots = new SlotColumns(memory, slotsStart, buckets * layout.maxEntries);
	}

	/** Opens a bucket for looking: only what concerns slots is right, and it is not to be closed. */
	lookInto(bucket: number): void {
		this.#head = bucket * headWords;
		this.#first = bucket * this.layout.maxEntries;
		this.count = this.#heads[this.#head + headWord.count];
	}

	open(bucket: number): void {
		this.lookInto(bucket);
		const heads = this.#heads;
		const head = this.#head;
		this.deadCount = heads[head + headWord.dead];
		this.hand = heads[head + headWord.hand];
		this.entryWords = heads[head + headWord.entryWords];
		this.denialWords = heads[head + headWord.denialWords];
		this.protectedWords = heads[head + headWord.protectedWords];
		this.protectedDenialWords = heads[head + headWord.protectedDenialWords];
		// What was never written is all zeros.
		this.logStart = heads[head + headWord.logStart] || this.layout.bucketWords;
		this.earliestExpiry = this.count === 0 ? never : heads[head + headWord.earliestExpiry];
		// Both look for what is theirs at its place in a bucket of the cache.
		this.gaps.open(head + headWord.gaps - bucketWord.gaps);
		this.ghosts.open(bucket * ghostWords - this.layout.ghostsAt, heads[head + headWord.nextGhost]);
	}

	close(): void {
		const heads = this.#heads;
		const head = this.#head;
		heads[head + headWord.count] = this.count;
		heads[head + headWord.dead] = this.deadCount;
		heads[head + headWord.hand] = this.hand;
		heads[head + headWord.entryWords] = this.entryWords;
		heads[head + headWord.denialWords] = this.denialWords;
		heads[head + headWord.protectedWords] = this.protectedWords;
		heads[head + headWord.protectedDenialWords] = this.protectedDenialWords;
		heads[head + headWord.logStart] = this.logStart;
		heads[head + headWord.earliestExpiry] = this.earliestExpiry;
		heads[head + headWord.nextGhost] = this.ghosts.next;
		this.gaps.close();
	}

	isDead(index: number): boolean {
		return this.#slots.entries[this.#first + index] === 0;
	}

	isDenial(index: number): boolean {
		return (this.#slots.entries[this.#first + index] & denialSlotBit) !== 0;
	}

	isProtected(index: number): boolean {
		return (this.#slots.entries[this.#first + index] & protectedSlotBit) !== 0;
	}

	isFailure(index: number): boolean {
		return (this.#slots.entries[this.#first + index] & failureBit) !== 0;
	}

	oldest(bits: number, value: number, from: number): number {
		const entries = this.#slots.entries;
		const end = this.#first + this.count;
		for (let at = this.#first + from; at < end; at++) {
			if (entries[at] !== 0 && (entries[at] & bits) === value) return at - this.#first;
		}
		return -1;
	}

	/** In ticks, when the entry stops being fresh. */
	expiresAt(index: number): number {
		return this.#slots.expiries[this.#first + index];
	}

	setExpiresAt(index: number, ticks: number): void {
		this.#slots.expiries[this.#first + index] = ticks;
	}

	visits(index: number): number {
		return this.#slots.visits[this.#first + index];
	}

	setVisits(index: number, visits: number): void {
		this.#slots.visits[this.#first + index] = visits;
	}

	/** The first slot from `from` on that has this tag, -1 if there is none. */
	find(tag: number, from: number): number {
		const { tags, entries } = this.#slots;
		const end = this.#first + this.count;
		for (let at = this.#first + from; at < end; at++) {
			if (tags[at] === tag && entries[at] !== 0) return at - this.#first;
		}
		return -1;
	}

	drop(index: number): void {
		const at = this.#first + index;
		const entry = this.#slots.entries[at];
		if (entry === 0) return;
		this.#slots.entries[at] = 0;
		this.deadCount++;
		this.entryLeft(entry, this.#slots.offsets[at], entry & sizeMask);
	}

	renew(index: number, visits: number): void {
		const at = this.#first + index;
		const { tags, expiries, entries, offsets } = this.#slots;
		const tag = tags[at];
		const expiresAt = expiries[at];
		const offset = offsets[at];
		const entry = entries[at] | protectedSlotBit;
		this.bitsChanged(entries[at], entry, entry & sizeMask);
		entries[at] = 0;
		this.deadCount++;
		if (this.deadCount > maxDeadSlots || this.count === this.layout.maxEntries) this.#takeOutDeadSlots();
		this.#slots.set(this.#first + this.count++, tag, expiresAt, entry, offset, visits);
	}

	remember(index: number): void {
		this.ghosts.remember(this.#slots.tags[this.#first + index]);
	}

	/** Puts an entry of `size` words, the youngest now, where `roomFor` said. */
	put(
		offset: number,
		size: number,
		tag: number,
		kind: number,
		expiresAt: number,
		visits: number,
		isProtected: boolean,
	): void {
		if (this.deadCount >= maxDeadSlots || this.count === this.layout.maxEntries) this.#takeOutDeadSlots();
		const entry =
			size |
			(kind === entryKind.positive ? 0 : denialSlotBit) |
			(kind === entryKind.failure ? failureBit : 0) |
			(isProtected ? protectedSlotBit : 0);
		this.#slots.set(this.#first + this.count++, tag, expiresAt, entry, offset, visits);
		this.entryCame(entry, offset, size);
		if (expiresAt < this.earliestExpiry) this.earliestExpiry = expiresAt;
	}

	#takeOutDeadSlots(): void {
		const { count, hand } = this;
		const first = this.#first;
		let kept = 0;
		for (let index = 0; index < count; index++) {
			if (index === hand) this.hand = kept;
			const at = first + index;
			if (this.#slots.entries[at] === 0) continue;
			if (kept !== index) this.#slots.move(at, first + kept);
			kept++;
		}
		if (this.hand >= kept) this.hand = 0;
		this.count = kept;
		this.deadCount = 0;
	}

	/** Moves the entries together, in order of age, so that all that is free lies between slots and log. */
	gather(): void {
		this.#takeOutDeadSlots();
		let offset = this.layout.bucketWords;
		for (let at = this.#first; at < this.#first + this.count; at++) {
			offset -= this.#slots.entries[at] & sizeMask;
			this.#slots.offsets[at] = offset;
		}
		this.gatheredFrom(offset);
	}
}
