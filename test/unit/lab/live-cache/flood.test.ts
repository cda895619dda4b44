/**
 * Goal: a flood of random names that do not exist leaves the answers that are asked for all the time (T33), in the cache
 * that serves as the laboratory runs it. Method: a thousand names in turn under a hundred thousand NXDOMAIN, as in
 * scenario/flood-leaves-hot-answers.test.ts, with room for all and with a cache that the flood overflows many times. LRU of the same
 * octets shows that the flood is one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FloodStream, floodStream } from '../../../../src/lab/generate/flood.ts';
import { LiveCache } from '../../../../src/lab/live-cache/live-cache.ts';
import { gather } from '../../../../src/lab/simulate/requests.ts';
import { cacheOf, simulate } from '../simulate/support.ts';

const mebibyte = 1 << 20;
const leastHitShare = 0.95;

function flood(floodPerHot: number): FloodStream {
	return floodStream({ hotNames: 1000, floodNames: 100_000, floodPerHot, ratePerSec: 2000, seed: 1 });
}

for (const { bytes, floodPerHot } of [
	{ bytes: 32 * mebibyte, floodPerHot: 1 },
	{ bytes: mebibyte, floodPerHot: 10 },
]) {
	test(`100,000 NXDOMAIN leave 1,000 hot answers in ${bytes / mebibyte} MiB`, async () => {
		const stream = flood(floodPerHot);
		const requests = await gather(stream.batches());
		assert.equal(requests.count, stream.requests);
		const cache = new LiveCache({ bytes, names: stream.names, seed: 1 });
		const result = simulate(cache, requests, { warmupRequests: stream.before });
		assert.equal(result.requests, 100_000 + stream.hot);
		const { positive, negative } = result.hits;
		assert.ok(positive >= leastHitShare * stream.hot, `${positive} of ${stream.hot} asks for hot names hit`);
		assert.equal(negative, 0);
		assert.equal(result.misses.first, 100_000);
		if (bytes === mebibyte) assert.ok(result.evictions > 50_000);
	});
}

test('the same flood empties an LRU of the same octets', async () => {
	const stream = flood(10);
	const requests = await gather(stream.batches());
	const capacity = { unit: 'bytes', bytes: mebibyte } as const;
	const cache = cacheOf('lru', 0, requests, { capacity, names: stream.names });
	const { hits } = simulate(cache, requests, { warmupRequests: stream.before });
	assert.ok(hits.positive < 0.5 * stream.hot, `${hits.positive} of ${stream.hot} asks for hot names hit`);
});
