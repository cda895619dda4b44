/** Goal: every size of cache and bucket that is accepted holds together; others are refused at the start. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CacheLayout, hasMark, markPattern, toTicks } from '../../../src/cache/layout.ts';
import { seededRandom } from '../../../src/util/random.ts';

test('the buckets fill the cache and no more, and every hash has one', () => {
	for (const cacheBytes of [1, 8192, 8193, 100_000, 32 << 20]) {
		for (const bucketBytes of [8192, 16_384]) {
			const layout = new CacheLayout(cacheBytes, bucketBytes);
			assert.equal(layout.sizeBytes, Math.max(1, Math.floor(cacheBytes / bucketBytes)) * bucketBytes);
			for (const hash of [0, 1, 0x7fff_ffff, -0x8000_0000, -1, 0x1234_5678]) {
				const base = layout.bucketBase(hash);
				assert.ok(base >= 0 && base % layout.bucketWords === 0);
				assert.ok(base + layout.bucketWords <= layout.sizeBytes / 4);
			}
		}
	}
});

test('a bucket that the largest shared answer does not fit is refused', () => {
	for (const bucketBytes of [512, 4096, 5120])
		assert.throws(() => new CacheLayout(1 << 20, bucketBytes), /fits a bucket/);
});

test('a bucket of which an offset does not fit 14 bits is refused', () => {
	assert.throws(() => new CacheLayout(1 << 22, 0x4_0000), /14 bits/);
});

test('a tick is a tenth of a second, begun', () => {
	for (const [nowMs, ticks] of [
		[0, 0],
		[99.9, 0],
		[100, 1],
		[12_345.6, 123],
	]) {
		assert.equal(toTicks(nowMs), ticks);
	}
});

test('a mark that is there is found, wherever it stands among four', () => {
	const random = seededRandom(3);
	const pattern = markPattern(0x1234_5680);
	assert.equal(pattern, 0x8080_8080 | 0);
	let without = 0;
	for (let i = 0; i < 10_000; i++) {
		const marks = random.nextUint32() | 0;
		const octets = [marks, marks >> 8, marks >> 16, marks >> 24].map((octet) => octet & 0xff);
		if (octets.includes(0x80)) assert.ok(hasMark(marks, pattern));
		else if (!hasMark(marks, pattern)) without++;
		for (const shift of [0, 8, 16, 24]) {
			assert.ok(hasMark((marks & ~(0xff << shift)) | (0x80 << shift), pattern));
		}
	}
	assert.ok(without > 9800, `${without}: hardly ever where it is not`);
});
