import { open } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import { buildHostsTable, type HostsPair, HostsTable } from '../engine/local/hosts-table.ts';
import { messageOf } from '../util/errors.ts';
import { parseHostsLine } from '../wire/hosts-text.ts';

/** What a hosts file may have: the largest lists of names to block have a few hundred thousand. */
export const hostsBytesMax: number = 32 * 1024 * 1024;
export const hostsPairsMax = 1_000_000;
/** Problems that are told of one file; who has more has another kind of file. */
const problemsMax = 10;

/** How a file looked when it was read: as long as this stays, so does what it holds. */
export interface FileMark {
	readonly modifiedAtMs: number;
	readonly sizeBytes: number;
}

export interface HostsContents {
	readonly mark: FileMark;
	readonly table: SharedArrayBuffer;
	/** Names with their addresses, and those of them that PTR answers are made from. */
	readonly pairs: number;
	readonly reversePairs: number;
	/** Lines that were left out, each with its place, and how many there are in all. */
	readonly problems: readonly string[];
	readonly problemCount: number;
}

/** Reads a hosts file; undefined if it looks as it did before. Throws if it cannot be read or has too much. */
export async function readHostsFile(
	path: string,
	before: FileMark | undefined,
): Promise<HostsContents | undefined> {
	const file = await open(path, 'r');
	try {
		const stat = await file.stat();
		if (!stat.isFile()) throw new Error('it is not a file');
		const mark = { modifiedAtMs: stat.mtimeMs, sizeBytes: stat.size };
		if (mark.modifiedAtMs === before?.modifiedAtMs && mark.sizeBytes === before.sizeBytes) return undefined;
		if (stat.size > hostsBytesMax) {
			throw new Error(`it has ${stat.size} octets; ${hostsBytesMax} are allowed`);
		}
		return { mark, ...parseHosts(path, await file.readFile('utf8')) };
	} finally {
		await file.close();
	}
}

/** The table of a whole text. Lines that say nothing usable are left out and told of. */
export function parseHosts(path: string, text: string): Omit<HostsContents, 'mark'> {
	const pairs: HostsPair[] = [];
	const problems: string[] = [];
	let problemCount = 0;
	let lineNumber = 0;
	// Long lists have one address over and over.
	let lastAddress = '';
	let octets = new Uint8Array(0);
	for (const line of linesOf(text)) {
		lineNumber++;
		try {
			const parsed = parseHostsLine(line);
			if (!parsed) continue;
			if (parsed.address !== lastAddress) {
				octets = Uint8Array.from(ipaddr.parse(parsed.address).toByteArray());
				lastAddress = parsed.address;
			}
			for (const name of parsed.names) pairs.push({ address: octets, name });
		} catch (thrown) {
			if (problemCount++ < problemsMax) problems.push(`${path}:${lineNumber}: ${messageOf(thrown)}`);
		}
		if (pairs.length > hostsPairsMax) throw new Error(`it has more than ${hostsPairsMax} names`);
	}
	const table = buildHostsTable(pairs);
	const { pairs: count, reversePairs } = new HostsTable(table);
	return { table, pairs: count, reversePairs, problems, problemCount };
}

function* linesOf(text: string): Generator<string> {
	for (let from = 0; from < text.length; ) {
		const end = text.indexOf('\n', from);
		yield end < 0 ? text.slice(from) : text.slice(from, end);
		from = end < 0 ? text.length : end + 1;
	}
}
