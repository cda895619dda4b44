/**
 * Goal: the sketch is a count-min sketch with counters of four bits. Method: against one with a number for each counter, and
 * against exact counts where it is so wide that no keys meet; random keys, fast-check.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrequencySketch, sketchBytesPerEntry } from '../../../src/lab/frequency-sketch.ts';
import { scatter } from '../../../src/workload/hash.ts';
import { ExactFrequencies, type Frequencies, PlainSketch } from './slow/frequencies.ts';

/** Negative: all counters are halved. */
const steps = fc.array(fc.integer({ min: -1, max: 90 }), { maxLength: 1500, size: 'max' });

function follow(sketch: Frequencies, other: Frequencies, keys: readonly number[]): void {
	for (const key of keys) {
		for (const one of [sketch, other]) {
			if (key < 0) one.halve();
			else one.add(key);
		}
	}
	for (let key = 0; key <= 90; key++) assert.equal(sketch.estimate(key), other.estimate(key));
}

test('keys share counters as in a count-min sketch', () => {
	const make = (width: number): [FrequencySketch, PlainSketch] => [
		new FrequencySketch(width / 4),
		new PlainSketch(width, scatter),
	];
	fc.assert(fc.property(fc.constantFrom(64, 128), steps, (width, keys) => follow(...make(width), keys)));
});

test('where no keys meet it counts exactly, up to 15', () => {
	fc.assert(fc.property(steps, (keys) => follow(new FrequencySketch(2 ** 15), new ExactFrequencies(), keys)));
});

test('it has sixteen counters for each entry, and more where that is no power of two', () => {
	assert.equal(new FrequencySketch(64).entries, 64);
	assert.equal(new FrequencySketch(65).entries, 128);
	assert.equal(sketchBytesPerEntry, 8);
});

test('widening changes no estimate, and keys that met before part', () => {
	const sketch = new FrequencySketch(16);
	for (let key = 0; key < 60; key++) sketch.add(key);
	const estimates = Array.from({ length: 200 }, (_, key) => sketch.estimate(key));
	for (const entries of [32, 64, 128, 256, 512, 1024]) {
		sketch.widen();
		assert.equal(sketch.entries, entries);
		for (const [key, estimate] of estimates.entries()) assert.equal(sketch.estimate(key), estimate);
	}
	for (let times = 0; times < 4; times++) sketch.halve();
	assert.equal(sketch.estimate(5), 0);
	for (let key = 1000; key < 1060; key++) sketch.add(key);
	assert.equal(sketch.estimate(1000), 1);
	assert.equal(sketch.estimate(5), 0);
});
