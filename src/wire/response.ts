import { at, flag, headerBytes, opcodeOf, readUint16 } from './header.ts';
import { opcode, rrType } from './iana.ts';
import { equalIgnoringCase, skipName } from './name.ts';
import { rdataParses } from './rdata.ts';

/** More records do not fit into 65,535 octets: the smallest has eleven. */
export const maxRecords = 5957;

export const section = { answer: 0, authority: 1, additional: 2 } as const;

/**
 * A response, parsed in place: where each record lies. One object per engine, filled anew by each `parseResponse`.
 * Offsets count from the start of `octets`, not of the message.
 */
export class ResponseView {
	octets: Uint8Array = new Uint8Array(0);
	start = 0;
	end = 0;
	flags = 0;
	/** All twelve bits, the upper eight from the OPT (RFC 6891 §6.1.3). */
	rcode = 0;
	/** Offset behind the question section. */
	bodyStart = 0;
	hasOpt = false;
	/** Records without the OPT, in message order. */
	recordCount = 0;
	/** Whether the OPT stands before another record, so that it cannot be cut off behind the rest. */
	optInside = false;
	/** Per record: offsets of its owner name, of its TYPE field, and behind its RDATA; and its section. */
	readonly ownerAt: Uint32Array = new Uint32Array(maxRecords);
	readonly typeAt: Uint32Array = new Uint32Array(maxRecords);
	readonly endAt: Uint32Array = new Uint32Array(maxRecords);
	readonly section: Uint8Array = new Uint8Array(maxRecords);

	type(record: number): number {
		return readUint16(this.octets, this.typeAt[record]);
	}

	class(record: number): number {
		return readUint16(this.octets, this.typeAt[record] + 2);
	}

	/** Offset of the record's TTL field. */
	ttlAt(record: number): number {
		return this.typeAt[record] + 4;
	}

	rdataAt(record: number): number {
		return this.typeAt[record] + 10;
	}
}

/**
 * Whether the message is a response to a question: QNAME in any case, QTYPE and QCLASS (RFC 5452 §9.1).
 *
 * @param qname uncompressed, `qnameBytes` octets
 */
export function answersQuestion(
	octets: Uint8Array,
	start: number,
	length: number,
	qname: Uint8Array,
	qnameBytes: number,
	qtype: number,
	qclass: number,
): boolean {
	if (length < headerBytes + qnameBytes + 4) return false;
	const flags = readUint16(octets, start + at.flags);
	if (!(flags & flag.qr) || opcodeOf(flags) !== opcode.QUERY) return false;
	if (readUint16(octets, start + at.qdcount) !== 1) return false;
	const theirs = start + headerBytes;
	if (!equalIgnoringCase(octets, theirs, qname, 0, qnameBytes)) return false;
	return (
		readUint16(octets, theirs + qnameBytes) === qtype &&
		readUint16(octets, theirs + qnameBytes + 2) === qclass
	);
}

/**
 * Parses a response whose question section is known to be `questionBytes` long (see `answersQuestion`). False if any
 * record does not parse, an OPT is misplaced or there are two; the view is then not to be used. Octets behind the
 * last record are ignored. Does not allocate.
 */
export function parseResponse(
	view: ResponseView,
	octets: Uint8Array,
	start: number,
	length: number,
	questionBytes: number,
): boolean {
	const end = start + length;
	view.octets = octets;
	view.start = start;
	view.end = end;
	view.flags = readUint16(octets, start + at.flags);
	view.rcode = view.flags & 0xf;
	view.bodyStart = start + headerBytes + questionBytes;
	view.hasOpt = false;
	view.optInside = false;
	view.recordCount = 0;
	let position = view.bodyStart;
	for (let part = 0; part < 3; part++) {
		const count = readUint16(octets, start + at.ancount + 2 * part);
		for (let i = 0; i < count; i++) {
			position = parseRecord(view, position, part);
			if (position < 0) return false;
		}
	}
	view.end = position;
	return true;
}

function parseRecord(view: ResponseView, owner: number, part: number): number {
	const { octets, end } = view;
	const typeAt = skipName(octets, view.start, owner, end);
	if (typeAt < 0 || typeAt + 10 > end) return -1;
	const rdataEnd = typeAt + 10 + readUint16(octets, typeAt + 8);
	if (rdataEnd > end) return -1;
	const type = readUint16(octets, typeAt);
	if (type === rrType.OPT) {
		if (view.hasOpt || part !== section.additional || octets[owner] !== 0) return -1;
		view.hasOpt = true;
		view.rcode |= octets[typeAt + 4] << 4;
		return rdataEnd;
	}
	if (!rdataParses(octets, view.start, type, typeAt + 10, rdataEnd)) return -1;
	const record = view.recordCount++;
	if (view.hasOpt) view.optInside = true;
	view.ownerAt[record] = owner;
	view.typeAt[record] = typeAt;
	view.endAt[record] = rdataEnd;
	view.section[record] = part;
	return rdataEnd;
}
