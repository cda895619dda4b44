/**
 * Names as octets (RFC 1035 §3.1, §4.1.4). Readers never throw and never read outside `[start, end)` of the message:
 * what does not parse gives -1.
 */

/** A name in wire form, with its length octets and the root's zero (RFC 1035 §2.3.4). */
export const maxNameBytes = 255;

const pointerBits = 0xc0;
/** A name has at most 127 labels and needs no more pointers: more are there to make readers work (RFC 9267 §2). */
const maxPointers = 127;

/**
 * The offset behind the name at `offset`, or -1. A pointer must point back, before the place where the run of labels
 * that holds it began: each jump goes strictly backwards, so a loop cannot be built (RFC 9267 §2).
 *
 * @param messageStart offset of the message's header in `octets`; pointers count from there
 */
export function skipName(octets: Uint8Array, messageStart: number, offset: number, end: number): number {
	let position = offset;
	let runStart = offset;
	let behind = -1;
	let nameBytes = 0;
	let pointers = 0;
	for (;;) {
		if (position >= end) return -1;
		const length = octets[position];
		if (length >= pointerBits) {
			if (position + 1 >= end || ++pointers > maxPointers) return -1;
			const target = messageStart + (((length & 0x3f) << 8) | octets[position + 1]);
			if (behind < 0) behind = position + 2;
			if (target >= runStart || target < messageStart + 12) return -1;
			position = runStart = target;
			continue;
		}
		if (length > 63) return -1;
		nameBytes += length + 1;
		if (nameBytes > maxNameBytes) return -1;
		position += length + 1;
		if (length === 0) return behind < 0 ? position : behind;
	}
}

/** The offset behind a name that is known to parse. */
export function nameEnd(octets: Uint8Array, offset: number): number {
	let position = offset;
	for (;;) {
		const length = octets[position];
		if (length >= pointerBits) return position + 2;
		position += length + 1;
		if (length === 0) return position;
	}
}

/**
 * Copies the name at `offset` without compression, lower-cased, to `target[targetStart...]`. Returns its length in
 * octets, 0 if it does not parse. At most `maxNameBytes` are written.
 */
export function expandName(
	octets: Uint8Array,
	messageStart: number,
	offset: number,
	end: number,
	target: Uint8Array,
	targetStart: number,
): number {
	if (skipName(octets, messageStart, offset, end) < 0) return 0;
	let position = offset;
	let written = targetStart;
	for (;;) {
		const length = octets[position];
		if (length >= pointerBits) {
			position = messageStart + (((length & 0x3f) << 8) | octets[position + 1]);
			continue;
		}
		target[written++] = length;
		if (length === 0) return written - targetStart;
		for (let i = 1; i <= length; i++) target[written++] = lowerCase(octets[position + i]);
		position += length + 1;
	}
}

/** An ASCII capital becomes small; every other octet stays (RFC 4343 §3). */
export function lowerCase(octet: number): number {
	return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}

/** Whether two runs of octets are equal but for ASCII case. Length octets are below 64 and so compare as they are. */
export function equalIgnoringCase(
	a: Uint8Array,
	aStart: number,
	b: Uint8Array,
	bStart: number,
	length: number,
): boolean {
	for (let i = 0; i < length; i++) {
		const left = a[aStart + i];
		const right = b[bStart + i];
		if (left !== right && lowerCase(left) !== lowerCase(right)) return false;
	}
	return true;
}

/**
 * Whether the uncompressed name at `start` (of `nameBytes` octets) is at or below the uncompressed name `zone`.
 * Both lower-cased.
 */
export function isWithin(name: Uint8Array, start: number, nameBytes: number, zone: Uint8Array): boolean {
	let position = start;
	const zoneStart = start + nameBytes - zone.length;
	while (position < zoneStart) position += name[position] + 1;
	if (position !== zoneStart) return false;
	for (let i = 0; i < zone.length; i++) if (name[zoneStart + i] !== zone[i]) return false;
	return true;
}

/** The labels of an uncompressed name, the root not counted. */
export function labelCount(name: Uint8Array, start: number): number {
	let count = 0;
	for (let position = start; name[position] !== 0; position += name[position] + 1) count++;
	return count;
}
