/** Goal: frames come out of octets that are cut anywhere as they went in, and what is none is said to be none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Frame, FrameReader, frameHeadBytes, newFrame } from '../../../../src/server/record/frame.ts';
import { repliesIn } from '../../../../src/server/record/recorded-reply.ts';

function frameOf(units: number, lostCount: number, fill: number): Uint8Array {
	return newFrame(units * 8, lostCount).fill(fill, frameHeadBytes);
}

test('frames that are cut anywhere', () => {
	const frame = fc.record({ units: fc.nat(20), lost: fc.nat(0xffff_ffff), fill: fc.nat(255) });
	const cuts = fc.array(fc.nat(2000));
	fc.assert(
		fc.property(fc.array(frame), cuts, (frames, at) => {
			const octets = Buffer.concat(frames.map(({ units, lost, fill }) => frameOf(units, lost, fill)));
			const reader = new FrameReader();
			const found: Frame[] = [];
			const places = [0, ...at.filter((place) => place < octets.length).sort((a, b) => a - b), octets.length];
			for (const [i, place] of places.slice(1).entries())
				found.push(...reader.read(octets.subarray(places[i], place)));
			assert.ok(reader.isBetweenFrames);
			assert.deepEqual(
				found.map(({ lostCount, records }) => [lostCount, records.length, records[0]]),
				frames.map(({ units, lost, fill }) => [lost, units * 8, units > 0 ? fill : undefined]),
			);
		}),
	);
});

test('a frame that is cut short is not whole, one of odd length is none', () => {
	const reader = new FrameReader();
	assert.deepEqual([...reader.read(frameOf(2, 0, 1).subarray(0, 20))], []);
	assert.equal(reader.isBetweenFrames, false);
	const odd = Buffer.from(Uint32Array.of(7, 0).buffer);
	assert.throws(() => [...new FrameReader().read(odd)], RangeError);
	const large = Buffer.from(Uint32Array.of(0xffff_fff8, 0).buffer);
	assert.throws(() => [...new FrameReader().read(large)], RangeError);
});

test('whatever stands in a frame is replies or a RangeError', () => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 0, maxLength: 400 }), (octets) => {
			const records = new Uint8Array(octets.length & ~7);
			records.set(octets.subarray(0, records.length));
			try {
				for (const { qname, client } of repliesIn(records)) {
					assert.ok(qname.length + client.length <= records.length);
				}
			} catch (thrown) {
				assert.ok(thrown instanceof RangeError, String(thrown));
			}
		}),
	);
});
