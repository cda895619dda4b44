/**
 * Goal: what was stored for a key is found for that key, as it was, for as long as it may be served, and nothing else
 * ever. Method: rows of what stands for a key, at which age, and what a look-up then gives; equal hashes by force.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answer } from '../../../src/cache/answer.ts';
import type { CacheKey } from '../../../src/cache/key.ts';
import {
	entryKind,
	hitCountMax,
	marksAt,
	maxSharedBodyBytes,
	unknownSeq,
	visitedBit,
} from '../../../src/cache/layout.ts';
import { found } from '../../../src/cache/reader.ts';
import { acquired, acquireWrite, releaseWrite, WriterIdentity } from '../../../src/cache/seqlock.ts';
import { randomBelow, seededRandom } from '../../../src/util/random.ts';
import { answerOf, keyOf, openCache, secret } from './support.ts';

const { positive, negative, failure } = entryKind;
const key = keyOf('www.example.');
const now = 1000;

interface Stored {
	readonly kind: number;
	readonly lifetime: number;
	readonly fill: number;
	readonly keepPositive?: boolean;
	readonly at?: number;
}

interface Row {
	readonly what: string;
	readonly stored: readonly Stored[];
	readonly at: number;
	readonly stale?: number;
	readonly result: number;
	readonly fill?: number;
}

const p: Stored = { kind: positive, lifetime: 100, fill: 1 };
const n: Stored = { kind: negative, lifetime: 50, fill: 2 };
const f: Stored = { kind: failure, lifetime: 20, fill: 3 };
const keep = { keepPositive: true } as const;

const rows: readonly Row[] = [
	{ what: 'nothing', stored: [], at: now, result: found.nothing },
	{ what: 'a positive answer', stored: [p], at: now, result: found.fresh, fill: 1 },
	{ what: 'a positive answer in its last tick', stored: [p], at: now + 99, result: found.fresh, fill: 1 },
	{ what: 'a positive answer that expired now', stored: [p], at: now + 100, result: found.nothing },
	{ what: 'the same, stale allowed', stored: [p], at: now + 100, stale: 30, result: found.stale, fill: 1 },
	{
		what: 'a stale answer in its last tick',
		stored: [p],
		at: now + 129,
		stale: 30,
		result: found.stale,
		fill: 1,
	},
	{
		what: 'an answer behind the stale window (T46)',
		stored: [p],
		at: now + 130,
		stale: 30,
		result: found.nothing,
	},
	{ what: 'a negative answer', stored: [n], at: now + 49, result: found.fresh, fill: 2 },
	{ what: 'a negative answer that expired', stored: [n], at: now + 50, result: found.nothing },
	{ what: 'a stale negative answer', stored: [n], at: now + 60, stale: 30, result: found.stale, fill: 2 },
	{ what: 'a failure', stored: [f], at: now + 19, result: found.failure, fill: 3 },
	{ what: 'a failure whose hold is over', stored: [f], at: now + 20, result: found.nothing },
	{ what: 'a failure is never stale', stored: [f], at: now + 20, stale: 99, result: found.nothing },
	{ what: 'a newer positive answer', stored: [p, { ...p, fill: 9 }], at: now, result: found.fresh, fill: 9 },
	{ what: 'NXDOMAIN behind a positive answer', stored: [p, n], at: now, result: found.fresh, fill: 2 },
	{
		what: 'NXDOMAIN behind a positive answer, both expired: the positive one is gone (T43)',
		stored: [p, n],
		at: now + 100,
		stale: 999,
		result: found.stale,
		fill: 2,
	},
	{ what: 'a positive answer behind NXDOMAIN (T44)', stored: [n, p], at: now, result: found.fresh, fill: 1 },
	{
		what: 'a positive answer behind NXDOMAIN, expired: NXDOMAIN does not come back',
		stored: [{ ...n, lifetime: 500 }, p],
		at: now + 150,
		result: found.nothing,
	},
	{ what: 'a failure behind a positive answer (T29)', stored: [p, f], at: now, result: found.fresh, fill: 1 },
	{
		what: 'a failure and a stale answer',
		stored: [{ ...p, lifetime: 5 }, f],
		at: now + 10,
		stale: 30,
		result: found.staleHeld,
		fill: 1,
	},
	{
		what: 'a failure and a stale negative answer',
		stored: [{ ...n, lifetime: 5 }, f],
		at: now + 10,
		stale: 30,
		result: found.staleHeld,
		fill: 2,
	},
	{
		what: 'a failure and an answer behind the stale window',
		stored: [{ ...p, lifetime: 5 }, f],
		at: now + 10,
		stale: 3,
		result: found.failure,
		fill: 3,
	},
	{
		what: 'a failure and an expired answer, no stale answers allowed',
		stored: [{ ...p, lifetime: 5 }, f],
		at: now + 10,
		result: found.failure,
		fill: 3,
	},
	{
		what: 'an answer behind a failure: the failure is forgotten',
		stored: [f, { ...p, lifetime: 5 }],
		at: now + 10,
		result: found.nothing,
	},
	{
		what: 'NXDOMAIN behind a failure',
		stored: [f, { ...n, lifetime: 5 }],
		at: now + 10,
		result: found.nothing,
	},
	{
		what: 'prefer_positive: NXDOMAIN beside a fresh positive answer',
		stored: [p, { ...n, ...keep }],
		at: now + 10,
		result: found.fresh,
		fill: 1,
	},
	{
		what: 'prefer_positive: a fresh NXDOMAIN beside a stale positive answer needs no refresh',
		stored: [
			{ ...p, lifetime: 5 },
			{ ...n, ...keep },
		],
		at: now + 10,
		stale: 30,
		result: found.staleHeld,
		fill: 1,
	},
	{
		what: 'prefer_positive: both expired, a refresh is due',
		stored: [
			{ ...p, lifetime: 5 },
			{ ...n, lifetime: 6, ...keep },
		],
		at: now + 10,
		stale: 30,
		result: found.stale,
		fill: 1,
	},
	{
		what: 'prefer_positive: behind the window of the positive answer NXDOMAIN stands',
		stored: [
			{ ...p, lifetime: 5 },
			{ ...n, ...keep },
		],
		at: now + 40,
		stale: 30,
		result: found.fresh,
		fill: 2,
	},
	{
		what: 'a clock of another shard that is a tick behind',
		stored: [p],
		at: now - 1,
		result: found.fresh,
		fill: 1,
	},
];

for (const row of rows) {
	test(`a look-up finds: ${row.what}`, () => {
		const cache = openCache();
		for (const { kind, lifetime, fill, keepPositive, at } of row.stored) {
			assert.ok(cache.writer.insert(key, answerOf(kind, lifetime, fill), at ?? now, keepPositive ?? false));
		}
		const { result, fill } = cache.find(key, row.at, row.stale);
		assert.equal(result, row.result);
		if (row.fill !== undefined) assert.equal(fill, row.fill);
	});
}

test('every field of an answer comes back, and its octets at the place that was asked for', () => {
	const { writer, reader } = openCache();
	const stored = answerOf(negative, 12_345, 0);
	stored.octets = Uint8Array.from({ length: 300 }, (_, index) => index);
	stored.bodyStart = 3;
	stored.bodyBytes = 257;
	stored.flags = 0x0023;
	stored.extendedRcode = 0xab;
	[stored.answerCount, stored.authorityCount, stored.additionalCount] = [1, 2, 3];
	stored.ttlOffsets.set([2, 40, 80, 255, 200, 250]);
	assert.ok(writer.insert(key, stored, now, false));
	const target = new Uint8Array(600).fill(0xee);
	const got = new Answer();
	got.fixedTtlSec = 30;
	got.edeCode = 3;
	assert.equal(reader.lookup(key, now + 25, 0, target, 100, got), found.fresh);
	assert.deepEqual(target.slice(100, 357), stored.octets.slice(3, 260));
	assert.deepEqual([target[99], target[357]], [0xee, 0xee]);
	assert.deepEqual([got.octets, got.bodyStart, got.bodyBytes], [target, 100, 257]);
	assert.deepEqual([got.answerCount, got.authorityCount, got.additionalCount], [1, 2, 3]);
	assert.deepEqual([...got.ttlOffsets.subarray(0, 6)], [2, 40, 80, 255, 200, 250]);
	assert.deepEqual([got.flags, got.extendedRcode, got.kind], [0x23, 0xab, negative]);
	assert.deepEqual([got.storedAtTicks, got.lifetimeTicks, got.ageSec], [now, 12_345, 2]);
	assert.deepEqual([got.fixedTtlSec, got.edeCode], [-1, -1]);
});

test('times of the last of thirteen years are compared as they should be', () => {
	const { writer, find } = openCache();
	const late = 0xffff_fff0;
	assert.ok(writer.insert(key, answerOf(positive, 100, 1), late, false));
	assert.equal(find(key, late + 99).result, found.fresh);
	assert.equal(find(key, late + 100).result, found.nothing);
});

test('two names forced into one slot by equal hashes never get each other’s answer', () => {
	const twin: CacheKey = keyOf('other.example.');
	const relatives = [
		twin,
		keyOf('www.example.', { qtype: 28 }),
		keyOf('www.example.', { flags: 1 }),
		keyOf('www.example.', { block: 1 }),
	];
	for (const other of relatives) {
		other.hashHigh = key.hashHigh;
		other.hashLow = key.hashLow;
		const cache = openCache();
		cache.writer.insert(key, answerOf(positive, 100, 1), now, false);
		assert.equal(cache.find(other, now).result, found.nothing);
		cache.writer.insert(other, answerOf(positive, 100, 2), now, false);
		assert.equal(cache.find(key, now).fill, 1);
		assert.equal(cache.find(other, now).fill, 2);
		cache.writer.remove(key);
		assert.equal(cache.find(key, now).result, found.nothing);
		assert.equal(cache.find(other, now).fill, 2);
	}
});

test('what is removed is gone, of every kind', () => {
	const { writer, find } = openCache();
	writer.insert(key, answerOf(positive, 100, 1), now, false);
	writer.insert(key, answerOf(negative, 100, 2), now, true);
	writer.insert(key, answerOf(failure, 100, 3), now, false);
	writer.remove(key);
	assert.equal(find(key, now, 1000).result, found.nothing);
	assert.deepEqual(writer.usage(), { entries: [0, 0, 0], usedBytes: 0 });
});

test('an answer of 4 KiB is shared, one octet more is not', () => {
	const { writer, find } = openCache();
	assert.equal(writer.insert(key, answerOf(positive, 100, 1, maxSharedBodyBytes), now, false), true);
	assert.equal(find(key, now).answer.bodyBytes, maxSharedBodyBytes);
	assert.equal(writer.insert(key, answerOf(positive, 100, 2, maxSharedBodyBytes + 1), now, false), false);
	assert.equal(find(key, now).fill, 1);
});

test('an answer of so many records that it does not fit a bucket is not stored', () => {
	const { writer } = openCache();
	const answer = answerOf(positive, 100, 1, maxSharedBodyBytes);
	answer.answerCount = 5000;
	assert.equal(writer.insert(key, answer, now, false), false);
});

test('a bucket that is full evicts, and says of which kind', () => {
	const { writer, events, find, layout } = openCache();
	for (let i = 0; i < 400; i++) {
		assert.ok(writer.insert(keyOf(`n${i}.`), answerOf(positive, 1000, i & 0xff), now, false));
		assert.equal(find(keyOf(`n${i}.`), now).fill, i & 0xff, 'what was just stored is there');
	}
	const usage = writer.usage();
	assert.equal(usage.entries[0] + events.evictedByKind[0], 400);
	assert.ok(usage.usedBytes <= layout.sizeBytes);
});

test('what cannot be served even as stale goes before anything else, visited or not', () => {
	const { writer, events, find } = openCache({ longestStaleTicks: 100 });
	const short = Array.from({ length: 5 }, (_, index) => keyOf(`short${index}.`));
	const long = Array.from({ length: 45 }, (_, index) => keyOf(`long${index}.`));
	for (const one of short) writer.insert(one, answerOf(positive, 50, 1), now, false);
	for (const one of long) writer.insert(one, answerOf(positive, 1000, 2), now, false);
	for (const one of short) assert.equal(find(one, now).result, found.fresh);
	let next = 0;
	const fill = (atTicks: number): void => {
		for (; events.evictedByKind[0] === 0; next++) {
			writer.insert(keyOf(`new${next}.`), answerOf(positive, 10_000, 3), atTicks, false);
		}
	};
	fill(now + 151);
	assert.equal(events.evictedByKind[0], 5);
	for (const one of short) assert.equal(find(one, now, 10_000).result, found.nothing);
	for (const one of long) assert.equal(find(one, now).result, found.fresh);
});

test('answers of all sizes, one in the place of another: what is found is what was stored last', () => {
	const { writer, find } = openCache({ sizeBytes: 2 * 8192 });
	const random = seededRandom(5);
	const last = new Map<number, number>();
	for (let i = 0; i < 20_000; i++) {
		const name = randomBelow(random, 300);
		const kind = randomBelow(random, 4) === 0 ? negative : positive;
		const bodyBytes =
			randomBelow(random, 50) === 0 ? 12 + randomBelow(random, 4000) : 12 + randomBelow(random, 90);
		writer.insert(keyOf(`n${name}.`), answerOf(kind, 10_000, i & 0xff, bodyBytes), now, false);
		last.set(name, i & 0xff);
		assert.equal(find(keyOf(`n${name}.`), now).fill, i & 0xff);
		const other = randomBelow(random, 300);
		const seen = find(keyOf(`n${other}.`), now);
		if (seen.result === found.fresh) assert.equal(seen.fill, last.get(other));
	}
});

test('a look-up that found nothing says since when, and saves the next insertion a look', () => {
	const { writer, reader, find } = openCache();
	const other = keyOf('other.example.');
	assert.equal(reader.absentAt(key), unknownSeq, 'nobody looked');
	find(key, now);
	const absentAt = reader.absentAt(key);
	assert.equal(absentAt % 2, 0);
	assert.equal(reader.isUnchangedSinceLookup(key), true);
	assert.equal(reader.absentAt(other), unknownSeq, 'the last look-up was for another key');
	writer.insert(key, answerOf(positive, 100, 1), now, false, absentAt);
	assert.equal(reader.isUnchangedSinceLookup(key), false);
	writer.insert(key, answerOf(positive, 100, 2), now, false, absentAt);
	assert.deepEqual(writer.usage().entries, [1, 0, 0], 'it was stored meanwhile, and is replaced');
	assert.equal(find(key, now + 200).result, found.nothing);
	assert.equal(reader.absentAt(key), unknownSeq, 'it expired, and stands there all the same');
	assert.equal(reader.isUnchangedSinceLookup(key), true);
});

test('a look-up that a writer kept out knows nothing', () => {
	const { words, reader, find, epochs } = openCache();
	acquireWrite(words, 0, new WriterIdentity(epochs, 1));
	assert.equal(find(key, now).result, found.nothing);
	assert.equal(reader.absentAt(key), unknownSeq);
	assert.equal(reader.isUnchangedSinceLookup(key), false);
});

test('a hit marks its slot, so that the entry survives names that nobody asks for again', () => {
	const { writer, find, words, layout } = openCache();
	writer.insert(key, answerOf(positive, 100_000, 7), now, false);
	for (let i = 0; i < 2000; i++) {
		assert.equal(find(key, now).fill, 7, `gone after ${i} names`);
		writer.insert(keyOf(`n${i}.`), answerOf(positive, 100_000, 1), now, false);
	}
	assert.ok(new Uint8Array(words.buffer)[4 * layout.visitsAt] & visitedBit);
});

test('a flood of negative answers leaves the positive ones (T33)', () => {
	const { writer, find } = openCache({ sizeBytes: 16 * 8192 });
	const hot = Array.from({ length: 500 }, (_, index) => keyOf(`hot${index}.example.`));
	for (const one of hot) writer.insert(one, answerOf(positive, 100_000, 1), now, false);
	const before = hot.filter((one) => find(one, now).result === found.fresh).length;
	for (let i = 0; i < 20_000; i++)
		writer.insert(keyOf(`random${i}.example.`), answerOf(negative, 10_000, 2, 90), now, false);
	const after = hot.filter((one) => find(one, now).result === found.fresh).length;
	assert.ok(before > 450, `${before} of 500 fitted`);
	assert.ok(after >= 0.95 * before, `${after} of ${before} are left`);
});

test('hits in a row are counted, a pause starts anew, and a new answer inherits the count', () => {
	const { writer, reader } = openCache();
	const answer = new Answer();
	const hit = (atTicks: number): number => {
		reader.lookup(key, atTicks, 0, new Uint8Array(5000), 0, answer);
		return reader.countVisit(answer, atTicks, 60);
	};
	writer.insert(key, answerOf(positive, 10_000, 1), now, false);
	assert.deepEqual([hit(now), hit(now + 10), hit(now + 300)], [1, 2, 3]);
	writer.insert(key, answerOf(positive, 10_000, 2), now + 310, false);
	assert.equal(hit(now + 320), 4);
	assert.equal(hit(now + 320 + 2000), 1, 'after 200 s without a hit');
	for (let i = 0; i < 200; i++) hit(now + 2330);
	assert.equal(hit(now + 2330), hitCountMax);
});

test('failures in a row are remembered until an answer comes', () => {
	const { writer } = openCache();
	assert.equal(writer.failureHistory(key), undefined);
	const answer = answerOf(failure, 50, 0, 0);
	answer.failures = 7;
	writer.insert(key, answer, now, false);
	assert.deepEqual(writer.failureHistory(key), { failures: 7, expiresAt: now + 50 });
	assert.equal(writer.failureHistory(keyOf('other.')), undefined);
	writer.insert(key, answerOf(negative, 50, 0), now, true);
	assert.equal(writer.failureHistory(key), undefined);
});

test('while a living writer is inside, a look-up is a miss and an insertion is not made; both are counted', () => {
	const { words, writer, find, events, epochs } = openCache();
	writer.insert(key, answerOf(positive, 100, 1), now, false);
	const other = new WriterIdentity(epochs, 1);
	assert.equal(acquireWrite(words, 0, other), acquired.clean);
	assert.equal(find(key, now).result, found.nothing);
	assert.equal(writer.insert(key, answerOf(positive, 100, 2), now, false), false);
	assert.equal(writer.failureHistory(key), undefined);
	assert.equal(events.gaveUp, 3);
	releaseWrite(words, 0);
	assert.equal(find(key, now).fill, 1);
});

test('a bucket that a dead writer left half-written is made empty by the next, and usable', () => {
	const { words, writer, find, epochs } = openCache();
	writer.insert(key, answerOf(positive, 100, 1), now, false);
	acquireWrite(words, 0, new WriterIdentity(epochs, 1));
	words[2] = -1;
	words[3] = -1;
	words.fill(0x7777_7777, 4, 600);
	assert.equal(find(key, now).result, found.nothing);
	Atomics.add(epochs, 1, 1);
	assert.ok(writer.insert(keyOf('new.'), answerOf(positive, 100, 2), now, false));
	assert.equal(find(keyOf('new.'), now).fill, 2);
	assert.equal(find(key, now).result, found.nothing);
	assert.deepEqual(writer.usage().entries, [1, 0, 0]);
});

test('whatever stands in a bucket, a reader neither throws nor leaves its target', () => {
	const { words, reader, writer, layout } = openCache({ sizeBytes: 2 * 8192 });
	let state = 1;
	const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) | 0);
	const garbled = keyOf('www.example.');
	for (let round = 0; round < 3000; round++) {
		writer.insert(garbled, answerOf(positive, 1000, 1, 200), now, false);
		const base = garbled.hashHigh < 0 ? 2048 : 0;
		for (let i = 0; i < 20; i++) words[base + 2 + ((next() >>> 8) % 2046)] = next();
		// The entry itself is likelier to be found if its slot and sizes are the ones that are spoilt.
		words[base + marksAt] = Math.imul(garbled.hashLow & 0xff, 0x0101_0101);
		words[base + layout.slotsAt] = (garbled.hashLow & 0xffff_0000) | ((next() >>> 8) & 0xffff);
		const target = new Uint8Array(10 + maxSharedBodyBytes + 10).fill(0xee);
		reader.lookup(garbled, now, 100, target, 10, new Answer());
		assert.ok(target.subarray(0, 10).every((octet) => octet === 0xee));
		assert.ok(target.subarray(10 + maxSharedBodyBytes).every((octet) => octet === 0xee));
		words.fill(0);
	}
	assert.equal(secret.length, 2);
});
