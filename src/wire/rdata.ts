import { readUint16 } from './header.ts';
import { rrType } from './iana.ts';
import { skipName } from './name.ts';

/**
 * The shape of RDATA that petrel looks into, and no more: addresses have a length, and the types whose names may be
 * compressed (RFC 1035 §3.3, RFC 3597 §4) have names at known places. Every other type is opaque (RFC 3597 §3).
 *
 *   | before: octets | names: that many | after: octets |
 */
export interface RdataShape {
	readonly before: number;
	readonly names: number;
	readonly after: number;
}

const oneName: RdataShape = { before: 0, names: 1, after: 0 };
const twoNames: RdataShape = { before: 0, names: 2, after: 0 };
const preferenceAndName: RdataShape = { before: 2, names: 1, after: 0 };

const shapes: (RdataShape | undefined)[] = [];
for (const type of [
	rrType.NS,
	rrType.MD,
	rrType.MF,
	rrType.CNAME,
	rrType.MB,
	rrType.MG,
	rrType.MR,
	rrType.PTR,
	rrType.DNAME,
]) {
	shapes[type] = oneName;
}
for (const type of [rrType.MINFO, rrType.RP]) shapes[type] = twoNames;
for (const type of [rrType.MX, rrType.AFSDB, rrType.RT, rrType.KX]) shapes[type] = preferenceAndName;
shapes[rrType.A] = { before: 4, names: 0, after: 0 };
shapes[rrType.AAAA] = { before: 16, names: 0, after: 0 };
shapes[rrType.SOA] = { before: 0, names: 2, after: 20 };
shapes[rrType.PX] = { before: 2, names: 2, after: 0 };
shapes[rrType.SRV] = { before: 6, names: 1, after: 0 };

/** The shape of a type's RDATA; undefined: opaque. */
export function rdataShape(type: number): RdataShape | undefined {
	return type < shapes.length ? shapes[type] : undefined;
}

/** Whether RDATA at `[start, end)` of the message at `messageStart` is of its type's shape. */
export function rdataParses(
	octets: Uint8Array,
	messageStart: number,
	type: number,
	start: number,
	end: number,
): boolean {
	const shape = rdataShape(type);
	if (shape === undefined) return true;
	let position = start + shape.before;
	for (let i = 0; i < shape.names; i++) {
		position = skipName(octets, messageStart, position, end);
		if (position < 0) return false;
	}
	return position + shape.after === end;
}

/**
 * The offset of the name that a record points at (NS, CNAME, MX, SRV, SVCB targets), or -1: what may need an address
 * in the additional section.
 */
export function rdataTarget(type: number, start: number, end: number): number {
	if (type === rrType.SVCB || type === rrType.HTTPS) return end - start > 2 ? start + 2 : -1;
	const shape = rdataShape(type);
	if (shape === undefined || shape.names !== 1) return -1;
	return start + shape.before;
}

/** SOA.MINIMUM (RFC 1035 §3.3.13): the last four octets. */
export function soaMinimum(octets: Uint8Array, rdataEnd: number): number {
	return readUint16(octets, rdataEnd - 4) * 0x1_0000 + readUint16(octets, rdataEnd - 2);
}
