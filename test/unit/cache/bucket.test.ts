/**
 * Goal: inside a bucket nothing is lost, moved out of order or counted wrong. Method: entries are appended, discarded
 * and compacted, by hand and at random beside a plain list; every entry is read back whole.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bucket, entryWords } from '../../../src/cache/bucket.ts';
import { CacheLayout, entryKind } from '../../../src/cache/layout.ts';
import { answerOf, keyOf } from './support.ts';

const layout = new CacheLayout(3 * 8192);

function openBucket(): { bucket: Bucket; words: Int32Array; base: number } {
	const words = new Int32Array(layout.sizeBytes / 4);
	const base = layout.bucketWords;
	const bucket = new Bucket(words, layout);
	bucket.open(base);
	return { bucket, words, base };
}

function add(bucket: Bucket, name: string, kind: number = entryKind.positive, bodyBytes = 40): void {
	bucket.append(keyOf(name), answerOf(kind, 100, 1, bodyBytes), 5, 0, 0);
}

/** Which of the names stand in the bucket, in the order of its slots. */
function names(bucket: Bucket, candidates: readonly string[]): string[] {
	const standing: string[] = [];
	for (let index = 0; index < bucket.count; index++) {
		standing.push(candidates.find((name) => bucket.holds(index, keyOf(name)))!);
	}
	return standing;
}

test('a bucket that was never written is empty and all of it is free', () => {
	const { bucket } = openBucket();
	assert.deepEqual([bucket.count, bucket.hand, bucket.denialWords], [0, 0, 0]);
	assert.equal(bucket.freeWords, bucket.capacityWords);
});

test('an entry costs its words and a slot; negative ones are counted apart', () => {
	const { bucket } = openBucket();
	add(bucket, 'a.');
	add(bucket, 'b.', entryKind.negative);
	add(bucket, 'c.', entryKind.failure, 0);
	const [positive, negative, failure] = [entryKind.positive, entryKind.negative, entryKind.failure].map(
		(kind, index) =>
			entryWords(keyOf('abc'[index]), answerOf(kind, 100, 1, kind === entryKind.failure ? 0 : 40)),
	);
	assert.equal(bucket.capacityWords - bucket.freeWords, positive + negative + failure + 3);
	assert.equal(bucket.denialWords, negative + failure);
	assert.deepEqual(
		[0, 1, 2].map((index) => bucket.kind(index)),
		[0, 1, 2],
	);
});

test('what was closed is there when the bucket is opened again', () => {
	const { bucket, words, base } = openBucket();
	add(bucket, 'a.');
	add(bucket, 'b.', entryKind.negative);
	bucket.hand = 1;
	bucket.close();
	const again = new Bucket(words, layout);
	again.open(base);
	assert.deepEqual(names(again, ['a.', 'b.']), ['a.', 'b.']);
	assert.deepEqual([again.count, again.hand, again.denialWords], [2, 1, bucket.denialWords]);
	assert.equal(again.freeWords, bucket.freeWords);
	again.open(0);
	assert.equal(again.count, 0, 'the bucket before it');
	again.open(2 * base);
	assert.equal(again.count, 0, 'the bucket behind it');
});

test('compaction keeps the order and gives back what was discarded', () => {
	const all = ['a.', 'b.', 'c.', 'd.', 'e.'];
	const { bucket } = openBucket();
	for (const name of all) add(bucket, name);
	const each = (bucket.capacityWords - bucket.freeWords) / 5;
	bucket.discard(0);
	bucket.discard(3);
	bucket.discard(3);
	assert.equal(bucket.freeWords, bucket.capacityWords - 3 * each, 'free at once, once each');
	bucket.compact();
	assert.deepEqual(names(bucket, all), ['b.', 'c.', 'e.']);
	assert.equal(bucket.freeWords, bucket.capacityWords - 3 * each);
	add(bucket, 'f.');
	assert.deepEqual(names(bucket, [...all, 'f.']), ['b.', 'c.', 'e.', 'f.']);
});

test('visits and their times move with their entries', () => {
	const { bucket } = openBucket();
	for (const [index, name] of ['a.', 'b.', 'c.'].entries()) {
		bucket.append(keyOf(name), answerOf(entryKind.positive, 1, 1), 5, 10 + index, 20 + index);
	}
	bucket.discard(0);
	bucket.compact();
	assert.deepEqual([bucket.visits(0), bucket.visits(1)], [11, 12]);
	assert.deepEqual([bucket.visitTime(0), bucket.visitTime(1)], [21, 22]);
});

test('the hand goes on behind the same entry when others are taken out', () => {
	const rows: [hand: number, discarded: number[], expected: number][] = [
		[2, [], 2],
		[2, [0], 1],
		[2, [0, 1], 0],
		[2, [3], 2],
		[2, [2], 2],
		[4, [4], 0],
		[4, [0, 4], 0],
		[5, [0], 0],
	];
	for (const [hand, discarded, expected] of rows) {
		const { bucket } = openBucket();
		for (const name of ['a.', 'b.', 'c.', 'd.', 'e.']) add(bucket, name);
		bucket.hand = hand;
		for (const index of discarded) bucket.discard(index);
		bucket.compact();
		assert.equal(bucket.hand, expected, `hand ${hand}, without ${discarded}`);
	}
});

test('a bucket is full when its slots are, though it has room', () => {
	const { bucket } = openBucket();
	for (let i = 0; i < layout.maxEntries; i++) {
		assert.equal(bucket.isFull, false);
		add(bucket, `${i}.`, entryKind.failure, 0);
	}
	assert.equal(bucket.isFull, true);
	bucket.discard(7);
	assert.equal(bucket.isFull, false);
	bucket.compact();
	assert.equal(bucket.count, layout.maxEntries - 1);
});

test('random appends and discards: the bucket is what a plain list says', () => {
	const step = fc.record({
		discard: fc.array(fc.nat(40), { maxLength: 5 }),
		name: fc.nat(1000),
		kind: fc.constantFrom(0, 1, 2),
		bodyBytes: fc.nat(700),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
			const { bucket } = openBucket();
			let model: { key: ReturnType<typeof keyOf>; words: number; kind: number; stored: number }[] = [];
			for (const [now, { discard, name, kind, bodyBytes }] of steps.entries()) {
				const gone = new Set(discard.filter((index) => index < bucket.count));
				for (const index of gone) bucket.discard(index);
				bucket.compact();
				model = model.filter((_, index) => !gone.has(index));
				const key = keyOf(`n${name}.example.`);
				const answer = answerOf(kind, 100, 7, bodyBytes);
				const words = entryWords(key, answer);
				if (bucket.freeWords < words + 1 || bucket.isFull) continue;
				bucket.append(key, answer, now, 0, 0);
				model.push({ key, words, kind, stored: now });
				assert.equal(bucket.count, model.length);
				assert.equal(
					bucket.capacityWords - bucket.freeWords,
					model.reduce((sum, entry) => sum + entry.words + 1, 0),
				);
				const denials = model.filter((entry) => entry.kind !== entryKind.positive);
				assert.equal(
					bucket.denialWords,
					denials.reduce((sum, entry) => sum + entry.words, 0),
				);
				for (const [index, entry] of model.entries()) {
					assert.ok(bucket.holds(index, entry.key));
					assert.deepEqual([bucket.kind(index), bucket.storedAt(index)], [entry.kind, entry.stored]);
					assert.equal(bucket.expiresAt(index), entry.stored + 100);
				}
			}
		}),
		{ numRuns: 100 },
	);
});
