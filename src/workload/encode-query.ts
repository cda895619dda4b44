import { PetrelError } from '../util/errors.ts';
import { optBytes, writeOpt } from '../wire/edns.ts';
import { at as field, flag, headerBytes, writeHeader, writeUint16 } from '../wire/header.ts';
import { maxNameBytes } from '../wire/name.ts';
import type { TraceEdns } from './trace-query.ts';

/** What a query says besides its name and type. */
export interface EncodedFields {
	readonly qclass: number;
	/** RD */
	readonly recursionDesired: boolean;
	/** undefined: no OPT */
	readonly edns: TraceEdns | undefined;
}

/**
 * Writes a query with ID 0, one question and, with EDNS, an OPT without options. Returns the offset behind it; at most
 * `maxQueryBytes` are written.
 */
export function encodeQuery(
	octets: Uint8Array,
	at: number,
	qname: Uint8Array,
	qtype: number,
	{ qclass, recursionDesired, edns }: EncodedFields,
): number {
	if (qname.length === 0 || qname.length > maxNameBytes) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`a name takes ${qname.length} octets; 1 to ${maxNameBytes} are allowed`,
		);
	}
	writeHeader(octets, at, 0, recursionDesired ? flag.rd : 0, 1, 0, 0, edns ? 1 : 0);
	octets.set(qname, at + headerBytes);
	const end = at + headerBytes + qname.length;
	writeUint16(octets, end, qtype);
	writeUint16(octets, end + 2, qclass);
	return edns ? writeOpt(octets, end + 4, edns.udpPayloadBytes, 0, edns.dnssecOk, -1) : end + 4;
}

/** Octets of the question of a query that `encodeQuery` wrote, which has `length` octets. */
export function questionBytesOf(octets: Uint8Array, start: number, length: number): number {
	return length - headerBytes - (octets[start + field.arcount + 1] === 0 ? 0 : optBytes);
}
