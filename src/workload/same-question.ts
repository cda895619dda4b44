import { at, headerBytes, readUint16 } from '../wire/header.ts';
import { lowerCase } from '../wire/name.ts';
import { Views } from '../wire/views.ts';

const replies = new Views();

/**
 * Whether a message has one question, and that question is the one at `own[ownStart, ownStart + questionBytes)`: the name
 * but for ASCII case (RFC 4343 §3), type and class exactly. An equal run of octets is an equal name, since the lengths of
 * its labels are in it; and the first name of a message cannot be compressed.
 *
 * Two runs make the question where it has a label in front: that one is for the caller to compare.
 *
 * @param own a view of octets with a whole question
 * @param start of the message in `octets`, where `length` octets are to be had
 * @param skippedBytes of the message's question that stand before what is compared
 */
export function holdsQuestion(
	own: DataView,
	ownStart: number,
	questionBytes: number,
	octets: Uint8Array,
	start: number,
	length: number,
	skippedBytes: number,
): boolean {
	if (length < headerBytes + skippedBytes + questionBytes || readUint16(octets, start + at.qdcount) !== 1)
		return false;
	const reply = replies.of(octets);
	const first = start + headerBytes + skippedBytes;
	const nameBytes = questionBytes - 4;
	return (
		own.getInt32(ownStart + nameBytes) === reply.getInt32(first + nameBytes) &&
		sameName(own, ownStart, reply, first, nameBytes)
	);
}

/** Whether two runs of octets are equal but for ASCII case. */
function sameName(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
	const whole = length & ~3;
	for (let i = 0; i < whole; i += 4) {
		if (!sameLetters(a.getInt32(aStart + i), b.getInt32(bStart + i))) return false;
	}
	for (let i = whole; i < length; i++) {
		if (lowerCase(a.getUint8(aStart + i)) !== lowerCase(b.getUint8(bStart + i))) return false;
	}
	return true;
}

/** Whether two words of four octets are equal but for ASCII case. */
export function sameLetters(left: number, right: number): boolean {
	return left === right || withoutCapitals(left) === withoutCapitals(right);
}

/** Four octets with their ASCII capitals made small: see `copyName` of views.ts for how. */
function withoutCapitals(word: number): number {
	const low = word & 0x7f7f7f7f;
	const capitals = ((low + 0x3f3f3f3f) ^ (low + 0x25252525)) & ~word & 0x80808080;
	return word | (capitals >>> 2);
}
