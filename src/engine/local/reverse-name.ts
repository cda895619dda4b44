import { isWithin } from '../../wire/name.ts';
import { nameToWire } from '../../wire/presentation.ts';

const ipv4Zone = nameToWire('in-addr.arpa.');
const ipv6Zone = nameToWire('ip6.arpa.');

/**
 * The address whose reverse name this is (RFC 1035 §3.5, RFC 3596 §2.5), to `target`. Returns its octets, 4 or 16; 0: the
 * name is no whole address.
 *
 * @param name uncompressed, in lower case
 */
export function addressOfReverseName(name: Uint8Array, nameBytes: number, target: Uint8Array): number {
	if (isWithin(name, 0, nameBytes, ipv4Zone)) return ipv4Of(name, nameBytes - ipv4Zone.length, target);
	// 32 labels of one nibble each.
	if (nameBytes !== 64 + ipv6Zone.length || !isWithin(name, 0, nameBytes, ipv6Zone)) return 0;
	for (let i = 0; i < 32; i++) {
		const nibble = nibbleOf(name[2 * i + 1]);
		if (name[2 * i] !== 1 || nibble < 0) return 0;
		const octet = 15 - (i >> 1);
		target[octet] = i & 1 ? target[octet] | (nibble << 4) : nibble;
	}
	return 16;
}

/** @param end where the zone begins */
function ipv4Of(name: Uint8Array, end: number, target: Uint8Array): number {
	let position = 0;
	for (let octet = 3; octet >= 0; octet--) {
		if (position >= end) return 0;
		const length = name[position];
		let value = 0;
		for (let i = 1; i <= length; i++) {
			const digit = name[position + i] - 0x30;
			if (digit < 0 || digit > 9) return 0;
			value = value * 10 + digit;
		}
		const leadingZero = length > 1 && name[position + 1] === 0x30;
		if (length > 3 || leadingZero || value > 255) return 0;
		target[octet] = value;
		position += length + 1;
	}
	return position === end ? 4 : 0;
}

function nibbleOf(octet: number): number {
	if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
	return octet >= 0x61 && octet <= 0x66 ? octet - 0x57 : -1;
}
