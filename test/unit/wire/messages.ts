/**
 * Messages for tests, written octet by octet so that they may also be wrong. `@` as an owner is a compression pointer
 * to the question's name.
 */

import { flag, headerBytes, writeHeader, writeUint16, writeUint32 } from '../../../src/wire/header.ts';
import { rrClass, rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { appendRecord, patchCounts, qnamePointer } from '../../../src/wire/writer.ts';

export interface Rr {
	readonly owner: string;
	readonly type: number;
	readonly ttlSec: number;
	readonly rdata: Uint8Array;
	readonly rrClass?: number;
}

export interface MessageParts {
	readonly id?: number;
	readonly flags?: number;
	readonly rcode?: number;
	readonly qname: string;
	readonly qtype?: number;
	readonly qclass?: number;
	readonly answer?: readonly Rr[];
	readonly authority?: readonly Rr[];
	readonly additional?: readonly Rr[];
}

export function rr(owner: string, type: number, ttlSec: number, rdata: Uint8Array): Rr {
	return { owner, type, ttlSec, rdata };
}

export function a(owner: string, ttlSec = 300, last = 1): Rr {
	return rr(owner, rrType.A, ttlSec, Uint8Array.of(192, 0, 2, last));
}

export function cname(owner: string, target: string, ttlSec = 300): Rr {
	return rr(owner, rrType.CNAME, ttlSec, nameToWire(target));
}

export function ns(owner: string, target: string, ttlSec = 300): Rr {
	return rr(owner, rrType.NS, ttlSec, nameToWire(target));
}

/** Strings of together `octets` octets of RDATA. */
export function txt(owner: string, octets: number, ttlSec = 300): Rr {
	const rdata = new Uint8Array(octets).fill(0x61);
	for (let at = 0; at < octets; at += 256) rdata[at] = Math.min(255, octets - at - 1);
	return rr(owner, rrType.TXT, ttlSec, rdata);
}

export function soa(owner: string, ttlSec = 3600, minimumSec = 60): Rr {
	const numbers = new Uint8Array(20);
	for (const [index, value] of [1, 7200, 900, 86_400, minimumSec].entries())
		writeUint32(numbers, 4 * index, value);
	return rr(owner, rrType.SOA, ttlSec, join(nameToWire('ns.invalid.'), nameToWire('root.invalid.'), numbers));
}

export function opt(
	options: Uint8Array = new Uint8Array(0),
	extendedRcode = 0,
	version = 0,
	payload = 1232,
	flags = 0,
): Rr {
	const ttl = (extendedRcode << 24) | (version << 16) | flags;
	return { owner: '.', type: rrType.OPT, ttlSec: ttl >>> 0, rdata: options, rrClass: payload };
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** QNAME, QTYPE and QCLASS. */
export function question(qname: string, qtype: number = rrType.A, qclass: number = rrClass.IN): Uint8Array {
	const name = nameToWire(qname);
	const octets = new Uint8Array(name.length + 4);
	octets.set(name);
	writeUint16(octets, name.length, qtype);
	writeUint16(octets, name.length + 2, qclass);
	return octets;
}

/** A whole message; a response unless `flags` says otherwise. */
export function message(parts: MessageParts): Uint8Array {
	const { answer = [], authority = [], additional = [], rcode = 0 } = parts;
	const octets = new Uint8Array(0x1_0000);
	const asked = question(parts.qname, parts.qtype, parts.qclass);
	writeHeader(octets, 0, parts.id ?? 0x1234, (parts.flags ?? flag.qr | flag.rd) | rcode, 0, 0, 0, 0);
	octets.set(asked, headerBytes);
	let at = headerBytes + asked.length;
	for (const record of [...answer, ...authority, ...additional]) {
		const owner = record.owner === '@' ? qnamePointer : nameToWire(record.owner);
		const inClass = record.rrClass ?? rrClass.IN;
		at = appendRecord(octets, at, octets.length, owner, record.type, inClass, record.ttlSec, record.rdata);
		if (at < 0) throw new Error('a message of more than 65,536 octets');
	}
	patchCounts(octets, 0, 1, answer.length, authority.length, additional.length);
	return octets.slice(0, at);
}

/** The octets of a hexadecimal text; blanks are for the reader. */
export function hex(text: string): Uint8Array {
	return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}

/** A copy with the ID of another message: the response to that query. */
export function withIdOf(octets: Uint8Array, query: Uint8Array): Uint8Array {
	const copy = octets.slice();
	copy.set(query.subarray(0, 2));
	return copy;
}
