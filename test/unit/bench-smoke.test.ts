/**
 * Goal: the benchmarks still run and still measure what they say. Method: each with parameters so small that it takes a
 * moment; results are held to what must be true at any size, times are not looked at. Of the comparison with other
 * servers, the C programs are compiled and exchange queries; `npm run bench -- --smoke` is the rest.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadOf, spreadText } from '../../bench/lib/spread.ts';
import { type Parameters, run } from '../../bench/micro/cache.bench.ts';
import { run as missPath } from '../../bench/micro/miss-path.bench.ts';
import { seededRandom } from '../../src/util/random.ts';
import { Zipf } from '../../src/workload/zipf.ts';

for (const workload of ['one A record', 'mix']) {
	for (const bucketBytes of [4096, 8192, 16_384]) {
		test(`cache: ${workload}, buckets of ${bucketBytes} octets`, () => {
			const smoke: Parameters = {
				workload,
				policy: 's3-fifo',
				bucketBytes,
				cacheBytes: 128 * 1024,
				operations: 2000,
				draws: 20_000,
			};
			const result = run(smoke);
			assert.equal(run(smoke).hash, result.hash, 'equal parameters, equal results');
			assert.notEqual(
				run({ ...smoke, cacheBytes: 64 * 1024 }).hash,
				result.hash,
				'the hash sees the results',
			);
			assert.ok(
				result.octetsPerName > 80 && result.octetsPerName < 200,
				`${result.octetsPerName} octets a name`,
			);
			assert.ok(result.shareKept > 0.8 && result.shareKept <= 1, `${result.shareKept} kept`);
			assert.ok(result.hitRatio > 0.4 && result.hitRatio < 1);
			assert.ok(Math.abs(result.hitRatio - result.lruHitRatio) < 0.1);
			for (const ns of [result.lookupNs, result.insertNs, result.keyNs, result.mapNs]) assert.ok(ns > 0);
		});
	}
}

test('Zipf draws ranks as often as they should come', () => {
	const zipf = new Zipf(100, 1);
	const random = seededRandom(1);
	const counts = new Array<number>(100).fill(0);
	for (let i = 0; i < 100_000; i++) counts[zipf.draw(random)]++;
	const harmonic = counts.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
	for (const rank of [0, 1, 9, 99]) {
		const expected = 100_000 / harmonic / (rank + 1);
		assert.ok(
			Math.abs(counts[rank] - expected) < 6 * Math.sqrt(expected),
			`rank ${rank}: ${counts[rank]}, ${expected}`,
		);
	}
});

test('the spread of several values is their middle and ends', () => {
	assert.deepEqual(spreadOf([5, 1, 3]), { median: 3, min: 1, max: 5 });
	assert.deepEqual(spreadOf([4, 2]), { median: 3, min: 2, max: 4 });
	assert.equal(spreadText(spreadOf([5, 1, 3])), '3 (1–5)');
	assert.equal(spreadText(spreadOf([2, 2]), 1), '2.0');
});

test('miss-path: every name is asked once, stored, and answered', async () => {
	const smoke = { cacheBytes: 128 * 1024, misses: 2048 };
	const result = await missPath(smoke);
	assert.equal((await missPath(smoke)).hash, result.hash, 'equal parameters, equal results');
	assert.notEqual(
		(await missPath({ ...smoke, misses: 4096 })).hash,
		result.hash,
		'the hash sees the results',
	);
	assert.ok(result.evictions > 0.9 && result.evictions < 1.1, `${result.evictions} evictions a miss`);
	assert.ok(Number.isFinite(result.askingNs + result.answeringNs + result.bytesPerMiss));
});
