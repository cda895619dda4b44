/**
 * Goal: the benchmark of policies still runs and measures what it says. Method: with parameters so small that it takes a
 * moment; results are held to what must be true at any size. Times are not looked at, nor is memory, which is only measured
 * well in a process of its own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../../../bench/micro/policies.bench.ts';
import { policies } from '../../../../src/lab/policies/index.ts';

for (const { name } of policies) {
	test(name, () => {
		const smoke = { policy: name, keys: 2000, requests: 20_000 };
		const result = run(smoke);
		assert.equal(run(smoke).hash, result.hash, 'equal parameters, equal results');
		assert.ok(result.hitRatio > 0.3 && result.hitRatio < 0.9, `${result.hitRatio}`);
		assert.ok(Number.isFinite(result.ns + result.arrayBytesPerKey + result.heapBytesPerKey));
	});
}

test('the hash sees the results', () => {
	const smoke = { policy: 'fifo', keys: 2000, requests: 20_000 };
	assert.notEqual(run({ ...smoke, requests: 20_002 }).hash, run(smoke).hash);
});
