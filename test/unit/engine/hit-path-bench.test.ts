/**
 * Goal: the benchmark of the hit path still runs, and a hit allocates nothing. Method: a run with few hits in a process
 * of its own, because other tests' garbage must not be counted; the time it takes is not looked at.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inFreshProcess } from '../../../bench/lib/fresh-process.ts';
import type { Parameters, Result } from '../../../bench/micro/hit-path.bench.ts';

const file = join(import.meta.dirname, '../../../bench/micro/hit-path.bench.ts');
/** A number with a fraction that has become an object takes 16 octets, and there is a rest that is not of the hits. */
const octetsMax = 4;

for (const [what, edns, loadbalance] of [
	['without EDNS', false, false],
	['with EDNS', true, false],
	['whose addresses are turned', false, true],
] as const) {
	test(`a hit ${what} allocates nothing`, () => {
		const parameters: Parameters = { names: 1000, edns, loadbalance, warmUpHits: 1_000_000, hits: 500_000 };
		const result = inFreshProcess<Result>(file, parameters);
		assert.ok(result.hits >= parameters.hits);
		assert.ok(result.octets < octetsMax, `${result.octets} octets a hit`);
		assert.ok(result.ns > 0);
		assert.match(result.hash, /^[0-9a-f]{8}$/);
	});
}
