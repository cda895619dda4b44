import { at, headerBytes } from './header.ts';
import { maxNameBytes } from './name.ts';
import { copyName, Views, viewOf } from './views.ts';

/** Octets that must be there for a name of any length, a whole number of words. */
export const qnameRoomBytes = maxNameBytes + 1;
/** Octets of the longest question section. */
export const questionRoomBytes = maxNameBytes + 4;

const views = new Views();

/** What parsing a client's query found. One object per engine, its fields set anew by each `parseQuery`. */
export class QueryView {
	/** Offset of the message in its buffer, and its length. */
	start = 0;
	length = 0;
	id = 0;
	flags = 0;
	/** Where the question section is copied to as it came, at least `questionRoomBytes`; set by the caller. */
	copy: DataView = viewOf(new Uint8Array(questionRoomBytes));
	copyStart = 0;
	/** Question section: offset, and octets of QNAME, QTYPE and QCLASS together. 0 octets: there is none. */
	questionStart = 0;
	questionBytes = 0;
	qnameBytes = 0;
	qtype = 0;
	qclass = 0;
	/** QNAME in lower case, uncompressed, `qnameBytes` octets; up to three more may be overwritten. */
	readonly qname: Uint8Array;
	readonly qnameWords: Int32Array;
	/** From the OPT pseudo-RR (RFC 6891 §6.1). */
	hasOpt = false;
	ednsVersion = 0;
	/** The requestor's payload size; 512 without OPT. */
	udpPayloadBytes = 512;
	dnssecOk = false;
	/** It asks for the name server identifier (RFC 5001 §2.1). */
	wantsNsid = false;

	/** @param qname where QNAME is to be written; at least `qnameRoomBytes`, at a word's place in its memory */
	constructor(qname: Uint8Array = new Uint8Array(qnameRoomBytes)) {
		this.qname = qname;
		this.qnameWords = new Int32Array(qname.buffer, qname.byteOffset, qname.length >> 2);
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
	const source = views.of(octets);
	view.start = start;
	view.length = length;
	view.questionBytes = 0;
	view.qnameBytes = 0;
	view.hasOpt = false;
	view.ednsVersion = 0;
	view.udpPayloadBytes = 512;
	view.dnssecOk = false;
	view.wantsNsid = false;
	if (length < headerBytes) return parsed.drop;
	const idAndFlags = source.getInt32(start + at.id);
	view.id = idAndFlags >>> 16;
	view.flags = idAndFlags & 0xffff;
	if (idAndFlags & 0x8000) return parsed.drop;
	if (source.getUint16(start + at.qdcount) !== 1) return parsed.formErr;
	const end = start + length;
	const questionStart = start + headerBytes;
	view.questionStart = questionStart;
	// A name has at most 255 octets, and behind it stand type and class.
	const nameEndMax = Math.min(questionStart + maxNameBytes, end - 4);
	let position = questionStart;
	for (;;) {
		if (position >= nameEndMax) return parsed.formErr;
		const labelBytes = octets[position++];
		if (labelBytes === 0) break;
		// A pointer cannot stand in the first name of a message; 0x40 and 0x80 are reserved.
		if (labelBytes > 63) return parsed.formErr;
		position += labelBytes;
	}
	const qnameBytes = position - questionStart;
	copyName(source, questionStart, view.copy, view.copyStart, view.qnameWords, qnameBytes);
	view.qnameBytes = qnameBytes;
	const typeAndClass = source.getInt32(position);
	view.copy.setInt32(view.copyStart + qnameBytes, typeAndClass);
	view.qtype = typeAndClass >>> 16;
	view.qclass = typeAndClass & 0xffff;
	view.questionBytes = qnameBytes + 4;
	return parsed.ok;
}
