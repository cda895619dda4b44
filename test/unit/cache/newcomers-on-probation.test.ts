/**
 * Goal: S3-FIFO in a bucket gives up what its comment says. Method: buckets with entries of one size, by hand; and whole caches
 * through the writer, where names come back after they were evicted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bucket } from '../../../src/cache/bucket.ts';
import {
	CacheLayout,
	entryKind,
	ghostCount,
	visitedAgainBit,
	visitedBit,
} from '../../../src/cache/layout.ts';
import { evictionPolicies } from '../../../src/cache/policy/index.ts';
import { probationShare, s3Fifo } from '../../../src/cache/policy/s3-fifo.ts';
import { found } from '../../../src/cache/reader.ts';
import { answerOf, keyOf, openCache, putInto } from './support.ts';

const layout = new CacheLayout(8192);
const { positive, negative } = entryKind;
const now = 1000;

interface Entry {
	readonly name: string;
	readonly kind?: number;
	readonly visits?: number;
	readonly isProtected?: boolean;
	readonly bodyBytes?: number;
}

/** Octets of a body that takes a quarter of the queue of newcomers, with what stands around it. */
const quarterBytes = 4 * layout.bucketWords * probationShare * 0.25 - 40;

function bucketOf(entries: readonly Entry[]): Bucket {
	const bucket = new Bucket(new Int32Array(layout.sizeBytes / 4), layout);
	bucket.open(0);
	for (const {
		name,
		kind = positive,
		visits = 0,
		isProtected = false,
		bodyBytes = quarterBytes,
	} of entries) {
		putInto(bucket, keyOf(name), answerOf(kind, 1000, 1, bodyBytes), 0, visits, 0, isProtected);
	}
	return bucket;
}

const newcomers = (names: string, rest: Partial<Entry> = {}): Entry[] =>
	[...names].map((letter) => ({ name: `${letter}.`, ...rest }));
const kept = (names: string, rest: Partial<Entry> = {}): Entry[] =>
	newcomers(names, { isProtected: true, ...rest });

/** Names that go, one after the other, for newcomers of a kind. */
function victims(bucket: Bucket, count: number, denial = false): string {
	let gone = '';
	for (let i = 0; i < count; i++) {
		const index = s3Fifo.chooseVictim(bucket, denial, 20);
		assert.equal(bucket.isDead(index), false);
		gone += nameAt(bucket, index);
		bucket.drop(index);
	}
	return gone;
}

function nameAt(bucket: Bucket, index: number): string {
	for (const letter of 'abcdefghijklmnopqrstuvwxyz')
		if (bucket.find(keyOf(`${letter}.`), index) === index) return letter;
	return '?';
}

test('newcomers above their share go first, the oldest that nobody asked for', () => {
	const bucket = bucketOf([...kept('abc'), ...newcomers('defghij')]);
	assert.equal(victims(bucket, 3), 'def');
});

test('below their share the oldest of the others goes', () => {
	const bucket = bucketOf([...kept('abc'), ...newcomers('de')]);
	assert.equal(victims(bucket, 2), 'ab');
	assert.equal(victims(bucket, 2), 'cd', 'and newcomers when nobody else is left');
});

test('a newcomer that was asked for is protected, with no visits but its count of hits', () => {
	const bucket = bucketOf([
		...newcomers('a', { visits: visitedBit | visitedAgainBit | 9 }),
		...newcomers('bcdef'),
	]);
	assert.equal(victims(bucket, 1), 'b');
	const index = bucket.find(keyOf('a.'), 0);
	assert.deepEqual([bucket.isProtected(index), bucket.visits(index)], [true, 9]);
});

test('of the protected one that was asked for stays a round, one that was asked for twice two', () => {
	const bucket = bucketOf([
		...kept('a', { visits: visitedBit | visitedAgainBit | 3 }),
		...kept('b', { visits: visitedBit }),
		...kept('cde'),
	]);
	assert.equal(victims(bucket, 3), 'cde');
	assert.equal(victims(bucket, 1), 'b', 'a was visited again');
	assert.equal(bucket.visits(bucket.find(keyOf('a.'), 0)), 3);
	assert.equal(victims(bucket, 1), 'a');
});

test('a denial takes the place of another one where they have half of the queue', () => {
	const denials = newcomers('bcd', { kind: negative });
	assert.equal(
		victims(bucketOf([...kept('xyz'), ...newcomers('a'), ...denials, ...newcomers('ef')]), 1, true),
		'b',
	);
});

test('a denial takes the place of an answer where denials have less', () => {
	const bucket = bucketOf([...kept('xyz'), ...newcomers('abcde'), ...newcomers('f', { kind: negative })]);
	assert.equal(victims(bucket, 1, true), 'a');
});

test('an answer takes the place of an answer, unless denials have more of the queue', () => {
	const denials = newcomers('efghij', { kind: negative });
	assert.equal(victims(bucketOf([...kept('xyz'), ...newcomers('abcd'), ...denials]), 1), 'e');
	const fewer = newcomers('efg', { kind: negative });
	assert.equal(victims(bucketOf([...kept('xyz'), ...newcomers('abcd'), ...fewer]), 1), 'a');
});

