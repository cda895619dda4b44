/**
 * Goal: a reader in another thread sees every record of a log ring whole, once and in order, and sleeps only when there is
 * none. Method: a worker fills a small ring as fast as it can while this thread empties it, asleep whenever it is empty.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createLogMemory, fillerRule, LogRing } from '../../src/engine/log-ring.ts';

const records = 50_000;
const ringUnits = 1024;

test('a ring that is written and read at once loses, tears and repeats nothing', async () => {
	const memory = createLogMemory(1, ringUnits);
	const ring = new LogRing(memory, 1, 0);
	const asleep = new Int32Array(memory, 0, 1);
	const worker = new Worker(new URL('./log-ring.worker.ts', import.meta.url), {
		workerData: { memory, records },
	});
	let result: { dropped: number } | undefined;
	const done = once(worker, 'message').then(([message]) => {
		result = message;
		Atomics.store(asleep, 0, 0);
		Atomics.notify(asleep, 0);
	});
	let taken = 0;
	let sleeps = 0;
	let last = -1;
	const empty = (): void => {
		for (let at = ring.read; at !== ring.written; ) {
			const place = at & (ring.units - 1);
			const size = ring.words[place * 2] & 0xffff;
			if (ring.words[place * 2] >>> 16 !== fillerRule) {
				const number = ring.words[place * 2 + 1];
				assert.ok(number > last, `${number} behind ${last}`);
				assert.equal(size, 7 + (number % 9));
				for (let word = 1; word < size * 2; word++) {
					if (word !== 12 && word !== 13) assert.equal(ring.words[place * 2 + word], number);
				}
				assert.ok(ring.times[place + 6] >= number, 'the end of its turn');
				last = number;
				taken++;
			}
			at = (at + size) | 0;
			ring.release(at);
		}
	};
	while (result === undefined) {
		empty();
		Atomics.store(asleep, 0, 1);
		if (ring.written !== ring.read) continue;
		sleeps++;
		await Atomics.waitAsync(asleep, 0, 1).value;
	}
	await done;
	empty();
	assert.equal(taken, records);
	assert.ok(sleeps > 0, 'it slept');
	assert.ok(result.dropped > 0, 'it was full now and then');
	await worker.terminate();
});
