import { writeUint16 } from './header.ts';
import { expandName, nameEnd } from './name.ts';
import { rdataShape } from './rdata.ts';
import type { ResponseView } from './response.ts';

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
