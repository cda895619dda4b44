/** Goal: what a full bucket gives up is what the policy's comment says. Method: buckets of entries of known ages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bucket } from '../../../src/cache/bucket.ts';
import { CacheLayout, entryKind, visitedBit } from '../../../src/cache/layout.ts';
import { denialShare } from '../../../src/cache/policy/denial-share.ts';
import { sieve } from '../../../src/cache/policy/sieve.ts';
import { answerOf, keyOf, putInto } from './support.ts';

const layout = new CacheLayout(8192);
const { positive, negative, failure } = entryKind;

interface Entry {
	readonly kind?: number;
	readonly visited?: boolean;
	readonly bodyBytes?: number;
}

function bucketOf(entries: readonly Entry[], hand = 0): Bucket {
	const bucket = new Bucket(new Int32Array(layout.sizeBytes / 4), layout);
	bucket.open(0);
	for (const [index, { kind = positive, visited, bodyBytes = 40 }] of entries.entries()) {
		const visits = visited ? visitedBit | 5 : 5;
		putInto(bucket, keyOf(`${index}.`), answerOf(kind, 1000, 1, bodyBytes), 0, visits);
	}
	bucket.hand = hand;
	return bucket;
}

/** Indexes that the policy gives up one after another. */
function victims(bucket: Bucket, count: number, denial = false, neededWords = 20): number[] {
	return Array.from({ length: count }, () => {
		const victim = sieve.chooseVictim(bucket, denial, neededWords);
		bucket.drop(victim);
		return victim;
	});
}

test('the oldest that was not visited goes first', () => {
	const bucket = bucketOf([{ visited: true }, {}, { visited: true }, {}]);
	assert.deepEqual(victims(bucket, 2), [1, 3]);
});

test('a visited entry is spared once, stays where it is, and loses its mark but not its count', () => {
	const bucket = bucketOf([{ visited: true }, { visited: true }, { visited: true }]);
	assert.deepEqual(victims(bucket, 1), [0], 'after a whole round without one that was not visited');
	assert.deepEqual([bucket.visits(1), bucket.visits(2)], [5, 5]);
	assert.deepEqual(victims(bucket, 2), [1, 2]);
});

test('the hand goes on where it stood', () => {
	assert.deepEqual(victims(bucketOf([{}, {}, {}, {}], 2), 4), [2, 3, 0, 1]);
	assert.deepEqual(victims(bucketOf([{}, {}], 9), 2), [0, 1], 'a hand past the end');
});

test('negative answers above their share push out only each other, the oldest first', () => {
	const half = layout.bucketWords / 2;
	const bucket = bucketOf([
		{},
		{ kind: negative, visited: true, bodyBytes: 4 * half * denialShare },
		{},
		{ kind: failure },
		{},
	]);
	assert.deepEqual(victims(bucket, 1, true, half), [1]);
	assert.deepEqual(victims(bucket, 1, true, half), [3]);
	assert.deepEqual(victims(bucket, 1, true, half), [0], 'none is left: it takes part as everybody');
});

test('negative answers below their share are as good as others', () => {
	const bucket = bucketOf([{}, { kind: negative }, {}]);
	assert.deepEqual(victims(bucket, 3, true), [0, 1, 2]);
});

test('a positive newcomer does not push negative answers out first', () => {
	const bucket = bucketOf([{}, { kind: negative }, {}]);
	assert.deepEqual(victims(bucket, 2, false), [0, 1]);
});

test('a dead slot is not chosen', () => {
	const bucket = bucketOf([{}, { kind: negative }, { kind: negative }, {}]);
	bucket.drop(0);
	bucket.drop(1);
	assert.deepEqual(victims(bucket, 2, true, 2000), [2, 3]);
});
