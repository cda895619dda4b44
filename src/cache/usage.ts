import { bucketWord, type CacheLayout, entryWord, kindShift, offsetMask } from './layout.ts';

/** What the shared cache holds, expired entries among it that nothing has replaced yet. */
export interface CacheUsage {
	readonly sizeBytes: number;
	readonly usedBytes: number;
	readonly positive: number;
	readonly negative: number;
	readonly failure: number;
	/** False: estimated from some of the buckets, which are filled alike. */
	readonly exact: boolean;
}

/**
 * Measures what the shared cache holds, by at most `bucketsMax` buckets spread evenly over it. Takes no lock: a writer
 * that is inside a bucket makes it count a few entries wrong.
 */
export function measureUsage(words: Int32Array, layout: CacheLayout, bucketsMax: number): CacheUsage {
	const { bucketCount, bucketWords, slotsAt, maxEntries } = layout;
	const seen = Math.min(bucketCount, bucketsMax);
	const kinds = [0, 0, 0, 0];
	let usedWords = 0;
	for (let i = 0; i < seen; i++) {
		const base = Math.floor((i * bucketCount) / seen) * bucketWords;
		const count = Math.min(maxEntries, words[base + bucketWord.countAndHand] & 0xffff);
		usedWords += words[base + bucketWord.wordsAndDead] & 0xffff;
		for (let index = 0; index < count; index++) {
			const slot = words[base + slotsAt + index];
			if (slot === 0) continue;
			const flags = words[base + (slot & offsetMask) + entryWord.flags];
			kinds[(flags >>> kindShift) & 3]++;
			usedWords++;
		}
	}
	const [positive, negative, failure] = kinds.map((count) => Math.round((count * bucketCount) / seen));
	return {
		sizeBytes: bucketCount * (bucketWords - slotsAt) * 4,
		usedBytes: Math.round((usedWords * 4 * bucketCount) / seen),
		positive,
		negative,
		failure,
		exact: seen === bucketCount,
	};
}
