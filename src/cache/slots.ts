import { BucketRoom } from './bucket-room.ts';
import type { Gaps } from './gaps.ts';
import type { Ghosts } from './ghosts.ts';
import { type CacheLayout, denialSlotBit, marksAt, protectedSlotBit } from './layout.ts';

/** The slots of a bucket, with a mark, visits and the time of the last hit each (layout.ts): what says which entries there are. */
export class Slots extends BucketRoom {
	protected readonly words: Int32Array;
	protected readonly octets: Uint8Array;
	/** Of the bucket, in words. */
	protected base = 0;

	constructor(words: Int32Array, layout: CacheLayout, gaps: Gaps, ghosts: Ghosts) {
		super(layout, gaps, ghosts);
		this.words = words;
		this.octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
	}

	/** Octets from the beginning of the memory. */
	protected get marksAt(): number {
		return (this.base + marksAt) << 2;
	}

	protected get visitsAt(): number {
		return (this.base + this.layout.visitsAt) << 2;
	}

	protected slot(index: number): number {
		return this.words[this.base + this.layout.slotsAt + index];
	}

	isDead(index: number): boolean {
		return this.slot(index) === 0;
	}

	isDenial(index: number): boolean {
		return (this.slot(index) & denialSlotBit) !== 0;
	}

	isProtected(index: number): boolean {
		return (this.slot(index) & protectedSlotBit) !== 0;
	}

	oldest(bits: number, value: number, from: number): number {
		const words = this.words;
		const slotsAt = this.base + this.layout.slotsAt;
		for (let index = from; index < this.count; index++) {
			const slot = words[slotsAt + index];
			if (slot !== 0 && (slot & bits) === value) return index;
		}
		return -1;
	}

	visits(index: number): number {
		return this.octets[this.visitsAt + index];
	}

	setVisits(index: number, visits: number): void {
		this.octets[this.visitsAt + index] = visits;
	}

	/** When a slot was last hit, in units of `visitTimeSec`, modulo 256. */
	visitTime(index: number): number {
		return this.octets[this.visitsAt + this.layout.maxEntries + index];
	}

	protected putSlot(slot: number, mark: number, visits: number, visitTime: number): void {
		const index = this.count++;
		this.words[this.base + this.layout.slotsAt + index] = slot;
		this.octets[this.marksAt + index] = mark;
		this.setVisits(index, visits);
		this.octets[this.visitsAt + this.layout.maxEntries + index] = visitTime;
	}

	protected takeOutDeadSlots(): void {
		const words = this.words;
		const slotsAt = this.base + this.layout.slotsAt;
		const marks = this.marksAt;
		const visits = this.visitsAt;
		const times = visits + this.layout.maxEntries;
		const { count, hand } = this;
		let kept = 0;
		for (let index = 0; index < count; index++) {
			if (index === hand) this.hand = kept;
			const slot = words[slotsAt + index];
			if (slot === 0) continue;
			if (kept !== index) {
				words[slotsAt + kept] = slot;
				this.octets[marks + kept] = this.octets[marks + index];
				this.octets[visits + kept] = this.octets[visits + index];
				this.octets[times + kept] = this.octets[times + index];
			}
			kept++;
		}
		if (this.hand >= kept) this.hand = 0;
		this.count = kept;
		this.deadCount = 0;
	}

	/** A slot has no entry any more. */
	protected die(index: number): void {
		this.words[this.base + this.layout.slotsAt + index] = 0;
		this.deadCount++;
	}

	protected mark(index: number): number {
		return this.octets[this.marksAt + index];
	}
}
