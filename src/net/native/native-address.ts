import { endianness } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { ClientAddress } from '../transport.ts';

/** Linux's number for IPv4; IPv6 is the only other. */
const inet = 2;
const familyIsFirstOctet = endianness() === 'LE';

/**
 * The address in a socket address of Linux: family (2 octets, the machine's order), port (2, network order), then IPv4:
 * address (4); IPv6: flow (4), address (16), scope (4).
 */
export function addressOf(words: Int32Array, at: number): ClientAddress {
	const octets = new Uint8Array(words.buffer, words.byteOffset + 4 * at, 28);
	const family = octets[familyIsFirstOctet ? 0 : 1];
	const port = (octets[2] << 8) | octets[3];
	const ipv4 = family === inet;
	const address = ipaddr.fromByteArray([...(ipv4 ? octets.subarray(4, 8) : octets.subarray(8, 24))]);
	return { address: address.toString(), port, family: ipv4 ? 4 : 6 };
}
