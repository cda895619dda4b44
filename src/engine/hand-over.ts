import type { Answer } from '../cache/answer.ts';

/**
 * An answer on its way to a shard whose clients wait for it, stored or not. In 32-bit words:
 *
 *   claim place | claim generation | flags | RCODE high, kind | EDE | fixed TTL | answers | authorities | additionals |
 *   body octets | lifetime in ticks | TTL offsets, 16 bits each, padded | body
 */
const headerWords = 11;

export interface HandOver {
	readonly place: number;
	readonly generation: number;
}

export function encodeHandOver(place: number, generation: number, answer: Answer): Uint8Array {
	const offsetWords = (answer.recordCount + 1) >> 1;
	const bodyStart = (headerWords + offsetWords) << 2;
	const octets = new Uint8Array(bodyStart + answer.bodyBytes);
	const words = new Int32Array(octets.buffer, 0, headerWords);
	words.set([
		place,
		generation,
		answer.flags,
		answer.extendedRcode | (answer.kind << 8),
		answer.edeCode,
		answer.fixedTtlSec,
		answer.answerCount,
		answer.authorityCount,
		answer.additionalCount,
		answer.bodyBytes,
		answer.lifetimeTicks,
	]);
	const offsets = new Uint16Array(octets.buffer, headerWords << 2, answer.recordCount);
	for (let i = 0; i < offsets.length; i++) offsets[i] = answer.ttlOffsets[i];
	octets.set(answer.octets.subarray(answer.bodyStart, answer.bodyStart + answer.bodyBytes), bodyStart);
	writeAge(octets, bodyStart, answer);
	return octets;
}

/** TTLs travel as the sender would have sent them, so that the receiver need not know the answer's age. */
function writeAge(octets: Uint8Array, bodyStart: number, answer: Answer): void {
	if (answer.ageSec === 0) return;
	const view = new DataView(octets.buffer);
	for (let i = 0; i < answer.recordCount; i++) {
		const at = bodyStart + answer.ttlOffsets[i];
		view.setUint32(at, Math.max(0, view.getUint32(at) - answer.ageSec));
	}
}

/** Fills `answer` from what `encodeHandOver` made; the octets stay in use with it. */
export function decodeHandOver(octets: Uint8Array, answer: Answer): HandOver {
	// The octets may stand anywhere in a larger buffer: words need an aligned copy of the head.
	const head = octets.slice(0, headerWords << 2);
	const words = new Int32Array(head.buffer, 0, headerWords);
	answer.reset(words[2], words[3] & 0xff, words[3] >>> 8);
	answer.edeCode = words[4];
	answer.fixedTtlSec = words[5];
	answer.answerCount = words[6];
	answer.authorityCount = words[7];
	answer.additionalCount = words[8];
	answer.bodyBytes = words[9];
	answer.lifetimeTicks = words[10];
	const records = answer.recordCount;
	answer.octets = octets;
	answer.bodyStart = (headerWords + ((records + 1) >> 1)) << 2;
	for (let i = 0; i < records; i++) {
		const at = (headerWords << 2) + 2 * i;
		answer.ttlOffsets[i] = octets[at] | (octets[at + 1] << 8);
	}
	return { place: words[0], generation: words[1] };
}
