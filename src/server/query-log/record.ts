import { type LogRing, recordBit, recordWords } from '../../engine/log-ring.ts';
import { corednsName } from '../../wire/coredns-text.ts';

/** A logged query and its reply, as a shard has written it (engine/log-ring.ts). */
export interface LogRecord {
	readonly rule: number;
	readonly listener: number;
	readonly overTcp: boolean;
	readonly dnssecOk: boolean;
	/** Whether there was a reply. */
	readonly replied: boolean;
	/** Who made the answer, a place in `pluginLabels`. */
	readonly plugin: number;
	readonly id: number;
	readonly queryFlags: number;
	readonly replyFlags: number;
	/** All twelve bits. */
	readonly rcode: number;
	readonly qname: string;
	readonly qtype: number;
	readonly qclass: number;
	readonly queryBytes: number;
	readonly payloadBytes: number;
	readonly answerBytes: number;
	readonly client: string;
	readonly port: number;
	/** Where the query is counted (metrics/hot/series-layout.ts). */
	readonly row: number;
	readonly startMs: number;
	readonly endMs: number;
}

/** Reads the record at a unit of the ring. */
export function readRecord({ words, octets, times }: LogRing, place: number): LogRecord {
	const first = place * 2;
	const low = (word: number): number => words[first + word] & 0xffff;
	const high = (word: number): number => words[first + word] >>> 16;
	const bits = high(1);
	const qnameStart = first * 4 + recordWords * 4;
	const clientStart = qnameStart + low(5);
	const { buffer, byteOffset } = octets;
	return {
		rule: high(0),
		listener: low(1),
		overTcp: (bits & recordBit.tcp) !== 0,
		dnssecOk: (bits & recordBit.dnssecOk) !== 0,
		replied: (bits & recordBit.replied) !== 0,
		plugin: bits >>> recordBit.pluginShift,
		id: low(2),
		queryFlags: high(2),
		replyFlags: low(3),
		rcode: high(3),
		qname: corednsName(octets, qnameStart),
		qtype: low(4),
		qclass: high(8),
		payloadBytes: high(4),
		port: high(5),
		answerBytes: words[first + 6],
		row: low(7),
		client: Buffer.from(buffer, byteOffset + clientStart, high(7)).toString('latin1'),
		queryBytes: low(8),
		startMs: times[place + recordWords / 2 - 2],
		endMs: times[place + recordWords / 2 - 1],
	};
}
