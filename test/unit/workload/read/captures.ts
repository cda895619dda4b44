/** Captures for tests, written octet by octet so that they may also be wrong: packets from the inside out, then files. */
import ipaddr from 'ipaddr.js';
import { join } from '../../wire/messages.ts';

/** Big-endian numbers: `octets(2, 53)` is `00 35`. */
export function uint(bytes: number, value: number | bigint, littleEndian = false): Uint8Array {
	const octets = new Uint8Array(bytes);
	for (let i = 0, rest = BigInt(value); i < bytes; i++, rest >>= 8n) octets[i] = Number(rest & 0xffn);
	return littleEndian ? octets : octets.reverse();
}

export function udp(
	source: number,
	target: number,
	message: Uint8Array,
	messageBytes = message.length,
): Uint8Array {
	return join(uint(2, source), uint(2, target), uint(2, 8 + messageBytes), uint(2, 0), message);
}

/** A segment with options if `words` is above 5, and messages with their length before each. */
export function tcp(source: number, target: number, data: Uint8Array, words = 5): Uint8Array {
	const header = join(
		uint(2, source),
		uint(2, target),
		uint(8, 0),
		uint(1, words << 4),
		uint(1, 0x18),
		uint(6, 0),
	);
	return join(header, new Uint8Array((words - 5) * 4), data);
}

export function withLength(message: Uint8Array): Uint8Array {
	return join(uint(2, message.length), message);
}

export interface IpOptions {
	readonly source?: string;
	readonly target?: string;
	readonly protocol?: number;
	/** In units of eight octets, as the header has it. */
	readonly fragmentOffset?: number;
	/** IPv4: octets of options. IPv6: extension headers, each with the number of its own type. */
	readonly options?: Uint8Array;
	readonly extensions?: readonly { readonly type: number; readonly body: Uint8Array }[];
	/** Of the header's field, if it is to be wrong. */
	readonly length?: number;
}

function address(text: string): Uint8Array {
	return Uint8Array.from(ipaddr.parse(text).toByteArray());
}

export function ipv4(payload: Uint8Array, options: IpOptions = {}): Uint8Array {
	const { source = '10.0.0.1', target = '10.0.0.53', protocol = 17, fragmentOffset = 0 } = options;
	const more = options.options ?? new Uint8Array(0);
	const headerBytes = 20 + more.length;
	const length = options.length ?? headerBytes + payload.length;
	const first = join(uint(1, 0x40 | (headerBytes / 4)), uint(1, 0), uint(2, length), uint(2, 7));
	const second = join(uint(2, fragmentOffset), uint(1, 64), uint(1, protocol), uint(2, 0));
	return join(first, second, address(source), address(target), more, payload);
}

export function ipv6(payload: Uint8Array, options: IpOptions = {}): Uint8Array {
	const { source = '2001:db8::1', target = '2001:db8::53', protocol = 17, extensions = [] } = options;
	const types = [...extensions.map(({ type }) => type), protocol];
	const bodies = extensions.map(({ body }, i) => join(uint(1, types[i + 1]), body));
	const rest = join(...bodies, payload);
	const length = options.length ?? rest.length;
	const first = join(uint(4, 0x6000_0000), uint(2, length), uint(1, types[0]), uint(1, 64));
	return join(first, address(source), address(target), rest);
}

/** The EtherType of an IP packet. */
function typeOf(packet: Uint8Array): Uint8Array {
	return uint(2, packet[0] >>> 4 === 4 ? 0x0800 : 0x86dd);
}

/** @param tags EtherType and tag of each VLAN */
export function ethernet(packet: Uint8Array, tags: readonly (readonly [number, number])[] = []): Uint8Array {
	const tagged = tags.map(([type, tag]) => join(uint(2, type), uint(2, tag)));
	return join(new Uint8Array(12), ...tagged, typeOf(packet), packet);
}

export function cooked(packet: Uint8Array): Uint8Array {
	return join(new Uint8Array(14), typeOf(packet), packet);
}

export function cooked2(packet: Uint8Array): Uint8Array {
	return join(typeOf(packet), new Uint8Array(18), packet);
}

export interface Packet {
	readonly frame: Uint8Array;
	/** In microseconds since 1970; or in what the file's unit is. */
	readonly time?: number | bigint;
	/** Octets of the frame that were captured. */
	readonly captured?: number;
}

export interface PcapOptions {
	readonly littleEndian?: boolean;
	readonly nanoseconds?: boolean;
	readonly linkType?: number;
}

export function pcap(packets: readonly Packet[], options: PcapOptions = {}): Uint8Array {
	const { littleEndian = true, nanoseconds = false, linkType = 1 } = options;
	const number = (bytes: number, value: number | bigint): Uint8Array => uint(bytes, value, littleEndian);
	const magic = number(4, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	const header = join(
		magic,
		number(2, 2),
		number(2, 4),
		number(8, 0),
		number(4, 65_535),
		number(4, linkType),
	);
	const unitsPerSec = nanoseconds ? 1_000_000_000n : 1_000_000n;
	const records = packets.map(({ frame, time = 0, captured = frame.length }) => {
		const seconds = BigInt(time) / unitsPerSec;
		const times = join(number(4, seconds), number(4, BigInt(time) % unitsPerSec));
		return join(times, number(4, captured), number(4, frame.length), frame.subarray(0, captured));
	});
	return join(header, ...records);
}

/** Blocks of a pcapng. */
export class Blocks {
	readonly #littleEndian: boolean;

	constructor(littleEndian = true) {
		this.#littleEndian = littleEndian;
	}

	number(bytes: number, value: number | bigint): Uint8Array {
		return uint(bytes, value, this.#littleEndian);
	}

	block(type: number, ...body: Uint8Array[]): Uint8Array {
		const content = padded(join(...body));
		const length = this.number(4, content.length + 12);
		return join(this.number(4, type), length, content, length);
	}

	section(): Uint8Array {
		const rest = join(this.number(2, 1), this.number(2, 0), this.number(8, 0xffff_ffff_ffff_ffffn));
		return this.block(0x0a0d0d0a, this.number(4, 0x1a2b3c4d), rest);
	}

	interface(
		linkType: number,
		options: readonly (readonly [number, Uint8Array])[] = [],
		snapBytes = 0,
	): Uint8Array {
		const written = options.map(([code, value]) =>
			join(this.number(2, code), this.number(2, value.length), padded(value)),
		);
		return this.block(1, this.number(2, linkType), this.number(2, 0), this.number(4, snapBytes), ...written);
	}

	enhanced({ frame, time = 0, captured = frame.length }: Packet, number = 0): Uint8Array {
		return this.block(6, this.number(4, number), ...this.#timed(time, captured, frame));
	}

	/** The block of before the enhanced one. */
	packet({ frame, time = 0, captured = frame.length }: Packet, number = 0): Uint8Array {
		return this.block(2, this.number(2, number), this.number(2, 0), ...this.#timed(time, captured, frame));
	}

	simple({ frame, captured = frame.length }: Packet): Uint8Array {
		return this.block(3, this.number(4, frame.length), frame.subarray(0, captured));
	}

	#timed(time: number | bigint, captured: number, frame: Uint8Array): Uint8Array[] {
		const halves = [this.number(4, BigInt(time) >> 32n), this.number(4, BigInt(time) & 0xffff_ffffn)];
		return [...halves, this.number(4, captured), this.number(4, frame.length), frame.subarray(0, captured)];
	}
}

function padded(octets: Uint8Array): Uint8Array {
	return join(octets, new Uint8Array(-octets.length & 3));
}
