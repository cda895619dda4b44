/**
 * Goal: a timer never runs early, at most a tick late, once, and not after it was cancelled, however times and calls
 * mix. Method: tables for what is easy to say, then random operations against a model that keeps a plain list.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Timer, TimerWheel, tickMs } from '../../../src/util/timer-wheel.ts';

class Recorder extends Timer {
	readonly name: number;
	readonly log: number[];
	action: (nowMs: number) => void = () => {};

	constructor(name: number, log: number[]) {
		super();
		this.name = name;
		this.log = log;
	}

	due(nowMs: number): void {
		this.log.push(this.name);
		this.action(nowMs);
	}
}

test('a timer runs at the first advance at or behind its time, not before, and once', () => {
	for (const dueMs of [1000, 1001, 1009, 1010, 1011, 5000, 1000 + 1024 * tickMs, 1_000_000]) {
		const log: number[] = [];
		const wheel = new TimerWheel(1000);
		wheel.set(new Recorder(1, log), dueMs, 1000);
		wheel.advance(dueMs - 1);
		assert.deepEqual(log, [], `${dueMs}: early`);
		wheel.advance(dueMs + tickMs);
		assert.deepEqual(log, [1], `${dueMs}: late`);
		wheel.advance(dueMs + 100_000);
		assert.deepEqual(log, [1], `${dueMs}: twice`);
	}
});

test('what is due already runs at the next advance', () => {
	const log: number[] = [];
	const wheel = new TimerWheel(1000);
	wheel.set(new Recorder(1, log), 0, 1000);
	wheel.advance(1000 + tickMs);
	assert.deepEqual(log, [1]);
});

test('timers run in order of their ticks, and of their setting within one', () => {
	const log: number[] = [];
	const wheel = new TimerWheel(0);
	for (const [name, dueMs] of [5000, 100, 100, 20_000, 50].entries())
		wheel.set(new Recorder(name, log), dueMs, 0);
	wheel.advance(30_000);
	assert.deepEqual(log, [4, 1, 2, 0, 3]);
});

test('a cancelled timer does not run, and cancelling twice is harmless', () => {
	const log: number[] = [];
	const wheel = new TimerWheel(0);
	const timer = new Recorder(1, log);
	wheel.set(timer, 100, 0);
	wheel.cancel(timer);
	wheel.cancel(timer);
	wheel.advance(1000);
	assert.deepEqual(log, []);
	assert.equal(wheel.nextDeadlineMs(), Number.POSITIVE_INFINITY);
});

test('setting a timer again moves it', () => {
	const log: number[] = [];
	const wheel = new TimerWheel(0);
	const timer = new Recorder(1, log);
	wheel.set(timer, 100, 0);
	wheel.set(timer, 500, 0);
	wheel.advance(400);
	assert.deepEqual(log, []);
	wheel.advance(510);
	assert.deepEqual(log, [1]);
});

test('a timer may set itself again, and cancel or set others, while it runs', () => {
	const log: number[] = [];
	const wheel = new TimerWheel(0);
	const first = new Recorder(1, log);
	const victim = new Recorder(2, log);
	const late = new Recorder(3, log);
	first.action = (nowMs) => {
		if (log.filter((name) => name === 1).length < 3) wheel.set(first, nowMs, nowMs);
		wheel.cancel(victim);
		wheel.set(late, nowMs + 50, nowMs);
	};
	wheel.set(first, 100, 0);
	wheel.set(victim, 100, 0);
	for (let nowMs = 0; nowMs <= 400; nowMs += tickMs) wheel.advance(nowMs);
	assert.deepEqual(log, [1, 1, 1, 3]);
});

test('a timer that sets itself for now does not hold an advance up for ever', () => {
	const log: number[] = [];
	const wheel = new TimerWheel(0);
	const timer = new Recorder(1, log);
	timer.action = (nowMs) => wheel.set(timer, 0, nowMs);
	wheel.set(timer, 0, 0);
	wheel.advance(10 * tickMs);
	assert.ok(log.length >= 1 && log.length <= 10, `${log.length} runs`);
});

test('the deadline is within a tick while a timer is set, and never behind one that is due', () => {
	const wheel = new TimerWheel(1000);
	assert.equal(wheel.nextDeadlineMs(), Number.POSITIVE_INFINITY);
	wheel.set(new Recorder(1, []), 1500, 1000);
	assert.ok(wheel.nextDeadlineMs() > 1000 && wheel.nextDeadlineMs() <= 1000 + tickMs);
});

test('a wheel at rest follows the time: a timer set a day later is not a day late', () => {
	const log: number[] = [];
	const wheel = new TimerWheel(0);
	const day = 86_400_000;
	wheel.set(new Recorder(1, log), day + 50, day);
	wheel.advance(day + 40);
	assert.deepEqual(log, []);
	wheel.advance(day + 60);
	assert.deepEqual(log, [1]);
});

type Operation =
	| { do: 'set'; timer: number; inMs: number }
	| { do: 'cancel'; timer: number }
	| { do: 'advance'; byMs: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
	fc.record({
		do: fc.constant('set' as const),
		timer: fc.nat(9),
		inMs: fc.oneof(fc.nat(100), fc.nat(30_000), fc.integer({ min: -50, max: 0 })),
	}),
	fc.record({ do: fc.constant('cancel' as const), timer: fc.nat(9) }),
	fc.record({ do: fc.constant('advance' as const), byMs: fc.oneof(fc.nat(30), fc.nat(25_000)) }),
);

test('random operations: what ran is what a plain list says', () => {
	fc.assert(
		fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), fc.nat(5000), (operations, startMs) => {
			const log: number[] = [];
			const wheel = new TimerWheel(startMs);
			const timers = Array.from({ length: 10 }, (_, name) => new Recorder(name, log));
			const dueMs = new Map<number, number>();
			/** By then it has run: a tick behind its time, or behind its setting if it was due already. */
			const latestMs = (name: number): number => Math.max(dueMs.get(name)!, setMs[name]) + tickMs;
			const setMs: number[] = [];
			let nowMs = startMs;
			for (const step of operations) {
				if (step.do === 'set') {
					wheel.set(timers[step.timer], nowMs + step.inMs, nowMs);
					dueMs.set(step.timer, nowMs + step.inMs);
					setMs[step.timer] = nowMs;
				} else if (step.do === 'cancel') {
					wheel.cancel(timers[step.timer]);
					dueMs.delete(step.timer);
				} else {
					nowMs += step.byMs;
					log.length = 0;
					wheel.advance(nowMs);
					for (const name of log) {
						assert.ok(dueMs.has(name), 'ran without being set');
						assert.ok(dueMs.get(name)! <= nowMs, 'ran early');
						dueMs.delete(name);
					}
					for (const name of dueMs.keys()) assert.ok(latestMs(name) > nowMs, 'did not run');
				}
				assert.equal(wheel.nextDeadlineMs() === Number.POSITIVE_INFINITY, dueMs.size === 0);
			}
		}),
		{ numRuns: 500 },
	);
});

test('setting a timer at latest moves it to an earlier time, never to a later one', () => {
	const log: number[] = [];
	const wheel = new TimerWheel(0);
	const timer = new Recorder(7, log);
	wheel.setAtLatest(timer, 500, 0);
	wheel.setAtLatest(timer, 900, 0);
	wheel.setAtLatest(timer, 200, 0);
	wheel.advance(190);
	assert.deepEqual(log, []);
	wheel.advance(210);
	assert.deepEqual(log, [7]);
	wheel.advance(2000);
	assert.deepEqual(log, [7], 'once');
	wheel.setAtLatest(timer, 2100, 2000);
	wheel.advance(2110);
	assert.deepEqual(log, [7, 7]);
});
