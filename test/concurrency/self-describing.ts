/**
 * Answers that say themselves what they are, so that a copy can be judged without knowing what was stored last. Size,
 * number of records, TTL offsets, flags and lifetime all follow from the version; so does every octet of the body.
 *
 *   word 0  key   | 1  writer | 2  version | 3  octets of the body | 4 ... octets that follow from the version
 */
import type { Answer } from '../../src/cache/answer.ts';
import { entryKind } from '../../src/cache/layout.ts';
import { readUint32, writeUint32 } from '../../src/wire/header.ts';

const headBytes = 16;

/** A number that follows from another and looks like any (the finisher of MurmurHash3). */
function scatter(value: number): number {
	value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
	value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
	return (value ^ (value >>> 16)) >>> 0;
}

function bodyBytesOf(version: number): number {
	return headBytes + (scatter(version) % 2000);
}

function recordsOf(version: number): number {
	return 1 + (scatter(version ^ 0x5555) % 30);
}

export function describe(answer: Answer, key: number, writer: number, version: number): void {
	const bodyBytes = bodyBytesOf(version);
	answer.reset(version & 0xf, scatter(version) & 0xff, entryKind.positive);
	if (answer.octets.length < 4096) answer.octets = new Uint8Array(4096);
	answer.bodyBytes = bodyBytes;
	answer.answerCount = recordsOf(version);
	answer.lifetimeTicks = 1_000_000 + (version & 0xffff);
	for (let i = 0; i < answer.answerCount; i++) answer.ttlOffsets[i] = (version + i) & 0xffff;
	for (const [index, word] of [key, writer, version, bodyBytes].entries())
		writeUint32(answer.octets, 4 * index, word);
	for (let i = headBytes; i < bodyBytes; i++) answer.octets[i] = scatter(version + i);
}

export const verdict = { whole: 0, torn: 1, alien: 2 } as const;

/** What a copy that was found for `key` is: a value of `verdict`. */
export function judge(answer: Answer, key: number): number {
	const { octets, bodyStart, bodyBytes } = answer;
	const version = versionOf(answer);
	const whole =
		bodyBytes === bodyBytesOf(version) &&
		readUint32(octets, bodyStart + 12) === bodyBytes &&
		answer.answerCount === recordsOf(version) &&
		answer.authorityCount + answer.additionalCount === 0 &&
		answer.flags === (version & 0xf) &&
		answer.extendedRcode === (scatter(version) & 0xff) &&
		answer.lifetimeTicks === 1_000_000 + (version & 0xffff);
	if (!whole) return verdict.torn;
	for (let i = 0; i < answer.answerCount; i++)
		if (answer.ttlOffsets[i] !== ((version + i) & 0xffff)) return verdict.torn;
	for (let i = headBytes; i < bodyBytes; i++) {
		if (octets[bodyStart + i] !== (scatter(version + i) & 0xff)) return verdict.torn;
	}
	return readUint32(octets, bodyStart) === key ? verdict.whole : verdict.alien;
}

export function versionOf(answer: Answer): number {
	return readUint32(answer.octets, answer.bodyStart + 8);
}

export function writerOf(answer: Answer): number {
	return readUint32(answer.octets, answer.bodyStart + 4);
}
