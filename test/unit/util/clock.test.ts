/** Goal: one time base for all threads, and a clock that stands still when told to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { newClockOrigin, systemClock, VirtualClock } from '../../../src/util/clock.ts';

test('the system clock does not go back and starts at a second', () => {
	const clock = systemClock(newClockOrigin());
	let last = clock.nowMs();
	assert.ok(last >= 1000);
	for (let i = 0; i < 10_000; i++) {
		const nowMs = clock.nowMs();
		assert.ok(nowMs >= last);
		last = nowMs;
	}
});

test('a worker that is given the origin reads the same time', async () => {
	const originMs = newClockOrigin();
	const clock = systemClock(originMs);
	const module = new URL('../../../src/util/clock.ts', import.meta.url).href;
	const source = `
		const { parentPort } = require('node:worker_threads');
		import(${JSON.stringify(module)}).then(({ systemClock }) => {
			parentPort.postMessage(systemClock(${originMs}).nowMs());
		});`;
	const before = clock.nowMs();
	const theirs = await new Promise<number>((resolve, reject) => {
		new Worker(source, { eval: true }).once('message', resolve).once('error', reject);
	});
	const after = clock.nowMs();
	// Two clocks of one machine are set against each other once, at start: a tenth of a millisecond is generous.
	assert.ok(theirs > before - 1 && theirs < after + 1, `${before} ${theirs} ${after}`);
});

test('a virtual clock moves only when told to', () => {
	const clock = new VirtualClock(500);
	assert.equal(clock.nowMs(), 500);
	assert.equal(clock.nowMs(), 500);
	clock.advance(0.5);
	assert.equal(clock.nowMs(), 500.5);
});