test('who comes back while it is remembered is protected at once, and remembered no more', () => {
	const { writer, words, layout, find } = openCache();
	const bucket = new Bucket(words, layout);
	writer.insert(keyOf('first.'), answerOf(positive, 100_000, 1), now, false);
	let names = 0;
	while (find(keyOf('first.'), now).result === found.fresh) {
		// The look is a visit, which would keep it.
		clearVisits(words, layout);
		writer.insert(keyOf(`n${names++}.`), answerOf(positive, 100_000, 1), now, false);
	}
	writer.insert(keyOf('first.'), answerOf(positive, 100_000, 1), now, false);
	bucket.open(0);
	assert.equal(bucket.isProtected(bucket.find(keyOf('first.'), 0)), true);
	assert.equal(bucket.recall(keyOf('first.').hashLow), false);
	assert.equal(bucket.isProtected(bucket.find(keyOf(`n${names - 1}.`), 0)), false);
});

function clearVisits(words: Int32Array, { visitsAt, maxEntries }: CacheLayout): void {
	new Uint8Array(words.buffer).fill(0, 4 * visitsAt, 4 * visitsAt + maxEntries);
}

test('a new answer for a protected name is protected, and so is one that comes after it had expired and was dropped', () => {
	const { writer, words, layout } = openCache();
	const bucket = new Bucket(words, layout);
	const isProtected = (): boolean => {
		bucket.open(0);
		return bucket.isProtected(bucket.find(keyOf('kept.'), 0));
	};
	bucket.open(0);
	putInto(bucket, keyOf('kept.'), answerOf(positive, 10, 1), now, 0, 0, true);
	bucket.close();
	writer.insert(keyOf('kept.'), answerOf(positive, 10, 2), now + 5, false);
	assert.equal(isProtected(), true);
	for (let i = 0; i < 200; i++)
		writer.insert(keyOf(`n${i}.`), answerOf(positive, 100_000, 1), now + 5, false);
	for (let i = 0; i < 20; i++)
		writer.insert(keyOf(`m${i}.`), answerOf(positive, 100_000, 1), now + 100, false);
	bucket.open(0);
	assert.equal(bucket.find(keyOf('kept.'), 0), -1, 'it was dropped');
	writer.insert(keyOf('kept.'), answerOf(positive, 10, 3), now + 101, false);
	assert.equal(isProtected(), true);
});

test('a bucket remembers the last few that it was told to, in any order of coming back', () => {
	const bucket = bucketOf([]);
	const key = (i: number): ReturnType<typeof keyOf> => keyOf(`ghost${i}.`);
	for (let i = 0; i < 2 * ghostCount; i++) {
		putInto(bucket, key(i), answerOf(positive, 1000, 1, 4), 0);
		const index = bucket.find(key(i), 0);
		bucket.remember(index);
		bucket.drop(index);
	}
	for (let i = 0; i < ghostCount; i++)
		assert.equal(bucket.recall(key(i).hashLow), false, `${i} is too long ago`);
	for (let i = 2 * ghostCount - 1; i >= ghostCount; i--) {
		assert.equal(bucket.recall(key(i).hashLow), true);
		assert.equal(bucket.recall(key(i).hashLow), false, 'once');
	}
});

for (const { name, policy } of evictionPolicies) {
	test(`${name}: a cache that is far too small keeps its bounds, whatever is asked`, () => {
		const { writer, words, layout, find } = openCache({ sizeBytes: 4 * 8192, policy });
		const bucket = new Bucket(words, layout);
		for (let i = 0; i < 20_000; i++) {
			const kind = i % 7 === 0 ? negative : positive;
			const key = keyOf(`n${(i * i) % 911}.`);
			if (find(key, now).result === found.nothing) {
				writer.insert(key, answerOf(kind, 100_000, 1, (i * 37) % 900), now, false);
			}
			if (i % 100 !== 0) continue;
			for (let at = 0; at < layout.bucketCount; at++) {
				bucket.open(at * layout.bucketWords);
				judgeSums(bucket);
			}
		}
	});

	test(`${name}: a hundred thousand random denials leave answers that are asked for (T33)`, () => {
		const { writer, find } = openCache({ sizeBytes: 32 * 8192, policy });
		const hot = Array.from({ length: 500 }, (_, index) => keyOf(`hot${index}.example.`));
		for (const one of hot) writer.insert(one, answerOf(positive, 100_000, 1), now, false);
		let hits = 0;
		for (let i = 0; i < 100_000; i++) {
			writer.insert(keyOf(`random${i}.example.`), answerOf(negative, 10_000, 2, 90), now, false);
			if (i % 10 !== 0) continue;
			const one = hot[(i / 10) % hot.length];
			if (find(one, now).result === found.fresh) hits++;
			else writer.insert(one, answerOf(positive, 100_000, 1), now, false);
		}
		assert.ok(hits >= 9500, `${hits} of 10,000 hit`);
	});
}

/** What a bucket counts is what its slots add up to. */
function judgeSums(bucket: Bucket): void {
	let entries = 0;
	for (let index = 0; index < bucket.count; index++) if (!bucket.isDead(index)) entries++;
	assert.equal(bucket.count - bucket.deadCount, entries);
	assert.equal(bucket.freeWords + bucket.entryWords + entries, bucket.capacityWords);
	assert.ok(bucket.freeWords >= 0);
	assert.ok(bucket.protectedWords <= bucket.entryWords && bucket.denialWords <= bucket.entryWords);
	assert.ok(bucket.protectedDenialWords <= Math.min(bucket.protectedWords, bucket.denialWords));
	assert.ok(
		bucket.entryWords - bucket.denialWords - bucket.protectedWords + bucket.protectedDenialWords >= 0,
	);
}
