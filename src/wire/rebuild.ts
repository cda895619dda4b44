import { writeUint16 } from './header.ts';
import { expandName, nameEnd } from './name.ts';
import { rdataShape } from './rdata.ts';
import type { ResponseView } from './response.ts';

/** What is to become of the records of a response on their way into an answer. */
export interface RecordChanges {
	/** Records that stand in front of the others, with their TTLs' offsets; undefined: none. */
	readonly head: RecordHead | undefined;
	/** Whether the answer says anything else than the response did, but for TTLs; known when all records are copied. */
	readonly altered: boolean;
	/** The TTL that a record is to have in place of `ttlSec`. */
	ttlSec(view: ResponseView, record: number, ttlSec: number): number;
	/** As `copyRecordExpanded`, with changes. Returns `offset` for a record that is to be left out. */
	copy(view: ResponseView, record: number, target: Uint8Array, offset: number): number;
}

/** Records of an answer section as they stand behind a question: pointers in them are good only behind one as long. */
export interface RecordHead {
	readonly octets: Uint8Array;
	/** From the first octet on. */
	readonly ttlOffsets: readonly number[];
	readonly lowestTtlSec: number;
}

/** Pointers have 14 bits. */
const pointerMax = 0x3fff;

/**
 * Puts a pointer in place of a record's owner name where that name stands at one of two earlier places, and moves the
 * rest of the record up. Returns the offset behind it.
 *
 * @param octets begins with the message, so that offsets are what pointers count
 * @param at the record, as `copyRecordExpanded` wrote it
 * @param places of uncompressed names in the message; -1: none
 */
export function pointOwner(
	octets: Uint8Array,
	at: number,
	end: number,
	firstPlace: number,
	secondPlace: number,
): number {
	const ownerBytes = nameEnd(octets, at) - at;
	if (ownerBytes <= 2) return end;
	let place = firstPlace;
	if (!sameOctets(octets, at, place, ownerBytes)) place = secondPlace;
	if (place < 0 || place > pointerMax || !sameOctets(octets, at, place, ownerBytes)) return end;
	writeUint16(octets, at, 0xc000 | place);
	octets.copyWithin(at + 2, at + ownerBytes, end);
	return end - ownerBytes + 2;
}

/** Names are self-delimiting: equal octets are equal names. */
function sameOctets(octets: Uint8Array, a: number, b: number, length: number): boolean {
	for (let i = 0; i < length; i++) if (octets[a + i] !== octets[b + i]) return false;
	return true;
}

/**
 * Copies one record of a response without compression, for when records before it are left out and pointers would go
 * astray. Names come out in lower case (RFC 4343 allows it). Returns the offset behind the copy, -1 if it does not
 * fit into `target` or 65,535 octets of RDATA.
 */
export function copyRecordExpanded(
	view: ResponseView,
	record: number,
	target: Uint8Array,
	offset: number,
): number {
	const { octets, start } = view;
	const typeAt = view.typeAt[record];
	const rdataAt = typeAt + 10;
	const rdataEnd = view.endAt[record];
	const shape = rdataShape((octets[typeAt] << 8) | octets[typeAt + 1]);
	const names = shape === undefined ? 0 : shape.names;
	if (offset + 256 * (names + 1) + (rdataEnd - rdataAt) + 10 > target.length) return -1;
	let position = offset + expandName(octets, start, view.ownerAt[record], typeAt, target, offset);
	const fixedAt = position;
	position = copy(octets, typeAt, rdataAt, target, position);
	const newRdataAt = position;
	if (shape === undefined || names === 0) {
		position = copy(octets, rdataAt, rdataEnd, target, position);
	} else {
		let source = rdataAt + shape.before;
		position = copy(octets, rdataAt, source, target, position);
		for (let i = 0; i < names; i++) {
			position += expandName(octets, start, source, rdataEnd, target, position);
			source = nameEnd(octets, source);
		}
		position = copy(octets, source, rdataEnd, target, position);
	}
	writeUint16(target, fixedAt + 8, position - newRdataAt);
	return position;
}

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, offset: number): number {
	for (let i = start; i < end; i++) to[offset++] = from[i];
	return offset;
}
