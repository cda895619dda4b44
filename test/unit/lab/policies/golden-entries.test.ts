/**
 * Goal: with entries of one size the policies are the algorithms of their names, to the last miss. Method: misses on a block
 * trace that programs of others have counted, for LRU at the smaller sizes libCacheSim itself; and libCacheSim's profile of
 * LRU's stack distances. Skipped where the trace is not.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readOracleGeneral } from '../../../../src/lab/traces/oracle-general.ts';
import { tracePath, unlessTrace } from '../../workload/read/traces.ts';
import { hitsByDistance } from './mattson.ts';
import { missesOf, type NumberedTrace, numbered, policyFor, withUnitSizes } from './numbered-trace.ts';

const file = 'cloudPhysicsIO.oracleGeneral.bin.gz';
const capacities = [128, 256, 512, 1024, 4096, 16384];

const golden: Readonly<Record<string, readonly number[]>> = {
	fifo: [100831, 98050, 96467, 95505, 92813, 72546],
	lru: [99411, 96397, 95370, 94816, 92713, 74972],
	clock: [99068, 96095, 95301, 94728, 92645, 73569],
	sieve: [97995, 94924, 94367, 93958, 91429, 69074],
	lfu: [100395, 98440, 96482, 95498, 91429, 69074],
	's3-fifo': [96057, 95247, 94536, 94016, 87416, 70502],
	arc: [96142, 94794, 94209, 94023, 89960, 66896],
	'arc-bytes': [96142, 94794, 94209, 94023, 89960, 66896],
	'2q': [96042, 95144, 94558, 94092, 89327, 72186],
	min: [93495, 92213, 90079, 86881, 74023, 55459],
};

describe('misses on a block trace, entries of one size', () => {
	const given = unlessTrace(file);
	let trace: NumberedTrace;
	before(async () => {
		if (given.skip) return;
		trace = withUnitSizes(await numbered(readOracleGeneral(tracePath(file))));
	});

	for (const [name, misses] of Object.entries(golden)) {
		test(name, given, () => {
			assert.deepEqual(
				capacities.map((capacity) => missesOf(policyFor(name, capacity, trace), trace).requests),
				misses,
			);
		});
	}

	test('the profile of stack distances, and LRU at these sizes', given, () => {
		const hits = hitsByDistance(trace.keys, 20);
		const profile = [0, 1, 2, 3, 4, 5, 20].map((size) => {
			const hitsUpTo = hits.slice(0, size).reduce((sum, count) => sum + count, 0);
			return (1 - hitsUpTo / trace.keys.length).toFixed(6);
		});
		assert.deepEqual(profile, [
			'1.000000',
			'0.976421',
			'0.970607',
			'0.965681',
			'0.959024',
			'0.956934',
			(1 - 0.072985).toFixed(6),
		]);
		for (const [index, size] of [1, 2, 3, 4, 5, 20].entries()) {
			const { requests } = missesOf(policyFor('lru', size, trace), trace);
			assert.equal((requests / trace.keys.length).toFixed(6), profile[index + 1]);
		}
	});
});
