import { maxNameBytes } from '../../wire/name.ts';

/**
 * Names in files of queries and logs, to wire form. As wire/presentation.ts, but for millions of lines: it reads octets
 * where they lie, takes octets above 0x7f as they are, as dnsperf does, and says what is wrong without throwing.
 */

/** How octets are written that cannot stand for themselves: `\DDD` and `\X` (RFC 1035 §5.1), or Zeek's `\xHH`. */
export type Escapes = 'presentation' | 'zeek';

const dot = 0x2e;
const backslash = 0x5c;
const maxLabelBytes = 63;
/** An escape gave this octet, and so many octets of text belong to it. Set anew by each escape. */
let escapedOctet = 0;
/** The name that is being read; a length octet at the place of each dot. */
const scratch = new Uint8Array(maxNameBytes + 2);

/**
 * The name in the text at `octets[start, end)`, with or without its last dot, its case kept; or what is wrong with it, in
 * words that follow the name.
 */
export function readName(
	octets: Uint8Array,
	start: number,
	end: number,
	escapes: Escapes,
): Uint8Array | string {
	if (start >= end) return 'is empty; the root is written "."';
	if (end - start === 1 && octets[start] === dot) return new Uint8Array(1);
	let labelStart = 0;
	let written = 1;
	for (let position = start; position < end; ) {
		let octet = octets[position++];
		if (octet === dot) {
			const labelBytes = written - labelStart - 1;
			if (labelBytes === 0) return 'has an empty label; write one dot between two labels';
			if (labelBytes > maxLabelBytes) return longLabel(labelBytes);
			scratch[labelStart] = labelBytes;
			labelStart = written;
		} else if (octet === backslash) {
			const textBytes =
				escapes === 'zeek' ? readHex(octets, position, end) : readEscape(octets, position, end);
			if (textBytes < 0) return 'has an escape that is none; write \\DDD with a number up to 255, or \\X';
			octet = escapedOctet;
			position += textBytes;
		}
		if (written > maxNameBytes) return tooLong;
		scratch[written++] = octet;
	}
	const labelBytes = written - labelStart - 1;
	if (labelBytes > maxLabelBytes) return longLabel(labelBytes);
	scratch[labelStart] = labelBytes;
	if (labelBytes > 0) scratch[written++] = 0;
	return written > maxNameBytes ? tooLong : scratch.slice(0, written);
}

const tooLong = `takes more than ${maxNameBytes} octets in a message`;

function longLabel(bytes: number): string {
	return `has a label of ${bytes} octets; ${maxLabelBytes} are allowed`;
}

/** Reads what follows a backslash at `position`. Returns its length in octets of text, or -1. */
function readEscape(octets: Uint8Array, position: number, end: number): number {
	if (position >= end) return -1;
	if (!isDigit(octets[position])) {
		escapedOctet = octets[position];
		return 1;
	}
	if (position + 3 > end || !isDigit(octets[position + 1]) || !isDigit(octets[position + 2])) return -1;
	const value = octets[position] * 100 + octets[position + 1] * 10 + octets[position + 2] - 0x30 * 111;
	if (value > 255) return -1;
	escapedOctet = value;
	return 3;
}

/** As `readEscape`. A backslash that begins no escape stands for itself: Zeek's JSON writes single ones. */
function readHex(octets: Uint8Array, position: number, end: number): number {
	if (octets[position] === 0x78 && position + 3 <= end) {
		const high = hexDigit(octets[position + 1]);
		const low = hexDigit(octets[position + 2]);
		if (high >= 0 && low >= 0) {
			escapedOctet = (high << 4) | low;
			return 3;
		}
	}
	escapedOctet = backslash;
	return position < end && octets[position] === backslash ? 1 : 0;
}

function isDigit(octet: number): boolean {
	return octet >= 0x30 && octet <= 0x39;
}

function hexDigit(octet: number): number {
	if (isDigit(octet)) return octet - 0x30;
	const lower = octet | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Whether the text of a name ends with a dot that is not escaped. */
export function endsWithDot(octets: Uint8Array, start: number, end: number): boolean {
	if (end <= start || octets[end - 1] !== dot) return false;
	let slashes = 0;
	for (let position = end - 2; position >= start && octets[position] === backslash; position--) slashes++;
	return slashes % 2 === 0;
}
