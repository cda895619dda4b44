import { takeLine } from './coredns-line.ts';
import type { Sink, TraceDecoder } from './decoder.ts';
import { type JsonObject, parseObject } from './json-line.ts';
import { LineDecoder } from './lines.ts';
import { type Notes, quoted } from './notes.ts';
import { readTimestamp } from './numbers.ts';

/**
 * Query logs of CoreDNS and petrel in the format of CoreDNS's `log` (`{common}`, `{combined}`), with or without whatever
 * puts a prefix before the lines, and petrel's own JSON. A log of containers may wrap them (`{"log": "...", "time": ...}`).
 *
 *   127.0.0.1:50759 - 29008 "A IN example.org. udp 41 false 4096" NOERROR qr,rd,ra,ad 68 0.037990251s
 *
 * A line is written when its reply leaves; the query was asked by the duration earlier. The line has no time itself: it is
 * the first RFC 3339 timestamp before it. Names are lower-cased by the log.
 */
export function corednsLogDecoder(notes: Notes, sink: Sink): TraceDecoder {
	return new LineDecoder(notes, (octets, start, end) => {
		if (octets[start] === brace) readJson(octets.toString('utf8', start, end), notes, sink);
		else readText(octets.toString('latin1', start, end), Number.NaN, notes, sink);
	});
}

const brace = 0x7b;
/** From the client on. */
const queryLine =
	/(\S+):(\d{1,5}) - (\d{1,5}) "(\S+) (\S+) ((?:[^\s\\]|\\.)+) (\S+) (\d{1,5}) (true|false) (\d{1,5})" (\S+) (\S*) (\d+) ([\d.]+(?:e[-+]?\d+)?)s/y;
/** What no other line of these logs has. */
const queryMark = /:\d{1,5} - \d{1,5} "/;

/** Whether a line looks like one that this file reads. */
export function isCorednsQuery(line: string): boolean {
	return queryMark.test(line);
}

/** A search for the pattern at every place of a line would take most of the time of reading. */
function matchQuery(text: string): RegExpExecArray | null {
	for (let dash = text.indexOf(' - '); dash > 0; dash = text.indexOf(' - ', dash + 1)) {
		queryLine.lastIndex = Math.max(text.lastIndexOf(' ', dash - 1), text.lastIndexOf('\t', dash - 1)) + 1;
		const match = queryLine.exec(text);
		if (match) return match;
	}
	return null;
}

/** @param repliedMs if it is known from elsewhere */
function readText(text: string, repliedMs: number, notes: Notes, sink: Sink): void {
	const match = matchQuery(text);
	if (match === null) {
		if (isCorednsQuery(text)) {
			notes.bad(
				'bad query line',
				`${quoted(text)} is not a whole line of the format {common} of CoreDNS's log`,
			);
		} else notes.passOver('no query line');
		return;
	}
	const [, client, port, id, type, qclass, name, transport, size, dnssecOk, payload, rcode, flags] = match;
	const prefix = match.index > 0 ? text.slice(0, match.index) : '';
	takeLine(
		{
			repliedMs: Number.isNaN(repliedMs) ? readTimestamp(prefix) : repliedMs,
			client: withoutBrackets(client),
			port: Number(port),
			id: Number(id),
			type,
			class: qclass,
			name,
			transport,
			queryBytes: Number(size),
			dnssecOk: dnssecOk === 'true',
			payloadBytes: Number(payload),
			rcode,
			flags,
			replyBytes: Number(match[13]),
			durationUs: Number(match[14]) * 1e6,
		},
		notes,
		sink,
	);
}

function readJson(text: string, notes: Notes, sink: Sink): void {
	const row = parseObject(text);
	if (row === undefined) {
		notes.bad('bad JSON', `${quoted(text)} is no JSON object`);
		return;
	}
	if (typeof row.log === 'string') {
		const timeMs = typeof row.time === 'string' ? readTimestamp(row.time) : Number.NaN;
		readText(row.log.trimEnd(), timeMs, notes, sink);
		return;
	}
	if (typeof row.qname !== 'string') {
		notes.passOver('no query line');
		return;
	}
	const client = wordOf(row, 'client');
	const colon = client.lastIndexOf(':');
	takeLine(
		{
			repliedMs: typeof row.time === 'number' ? row.time : Number.NaN,
			client: withoutBrackets(colon < 0 ? client : client.slice(0, colon)),
			port: colon < 0 ? -1 : Number(client.slice(colon + 1)),
			id: typeof row.id === 'number' ? row.id : -1,
			type: wordOf(row, 'qtype'),
			class: wordOf(row, 'qclass'),
			name: row.qname,
			transport: wordOf(row, 'proto'),
			queryBytes: numberOf(row, 'size'),
			dnssecOk: false,
			payloadBytes: undefined,
			rcode: wordOf(row, 'rcode'),
			flags: wordOf(row, 'flags'),
			replyBytes: numberOf(row, 'rsize'),
			durationUs: numberOf(row, 'duration_us'),
		},
		notes,
		sink,
	);
}

function wordOf(row: JsonObject, key: string): string {
	const value = row[key];
	return typeof value === 'string' ? value : '';
}

function numberOf(row: JsonObject, key: string): number {
	const value = row[key];
	return typeof value === 'number' ? value : 0;
}

function withoutBrackets(address: string): string {
	return address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
}
