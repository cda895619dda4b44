/**
 * Goal: slots are due when the rate says, for however many threads and however long. Method: arithmetic, properties, and for
 * random gaps their distribution within three standard errors.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PetrelError } from '../../../src/util/errors.ts';
import { seededRandom } from '../../../src/util/random.ts';
import {
	type Arrivals,
	evenArrivals,
	poissonArrivals,
	rampArrivals,
} from '../../../src/workload/arrivals.ts';

function all(arrivals: Arrivals): number[] {
	const times: number[] = [];
	for (let ms = arrivals.next(); ms < Number.POSITIVE_INFINITY; ms = arrivals.next()) times.push(ms);
	return times;
}

test('at a steady rate slot k is due after k gaps', () => {
	assert.deepEqual(all(evenArrivals(4, 1000, 0, 1)), [0, 250, 500, 750]);
	assert.deepEqual(all(evenArrivals(4, 1001, 1, 2)), [250, 750]);
	assert.deepEqual(all(evenArrivals(4, 1001, 0, 2)), [0, 500, 1000]);
	assert.deepEqual(all(evenArrivals(1, 1000, 1, 2)), []);
});

test('a steady rate does not drift', () => {
	const arrivals = evenArrivals(1_000_000 / 3, Number.POSITIVE_INFINITY, 0, 1);
	let ms = 0;
	for (let slot = 0; slot <= 3_000_000; slot++) ms = arrivals.next();
	assert.equal(ms, 9000);
});

test('once it is over it stays over', () => {
	for (const arrivals of [
		evenArrivals(10, 150, 0, 1),
		rampArrivals(10, 20, 150, 0, 1),
		poissonArrivals(100, 150, seededRandom(1)),
	]) {
		all(arrivals);
		for (let i = 0; i < 3; i++) assert.equal(arrivals.next(), Number.POSITIVE_INFINITY);
	}
});

const rate = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0.1, max: 3000, noNaN: true }));
const endMs = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0.1, max: 3000, noNaN: true }));
const threads = fc.integer({ min: 1, max: 7 });

test('threads together have the slots that one would have, at a steady rate and on a ramp', () => {
	const inputs = fc.record({ from: rate, to: rate, endMs, workers: threads, steady: fc.boolean() });
	fc.assert(
		fc.property(inputs, ({ from, to, endMs: end, workers, steady }) => {
			const of = (worker: number, count: number): Arrivals =>
				steady ? evenArrivals(from, end, worker, count) : rampArrivals(from, to, end, worker, count);
			const one = all(of(0, 1));
			for (let worker = 0; worker < workers; worker++) {
				assert.deepEqual(
					all(of(worker, workers)),
					one.filter((_, slot) => slot % workers === worker),
				);
			}
			for (let i = 1; i < one.length; i++) assert.ok(one[i] > one[i - 1]);
		}),
	);
});

test('the count of slots is exact', () => {
	const inputs = fc.record({
		from: rate,
		to: rate,
		endMs,
		untilMs: endMs,
		workers: threads,
		worker: fc.nat(6),
	});
	fc.assert(
		fc.property(inputs, ({ from, to, endMs: end, untilMs, workers, worker }) => {
			for (const make of [
				() => evenArrivals(from, end, worker % workers, workers),
				() => rampArrivals(from, to, end, worker % workers, workers),
			]) {
				const times = all(make());
				assert.equal(make().count(end), times.length);
				assert.equal(make().count(Number.POSITIVE_INFINITY), times.length);
				assert.equal(make().count(untilMs), times.filter((ms) => ms < untilMs).length);
			}
		}),
	);
});

test('a schedule without end has a count for any time', () => {
	const arrivals = evenArrivals(1000, Number.POSITIVE_INFINITY, 0, 4);
	assert.equal(arrivals.count(60_000), 15_000);
	assert.equal(arrivals.count(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
});

test('on a ramp as many slots have been due as the area below it says', () => {
	for (const [from, to] of [
		[0, 1000],
		[1000, 0],
		[200, 1800],
		[1000, 1000],
	]) {
		const times = all(rampArrivals(from, to, 4000, 0, 1));
		for (const sec of [0.5, 1, 2, 3.9]) {
			const area = from * sec + ((to - from) * sec * sec) / 8;
			const due = times.filter((ms) => ms < sec * 1000).length;
			assert.ok(Math.abs(due - area) <= 1, `${from} to ${to}, ${sec} s: ${due}, ${area}`);
		}
		assert.equal(times.length, (4 * (from + to)) / 2);
	}
});

test('random gaps are exponentially distributed, around the mean of the rate', () => {
	const times = all(poissonArrivals(500, 200_000, seededRandom(3)));
	assert.ok(Math.abs(times.length - 100_000) < 3 * Math.sqrt(100_000), `${times.length} slots`);
	const gaps = times.map((ms, i) => ms - (i === 0 ? 0 : times[i - 1]));
	for (const ms of [0.1, 1, 2, 4, 10]) {
		const expected = Math.exp(-ms / 2);
		const longer = gaps.filter((gap) => gap > ms).length / gaps.length;
		const error = Math.sqrt((expected * (1 - expected)) / gaps.length);
		assert.ok(Math.abs(longer - expected) < 3 * error, `${longer} of the gaps are longer than ${ms} ms`);
	}
	assert.equal(poissonArrivals(500, 200_000, seededRandom(3)).count(1000), 500);
	assert.equal(poissonArrivals(500, 2000, seededRandom(3)).count(9000), 1000);
});

test('a random source at its ends gives times that are numbers', () => {
	for (const value of [0, 0xffff_ffff]) {
		const ms = poissonArrivals(1, 1e9, { nextUint32: () => value }).next();
		assert.ok(ms >= 0 && ms < 1e9, String(ms));
	}
});

const bad: [what: string, make: () => Arrivals, message: RegExp][] = [
	['no rate', () => evenArrivals(0, 1000, 0, 1), /the rate is 0 queries a second; write a number above 0/],
	['a negative rate', () => poissonArrivals(-1, 1000, seededRandom(1)), /the rate is -1/],
	['no number', () => evenArrivals(Number.NaN, 1000, 0, 1), /the rate is NaN/],
	['an endless rate', () => evenArrivals(Number.POSITIVE_INFINITY, 1000, 0, 1), /the rate is Infinity/],
	['a ramp from 0 to 0', () => rampArrivals(0, 0, 1000, 0, 1), /the higher end of the ramp is 0/],
	['a ramp below 0', () => rampArrivals(-1, 5, 1000, 0, 1), /the ramp goes from -1 to 5/],
	['a ramp in no time', () => rampArrivals(1, 5, 0, 0, 1), /in 0 s/],
	['an endless ramp', () => rampArrivals(1, 5, Number.POSITIVE_INFINITY, 0, 1), /in Infinity s/],
];

for (const [what, make, message] of bad) {
	test(`refused: ${what}`, () => {
		assert.throws(make, (error) => error instanceof PetrelError && message.test(error.message));
	});
}
