/**
 * Goal: inside a bucket nothing is lost, moved out of order or counted wrong. Method: entries are put in, dropped and
 * gathered, by hand and at random beside a plain list; every entry is read back whole.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bucket } from '../../../src/cache/bucket.ts';
import { entryWords } from '../../../src/cache/entry.ts';
import { dropExpired } from '../../../src/cache/expiry.ts';
import { CacheLayout, entryKind, maxDeadSlots } from '../../../src/cache/layout.ts';
import { answerOf, keyOf, putInto } from './support.ts';

const layout = new CacheLayout(3 * 8192);

function openBucket(): { bucket: Bucket; words: Int32Array; base: number } {
	const words = new Int32Array(layout.sizeBytes / 4);
	const base = layout.bucketWords;
	const bucket = new Bucket(words, layout);
	bucket.open(base);
	return { bucket, words, base };
}

function add(bucket: Bucket, name: string, kind: number = entryKind.positive, bodyBytes = 40): void {
	putInto(bucket, keyOf(name), answerOf(kind, 100, 1, bodyBytes), 5);
}

/** Which of the names stand in the bucket, in the order of its slots. */
function names(bucket: Bucket, candidates: readonly string[]): string[] {
	const standing: string[] = [];
	for (let index = 0; index < bucket.count; index++) {
		if (bucket.isDead(index)) continue;
		standing.push(candidates.find((name) => bucket.find(keyOf(name), index) === index)!);
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

test('gathering keeps the order and brings together what was dropped', () => {
	const all = ['a.', 'b.', 'c.', 'd.', 'e.'];
	const { bucket } = openBucket();
	for (const name of all) add(bucket, name);
	const each = (bucket.capacityWords - bucket.freeWords) / 5;
	bucket.drop(0);
	bucket.drop(3);
	bucket.drop(3);
	assert.equal(bucket.freeWords, bucket.capacityWords - 3 * each, 'free at once, once each');
	assert.deepEqual(names(bucket, all), ['b.', 'c.', 'e.']);
	bucket.gather();
	assert.deepEqual(names(bucket, all), ['b.', 'c.', 'e.']);
	assert.equal(bucket.freeWords, bucket.capacityWords - 3 * each);
	assert.ok(bucket.roomFor(bucket.freeWords - 1 - maxDeadSlots) > 0, 'all of it in one piece');
	add(bucket, 'f.');
	assert.deepEqual(names(bucket, [...all, 'f.']), ['b.', 'c.', 'e.', 'f.']);
});

test('an entry takes the far end of the gap that others left if it fits, else the end of the log', () => {
	const { bucket } = openBucket();
	for (const name of ['a.', 'b.', 'c.', 'd.']) add(bucket, name);
	const size = entryWords(keyOf('a.'), answerOf(entryKind.positive, 100, 1));
	const end = layout.bucketWords;
	assert.equal(bucket.roomFor(size), end - 5 * size);
	bucket.drop(1);
	assert.equal(bucket.roomFor(size + 1), end - 5 * size - 1);
	assert.equal(bucket.roomFor(size), end - 2 * size);
	bucket.drop(2);
	assert.equal(bucket.roomFor(size + 1), end - 2 * size - 1, 'two neighbours are one gap');
	bucket.close();
	bucket.open(end);
	add(bucket, 'e.');
	assert.equal(bucket.roomFor(size), end - 3 * size, 'the rest of the gap');
	bucket.drop(0);
	add(bucket, 'f.');
	add(bucket, 'g.');
	assert.equal(bucket.roomFor(size), end - 5 * size, 'both gaps are full');
	assert.deepEqual(names(bucket, ['a.', 'b.', 'c.', 'd.', 'e.', 'f.', 'g.']), ['d.', 'e.', 'f.', 'g.']);
});

test('a gap grows to either side', () => {
	const { bucket } = openBucket();
	for (const name of ['a.', 'b.', 'c.', 'd.']) add(bucket, name);
	const size = entryWords(keyOf('a.'), answerOf(entryKind.positive, 100, 1));
	bucket.drop(2);
	bucket.drop(1);
	assert.equal(bucket.roomFor(2 * size), layout.bucketWords - 3 * size);
});

test('dead slots are taken out before there are too many, and entries keep their visits', () => {
	const { bucket } = openBucket();
	for (let i = 0; i < 20; i++) {
		putInto(bucket, keyOf(`n${i}.`), answerOf(entryKind.positive, 1, 1), 5, 10 + i, 20 + i);
	}
	for (let i = 0; i < 15; i++) {
		bucket.drop(bucket.find(keyOf(`n${i}.`), 0));
		putInto(bucket, keyOf(`m${i}.`), answerOf(entryKind.positive, 1, 1), 5, 40 + i, 60 + i);
		assert.ok(bucket.deadCount <= maxDeadSlots);
		assert.equal(bucket.count - bucket.deadCount, 20);
	}
	for (let i = 15; i < 20; i++) {
		const index = bucket.find(keyOf(`n${i}.`), 0);
		assert.deepEqual([bucket.visits(index), bucket.visitTime(index)], [10 + i, 20 + i]);
	}
	for (let i = 0; i < 15; i++) {
		const index = bucket.find(keyOf(`m${i}.`), 0);
		assert.deepEqual([bucket.visits(index), bucket.visitTime(index)], [40 + i, 60 + i]);
	}
});

test('the hand goes on behind the same entry when others are taken out', () => {
	const rows: [hand: number, dropped: number[], expected: number][] = [
		[2, [], 2],
		[2, [0], 1],
		[2, [0, 1], 0],
		[2, [3], 2],
		[2, [2], 2],
		[4, [4], 0],
		[4, [0, 4], 0],
		[5, [0], 0],
	];
	for (const [hand, dropped, expected] of rows) {
		const { bucket } = openBucket();
		for (const name of ['a.', 'b.', 'c.', 'd.', 'e.']) add(bucket, name);
		bucket.hand = hand;
		for (const index of dropped) bucket.drop(index);
		bucket.gather();
		assert.equal(bucket.hand, expected, `hand ${hand}, without ${dropped}`);
	}
});

test('what expired goes, all of it, and the earliest expiry is known', () => {
	const { bucket } = openBucket();
	const expiries = [300, 100, 200, 100, 400];
	for (const [i, lifetime] of expiries.entries()) {
		putInto(bucket, keyOf(`${i}.`), answerOf(i === 3 ? entryKind.negative : 0, lifetime, 1), 0);
	}
	assert.equal(bucket.earliestExpiry, 100);
	const kinds: number[] = [];
	dropExpired(bucket, 101, (index) => kinds.push(bucket.kind(index)));
	assert.deepEqual(kinds, [entryKind.positive, entryKind.negative]);
	assert.equal(bucket.earliestExpiry, 200);
	assert.deepEqual(names(bucket, ['0.', '1.', '2.', '3.', '4.']), ['0.', '2.', '4.']);
	assert.equal(bucket.denialWords, 0);
	dropExpired(bucket, 200, () => assert.fail('at 200 it was fresh for a last time'));
});

test('a bucket is full when its slots are, though it has room', () => {
	const { bucket } = openBucket();
	for (let i = 0; i < layout.maxEntries; i++) {
		assert.equal(bucket.isFull, false);
		add(bucket, `${i}.`, entryKind.failure, 0);
	}
	assert.equal(bucket.isFull, true);
	assert.equal(bucket.roomFor(1), 0);
	bucket.drop(7);
	assert.equal(bucket.isFull, false);
	add(bucket, 'more.', entryKind.failure, 0);
	assert.deepEqual([bucket.isFull, bucket.count], [true, layout.maxEntries]);
});

test('whatever is put in and dropped: the bucket is what a plain list says', () => {
	const step = fc.record({
		drop: fc.array(fc.nat(40), { maxLength: 5 }),
		gather: fc.boolean(),
		renew: fc.option(fc.nat(40), { freq: 2 }),
		name: fc.nat(1000),
		kind: fc.constantFrom(0, 1, 2),
		bodyBytes: fc.nat(700),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
			const { bucket } = openBucket();
			let model: Entry[] = [];
			for (const [now, { drop, gather, renew, name, kind, bodyBytes }] of steps.entries()) {
				for (const index of drop) {
					if (index >= bucket.count || bucket.isDead(index)) continue;
					const stored = bucket.storedAt(index);
					bucket.drop(index);
					model = model.filter((entry) => entry.stored !== stored);
				}
				if (renew !== null && renew < bucket.count && !bucket.isDead(renew)) {
					const stored = bucket.storedAt(renew);
					bucket.renew(renew, 3);
					const renewed = model.find((entry) => entry.stored === stored)!;
					model = [...model.filter((entry) => entry !== renewed), { ...renewed, isProtected: true }];
				}
				if (gather) bucket.gather();
				const key = keyOf(`n${name}.example.`);
				const answer = answerOf(kind, 100, 7, bodyBytes);
				const words = entryWords(key, answer);
				if (bucket.roomFor(words) > 0) {
					putInto(bucket, key, answer, now);
					model.push({ key, words, kind, stored: now, isProtected: false });
				}
				judge(bucket, model);
			}
		}),
		{ numRuns: 100 },
	);
});

interface Entry {
	readonly key: ReturnType<typeof keyOf>;
	readonly words: number;
	readonly kind: number;
	readonly stored: number;
	readonly isProtected: boolean;
}

function judge(bucket: Bucket, model: readonly Entry[]): void {
	const words = (entries: readonly Entry[]): number => entries.reduce((sum, entry) => sum + entry.words, 0);
	assert.equal(bucket.count - bucket.deadCount, model.length);
	assert.equal(bucket.capacityWords - bucket.freeWords, words(model) + model.length);
	const isDenial = (entry: Entry): boolean => entry.kind !== entryKind.positive;
	const kept = model.filter(({ isProtected }) => isProtected);
	assert.equal(bucket.entryWords, words(model));
	assert.equal(bucket.denialWords, words(model.filter(isDenial)));
	assert.equal(bucket.protectedWords, words(kept));
	assert.equal(bucket.protectedDenialWords, words(kept.filter(isDenial)));
	let index = -1;
	for (const entry of model) {
		do index++;
		while (bucket.isDead(index));
		assert.equal(bucket.find(entry.key, index), index);
		assert.deepEqual([bucket.kind(index), bucket.storedAt(index)], [entry.kind, entry.stored]);
		assert.equal(bucket.isDenial(index), isDenial(entry));
		assert.equal(bucket.isProtected(index), entry.isProtected);
		assert.equal(bucket.expiresAt(index), entry.stored + 100);
	}
}
