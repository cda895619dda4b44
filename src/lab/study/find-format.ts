import { captureKind, detectFormat, type TraceFormat, traceFormats } from '../../workload/read/detect.ts';
import { type Notes, quoted } from '../../workload/read/notes.ts';
import type { Peekable } from '../../workload/read/source.ts';

export const objectFormats = ['oracle-general', 'csv', 'lis', 'lirs'] as const;
export type ObjectFormat = (typeof objectFormats)[number];
export type StudyFormat = TraceFormat | ObjectFormat;

/** Every format that a study reads: of DNS, and of objects that somebody asked for. */
export const studyFormats: readonly StudyFormat[] = [...traceFormats, ...objectFormats];

export function isObjectFormat(format: StudyFormat): format is ObjectFormat {
	return (objectFormats as readonly string[]).includes(format);
}

/** How much of a file is looked at. */
const lookBytes = 65_536;

/** Finds out what a file is, without its packing, by how it begins. */
export async function findFormat(octets: Peekable, notes: Notes): Promise<StudyFormat> {
	const head = await octets.peek(lookBytes);
	if (head.length === 0) notes.fail('is empty; give a trace');
	const format = formatOf(head, octets.ended);
	if (format !== undefined) return format;
	const start = quoted(head.toString('latin1', 0, 80).split(/\r?\n/)[0]);
	return notes.fail(
		`is of no format that petrel finds out (it begins ${start}); name one with --trace-format: ${studyFormats.join(', ')}`,
	);
}

/** @param isWhole there is no more than `head` */
export function formatOf(head: Buffer, isWhole: boolean): StudyFormat | undefined {
	if (captureKind(head) !== undefined) return 'pcap';
	if (isBinary(head)) return looksLikeOracleGeneral(head) ? 'oracle-general' : undefined;
	const [first = ''] = wholeLines(head, isWhole);
	if (csvHeader.test(first) && csvDelimiter.test(first)) return 'csv';
	return detectFormat(head, isWhole) ?? blocksOf(wholeLines(head, isWhole));
}

function isBinary(head: Buffer): boolean {
	return head.includes(0);
}

const recordBytes = 24;
const recordsLookedAt = 64;

/** Times that do not go back, sizes, and a next request that is still to come, in every record. */
function looksLikeOracleGeneral(head: Buffer): boolean {
	const records = Math.min(recordsLookedAt, Math.floor(head.length / recordBytes));
	for (let i = 0; i < records; i++) {
		const at = i * recordBytes;
		if (i > 0 && head.readUInt32LE(at) < head.readUInt32LE(at - recordBytes)) return false;
		const next = head.readBigInt64LE(at + 16);
		if (next >= 0n && next <= BigInt(i)) return false;
	}
	return records > 0;
}

const csvHeader = /(?:^|[,;|\t])\s*"?(?:id|obj_id|object_id|objid|key|lbn|block)"?\s*(?:$|[,;|\t])/i;
const csvDelimiter = /[,;|\t]/;
const lisLine = /^\s*\d+\s+\d+\s+\d+\s+\d+\s*$/;
const lirsLine = /^\s*(?:\d+|\*)\s*$/;

/** Lists of blocks: START COUNT and two numbers a line, or a number a line. */
function blocksOf(lines: readonly string[]): ObjectFormat | undefined {
	const filled = lines.filter((line) => line.trim() !== '');
	if (filled.length === 0) return undefined;
	if (filled.every((line) => lisLine.test(line))) return 'lis';
	return filled.every((line) => lirsLine.test(line)) ? 'lirs' : undefined;
}

function wholeLines(head: Buffer, isWhole: boolean): string[] {
	const lines = head.toString('latin1').split(/\r?\n/);
	if (!isWhole && lines.length > 1) lines.pop();
	return lines;
}
