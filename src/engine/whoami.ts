import ipaddr from 'ipaddr.js';
import type { Answer } from '../cache/answer.ts';
import { entryKind } from '../cache/layout.ts';
import { writeUint16 } from '../wire/header.ts';
import { rcode, rrClass, rrType } from '../wire/iana.ts';
import { type ClientEndpoint, overTcp } from './io.ts';

/** A pointer to the question's name, at offset 12 of every message. */
const pointerToQname = 0xc00c;

/**
 * What `whoami` says: the client's address and, as SRV of `_udp` or `_tcp` below the name, its port; both in the
 * additional section and with TTL 0, as CoreDNS has it.
 *
 * @param scratch at least 64 octets; `answer` goes on to use them
 */
export function answerWhoami(
	answer: Answer,
	client: ClientEndpoint,
	transport: number,
	scratch: Uint8Array,
): void {
	answer.reset(rcode.NOERROR, 0, entryKind.positive);
	const address = ipaddr.parse(client.address).toByteArray();
	let offset = 0;
	writeUint16(scratch, 0, pointerToQname);
	offset = writeFixedPart(scratch, 2, client.family === 4 ? rrType.A : rrType.AAAA, address.length);
	answer.ttlOffsets[0] = offset - 6;
	scratch.set(address, offset);
	offset += address.length;
	const label = transport === overTcp ? '_tcp' : '_udp';
	scratch[offset++] = label.length;
	for (let i = 0; i < label.length; i++) scratch[offset++] = label.charCodeAt(i);
	writeUint16(scratch, offset, pointerToQname);
	offset = writeFixedPart(scratch, offset + 2, rrType.SRV, 7);
	answer.ttlOffsets[1] = offset - 6;
	// Priority and weight 0, the port, and the root as target.
	scratch.fill(0, offset, offset + 7);
	writeUint16(scratch, offset + 4, client.port);
	answer.octets = scratch;
	answer.bodyBytes = offset + 7;
	answer.additionalCount = 2;
}

/** TYPE, CLASS, a TTL of 0 and RDLENGTH; returns the offset behind them. */
function writeFixedPart(octets: Uint8Array, offset: number, type: number, rdataBytes: number): number {
	writeUint16(octets, offset, type);
	writeUint16(octets, offset + 2, rrClass.IN);
	octets.fill(0, offset + 4, offset + 8);
	writeUint16(octets, offset + 8, rdataBytes);
	return offset + 10;
}
