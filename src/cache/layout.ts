import { assert } from '../util/assert.ts';
import { maxKeyWords } from './key.ts';

/**
 * The shared cache's memory: buckets of equal size, each a small log of packed entries. A hash picks the bucket,
 * a 16-bit tag finds the entry in it. No free lists, no fragmentation, one lock a bucket; eviction and compaction
 * never leave the bucket. All numbers are in 32-bit words.
 *
 *   bucket   seq | owner | head ... | marks ... | visits ... | ghosts ... | slots →      free      ← entries
 *            0     1       2          marksAt     visitsAt     ghostsAt     slotsAt      logStart      bucketWords
 *
 *   head     slots, hand | logStart, denial words | words of entries, dead slots | earliest expiry
 *            2             3                        4                            5
 *            protected words, denials among them | next ghost | gaps, each with its words
 *            6                                     7            8 ...
 *
 *   marks    per slot an octet: the low bits of its hash. A look-up compares four at once and looks at few slots; where
 *            it finds nothing it has read two cache lines
 *   visits   per slot two octets, first all of one, then all of the other: bit 7 visited, bit 6 visited again, hit count
 *            below; time of last hit
 *   ghosts   tags of entries that were evicted early, 16 bits each, in a ring; 0: none
 *   slot     tag << 16 | bit 15: negative or failure | bit 14: protected | offset of the entry in the bucket. Slots are in
 *            order of age, oldest first; what a policy renews is the youngest again. 0: a dead slot, whose entry is gone; a
 *            few may stand between the others.
 *            Entries are in no order: a new one takes a gap that others left, or else the end of the log.
 *   entry    words, key words | stored at | lifetime | flags | answers, authorities | additionals, body octets |
 *            key ... | TTL offsets (16 bits each) ... | body octets ...
 *
 * `seq` is odd while a writer is inside (seqlock.ts). Readers write nothing but `visits`, whose place never moves:
 * a visit that lands on the wrong slot because a writer was faster costs nothing.
 */
export const bucketWord = {
	seq: 0,
	owner: 1,
	countAndHand: 2,
	logAndDenial: 3,
	wordsAndDead: 4,
	earliestExpiry: 5,
	protectedWords: 6,
	ghostAt: 7,
	gaps: 8,
} as const;
export const gapCount = 3;
export const marksAt = bucketWord.gaps + gapCount;
/** Of a bucket: half of the entries that fit, where answers are small. */
export const ghostCount = 48;
/** No lock at rest has this number: they are even then. */
export const unknownSeq = 1;
/** Of a slot. */
export const tagMask = 0xffff_0000 | 0;
export const denialSlotBit = 0x8000;
/** What a policy keeps apart from newcomers. */
export const protectedSlotBit = 0x4000;
export const offsetMask = 0x3fff;
/** Of a visit octet: set by a hit, and by a hit after that; cleared by the eviction policy. */
export const visitedBit = 0x80;
export const visitedAgainBit = 0x40;
/** The other bits count hits, up to this. */
export const hitCountMax = 0x3f;
/** Unit of the octet that says when a slot was last hit. */
export const visitTimeSec = 8;

export const entryWord = {
	sizes: 0,
	storedAt: 1,
	lifetime: 2,
	flags: 3,
	answerAndAuthority: 4,
	additionalAndBody: 5,
} as const;
export const entryHeaderWords = 6;

/** Bodies above this go to `LargeAnswers`. */
export const maxSharedBodyBytes = 4096;

/** Dead slots in a bucket, at most; one more, and the slots are moved together. Each lengthens every look-up. */
export const maxDeadSlots = 16;
/**
 * Room that is made beyond what is needed when a bucket's entries are moved together, so that this is seldom: a
 * thirty-second part of the bucket, at least the dead slots that may come.
 */
export function spareWordsOf(bucketWords: number): number {
	return Math.max(maxDeadSlots, bucketWords >> 5);
}

export class CacheLayout {
	readonly bucketWords: number;
	readonly bucketCount: number;
	readonly maxEntries: number;
	readonly visitsAt: number;
	readonly ghostsAt: number;
	readonly slotsAt: number;
	readonly spareWords: number;

	/** @param maxBodyBytes of what will be stored; below `maxSharedBodyBytes` only to measure smaller buckets */
	constructor(cacheBytes: number, bucketBytes = 8192, maxBodyBytes: number = maxSharedBodyBytes) {
		this.bucketWords = bucketBytes >> 2;
		this.bucketCount = Math.max(1, Math.floor(cacheBytes / bucketBytes));
		// One entry in 72 octets: a name of 14 octets with an address. A multiple of four keeps the slots aligned.
		this.maxEntries = Math.floor(bucketBytes / 72 / 4) * 4;
		this.visitsAt = marksAt + this.maxEntries / 4;
		this.spareWords = spareWordsOf(this.bucketWords);
		this.ghostsAt = this.visitsAt + this.maxEntries / 2;
		this.slotsAt = this.ghostsAt + ghostCount / 2;
		const largest =
			entryHeaderWords + maxKeyWords + Math.ceil(maxBodyBytes / 4) + Math.ceil(maxBodyBytes / 11 / 2);
		assert(bucketBytes % 4 === 0 && this.bucketWords <= offsetMask, 'bucket offsets fit 14 bits');
		assert(
			this.slotsAt + 1 + largest + this.spareWords < this.bucketWords,
			'the largest shared entry fits a bucket',
		);
	}

	/** Index of the first word of the bucket that a hash belongs to. */
	bucketBase(hashHigh: number): number {
		return Math.floor(((hashHigh >>> 0) / 0x1_0000_0000) * this.bucketCount) * this.bucketWords;
	}

	get sizeBytes(): number {
		return this.bucketCount * this.bucketWords * 4;
	}
}

/** A mark in each octet of a word. */
export function markPattern(hashLow: number): number {
	return Math.imul(hashLow & 0xff, 0x0101_0101);
}

/**
 * Whether any of the four marks of a word is the one of a pattern (the well-known test for a zero octet; it may say
 * yes for another mark, but never no for this one).
 */
export function hasMark(marks: number, pattern: number): boolean {
	const difference = marks ^ pattern;
	return ((difference - 0x0101_0101) & ~difference & 0x8080_8080) !== 0;
}

/** Time in the cache's unit: tenths of a second in 32 bits, thirteen years from the process's origin. */
export const ticksPerSec = 10;

export function toTicks(nowMs: number): number {
	return Math.floor(nowMs / 100);
}

/** What an entry is. At most one of each kind stands for a key. */
export const entryKind = { positive: 0, negative: 1, failure: 2 } as const;

/**
 * The flags word of an entry.
 *
 *   bits 0-15   header flags to replay: RCODE, AD
 *   bits 16-23  upper bits of the RCODE
 *   bits 24-25  kind
 *   bits 26-30  failures in a row
 */
export const kindShift = 24;
export const failuresShift = 26;
export const maxFailures = 31;
