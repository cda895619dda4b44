import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScheduledSlots, TimedSlots, WindowSlots } from '../../../../src/load/generate/slots.ts';
import { numberedSource } from './world.ts';

const never = Number.POSITIVE_INFINITY;

function times(...dueMs: number[]) {
	return { next: () => dueMs.shift() ?? never };
}

test('scheduled slots are due when the schedule says, until it ends', () => {
	const slots = new ScheduledSlots(numberedSource(), times(0, 10, 20), 100);
	const seen: [number, number][] = [];
	while (!slots.over) seen.push([slots.nextMs, slots.take()]);
	assert.deepEqual(seen, [
		[0, 0],
		[10, 1],
		[20, 2],
	]);
});

test('scheduled slots end with the source, with their bound, and when they are stopped', () => {
	const short = new ScheduledSlots(numberedSource(1), times(0, 10, 20), 100);
	assert.equal(short.take(), 0);
	assert.equal(short.take(), -1);
	assert.ok(short.over);
	const bounded = new ScheduledSlots(numberedSource(), times(0, 10, 20), 2);
	bounded.take();
	assert.ok(!bounded.over);
	bounded.take();
	assert.ok(bounded.over);
	const stopped = new ScheduledSlots(numberedSource(), times(0, 10, 20), 100);
	stopped.stop();
	assert.ok(stopped.over);
	assert.ok(new ScheduledSlots(numberedSource(), times(0), 0).over);
});

test('timed slots are due when their source says, so many times as fast', () => {
	const source = { ...numberedSource(5), dueMs: 0 };
	let count = 0;
	const timed = {
		...source,
		next() {
			const number = count < 5 ? count++ : -1;
			timed.dueMs = number * 100;
			return number;
		},
	};
	const slots = new TimedSlots(timed, 2, 175, 100);
	const seen: [number, number][] = [];
	while (!slots.over) seen.push([slots.nextMs, slots.take()]);
	assert.deepEqual(seen, [
		[0, 0],
		[50, 1],
		[100, 2],
		[150, 3],
	]);
});

test('a window has room for as many as it is wide, and for one more when one ends', () => {
	const slots = new WindowSlots(numberedSource(), 2, 4);
	assert.equal(slots.nextMs, Number.NEGATIVE_INFINITY);
	slots.take();
	slots.take();
	assert.equal(slots.nextMs, never);
	slots.ended();
	assert.equal(slots.nextMs, Number.NEGATIVE_INFINITY);
	slots.take();
	slots.ended();
	slots.take();
	assert.ok(slots.over);
});

test('a window whose source has no more is over', () => {
	const slots = new WindowSlots(numberedSource(1), 5, 100);
	slots.take();
	assert.ok(!slots.over);
	assert.equal(slots.take(), -1);
	assert.ok(slots.over);
	assert.equal(slots.nextMs, never);
});
