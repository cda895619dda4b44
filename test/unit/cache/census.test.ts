/** Goal: the census says what is in the shared cache, by block and kind, and lets others have their turns meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	type Census,
	censusBucketsMax,
	censusEveryMs,
	RepeatedCensus,
	takeCensus,
} from '../../../src/cache/census.ts';
import { CacheFlusher, nothingFlushed } from '../../../src/cache/flusher.ts';
import { entryKind } from '../../../src/cache/layout.ts';
import { acquireWrite, WriterIdentity } from '../../../src/cache/seqlock.ts';
import { VirtualClock } from '../../../src/util/clock.ts';
import { answerOf, keyOf, openCache, type TestCache } from './support.ts';

const { positive, negative, failure } = entryKind;
const nowTicks = 1000;

function fill({ writer }: TestCache, kind: number, block: number, count: number): void {
	for (let i = 0; i < count; i++) {
		const key = keyOf(`n${i}.k${kind}.b${block}.example.`, { block });
		assert.ok(writer.insert(key, answerOf(kind, 600, 1), nowTicks, false));
	}
}

/** Of blocks with these ids. */
function census(
	{ words, layout }: TestCache,
	ids: readonly number[],
	pause = async () => {},
): Promise<Census> {
	return takeCensus(words, layout, ids, pause);
}

test('every entry is counted for its block, failures as denials, and octets as the writer counts them', async () => {
	const cache = openCache({ sizeBytes: 1024 * 1024 });
	fill(cache, positive, 0, 50);
	fill(cache, negative, 0, 20);
	fill(cache, failure, 1, 7);
	fill(cache, positive, 1, 3);
	const { success, denial, kinds, usedBytes, exact } = await census(cache, [0, 1, 2]);
	assert.deepEqual([...success.values()], [50, 3, 0]);
	assert.deepEqual([...denial.values()], [20, 7, 0]);
	assert.deepEqual(kinds, { positive: 53, negative: 20, failure: 7 });
	assert.equal(exact, true);
	assert.equal(usedBytes, cache.writer.usage().usedBytes);
});

test('what has expired and is still there counts; what was removed does not', async () => {
	const cache = openCache({ sizeBytes: 1024 * 1024 });
	fill(cache, positive, 0, 5);
	cache.writer.remove(keyOf('n3.k0.b0.example.', { block: 0 }));
	const { success, usedBytes } = await census(cache, [0]);
	assert.equal(success.get(0), 4);
	assert.equal(usedBytes, cache.writer.usage().usedBytes);
});

test('entries of a block that this configuration does not have are counted by kind only', async () => {
	const cache = openCache({ sizeBytes: 1024 * 1024 });
	fill(cache, positive, 5, 4);
	fill(cache, positive, 0, 2);
	const { success, kinds } = await census(cache, [0]);
	assert.deepEqual([...success], [[0, 2]]);
	assert.equal(kinds.positive, 6, 'they are in the cache all the same');
	assert.deepEqual(
		[...(await census(cache, [5, 0])).success],
		[
			[5, 4],
			[0, 2],
		],
	);
});

test('after a flush of everything nothing is counted', async () => {
	const cache = openCache({ sizeBytes: 64 * 8192 });
	for (const kind of [positive, negative, failure]) fill(cache, kind, 0, 300);
	const flusher = new CacheFlusher(cache.words, cache.layout, new WriterIdentity(cache.epochs, 1));
	const everything = { name: undefined, below: false, qtype: undefined, blocks: undefined };
	for (let bucket = 0; bucket < 64; bucket++) flusher.flush(bucket, everything, nothingFlushed());
	const { kinds, usedBytes } = await census(cache, [0]);
	assert.deepEqual([kinds, usedBytes], [{ positive: 0, negative: 0, failure: 0 }, 0]);
});

test('others have their turn between slices', async () => {
	const cache = openCache({ sizeBytes: 4 * 1024 * 1024 });
	let pauses = 0;
	await census(cache, [0], async () => void pauses++);
	assert.equal(pauses, Math.ceil(cache.layout.bucketCount / 32) - 1);
});

test('a cache of more buckets than are read is estimated from a sample', async () => {
	// So many small buckets that every third is read.
	const cache = openCache({ sizeBytes: 3 * censusBucketsMax * 8192 });
	assert.equal(cache.layout.bucketCount, 3 * censusBucketsMax);
	const wanted = 60_000;
	fill(cache, positive, 0, wanted);
	let pauses = 0;
	const { success, exact, usedBytes } = await census(cache, [0], async () => void pauses++);
	assert.equal(exact, false);
	assert.equal(pauses, censusBucketsMax / 32 - 1);
	// 20,000 entries were seen; chance keeps their number within a few hundred.
	const counted = success.get(0)!;
	assert.ok(Math.abs(counted - wanted) < wanted / 20, `${counted}`);
	const used = cache.writer.usage().usedBytes;
	assert.ok(Math.abs(usedBytes - used) < used / 20, `${usedBytes} of ${used}`);
});

test('a bucket that is being written all the time is left out, and made up for by the others', async () => {
	const cache = openCache({ sizeBytes: 64 * 8192 });
	fill(cache, positive, 0, 2000);
	const before = (await census(cache, [0])).success.get(0);
	assert.equal(before, 2000);
	acquireWrite(cache.words, cache.layout.bucketWords * 5, new WriterIdentity(cache.epochs, 1));
	const { success, exact } = await census(cache, [0]);
	assert.equal(exact, false);
	const counted = success.get(0)!;
	assert.ok(counted > 1800 && counted < 2200, `${counted}`);
});

test('a census is taken at most once in ten seconds, and shared by all who ask meanwhile', async () => {
	const clock = new VirtualClock();
	let taken = 0;
	const make = async (): Promise<Census> => {
		const kinds = { positive: ++taken, negative: 0, failure: 0 };
		return { success: new Map([[0, taken]]), denial: new Map(), kinds, usedBytes: 0, exact: true };
	};
	const repeated = new RepeatedCensus(make, () => clock.nowMs());
	const first = repeated.recent();
	assert.equal(repeated.recent(), first);
	clock.advance(censusEveryMs - 1);
	assert.deepEqual((await repeated.recent()).success, new Map([[0, 1]]));
	clock.advance(1);
	assert.deepEqual((await repeated.recent()).success, new Map([[0, 2]]));
});
