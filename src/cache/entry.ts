import type { Answer } from './answer.ts';
import type { CacheKey } from './key.ts';
import { entryHeaderWords, entryWord, failuresShift, kindShift } from './layout.ts';

/** Words of an entry with this key and answer. */
export function entryWords(key: CacheKey, answer: Answer): number {
	return entryHeaderWords + key.wordCount + ((2 * answer.recordCount + answer.bodyBytes + 3) >> 2);
}

/** Whether the entry at `entry` has this key; compares every word of it. */
export function keyEquals(words: Int32Array, entry: number, key: CacheKey): boolean {
	const { wordCount } = key;
	if (words[entry + entryWord.sizes] >>> 16 !== wordCount) return false;
	const keyWords = key.words;
	for (let i = 0; i < wordCount; i++) if (words[entry + entryHeaderWords + i] !== keyWords[i]) return false;
	return true;
}

/**
 * Writes an entry of `size` words (see `entryWords`) at `entry`.
 *
 * @param octets the same memory as `words`
 */
export function writeEntry(
	words: Int32Array,
	octets: Uint8Array,
	entry: number,
	size: number,
	key: CacheKey,
	answer: Answer,
	nowTicks: number,
): void {
	const { wordCount } = key;
	words[entry + entryWord.sizes] = size | (wordCount << 16);
	words[entry + entryWord.storedAt] = nowTicks;
	words[entry + entryWord.lifetime] = answer.lifetimeTicks;
	words[entry + entryWord.flags] =
		answer.flags |
		(answer.extendedRcode << 16) |
		(answer.kind << kindShift) |
		(answer.failures << failuresShift);
	words[entry + entryWord.answerAndAuthority] = answer.answerCount | (answer.authorityCount << 16);
	words[entry + entryWord.additionalAndBody] = answer.additionalCount | (answer.bodyBytes << 16);
	const keyWords = key.words;
	for (let i = 0; i < wordCount; i++) words[entry + entryHeaderWords + i] = keyWords[i];
	let position = (entry + entryHeaderWords + wordCount) << 2;
	const { ttlOffsets, recordCount } = answer;
	for (let i = 0; i < recordCount; i++) {
		octets[position++] = ttlOffsets[i];
		octets[position++] = ttlOffsets[i] >>> 8;
	}
	const { bodyBytes, bodyStart } = answer;
	const body = answer.octets;
	for (let i = 0; i < bodyBytes; i++) octets[position + i] = body[bodyStart + i];
}
