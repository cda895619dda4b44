import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Fault } from './zone-name.ts';

/**
 * The reverse zones of an address range in CIDR form: one for a length on a boundary of labels (8 bits in in-addr.arpa,
 * 4 in ip6.arpa), otherwise those of the next longer boundary that make it up: 10.0.0.0/7 is two. At most 128.
 * Undefined if `text` is not ADDRESS/LENGTH at all.
 */
export function reverseZones(text: string): string[] | Fault | undefined {
	const match = /^([^/]+)\/(\d+)$/.exec(text);
	const family = match ? isIP(match[1]) : 0;
	if (!match || family === 0) return undefined;
	const bits = Number(match[2]);
	const [widthBits, addressBits, suffix] = family === 4 ? [8, 32, 'in-addr.arpa.'] : [4, 128, 'ip6.arpa.'];
	if (bits > addressBits || match[1].includes('%')) {
		return {
			message: `\`${text}\` is not an address range`,
			hint: `the length goes from 0 to ${addressBits}`,
		};
	}
	const octets = ipaddr.parse(match[1]).toByteArray();
	const digits = family === 4 ? octets : octets.flatMap((octet) => [octet >> 4, octet & 0xf]);
	const wholeCount = Math.floor(bits / widthBits);
	const labels = digits.slice(0, wholeCount);
	const restBits = bits % widthBits;
	if (restBits === 0) return [zoneOf(labels, family, suffix)];

	const count = 1 << (widthBits - restBits);
	const first = digits[wholeCount] & ~(count - 1);
	return Array.from({ length: count }, (_, i) => zoneOf([...labels, first + i], family, suffix));
}

function zoneOf(digits: readonly number[], family: number, suffix: string): string {
	const radix = family === 4 ? 10 : 16;
	return [...digits.map((digit) => digit.toString(radix)).reverse(), suffix].join('.');
}
