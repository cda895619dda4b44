/** Length framing over chunks that end anywhere, against the obvious way: join all octets, then cut. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FrameWriter, framed, MessageFraming } from '../../../src/net/tcp-framing.ts';
import { frame } from './support.ts';

function pull(framing: MessageFraming): string[] {
	const messages: string[] = [];
	while (framing.next()) {
		messages.push(
			Buffer.from(framing.octets).toString('latin1', framing.start, framing.start + framing.length),
		);
	}
	return messages;
}

describe('MessageFraming', () => {
	it('finds every message whatever the chunks, and keeps what is not complete', () => {
		const messages = fc.array(
			fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 300, maxLength: 3000 })),
			{ maxLength: 12 },
		);
		const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 40 });
		fc.assert(
			fc.property(messages, cuts, fc.uint8Array({ minLength: 1, maxLength: 1 }), (wanted, sizes, tail) => {
				const stream = Buffer.concat([...wanted.map((message) => frame(message)), tail]);
				const framing = new MessageFraming();
				const got: string[] = [];
				let at = 0;
				for (const size of [...sizes, stream.length]) {
					framing.push(Buffer.from(stream.subarray(at, at + size)));
					at += size;
					got.push(...pull(framing));
				}
				assert.deepEqual(
					got,
					wanted.map((message) => Buffer.from(message).toString('latin1')),
				);
				assert.equal(framing.taken, wanted.length);
				assert.ok(framing.pending);
			}),
			{ numRuns: 200 },
		);
	});

	it('gathers a message of 65,535 octets from single octets', () => {
		const message = Uint8Array.from({ length: 65_535 }, (_, i) => (i * 31) & 0xff);
		const framing = new MessageFraming();
		for (const octet of frame(message)) {
			assert.equal(framing.next(), false);
			framing.push(Uint8Array.of(octet));
		}
		assert.equal(framing.next(), true);
		assert.deepEqual(
			Buffer.from(framing.octets.subarray(framing.start, framing.start + framing.length)),
			Buffer.from(message),
		);
		assert.equal(framing.pending, false);
	});

	it('waits between two messages of a chunk and takes more chunks meanwhile', () => {
		const framing = new MessageFraming();
		framing.push(Buffer.concat([frame('one'), frame('two')]));
		assert.equal(framing.next(), true);
		assert.ok(framing.pending);
		framing.push(frame('three'));
		assert.deepEqual(pull(framing), ['two', 'three']);
		assert.equal(framing.pending, false);
	});

	it('passes an empty message as length 0', () => {
		const framing = new MessageFraming();
		framing.push(Uint8Array.of(0, 0, 0, 1, 65));
		assert.deepEqual(pull(framing), ['', 'A']);
	});
});

describe('framed', () => {
	it('puts the length in two octets before a copy of the range', () => {
		const octets = Buffer.from('..abc..');
		const result = framed(octets, 2, 3);
		octets.fill(0);
		assert.deepEqual([...result], [0, 3, 97, 98, 99]);
		assert.deepEqual([...framed(new Uint8Array(65_535), 0, 65_535).subarray(0, 2)], [255, 255]);
	});
});

describe('FrameWriter', () => {
	it('gathers copies of messages behind their lengths, of any size, and starts anew when they are taken', () => {
		const writer = new FrameWriter();
		const octets = Buffer.from('..abc..');
		writer.add(octets, 2, 3);
		octets.fill(0);
		writer.add(new Uint8Array(65_535).fill(7), 0, 65_535);
		assert.equal(writer.bytes, 5 + 2 + 65_535);
		const taken = writer.take();
		assert.equal(writer.bytes, 0);
		writer.add(Buffer.from('z'), 0, 1);
		assert.deepEqual([...taken.subarray(0, 8)], [0, 3, 97, 98, 99, 255, 255, 7]);
		assert.equal(taken.length, 5 + 2 + 65_535);
		assert.deepEqual([...writer.take()], [0, 1, 122]);
	});
});
