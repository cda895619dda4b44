import { readUint16 } from '../../../wire/header.ts';

/** Link layers of captures, by LINKTYPE (tcpdump.org): where the IP packet begins. */

const ethernetBytes = 14;
const cookedBytes = 16;
const cooked2Bytes = 20;
const loopbackBytes = 4;
const vlanBytes = 4;
/** More tags than networks have; without a bound a packet of nothing but tags would be walked through. */
const vlanMax = 4;

const ethertype = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** 802.1Q, 802.1ad and what was used before it. */
const vlanTypes = new Set([0x8100, 0x88a8, 0x9100]);

/** The packet is of another protocol than IP, or too short to say. */
export const notIp = -1;

/** Where the IP packet of the frame at `octets[start, end)` begins, or `notIp`. */
type FindIp = (octets: Uint8Array, start: number, end: number) => number;

/** @param typeAt where the EtherType stands that belongs to what begins at `position` */
function behindTags(octets: Uint8Array, typeAt: number, position: number, end: number): number {
	for (let tags = 0; position <= end && tags <= vlanMax; tags++) {
		const type = readUint16(octets, typeAt);
		if (type === ethertype.ipv4 || type === ethertype.ipv6) return position;
		if (!vlanTypes.has(type)) return notIp;
		// A tag: two octets of it, then the EtherType of what follows.
		typeAt = position + 2;
		position += vlanBytes;
	}
	return notIp;
}

const ethernet: FindIp = (octets, start, end) => behindTags(octets, start + 12, start + ethernetBytes, end);
const cooked: FindIp = (octets, start, end) => behindTags(octets, start + 14, start + cookedBytes, end);
const cooked2: FindIp = (octets, start, end) => behindTags(octets, start, start + cooked2Bytes, end);
const raw: FindIp = (_octets, start) => start;
/** Four octets of an address family whose numbers differ between systems: the IP version says as much. */
const loopback: FindIp = (_octets, start) => start + loopbackBytes;

const links: ReadonlyMap<number, FindIp> = new Map([
	[0, loopback],
	[1, ethernet],
	[12, raw],
	[14, raw],
	[101, raw],
	[108, loopback],
	[113, cooked],
	[228, raw],
	[229, raw],
	[276, cooked2],
]);

/** For messages. */
export const linkTypesText =
	'Ethernet (1), Linux cooked (113, 276), raw IP (12, 14, 101, 228, 229), loopback (0, 108)';

export function findLink(linkType: number): FindIp | undefined {
	return links.get(linkType);
}
