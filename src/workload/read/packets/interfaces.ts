import { readUint32 } from './pcap.ts';

/** An interface as a pcapng describes it. */
export interface Interface {
	readonly linkType: number;
	/** What is captured of a packet at most; 0: everything. */
	readonly snapBytes: number;
	/** Units of time in a second: a power of 10 or of 2. */
	readonly unitsPerSec: bigint;
	/** Added to every time. */
	readonly offsetSec: number;
}

const option = { end: 0, timeResolution: 9, timeOffset: 14 } as const;
/** Microseconds, if the description does not say. */
const usualUnits = 1_000_000n;
/** Finer than 10^-18 or 2^-60 is no clock; and numbers beyond are of no use. */
const maxDecimalExponent = 18;
const maxBinaryExponent = 60;

/**
 * Reads the body of an interface description at `octets[start, end)`, of eight octets at least:
 *
 *   LINKTYPE 2 | reserved 2 | snapshot length 4 | options: code 2 | length 2 | value, filled up to a multiple of 4
 */
export function readInterface(octets: Buffer, start: number, end: number, littleEndian: boolean): Interface {
	const uint16 = (offset: number): number =>
		littleEndian ? octets.readUInt16LE(offset) : octets.readUInt16BE(offset);
	let unitsPerSec = usualUnits;
	let offsetSec = 0;
	for (let position = start + 8; position + 4 <= end; ) {
		const code = uint16(position);
		const length = uint16(position + 2);
		const value = position + 4;
		if (code === option.end || value + length > end) break;
		if (code === option.timeResolution && length >= 1) unitsPerSec = readResolution(octets[value]);
		if (code === option.timeOffset && length >= 8) {
			offsetSec = Number(littleEndian ? octets.readBigInt64LE(value) : octets.readBigInt64BE(value));
		}
		position = value + ((length + 3) & ~3);
	}
	return {
		linkType: uint16(start),
		snapBytes: readUint32(octets, start + 4, littleEndian),
		unitsPerSec,
		offsetSec,
	};
}

/** The top bit tells powers of 2 from powers of 10. */
function readResolution(octet: number): bigint {
	const exponent = octet & 0x7f;
	return octet & 0x80
		? 2n ** BigInt(Math.min(exponent, maxBinaryExponent))
		: 10n ** BigInt(Math.min(exponent, maxDecimalExponent));
}

/** A packet's time, which is a number of units in two halves, in milliseconds. */
export function timeMs({ unitsPerSec, offsetSec }: Interface, high: number, low: number): number {
	if (unitsPerSec === usualUnits && high < 0x20_0000) {
		// Below 2^53 µs a double holds it.
		return (high * 0x1_0000_0000 + low) / 1000 + offsetSec * 1000;
	}
	const units = (BigInt(high) << 32n) | BigInt(low);
	const seconds = units / unitsPerSec;
	const rest = units % unitsPerSec;
	return (Number(seconds) + offsetSec) * 1000 + (Number(rest) / Number(unitsPerSec)) * 1000;
}
