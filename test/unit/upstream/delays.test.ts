/**
 * Goal: delays have the distributions that their labels say, so that a load test can be held against the arithmetic.
 * Method: 200,000 seeded samples of each; every quantile within two percent of the formula. Labels that make no sense are
 * plain names.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Behaviour, plainBehaviour } from '../../../src/load/upstream/behaviour.ts';
import { maxDelayMs, sampleDelayMs } from '../../../src/load/upstream/delay.ts';
import { parseBehaviour } from '../../../src/load/upstream/label-reader.ts';
import { findEffect } from '../../../src/load/upstream/labels.ts';
import { seededRandom } from '../../../src/util/random.ts';

const samples = 200_000;
const quantiles = [0.1, 0.5, 0.9, 0.99, 0.999];
/** Quantiles of the standard normal distribution, from tables. */
const normal = [-1.28155, 0, 1.28155, 2.32635, 3.09023];

function delayOf(label: string): Behaviour['delay'] {
	return parseBehaviour(label, plainBehaviour).delay;
}

function sorted(label: string): Float64Array {
	const random = seededRandom(5);
	const delay = delayOf(label)!;
	return Float64Array.from({ length: samples }, () => sampleDelayMs(delay, random)).sort();
}

const rows: [label: string, quantile: (q: number, i: number) => number][] = [
	['delay0.25ms', () => 0.25],
	['delay1500us', () => 1.5],
	['delayuniform10-50ms', (q) => 10 + 40 * q],
	['delayuniform500us-2ms', (q) => 0.5 + 1.5 * q],
	['delayexp20ms', (q) => -20 * Math.log(1 - q)],
	['delaylognormal5-40ms', (_, i) => 5 * (40 / 5) ** (normal[i] / normal[3])],
	['delaypareto2-40ms', (q) => 2 * (1 - q) ** -(Math.log(20) / Math.log(100))],
	['delaybimodal1-100ms-5', (q) => (q <= 0.95 ? 1 : 100)],
];

for (const [label, quantile] of rows) {
	test(`${label}: its quantiles are those of the formula`, () => {
		const delays = sorted(label);
		for (const [i, q] of quantiles.entries()) {
			const got = delays[Math.floor(q * samples)];
			const wanted = quantile(q, i);
			const tolerance = q === 0.999 ? 0.08 : 0.02;
			assert.ok(Math.abs(got / wanted - 1) < tolerance, `${q}: ${got}, not ${wanted}`);
		}
	});
}

test('the share of the second mode may be a fraction', () => {
	const delays = sorted('delaybimodal1-100ms-0.5');
	const slow = delays.filter((ms) => ms === 100).length / samples;
	assert.ok(Math.abs(slow - 0.005) < 0.0005, `${slow}`);
});

test('no delay is longer than the bound', () => {
	assert.equal(Math.max(...sorted('delaypareto1-50000ms').slice(-10)), maxDelayMs);
	assert.equal(sorted('delay999s')[0], maxDelayMs);
});

test('labels that make no sense are plain names', () => {
	const senseless = [
		'delay5',
		'delayms',
		'delay5h',
		'delayuniform50-10ms',
		'delayuniform10ms',
		'delayexp5',
		'delaylognormal0-5ms',
		'delaylognormal9-5ms',
		'delaypareto5-5ms',
		'delaypareto0-5ms',
		'delaybimodal1-100ms',
		'delaybimodal1-100ms-101',
		'delay1.5.5ms',
	];
	for (const label of senseless) assert.equal(findEffect(label), undefined, label);
});

test('a dot between digits is a decimal point, every other one ends a label', () => {
	const { delay, ttlSec, lossPercent, outcome } = parseBehaviour(
		'delay0.5ms.ttl5 loss0.25.nx',
		plainBehaviour,
	);
	assert.deepEqual([delay, ttlSec, lossPercent, outcome], [{ kind: 'fixed', ms: 0.5 }, 5, 0.25, 'nxdomain']);
	assert.throws(() => parseBehaviour('ttl5.5', plainBehaviour), /"ttl5\.5" is not a behaviour/);
});
