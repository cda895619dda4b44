import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DueQueue } from '../../../../src/load/generate/due-queue.ts';
import { randomBelow, seededRandom } from '../../../../src/util/random.ts';

test('a queue gives back what it was given, in order, however much that is', () => {
	const queue = new DueQueue();
	const random = seededRandom(5);
	const model: [number, number][] = [];
	let next = 0;
	for (let step = 0; step < 60_000; step++) {
		if (randomBelow(random, 5) < 3) {
			queue.add(next % 1000, next / 7);
			model.push([next % 1000, next / 7]);
			next++;
		} else if (model.length > 0) {
			assert.deepEqual([queue.firstEntry, queue.firstDueMs], model.shift());
			queue.drop();
		}
		assert.equal(queue.empty, model.length === 0);
	}
	assert.ok(model.length > 8192, 'it grew');
});

test('nothing is due in an empty queue', () => {
	assert.equal(new DueQueue().firstDueMs, Number.POSITIVE_INFINITY);
});
