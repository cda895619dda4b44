import { isMatchWord } from './compare.ts';
import { noHeaderWords, takeHeaderWord } from './header-words.ts';
import type { SourceLines } from './source-lines.ts';
import { type Entry, noRecordLines, type RecordLines, type SourceText } from './syntax.ts';

/** Reads an entry whose ENTRY_BEGIN was read already. */
export function readEntry(lines: SourceLines): Entry {
	const start = lines.line;
	const header = noHeaderWords();
	const records = noRecordLines();
	const adjust: string[] = [];
	let match: string[] | undefined;
	let questions: SourceText[] | undefined;
	let octets: Uint8Array | undefined;
	let section: SourceText[] | undefined;
	for (;;) {
		const text = lines.read() ?? lines.fail('the entry has no ENTRY_END');
		const [word, ...rest] = text.split(/\s+/);
		if (word === 'ENTRY_END') break;
		if (word === 'MATCH') match = [...(match ?? []), ...known(lines, word, rest, isMatchWord)];
		else if (word === 'ADJUST') adjust.push(...known(lines, word, rest, isAdjustWord));
		else if (word === 'HEX_ANSWER_BEGIN') octets = readHex(lines);
		else if (word === 'SECTION') {
			if (rest[0] === 'QUESTION') section = questions ??= [];
			else section = sectionOf(records, rest[0]) ?? lines.fail(`there is no section "${rest[0]}"`);
		} else if (word === 'REPLY') {
			for (const each of rest) {
				if (!takeHeaderWord(header, each)) lines.fail(`"${each}" is no flag, opcode or RCODE`);
			}
		} else if (section) section.push({ line: lines.line, text });
		else lines.fail(`"${word}" does not belong into an entry; records stand behind SECTION`);
	}
	return { line: start, match, adjust, header, questions, records, octets };
}

const adjustWords = ['copy_id', 'copy_query', 'wrong_id', 'wrong_socket', 'twice'];

function isAdjustWord(word: string): boolean {
	return adjustWords.includes(word) || /^sleep=\d+(?:\.\d+)?$/.test(word);
}

function known(
	lines: SourceLines,
	of: string,
	words: string[],
	isKnown: (word: string) => boolean,
): string[] {
	const unknown = words.find((word) => !isKnown(word));
	return unknown === undefined ? words : lines.fail(`${of} does not know "${unknown}"`);
}

function sectionOf(records: RecordLines, name: string): SourceText[] | undefined {
	switch (name) {
		case 'ANSWER':
			return records.answer;
		case 'AUTHORITY':
			return records.authority;
		case 'ADDITIONAL':
			return records.additional;
		default:
			return undefined;
	}
}

function readHex(lines: SourceLines): Uint8Array {
	let hex = '';
	for (;;) {
		const text = lines.read() ?? lines.fail('there is no HEX_ANSWER_END');
		if (text === 'HEX_ANSWER_END') break;
		hex += text.replaceAll(/\s/g, '');
	}
	if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) lines.fail('these are not pairs of hexadecimal digits');
	return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** Records behind `|` in a step's line: of the answer section, or of the section that is named in front. */
export function readInlineRecords(parts: readonly string[], line: number): RecordLines {
	const records = noRecordLines();
	for (const part of parts) {
		const named = /^(ANSWER|AUTHORITY|ADDITIONAL)\s+(.*)$/.exec(part);
		const section = named ? sectionOf(records, named[1])! : records.answer;
		section.push({ line, text: named ? named[2] : part });
	}
	return records;
}
