import {
	bucketWord,
	type CacheLayout,
	entryHeaderWords,
	entryKind,
	entryWord,
	kindShift,
	offsetMask,
} from './layout.ts';
import { beginRead, isWhole } from './seqlock.ts';

/** Above so many buckets only so many are read, evenly spaced, and the sums scaled up. */
export const censusBucketsMax = 4096;
/** Buckets that are read before others have their turn: about a fifth of a millisecond. */
const sliceBuckets = 32;
/** Looks at a bucket before it is left out: a writer was inside each time. */
const readTries = 4;

/** What is in the shared cache, by server block; answers that have expired and are still there included. */
export interface Census {
	/** Positive answers, by the id of their block in the key. */
	readonly success: ReadonlyMap<number, number>;
	/** Negative answers and failures. */
	readonly denial: ReadonlyMap<number, number>;
	/** Of all blocks, those that are not counted by themselves included. */
	readonly kinds: Readonly<Record<keyof typeof entryKind, number>>;
	/** Octets of entries and their slots. */
	readonly usedBytes: number;
	/** Whether every bucket was read. */
	readonly exact: boolean;
}

/**
 * Reads the whole shared cache, or a sample of it, in slices. `pause` is awaited between two slices.
 *
 * @param ids of the blocks that are counted; what is kept for others is on its way out
 */
export async function takeCensus(
	words: Int32Array,
	layout: CacheLayout,
	ids: readonly number[],
	pause: () => Promise<void>,
): Promise<Census> {
	const { bucketCount, bucketWords } = layout;
	const wanted = Math.min(bucketCount, censusBucketsMax);
	const sums = new Tally(Math.max(-1, ...ids) + 1, layout.maxEntries);
	let read = 0;
	for (let i = 0; i < wanted; i++) {
		if (i > 0 && i % sliceBuckets === 0) await pause();
		const bucket = Math.floor((i * bucketCount) / wanted);
		if (countBucket(words, bucket * bucketWords, layout, sums)) read++;
	}
	const scale = read === 0 ? 0 : bucketCount / read;
	const kindCount = (kind: number): number => Math.round(sums.kinds[kind] * scale);
	const scaled = (counts: Float64Array): Map<number, number> =>
		new Map(ids.map((id) => [id, Math.round(counts[id] * scale)]));
	return {
		success: scaled(sums.success),
		denial: scaled(sums.denial),
		kinds: {
			positive: kindCount(entryKind.positive),
			negative: kindCount(entryKind.negative),
			failure: kindCount(entryKind.failure),
		},
		usedBytes: Math.round(4 * sums.words[0] * scale),
		exact: scale === 1,
	};
}

class Tally {
	readonly success: Float64Array;
	readonly denial: Float64Array;
	readonly kinds = new Float64Array(4);
	readonly words = new Float64Array(1);
	/** Of the bucket that is being read: block and kind of each entry, until it is known to be whole. */
	readonly blockOf: Uint16Array;
	readonly kindOf: Uint8Array;

	/** @param idsEnd ids are below it */
	constructor(idsEnd: number, maxEntries: number) {
		this.success = new Float64Array(idsEnd);
		this.denial = new Float64Array(idsEnd);
		this.blockOf = new Uint16Array(maxEntries);
		this.kindOf = new Uint8Array(maxEntries);
	}
}

/** Adds what is in a bucket; false if it was being written whenever it was looked at. */
function countBucket(words: Int32Array, base: number, layout: CacheLayout, sums: Tally): boolean {
	for (let tries = 0; tries < readTries; tries++) {
		const seq = beginRead(words, base);
		if (seq & 1) continue;
		const entries = readBucket(words, base, layout, sums);
		const wordsAndDead = words[base + bucketWord.wordsAndDead];
		if (!isWhole(words, base, seq)) continue;
		for (let i = 0; i < entries; i++) {
			sums.kinds[sums.kindOf[i]]++;
			const counts = sums.kindOf[i] === entryKind.positive ? sums.success : sums.denial;
			// A block of another configuration has no number here.
			if (sums.blockOf[i] < counts.length) counts[sums.blockOf[i]]++;
		}
		sums.words[0] += (wordsAndDead & 0xffff) + entries;
		return true;
	}
	return false;
}

/** Copies block and kind of each entry, torn or not; returns how many there are. */
function readBucket(words: Int32Array, base: number, layout: CacheLayout, sums: Tally): number {
	const { slotsAt, bucketWords, maxEntries } = layout;
	const count = Math.min(words[base + bucketWord.countAndHand] & 0xffff, maxEntries);
	let entries = 0;
	for (let index = 0; index < count; index++) {
		const slot = words[base + slotsAt + index];
		const offset = slot & offsetMask;
		if (slot === 0 || offset + entryHeaderWords >= bucketWords) continue;
		const entry = base + offset;
		sums.blockOf[entries] = words[entry + entryHeaderWords] & 0xffff;
		sums.kindOf[entries] = (words[entry + entryWord.flags] >>> kindShift) & 3;
		entries++;
	}
	return entries;
}

/** How long what a census found is shown before the next one is taken. */
export const censusEveryMs = 10_000;

/** The last census, taken anew when it is asked for and too old; all who ask meanwhile share it. */
export class RepeatedCensus {
	readonly #take: () => Promise<Census>;
	readonly #nowMs: () => number;
	#last: Promise<Census> | undefined;
	#takenMs = 0;

	constructor(take: () => Promise<Census>, nowMs: () => number) {
		this.#take = take;
		this.#nowMs = nowMs;
	}

	recent(): Promise<Census> {
		const nowMs = this.#nowMs();
		if (this.#last === undefined || nowMs - this.#takenMs >= censusEveryMs) {
			this.#takenMs = nowMs;
			this.#last = this.#take();
		}
		return this.#last;
	}
}
