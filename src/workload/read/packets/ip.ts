import { readUint16 } from '../../../wire/header.ts';

export const protocol = { tcp: 6, udp: 17 } as const;

/**
 * What an IP packet carries (RFC 791, RFC 8200). One object for all packets, filled anew by `readIp`. A capture may hold
 * less of the packet than was sent.
 */
export class IpPacket {
	protocol = 0;
	/** Where the addresses lie, and how long each is: 4 or 16 octets. */
	sourceAt = 0;
	targetAt = 0;
	addressBytes = 4;
	/** `[start, end)` is what was captured of the payload; `bytes` is how long it was. */
	start = 0;
	end = 0;
	bytes = 0;
}

export const ipOutcome = {
	ok: '',
	cut: 'cut off by the capture',
	damaged: 'damaged IP header',
	/** The first fragment has the ports and is read; the others have none. */
	laterFragment: 'later fragments',
} as const;
export type IpOutcome = (typeof ipOutcome)[keyof typeof ipOutcome];

/** Reads the packet at `octets[start, end)`. */
export function readIp(packet: IpPacket, octets: Uint8Array, start: number, end: number): IpOutcome {
	if (start >= end) return ipOutcome.cut;
	const version = octets[start] >>> 4;
	if (version === 4) return readIpv4(packet, octets, start, end);
	return version === 6 ? readIpv6(packet, octets, start, end) : ipOutcome.damaged;
}

function readIpv4(packet: IpPacket, octets: Uint8Array, start: number, end: number): IpOutcome {
	if (start + 20 > end) return ipOutcome.cut;
	const headerBytes = (octets[start] & 0xf) * 4;
	// A network card that cuts the packet itself leaves its length 0: then it is as long as it is.
	const totalBytes = readUint16(octets, start + 2) || end - start;
	if (headerBytes < 20 || totalBytes < headerBytes) return ipOutcome.damaged;
	if ((readUint16(octets, start + 6) & 0x1fff) !== 0) return ipOutcome.laterFragment;
	packet.protocol = octets[start + 9];
	packet.sourceAt = start + 12;
	packet.targetAt = start + 16;
	packet.addressBytes = 4;
	return setPayload(packet, start + headerBytes, end, totalBytes - headerBytes);
}

/** Extension headers that say their length in units of eight octets behind the first: hop-by-hop, routing, destination. */
const plainExtensions = new Set([0, 43, 60, 135, 139, 140]);
const fragmentHeader = 44;
const authenticationHeader = 51;
/** More than any packet has. */
const extensionsMax = 8;

function readIpv6(packet: IpPacket, octets: Uint8Array, start: number, end: number): IpOutcome {
	if (start + 40 > end) return ipOutcome.cut;
	packet.sourceAt = start + 8;
	packet.targetAt = start + 24;
	packet.addressBytes = 16;
	let next = octets[start + 6];
	let position = start + 40;
	let bytes = readUint16(octets, start + 4) || end - position;
	for (let extensions = 0; extensions < extensionsMax; extensions++) {
		const isFragment = next === fragmentHeader;
		if (!isFragment && next !== authenticationHeader && !plainExtensions.has(next)) break;
		if (position + 8 > end) return ipOutcome.cut;
		if (isFragment && (readUint16(octets, position + 2) & 0xfff8) !== 0) return ipOutcome.laterFragment;
		const length = octets[position + 1];
		const extensionBytes = isFragment
			? 8
			: next === authenticationHeader
				? (length + 2) * 4
				: (length + 1) * 8;
		next = octets[position];
		position += extensionBytes;
		bytes -= extensionBytes;
		if (bytes < 0) return ipOutcome.damaged;
	}
	packet.protocol = next;
	return setPayload(packet, position, end, bytes);
}

function setPayload(packet: IpPacket, start: number, end: number, bytes: number): IpOutcome {
	if (start > end) return ipOutcome.cut;
	packet.start = start;
	// Behind the packet an Ethernet frame may have octets that fill it up.
	packet.end = Math.min(end, start + bytes);
	packet.bytes = bytes;
	return ipOutcome.ok;
}
