import { Views } from './views.ts';

/**
 * The twelve octets that open every DNS message (RFC 1035 §4.1.1), read and written where they lie.
 *
 *   octet  0      2        4        6        8        10       12
 *          | ID   | flags  | QDCOUNT| ANCOUNT| NSCOUNT| ARCOUNT| question ...
 *
 *   flags   15   14..11   10   9    8    7    6   5    4    3..0
 *           QR | opcode | AA | TC | RD | RA | Z | AD | CD | RCODE
 *
 * The readers do not check bounds: callers have made sure that `headerBytes` octets are there.
 */
export const headerBytes = 12;

const views = new Views();

export const flag = {
	qr: 0x8000,
	aa: 0x0400,
	tc: 0x0200,
	rd: 0x0100,
	ra: 0x0080,
	ad: 0x0020,
	cd: 0x0010,
} as const;

/** Offsets of the header's fields. */
export const at = { id: 0, flags: 2, qdcount: 4, ancount: 6, nscount: 8, arcount: 10 } as const;

export function readUint16(octets: Uint8Array, offset: number): number {
	return (octets[offset] << 8) | octets[offset + 1];
}

export function readUint32(octets: Uint8Array, offset: number): number {
	return (
		((octets[offset] << 24) | (octets[offset + 1] << 16) | (octets[offset + 2] << 8) | octets[offset + 3]) >>>
		0
	);
}

export function writeUint16(octets: Uint8Array, offset: number, value: number): void {
	octets[offset] = value >>> 8;
	octets[offset + 1] = value;
}

export function writeUint32(octets: Uint8Array, offset: number, value: number): void {
	octets[offset] = value >>> 24;
	octets[offset + 1] = value >>> 16;
	octets[offset + 2] = value >>> 8;
	octets[offset + 3] = value;
}

export function opcodeOf(flags: number): number {
	return (flags >>> 11) & 0xf;
}

/** Writes a whole header at `start`. */
export function writeHeader(
	octets: Uint8Array,
	start: number,
	id: number,
	flags: number,
	qdcount: number,
	ancount: number,
	nscount: number,
	arcount: number,
): void {
	const view = views.of(octets);
	view.setInt32(start + at.id, (id << 16) | flags);
	view.setInt32(start + at.qdcount, (qdcount << 16) | ancount);
	view.setInt32(start + at.nscount, (nscount << 16) | arcount);
}
