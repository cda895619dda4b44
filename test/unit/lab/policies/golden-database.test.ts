/**
 * Goal: hit ratios on the trace OLTP are those of the ARC paper (Megiddo, Modha, FAST 2003, table 3). Method: LRU and MIN
 * exactly, ARC within 0.05 points, since the paper does not say how its learning step is rounded; the others as programs
 * of others have counted them. Skipped where the trace is not.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readLis } from '../../../../src/lab/traces/lis.ts';
import { tracePath, unlessTrace } from '../../workload/read/traces.ts';
import { missesOf, type NumberedTrace, numbered, policyFor } from './numbered-trace.ts';

const file = 'oltp.lis.gz';
const capacities = [1000, 2000, 5000, 10_000, 15_000];

/** Hits in percent. */
const golden: Readonly<Record<string, readonly number[]>> = {
	lru: [32.83, 42.47, 53.65, 60.7, 64.63],
	min: [53.61, 60.4, 68.27, 73.02, 75.14],
	'2q': [40.53, 46.51, 55.73, 62.58, 65.72],
	arc: [38.95, 46.08, 55.25, 61.87, 65.4],
	fifo: [28.53, 37.44, 49.68, 57.29, 61.42],
	clock: [33.27, 43.03, 53.83, 60.98, 64.77],
	sieve: [32.56, 41.19, 51.89, 60.47, 65.1],
	's3-fifo': [40.84, 47.01, 55.88, 62.64, 66.04],
};
const arcOfThePaper = [38.93, 46.08, 55.25, 61.87, 65.4];

describe('hits on a trace of a database', () => {
	const given = unlessTrace(file);
	let trace: NumberedTrace;
	before(async () => {
		if (given.skip) return;
		trace = await numbered(readLis(tracePath(file), { onBad: (message) => assert.fail(message) }));
	});

	const hitsOf = (name: string): number[] =>
		capacities.map((capacity) => {
			const { requests } = missesOf(policyFor(name, capacity, trace), trace);
			return 100 * (1 - requests / trace.keys.length);
		});

	test('the trace is whole', given, () => {
		assert.deepEqual([trace.keys.length, trace.keyCount], [914_145, 186_880]);
	});

	for (const [name, hits] of Object.entries(golden)) {
		test(name, given, () => {
			const found = hitsOf(name);
			assert.deepEqual(
				found.map((percent) => Number(percent.toFixed(2))),
				hits,
			);
			if (name !== 'arc') return;
			for (const [index, percent] of found.entries()) {
				assert.ok(Math.abs(percent - arcOfThePaper[index]) <= 0.05, `${percent} at ${capacities[index]}`);
			}
		});
	}
});
