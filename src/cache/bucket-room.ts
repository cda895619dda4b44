import type { Gaps } from './gaps.ts';
import type { Ghosts } from './ghosts.ts';
import { type CacheLayout, denialSlotBit, maxDeadSlots, protectedSlotBit } from './layout.ts';

/** Ticks that no entry reaches; a small integer, as are all ticks here. */
export const never = 0x7fff_ffff;

/**
 * How full a bucket is, and where the next entry fits (bucket.ts says how). The cache's buckets and those of the size estimate
 * (estimate/miniature-bucket.ts), which have no entries, reckon by the same rules, since they decide what has to go.
 */
export class BucketRoom {
	protected readonly layout: CacheLayout;
	protected readonly gaps: Gaps;
	protected readonly ghosts: Ghosts;
	protected logStart = 0;
	/** Slots, dead ones among them. */
	count = 0;
	deadCount = 0;
	/** Where the eviction policy goes on looking. */
	hand = 0;
	/** Words of entries; of negative and failure ones; of those that are protected, and of both. */
	entryWords = 0;
	denialWords = 0;
	protectedWords = 0;
	protectedDenialWords = 0;
	/** In ticks: no entry stops being fresh before. */
	earliestExpiry = never;

	constructor(layout: CacheLayout, gaps: Gaps, ghosts: Ghosts) {
		this.layout = layout;
		this.gaps = gaps;
		this.ghosts = ghosts;
	}

	/** Words that hold entries or could, slots included. */
	get capacityWords(): number {
		return this.layout.bucketWords - this.layout.slotsAt;
	}

	/** Words that are neither an entry nor its slot, wherever they lie. */
	get freeWords(): number {
		return this.capacityWords - this.entryWords - this.count + this.deadCount;
	}

	/** Whether no slot is to be had, however much room there is. */
	get isFull(): boolean {
		return this.count - this.deadCount === this.layout.maxEntries;
	}

	/**
	 * Where an entry of `size` words can be put without moving another: the offset, to be given to `put`, or 0.
	 * A slot is to be had as well then.
	 */
	roomFor(size: number): number {
		if (this.isFull) return 0;
		// Slots that die while others take their places must not run into the log.
		const slotsEnd = this.layout.slotsAt + this.count + 1 + Math.max(0, maxDeadSlots - this.deadCount);
		if (slotsEnd > this.logStart) return 0;
		const place = this.gaps.placeFor(size);
		if (place > 0) return place;
		return this.logStart - size >= slotsEnd ? this.logStart - size : 0;
	}

	recall(hashLow: number): boolean {
		return this.ghosts.recall(hashLow);
	}

	/** @param bits of the slot, `denialSlotBit` and `protectedSlotBit` among them */
	protected entryCame(bits: number, offset: number, size: number): void {
		this.#account(bits, size);
		if (offset < this.logStart) this.logStart = offset;
		else this.gaps.take(offset, size);
	}

	/** Its words are a gap, or at the beginning of the log the log's no more. */
	protected entryLeft(bits: number, offset: number, size: number): void {
		this.#account(bits, -size);
		if (offset !== this.logStart) {
			this.gaps.add(offset, size);
			return;
		}
		const end = offset + size;
		this.logStart = end + this.gaps.takeWhole(end);
	}

	/** An entry stays where it is, and its bits change. */
	protected bitsChanged(from: number, to: number, size: number): void {
		this.#account(from, -size);
		this.#account(to, size);
	}

	/** All that is free lies between slots and log now. */
	protected gatheredFrom(logStart: number): void {
		this.logStart = logStart;
		this.gaps.clear();
	}

	#account(bits: number, words: number): void {
		this.entryWords += words;
		if (bits & denialSlotBit) this.denialWords += words;
		if ((bits & protectedSlotBit) === 0) return;
		this.protectedWords += words;
		if (bits & denialSlotBit) this.protectedDenialWords += words;
	}
}
