import { bucketWord, type CacheLayout, entryHeaderWords, entryWord, offsetMask } from '../../cache/layout.ts';
import type { MemoryLook } from '../simulate/lab-cache.ts';
import { keyOfBody } from './lab-answer.ts';

/** A slot, its mark and its visits. */
const slotBytes = 4 + 1 + 2;

export interface LiveLook extends MemoryLook {
	readonly entries: number;
}

/** Buckets that a look goes over, at most. */
const bucketsMax = 256;

/** Reads a shared cache to which nobody else writes; of one with many buckets some, evenly spaced, which stand for all. */
export function lookAt(
	words: Int32Array,
	layout: CacheLayout,
	nowTicks: number,
	isAskedOnce: (key: number) => boolean,
): LiveLook {
	const octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
	const look = { entries: 0, bytes: 0, expiredBytes: 0, onceBytes: 0 };
	const buckets = Math.min(bucketsMax, layout.bucketCount);
	const scale = layout.bucketCount / buckets;
	for (let i = 0; i < buckets; i++) {
		const base = Math.floor(i * scale) * layout.bucketWords;
		const count = words[base + bucketWord.countAndHand] & 0xffff;
		for (let index = 0; index < count; index++) {
			const slot = words[base + layout.slotsAt + index];
			if (slot === 0) continue;
			const entry = base + (slot & offsetMask);
			const bytes = 4 * (words[entry + entryWord.sizes] & 0xffff) + slotBytes;
			const expiresAt = (words[entry + entryWord.storedAt] >>> 0) + (words[entry + entryWord.lifetime] >>> 0);
			look.entries++;
			look.bytes += bytes;
			if (expiresAt <= nowTicks) look.expiredBytes += bytes;
			if (isAskedOnce(keyOfBody(octets, bodyStart(words, entry)))) look.onceBytes += bytes;
		}
	}
	return {
		entries: Math.round(look.entries * scale),
		bytes: look.bytes * scale,
		expiredBytes: look.expiredBytes * scale,
		onceBytes: look.onceBytes * scale,
	};
}

/** Behind the key and the TTL offsets, which are two octets a record. */
function bodyStart(words: Int32Array, entry: number): number {
	const keyWords = words[entry + entryWord.sizes] >>> 16;
	const answerAndAuthority = words[entry + entryWord.answerAndAuthority];
	const records =
		(answerAndAuthority & 0xffff) +
		(answerAndAuthority >>> 16) +
		(words[entry + entryWord.additionalAndBody] & 0xffff);
	return ((entry + entryHeaderWords + keyWords) << 2) + 2 * records;
}
