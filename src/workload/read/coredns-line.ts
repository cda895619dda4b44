import type { TraceEdns, TraceQuery } from '../trace-query.ts';
import type { Sink } from './decoder.ts';
import { readClass, readRcode, readType } from './mnemonics.ts';
import { readName } from './names.ts';
import { type Notes, quoted } from './notes.ts';

/** What a line of a query log says, before its words are looked up. */
export interface CorednsLine {
	/** When the reply left, in ms since 1970, or NaN. */
	readonly repliedMs: number;
	readonly client: string;
	readonly port: number;
	readonly id: number;
	readonly type: string;
	readonly class: string;
	readonly name: string;
	readonly transport: string;
	readonly queryBytes: number;
	readonly dnssecOk: boolean;
	/** Undefined: not logged. */
	readonly payloadBytes: number | undefined;
	/** `-` or nothing: there was no reply. */
	readonly rcode: string;
	readonly flags: string;
	readonly replyBytes: number;
	readonly durationUs: number;
}

/** A query without EDNS has so many octets around its name: the header, QTYPE and QCLASS. */
const plainQueryBytes = 16;
/** By TCP the payload size is not logged; this is what queries mostly say (as agreed on DNS Flag Day 2020). */
const usualPayloadBytes = 1232;

/** Makes a query of a line. What makes none is noted. */
export function takeLine(line: CorednsLine, notes: Notes, sink: Sink): void {
	const qtype = readType(line.type);
	if (qtype === undefined) {
		notes.bad('unknown type', `${quoted(line.type)} is no type`);
		return;
	}
	const qclass = readClass(line.class);
	if (qclass === undefined) {
		notes.bad('unknown class', `${quoted(line.class)} is no class`);
		return;
	}
	const octets = Buffer.from(line.name, 'latin1');
	const qname = readName(octets, 0, octets.length, 'presentation');
	if (typeof qname === 'string') {
		notes.bad('bad name', `name ${quoted(line.name)} ${qname}`);
		return;
	}
	const replied = line.rcode !== '-' && line.rcode !== '';
	const query: TraceQuery = {
		atMs: line.repliedMs - line.durationUs / 1000,
		client: line.client === '' ? undefined : line.client,
		qname,
		qtype,
		qclass,
		edns: ednsOf(line, qname.length),
		recursionDesired: !replied || /(?:^|,)rd(?:,|$)/.test(line.flags),
		rcode: replied ? readRcode(line.rcode) : undefined,
		answerTtlSec: undefined,
		replyBytes: replied ? line.replyBytes : undefined,
		rttUs: replied ? Math.round(line.durationUs) : undefined,
		line: notes.read,
		absolute: true,
	};
	sink.take({ query, port: line.port, id: line.id });
}

/** The log says 512 octets of payload for queries without OPT too; but their size tells them apart. */
function ednsOf(line: CorednsLine, qnameBytes: number): TraceEdns | undefined {
	if (!line.dnssecOk && line.queryBytes <= plainQueryBytes + qnameBytes) return undefined;
	const payloadBytes = line.transport === 'tcp' ? undefined : line.payloadBytes;
	return { udpPayloadBytes: payloadBytes ?? usualPayloadBytes, dnssecOk: line.dnssecOk };
}
