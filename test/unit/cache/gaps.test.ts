/** Goal: gaps are where nobody is. Method: a plain set of free words beside them, under whatever is freed and taken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Gaps } from '../../../src/cache/gaps.ts';
import { bucketWord, gapCount } from '../../../src/cache/layout.ts';

const base = 100;

function openGaps(): { gaps: Gaps; words: Int32Array } {
	const words = new Int32Array(base + bucketWord.gaps + gapCount);
	const gaps = new Gaps(words);
	gaps.open(base);
	return { gaps, words };
}

test('where nothing was freed there is no place', () => {
	assert.equal(openGaps().gaps.placeFor(1), 0);
});

test('the smallest gap that is large enough is taken, at its far end', () => {
	const { gaps } = openGaps();
	gaps.add(100, 30);
	gaps.add(200, 10);
	gaps.add(300, 20);
	assert.deepEqual(
		[gaps.placeFor(10), gaps.placeFor(11), gaps.placeFor(30), gaps.placeFor(31)],
		[200, 309, 100, 0],
	);
	gaps.take(309, 11);
	assert.equal(gaps.placeFor(9), 300);
	assert.equal(gaps.placeFor(11), 119);
});

test('neighbors become one, on both sides at once', () => {
	const { gaps } = openGaps();
	gaps.add(100, 10);
	gaps.add(120, 10);
	assert.equal(gaps.placeFor(11), 0);
	gaps.add(110, 10);
	assert.equal(gaps.placeFor(30), 100);
});

test('one more than are known: the smallest is forgotten', () => {
	const { gaps } = openGaps();
	for (let i = 0; i < gapCount; i++) gaps.add(100 * (i + 1), 10 + i);
	gaps.add(5000, 50);
	assert.equal(gaps.placeFor(50), 5000);
	assert.equal(gaps.placeFor(10), 200 + 1, 'the second one now');
	gaps.add(6000, 3);
	assert.equal(gaps.placeFor(3), 200 + 8, 'smaller than all: not remembered');
});

test('they are the same when the bucket is opened again', () => {
	const { gaps, words } = openGaps();
	gaps.add(100, 10);
	gaps.close();
	const again = new Gaps(words);
	again.open(base);
	assert.equal(again.placeFor(10), 100);
	assert.deepEqual([again.takeWhole(101), again.takeWhole(100), again.takeWhole(100)], [0, 10, 0]);
});

test('whatever is freed and taken, a place is free, and no word is given twice', () => {
	const room = 400;
	const step = fc.record({
		free: fc.nat(room - 1),
		sizes: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(40)),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
			const { gaps } = openGaps();
			const used = new Uint8Array(room + 1).fill(1);
			for (const { free, sizes } of steps) {
				let end = free;
				while (end < Math.min(room, free + sizes[0]) && used[end + 1]) end++;
				if (free > 0 && used[free] && end > free) {
					used.fill(0, free, end);
					gaps.add(free, end - free);
				}
				const place = gaps.placeFor(sizes[1] + 1);
				if (place === 0) continue;
				for (let i = place; i <= place + sizes[1]; i++) {
					assert.equal(used[i], 0);
					used[i] = 1;
				}
				gaps.take(place, sizes[1] + 1);
			}
		}),
	);
});
