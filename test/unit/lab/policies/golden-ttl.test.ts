/**
 * Goal: entries that expire are found, removed and fetched anew as libCacheSim does it. Method: the misses that its tests of
 * the simulator state for its sample of a block trace as text, LRU at 128 to 1024 MiB, with and without a TTL; skipped where
 * the trace is not.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readCsv } from '../../../../src/lab/traces/csv.ts';
import { tracePath, unlessTrace } from '../../workload/read/traces.ts';
import { missesOf, type NumberedTrace, numbered, policyFor } from './numbered-trace.ts';

const file = 'cloudPhysicsIO.csv.gz';
const stepBytes = 128 * 1024 * 1024;
const steps = [1, 2, 3, 4, 5, 6, 7, 8];

const golden = [
	{
		ttlSec: Number.POSITIVE_INFINITY,
		misses: [93151, 87793, 83135, 81609, 72481, 72106, 71973, 71702],
	},
	{
		ttlSec: 2400,
		misses: [93240, 87890, 83268, 81743, 72649, 72284, 72165, 72086],
		firstBytes: 4_035_856_384,
		lastBytes: 3_075_259_904,
	},
];

describe('misses on a block trace as text', () => {
	const given = unlessTrace(file);
	let trace: NumberedTrace;
	before(async () => {
		if (given.skip) return;
		trace = await numbered(readCsv(tracePath(file), { onBad: (message) => assert.fail(message) }));
	});

	test('the trace is whole', given, () => {
		assert.deepEqual([trace.keys.length, trace.keyCount], [113_872, 48_974]);
		assert.equal(
			trace.sizes.reduce((sum, size) => sum + size, 0),
			4_205_978_112,
		);
	});

	for (const name of ['lru', 'lru-cache']) {
		for (const { ttlSec, misses, firstBytes, lastBytes } of golden) {
			test(`${name}, a TTL of ${ttlSec}`, given, () => {
				const results = steps.map((step) =>
					missesOf(policyFor(name, step * stepBytes, trace), trace, ttlSec),
				);
				assert.deepEqual(
					results.map(({ requests }) => requests),
					misses,
				);
				if (firstBytes === undefined) return;
				assert.deepEqual([results[0].bytes, results[7].bytes], [firstBytes, lastBytes]);
			});
		}
	}
});
