/** Goal: shards count in rows of their own and the sum is right. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	Counters,
	counter,
	counterNames,
	createCounterMemory,
	sumCounters,
} from '../../../src/metrics/hot/counters.ts';

test('names are unique and each has its index', () => {
	assert.equal(new Set(counterNames).size, counterNames.length);
	for (const [index, name] of counterNames.entries()) assert.equal(counter[name], index);
});

test('every counter of every row is summed once', () => {
	const rows = 3;
	const memory = createCounterMemory(rows);
	for (let row = 0; row < rows; row++) {
		const counters = new Counters(memory, row);
		for (const [index] of counterNames.entries()) {
			for (let i = 0; i <= row; i++) counters.add(index);
			assert.equal(counters.get(index), row + 1);
		}
	}
	assert.deepEqual(new Set(Object.values(sumCounters(memory))), new Set([6]));
	assert.deepEqual(Object.keys(sumCounters(memory)).sort(), [...counterNames].sort());
});

test('rows share no cache line', () => {
	const rowBytes = createCounterMemory(2).byteLength / 2;
	assert.equal(rowBytes % 64, 0);
	assert.ok(rowBytes >= 8 * counterNames.length);
});

test('counting goes on above 32 bits', () => {
	const memory = createCounterMemory(1);
	new Float64Array(memory)[counter.misses] = 2 ** 40;
	new Counters(memory, 0).add(counter.misses);
	assert.equal(sumCounters(memory).misses, 2 ** 40 + 1);
});
