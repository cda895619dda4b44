import { at, headerBytes, readUint16, readUint32 } from '../../../wire/header.ts';
import { rrType } from '../../../wire/iana.ts';
import { equalIgnoringCase, nameEnd, skipName } from '../../../wire/name.ts';
import type { TraceQuery } from '../../trace-query.ts';

/** What a reply says of its query. One object for all replies, filled anew by `readReply`. */
export class ReplyView {
	/** With the upper bits of its OPT, where the capture holds it. */
	rcode = 0;
	/** Undefined: no record has one, or the capture ends before it is known. */
	answerTtlSec: number | undefined = undefined;
}

/** Whether the message at `octets[start, end)` has the question of a query, or none, as some errors have. */
export function hasQuestion(octets: Uint8Array, start: number, end: number, query: TraceQuery): boolean {
	const questions = readUint16(octets, start + at.qdcount);
	if (questions === 0) return true;
	const theirs = start + headerBytes;
	const nameBytes = query.qname.length;
	return (
		questions === 1 &&
		theirs + nameBytes + 4 <= end &&
		equalIgnoringCase(octets, theirs, query.qname, 0, nameBytes) &&
		readUint16(octets, theirs + nameBytes) === query.qtype &&
		readUint16(octets, theirs + nameBytes + 2) === query.qclass
	);
}

/** Reads the reply at `octets[start, end)`, of which `hasQuestion` was true, as far as it was captured and parses. */
export function readReply(view: ReplyView, octets: Uint8Array, start: number, end: number): void {
	view.rcode = octets[start + at.flags + 1] & 0xf;
	view.answerTtlSec = undefined;
	const answers = readUint16(octets, start + at.ancount);
	const authorities = readUint16(octets, start + at.nscount);
	const additionals = readUint16(octets, start + at.arcount);
	const hasOwnQuestion = readUint16(octets, start + at.qdcount) === 1;
	let position = start + headerBytes;
	if (hasOwnQuestion) position = nameEnd(octets, position) + 4;
	let smallest = Number.POSITIVE_INFINITY;
	const records = answers + authorities + additionals;
	for (let record = 0; record < records; record++) {
		const typeAt = skipName(octets, start, position, end);
		if (typeAt < 0 || typeAt + 10 > end) return;
		const rdata = typeAt + 10;
		position = rdata + readUint16(octets, typeAt + 8);
		if (position > end) return;
		const type = readUint16(octets, typeAt);
		if (record < answers) smallest = Math.min(smallest, ttlAt(octets, typeAt + 4));
		else if (record < answers + authorities) {
			if (answers === 0 && type === rrType.SOA) smallest = negativeTtl(octets, typeAt, position);
		} else if (type === rrType.OPT) view.rcode |= octets[typeAt + 4] << 4;
		// Only once all answers are seen is the smallest known.
		if (record + 1 >= answers && Number.isFinite(smallest)) view.answerTtlSec = smallest;
	}
}

/** RFC 2181 §8: what has the top bit set is 0. */
function ttlAt(octets: Uint8Array, offset: number): number {
	const ttlSec = readUint32(octets, offset);
	return ttlSec > 0x7fffffff ? 0 : ttlSec;
}

/** RFC 2308 §5: the smaller of the SOA's TTL and its last field, MINIMUM. */
function negativeTtl(octets: Uint8Array, typeAt: number, rdataEnd: number): number {
	const rdataBytes = rdataEnd - typeAt - 10;
	// Two names of an octet at least, and five numbers.
	if (rdataBytes < 22) return Number.POSITIVE_INFINITY;
	return Math.min(ttlAt(octets, typeAt + 4), ttlAt(octets, rdataEnd - 4));
}
