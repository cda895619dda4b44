/**
 * Writes the IPv6 address that stands for an IPv4 address behind a prefix (RFC 6052 §2.2). Octet 8, bits 64 to 71, is
 * always 0: an address that would reach over it leaves it out.
 *
 *   /32  prefix | v4      | 0 |                /64  prefix           | 0 | v4     |
 *   /40  prefix   | v4    | 0 | v4 |           /96  prefix                   | v4 |
 *
 * @param prefix 16 octets
 * @param prefixBytes 4, 5, 6, 7, 8 or 12
 */
export function writeTranslated(
	prefix: Uint8Array,
	prefixBytes: number,
	from: Uint8Array,
	fromStart: number,
	to: Uint8Array,
	toStart: number,
): void {
	let place = prefixBytes;
	for (let i = 0; i < 16; i++) to[toStart + i] = i < prefixBytes ? prefix[i] : 0;
	for (let i = 0; i < 4; i++) {
		if (place === 8) place++;
		to[toStart + place++] = from[fromStart + i];
	}
}
