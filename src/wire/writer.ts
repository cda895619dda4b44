import { optBytes, writeOpt } from './edns.ts';
import { at as field, headerBytes, writeHeader, writeUint16, writeUint32 } from './header.ts';

/**
 * Builds a DNS message front to back in octets that the caller owns. Nothing here allocates or throws.
 *
 * Every `append` takes the place `at` to write to and the first place `end` that it may not touch, and returns the
 * place behind what it wrote, or -1 when that would not fit; then nothing was written. Given -1 it returns -1, so a
 * chain of calls needs one check at its end.
 *
 *   start            start + 12
 *   | header         | question         | answer ... | authority ... | additional ... OPT |
 *     ID flags counts  qname type class                        (RFC 1035 §4.1, RFC 6891 §6.1.1)
 */

/** In place of an owner name: a compression pointer to the question's name (RFC 1035 §4.1.4). */
export const qnamePointer = 0xc00c;
export type Owner = Uint8Array | typeof qnamePointer;

/** Appends a header whose four counts are 0. @param flags the header's second 16 bits: QR to RCODE */
export function appendHeader(octets: Uint8Array, at: number, end: number, id: number, flags: number): number {
	if (at < 0 || at + headerBytes > end) return -1;
	writeHeader(octets, at, id, flags, 0, 0, 0, 0);
	return at + headerBytes;
}

/** Overwrites the flags, RCODE included, of the message that starts at `start`. */
export function patchFlags(octets: Uint8Array, start: number, flags: number): void {
	writeUint16(octets, start + field.flags, flags);
}

/** Overwrites the counts of the message that starts at `start`. An OPT counts as an additional record. */
export function patchCounts(
	octets: Uint8Array,
	start: number,
	questions: number,
	answers: number,
	authorities: number,
	additionals: number,
): void {
	writeUint16(octets, start + field.qdcount, questions);
	writeUint16(octets, start + field.ancount, answers);
	writeUint16(octets, start + field.nscount, authorities);
	writeUint16(octets, start + field.arcount, additionals);
}

/** Appends a question. @param qname an uncompressed wire name with its root label, and nothing behind it */
export function appendQuestion(
	octets: Uint8Array,
	at: number,
	end: number,
	qname: Uint8Array,
	qtype: number,
	qclass: number,
): number {
	if (at < 0 || at + qname.length + 4 > end) return -1;
	octets.set(qname, at);
	at += qname.length;
	writeUint16(octets, at, qtype);
	writeUint16(octets, at + 2, qclass);
	return at + 4;
}

/**
 * Appends a record.
 *
 * @param owner an uncompressed wire name, or `qnamePointer`, which is right only behind a question
 * @param ttlSec [0, 2^32): the top bit is written as given
 * @param rdata at most 65,535 octets, names in it uncompressed
 */
export function appendRecord(
	octets: Uint8Array,
	at: number,
	end: number,
	owner: Owner,
	type: number,
	rrClass: number,
	ttlSec: number,
	rdata: Uint8Array,
): number {
	const ownerBytes = owner === qnamePointer ? 2 : owner.length;
	if (at < 0 || rdata.length > 0xffff || at + ownerBytes + 10 + rdata.length > end) return -1;
	if (owner === qnamePointer) writeUint16(octets, at, qnamePointer);
	else octets.set(owner, at);
	at += ownerBytes;
	writeUint16(octets, at, type);
	writeUint16(octets, at + 2, rrClass);
	writeUint32(octets, at + 4, ttlSec);
	writeUint16(octets, at + 8, rdata.length);
	octets.set(rdata, at + 10);
	return at + 10 + rdata.length;
}

/**
 * Appends an OPT pseudo-RR of version 0 without options.
 *
 * @param rcode the whole RCODE, twelve bits: its upper eight go here, its lower four are the header's (RFC 6891 §6.1.3)
 */
export function appendOpt(
	octets: Uint8Array,
	at: number,
	end: number,
	udpPayloadBytes: number,
	rcode: number,
	dnssecOk: boolean,
): number {
	if (at < 0 || at + optBytes > end) return -1;
	return writeOpt(octets, at, udpPayloadBytes, rcode >>> 4, dnssecOk, -1);
}
