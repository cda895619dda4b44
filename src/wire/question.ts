import { at, headerBytes, readUint16 } from './header.ts';
import { lowerCase, maxNameBytes } from './name.ts';

/** What parsing a client's query found. One object per engine, its fields set anew by each `parseQuery`. */
export class QueryView {
	/** Offset of the message in its buffer, and its length. */
	start = 0;
	length = 0;
	id = 0;
	flags = 0;
	/** Question section: offset, and octets of QNAME, QTYPE and QCLASS together. 0 octets: there is none. */
	questionStart = 0;
	questionBytes = 0;
	qnameBytes = 0;
	qtype = 0;
	qclass = 0;
	/** QNAME in lower case, uncompressed, `qnameBytes` octets. */
	readonly qname: Uint8Array;
	/** From the OPT pseudo-RR (RFC 6891 §6.1). */
	hasOpt = false;
	ednsVersion = 0;
	/** The requestor's payload size; 512 without OPT. */
	udpPayloadBytes = 512;
	dnssecOk = false;

	/** @param qname where QNAME is to be written; at least 255 octets */
	constructor(qname: Uint8Array = new Uint8Array(maxNameBytes)) {
		this.qname = qname;
	}
}

export const parsed = {
	ok: 0,
	/** Nothing can be answered: too short, or itself a response. */
	drop: 1,
	/** The question cannot be read or is not exactly one: answer FORMERR. */
	formErr: 2,
	/** Two OPT records, or an OPT or another record that does not parse (RFC 6891 §6.1.1). */
	badRecords: 3,
} as const;

/**
 * Reads header and question of a query at `[start, start + length)` into `view`. Returns a value of `parsed`; for
 * everything but `drop` the ID and flags are set. Does not allocate.
 */
export function parseQuestion(view: QueryView, octets: Uint8Array, start: number, length: number): number {
	view.start = start;
	view.length = length;
	view.questionBytes = 0;
	view.qnameBytes = 0;
	view.hasOpt = false;
	view.ednsVersion = 0;
	view.udpPayloadBytes = 512;
	view.dnssecOk = false;
	if (length < headerBytes) return parsed.drop;
	view.id = readUint16(octets, start + at.id);
	view.flags = readUint16(octets, start + at.flags);
	if (view.flags & 0x8000) return parsed.drop;
	if (readUint16(octets, start + at.qdcount) !== 1) return parsed.formErr;
	const end = start + length;
	let position = start + headerBytes;
	view.questionStart = position;
	const qname = view.qname;
	let written = 0;
	for (;;) {
		if (position >= end) return parsed.formErr;
		const labelBytes = octets[position];
		// A pointer cannot stand in the first name of a message; 0x40 and 0x80 are reserved.
		if (labelBytes > 63 || written + labelBytes + 1 > maxNameBytes) return parsed.formErr;
		if (position + labelBytes + 5 > end) return parsed.formErr;
		qname[written++] = labelBytes;
		position++;
		if (labelBytes === 0) break;
		for (const labelEnd = position + labelBytes; position < labelEnd; position++) {
			qname[written++] = lowerCase(octets[position]);
		}
	}
	view.qnameBytes = written;
	view.qtype = readUint16(octets, position);
	view.qclass = readUint16(octets, position + 2);
	view.questionBytes = written + 4;
	return parsed.ok;
}
