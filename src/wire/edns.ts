import { at, headerBytes, readUint16, writeUint16 } from './header.ts';
import { ednsOption, rrType } from './iana.ts';
import { skipName } from './name.ts';
import { parsed, type QueryView } from './question.ts';
import { Views } from './views.ts';

/**
 * EDNS(0), RFC 6891. OPT is hop by hop: petrel reads the client's, makes its own for upstreams and for replies, and
 * stores none. Options of clients and upstreams (cookies, client subnet) end here.
 *
 *   octet  0      1     3              5            6         7       9          11
 *          | 0    | 41  | payload size | ext. RCODE | version | DO Z  | RDLENGTH | options
 */
export const optBytes = 11;
const doBit = 0x8000;
const views = new Views();

/**
 * Reads the records behind the question of a query: finds the OPT. Answer and authority records in a query are
 * walked over. Returns a value of `parsed`.
 */
export function parseQueryRecords(view: QueryView, octets: Uint8Array): number {
	const start = view.start;
	const end = start + view.length;
	const additionalCount = readUint16(octets, start + at.arcount);
	const others = readUint16(octets, start + at.ancount) + readUint16(octets, start + at.nscount);
	if (others + additionalCount === 0) return parsed.ok;
	let position = start + headerBytes + view.questionBytes;
	for (let i = 0; i < others + additionalCount; i++) {
		// The root is the only owner that a query's one additional record, its OPT, has.
		const isRoot = position < end && octets[position] === 0;
		position = isRoot ? position + 1 : skipName(octets, start, position, end);
		if (position < 0 || position + 10 > end) return parsed.badRecords;
		const rdataBytes = readUint16(octets, position + 8);
		if (position + 10 + rdataBytes > end) return parsed.badRecords;
		if (readUint16(octets, position) === rrType.OPT) {
			if (view.hasOpt || i < others || !isRoot) return parsed.badRecords;
			view.hasOpt = true;
			view.udpPayloadBytes = Math.max(512, readUint16(octets, position + 2));
			view.ednsVersion = octets[position + 5];
			view.dnssecOk = (readUint16(octets, position + 6) & doBit) !== 0;
			if (!readOptions(view, octets, position + 10, position + 10 + rdataBytes)) return parsed.badRecords;
		}
		position += 10 + rdataBytes;
	}
	return parsed.ok;
}

/** False if they do not parse. */
function readOptions(view: QueryView, octets: Uint8Array, start: number, end: number): boolean {
	let position = start;
	while (position + 4 <= end) {
		if (readUint16(octets, position) === ednsOption.NSID) view.wantsNsid = true;
		position += 4 + readUint16(octets, position + 2);
	}
	return position === end;
}

/**
 * Writes an OPT pseudo-RR at `offset` and returns the offset behind it.
 *
 * @param extendedRcode the upper eight bits of a twelve-bit RCODE
 * @param edeCode an Extended DNS Error INFO-CODE without text (RFC 8914 §2), -1 for none
 */
export function writeOpt(
	octets: Uint8Array,
	offset: number,
	udpPayloadBytes: number,
	extendedRcode: number,
	dnssecOk: boolean,
	edeCode: number,
): number {
	const view = views.of(octets);
	view.setInt8(offset, 0);
	view.setInt32(offset + 1, (rrType.OPT << 16) | udpPayloadBytes);
	view.setInt32(offset + 5, (extendedRcode << 24) | (dnssecOk ? doBit : 0));
	if (edeCode < 0) {
		view.setInt16(offset + 9, 0);
		return offset + optBytes;
	}
	view.setInt16(offset + 9, 6);
	view.setInt32(offset + 11, (ednsOption.EDE << 16) | 2);
	view.setInt16(offset + 15, edeCode);
	return offset + optBytes + 6;
}

/** An option as it stands in an OPT. For the control path. */
export function encodeOption(code: number, data: Uint8Array): Uint8Array {
	const octets = new Uint8Array(4 + data.length);
	writeUint16(octets, 0, code);
	writeUint16(octets, 2, data.length);
	octets.set(data, 4);
	return octets;
}

/** Adds options to the OPT that stands at `opt` and ends, and with it the message, at `end`. Returns the new end. */
export function appendOptions(octets: Uint8Array, opt: number, end: number, options: Uint8Array): number {
	for (let i = 0; i < options.length; i++) octets[end + i] = options[i];
	const lengthAt = opt + optBytes - 2;
	writeUint16(octets, lengthAt, readUint16(octets, lengthAt) + options.length);
	return end + options.length;
}
