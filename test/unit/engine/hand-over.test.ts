/** Goal: an answer arrives at another shard as it would have been sent here. Method: encode, decode, compose both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Answer } from '../../../src/cache/answer.ts';
import { Asker, composeReply } from '../../../src/engine/compose.ts';
import { decodeHandOver, encodeHandOver } from '../../../src/engine/hand-over.ts';
import { compileHeaderRules } from '../../../src/rewrite/header-rules.ts';
import { writeUint16, writeUint32 } from '../../../src/wire/header.ts';

interface Shape {
	readonly counts: readonly [number, number, number];
	readonly rdataBytes: readonly number[];
	readonly flags: number;
	readonly extendedRcode: number;
	readonly kind: number;
	readonly edeCode: number;
	readonly fixedTtlSec: number;
	readonly ageSec: number;
	readonly bodyStart: number;
}

const ttlSec = 1000;

/** Records with the root as owner; an answer that could have come from anywhere. */
function answerOf(shape: Shape): Answer {
	const answer = new Answer();
	answer.reset(shape.flags, shape.extendedRcode, shape.kind);
	[answer.answerCount, answer.authorityCount, answer.additionalCount] = shape.counts;
	const sizes = Array.from(
		{ length: answer.recordCount },
		(_, i) => shape.rdataBytes[i % shape.rdataBytes.length],
	);
	answer.octets = new Uint8Array(shape.bodyStart + sizes.reduce((sum, size) => sum + 11 + size, 0)).fill(7);
	answer.bodyStart = shape.bodyStart;
	let at = shape.bodyStart;
	for (const [record, size] of sizes.entries()) {
		answer.octets[at] = 0;
		answer.ttlOffsets[record] = at + 5 - shape.bodyStart;
		writeUint32(answer.octets, at + 5, ttlSec);
		writeUint16(answer.octets, at + 9, size);
		at += 11 + size;
	}
	answer.bodyBytes = at - shape.bodyStart;
	answer.edeCode = shape.edeCode;
	answer.fixedTtlSec = shape.fixedTtlSec;
	answer.ageSec = shape.ageSec;
	return answer;
}

function replyOf(answer: Answer): Buffer {
	const asker = Object.assign(new Asker(), { id: 1, hasOpt: true, dnssecOk: true, limitBytes: 0xffff });
	const out = new Uint8Array(0x1_0400);
	return Buffer.from(out.subarray(0, composeReply(answer, asker, compileHeaderRules([]), out, 0)));
}

const shape: fc.Arbitrary<Shape> = fc.record({
	counts: fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5)),
	rdataBytes: fc.array(fc.nat(300), { minLength: 1, maxLength: 4 }),
	flags: fc.constantFrom(0, 3, 0x20, 0x25),
	extendedRcode: fc.nat(255),
	kind: fc.nat(2),
	edeCode: fc.constantFrom(-1, 0, 22),
	fixedTtlSec: fc.constantFrom(-1, 0, 30),
	ageSec: fc.constantFrom(0, 1, 999, 1000, 2000),
	bodyStart: fc.nat(9),
});

test('whatever the answer, both shards send the same reply, and the claim arrives with it', () => {
	fc.assert(
		fc.property(
			shape,
			fc.nat(0x7fff_ffff),
			fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
			(of, place, generation) => {
				const sent = answerOf(of);
				const before = replyOf(sent);
				const octets = encodeHandOver(place, generation, sent);
				const received = new Answer();
				received.ageSec = 77;
				received.edeCode = 77;
				assert.deepEqual(decodeHandOver(octets, received), { place, generation });
				assert.deepEqual(replyOf(received), before);
				assert.deepEqual(replyOf(sent), before, 'the sender’s answer stays');
			},
		),
		{ numRuns: 300 },
	);
});

test('what was encoded may lie anywhere in a larger buffer', () => {
	const sent = answerOf({
		counts: [3, 1, 1],
		rdataBytes: [4],
		flags: 3,
		extendedRcode: 1,
		kind: 1,
		edeCode: 3,
		fixedTtlSec: 30,
		ageSec: 0,
		bodyStart: 1,
	});
	const octets = encodeHandOver(1, 2, sent);
	for (const offset of [0, 1, 2, 3]) {
		const buffer = new Uint8Array(octets.length + 8);
		buffer.set(octets, offset);
		const received = new Answer();
		decodeHandOver(buffer.subarray(offset, offset + octets.length), received);
		assert.deepEqual(replyOf(received), replyOf(sent));
		assert.equal(received.kind, 1);
	}
});

test('what was encoded does not change with the buffers it was made from', () => {
	const sent = answerOf({
		counts: [1, 0, 0],
		rdataBytes: [4],
		flags: 0,
		extendedRcode: 0,
		kind: 0,
		edeCode: -1,
		fixedTtlSec: -1,
		ageSec: 0,
		bodyStart: 0,
	});
	const before = replyOf(sent);
	const octets = encodeHandOver(1, 2, sent);
	sent.octets.fill(0);
	const received = new Answer();
	decodeHandOver(octets, received);
	assert.deepEqual(replyOf(received), before);
});
