import { copyOctets, Views } from '../wire/views.ts';
import type { Answer } from './answer.ts';
import type { CacheKey } from './key.ts';
import { entryHeaderWords, entryWord, failuresShift, kindShift } from './layout.ts';

const views = new Views();

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
 * @param view the same memory as `words`
 */
export function writeEntry(
	words: Int32Array,
	view: DataView,
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
	for (let i = 0; i < recordCount; i++, position += 2) view.setUint16(position, ttlOffsets[i], true);
	copyOctets(views.of(answer.octets), answer.bodyStart, view, position, answer.bodyBytes);
}
