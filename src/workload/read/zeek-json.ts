import type { Sink } from './decoder.ts';
import { type JsonObject, parseObject } from './json-line.ts';
import { readClass, readRcode, readZeekType } from './mnemonics.ts';
import { readName } from './names.ts';
import { type Notes, quoted } from './notes.ts';
import { readTimestamp } from './numbers.ts';
import { type ZeekOptions, zeekReasons } from './zeek-options.ts';

/** A row of a dns.log that Zeek writes with `LogAscii::use_json=T`. What is unset is left out there. */
export function readZeekJson(line: string, notes: Notes, sink: Sink, options: ZeekOptions): void {
	const row = parseObject(line);
	if (row === undefined) {
		notes.bad('bad JSON', `${quoted(line)} is no JSON object`);
		return;
	}
	const serverPort = row['id.resp_p'];
	if (options.port !== 0 && typeof serverPort === 'number' && serverPort !== options.port) {
		notes.passOver(zeekReasons.otherPort);
		return;
	}
	const { query } = row;
	const typeGiven = row.qtype ?? row.qtype_name;
	const isComplete = typeof query === 'string' && typeGiven !== undefined;
	if (!isComplete && !options.keepIncomplete) {
		notes.passOver(zeekReasons.noQuestion);
		return;
	}
	const qname = typeof query === 'string' ? nameOf(query) : new Uint8Array(1);
	if (typeof qname === 'string') {
		notes.bad('bad name', `query ${quoted(String(query))} ${qname}`);
		return;
	}
	const qtype = typeGiven === undefined ? 0 : numberOf(row, 'qtype', 'qtype_name', readZeekType);
	if (qtype === undefined) {
		notes.bad('unknown type', `qtype ${quoted(String(typeGiven))} is no type`);
		return;
	}
	const atMs = timeOf(row.ts);
	if (atMs === undefined) {
		notes.bad('bad time', `ts ${quoted(String(row.ts))} is neither seconds nor a timestamp`);
		return;
	}
	sink.take({
		query: {
			atMs,
			client: typeof row['id.orig_h'] === 'string' ? row['id.orig_h'] : undefined,
			qname,
			qtype,
			qclass: numberOf(row, 'qclass', 'qclass_name', readClass) ?? 1,
			edns: undefined,
			recursionDesired: row.RD !== false,
			rcode: numberOf(row, 'rcode', 'rcode_name', readRcode),
			answerTtlSec: smallest(row.TTLs),
			replyBytes: undefined,
			rttUs: typeof row.rtt === 'number' && row.rtt >= 0 ? Math.round(row.rtt * 1e6) : undefined,
			line: notes.read,
		},
		port: uint16(row['id.orig_p']) ?? -1,
		id: uint16(row.trans_id) ?? -1,
	});
}

function nameOf(query: string): Uint8Array | string {
	const octets = Buffer.from(query);
	return octets.length === 0 ? new Uint8Array(1) : readName(octets, 0, octets.length, 'zeek');
}

/** NaN: there is none. Undefined: it cannot be read. */
function timeOf(ts: unknown): number | undefined {
	if (ts === undefined) return Number.NaN;
	const ms =
		typeof ts === 'number'
			? Math.round(ts * 1e6) / 1000
			: typeof ts === 'string'
				? readTimestamp(ts)
				: Number.NaN;
	return Number.isNaN(ms) ? undefined : ms;
}

function numberOf(
	row: JsonObject,
	numbers: string,
	names: string,
	read: (text: string) => number | undefined,
): number | undefined {
	const name = row[names];
	return uint16(row[numbers]) ?? (typeof name === 'string' ? read(name) : undefined);
}

function uint16(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff
		? value
		: undefined;
}

function smallest(ttls: unknown): number | undefined {
	if (!Array.isArray(ttls)) return undefined;
	const numbers = ttls.filter((ttl): ttl is number => typeof ttl === 'number');
	return numbers.length > 0 ? Math.min(...numbers) : undefined;
}
