/**
 * Goal: queries leave in order of time as far as the waiting allows, nothing is lost, memory is bounded. Method: a sorted
 * array as a model of the heap; times by hand for the rest.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Asked } from '../../../../src/workload/read/decoder.ts';
import { Duplicates } from '../../../../src/workload/read/duplicates.ts';
import { Notes } from '../../../../src/workload/read/notes.ts';
import { heldMax, Outlet, type OutletOptions } from '../../../../src/workload/read/outlet.ts';
import { TimeOrder } from '../../../../src/workload/read/time-order.ts';

const root = new Uint8Array(1);

/** `line` tells it from others. */
function askedAt(atMs: number, line = 0): Asked {
	const reply = { rcode: undefined, answerTtlSec: undefined, replyBytes: undefined, rttUs: undefined };
	const query = {
		atMs,
		client: '10.0.0.1',
		qname: root,
		qtype: 1,
		qclass: 1,
		edns: undefined,
		recursionDesired: true,
		...reply,
		line,
	};
	return { query, port: 1, id: 1 };
}

function open(options: Partial<OutletOptions>): { outlet: Outlet; notes: Notes; lines: () => number[] } {
	const notes = new Notes('trace', undefined);
	const outlet = new Outlet(notes, { waitMs: 0, holdUntimed: false, duplicatesWithinMs: 0, ...options });
	return { outlet, notes, lines: () => outlet.drain().map(({ line }) => line) };
}

test('the earliest leaves first, of equals the one that came first', () => {
	const operation = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('remove' as const));
	fc.assert(
		fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
			const order = new TimeOrder();
			const model: Asked[] = [];
			for (const [line, step] of operations.entries()) {
				if (step === 'remove') {
					if (model.length > 0) assert.equal(order.removeEarliest(), model.shift());
				} else {
					const asked = askedAt(step, line);
					order.add(asked, step);
					model.push(asked);
					// Sorting keeps the order of equals.
					model.sort((one, other) => one.query.atMs - other.query.atMs);
				}
				assert.equal(order.size, model.length);
				assert.equal(order.earliestMs, model[0]?.query.atMs ?? Number.POSITIVE_INFINITY);
			}
		}),
	);
});

test('a query waits until one comes that is so much later, or the trace ends', () => {
	const { outlet, lines } = open({ waitMs: 100 });
	outlet.take(askedAt(50, 1));
	outlet.take(askedAt(20, 2));
	assert.deepEqual(lines(), []);
	outlet.take(askedAt(120, 3));
	assert.deepEqual(lines(), [2]);
	outlet.passTime(149);
	assert.deepEqual(lines(), []);
	outlet.passTime(150);
	assert.deepEqual(lines(), [1]);
	outlet.passTime(Number.NaN);
	assert.deepEqual(lines(), []);
	outlet.end();
	assert.deepEqual(lines(), [3]);
});

test('without waiting, and without a time, the order is that of coming', () => {
	const atOnce = open({ waitMs: 0 });
	for (const [line, atMs] of [5, 3, 9].entries()) atOnce.outlet.take(askedAt(atMs, line));
	assert.deepEqual(atOnce.lines(), [0, 1, 2]);
	assert.equal(atOnce.notes.outOfOrder, 1);
	const untimed = open({ waitMs: Number.POSITIVE_INFINITY });
	untimed.outlet.take(askedAt(5, 1));
	untimed.outlet.take(askedAt(Number.NaN, 2));
	assert.deepEqual(untimed.lines(), [2]);
	const held = open({ waitMs: 10, holdUntimed: true });
	held.outlet.take(askedAt(5, 1));
	held.outlet.take(askedAt(Number.NaN, 2));
	assert.deepEqual(held.lines(), []);
	held.outlet.take(askedAt(15, 3));
	assert.deepEqual(held.lines(), [1, 2]);
});

test('no more than a bound is held back; who leaves is told', () => {
	const left: number[] = [];
	const { outlet, lines, notes } = open({
		waitMs: Number.POSITIVE_INFINITY,
		onLeave: ({ query }) => left.push(query.line),
	});
	for (let i = 0; i < heldMax; i++) outlet.take(askedAt(heldMax - i, i));
	assert.deepEqual(lines(), []);
	outlet.take(askedAt(2.5, -1));
	outlet.take(askedAt(0.5, -2));
	assert.deepEqual(lines(), [heldMax - 1, -2]);
	assert.deepEqual(left, [heldMax - 1, -2]);
	assert.equal(notes.outOfOrder, 1);
	outlet.end();
	assert.equal(lines().length, heldMax);
});

test('duplicates are those near the one that was kept', () => {
	const duplicates = new Duplicates(10);
	const found = [0, 10, 10.5, 20.5, 20.6, 100, 105, 111].map((atMs) => duplicates.has(askedAt(atMs)));
	assert.deepEqual(found, [false, true, false, true, false, false, true, false]);
	assert.equal(duplicates.has(askedAt(Number.NaN)), false);
	assert.equal(duplicates.has(askedAt(Number.NaN)), false);
});

test('duplicates: as a search through everything that was kept finds them', () => {
	const steps = fc.array(
		fc.record({ gapMs: fc.integer({ min: 0, max: 12 }), id: fc.integer({ min: 0, max: 2 }) }),
	);
	fc.assert(
		fc.property(steps, (made) => {
			const duplicates = new Duplicates(10);
			const kept: { atMs: number; id: number }[] = [];
			let atMs = 0;
			for (const { gapMs, id } of made) {
				atMs += gapMs;
				const expected = kept.some((other) => other.id === id && atMs - other.atMs <= 10);
				if (!expected) kept.push({ atMs, id });
				assert.equal(duplicates.has({ ...askedAt(atMs), id }), expected);
			}
		}),
	);
});
