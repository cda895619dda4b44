/**
 * Goal: hit ratios are what theory says they are, where it says so exactly or nearly. Method: seeded runs over keys that are
 * asked for independently by Zipf's law, held against closed forms within three standard errors; the closed forms against
 * values that were computed elsewhere.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allPolicies } from '../../../../src/lab/policies/index.ts';
import { seededRandom } from '../../../../src/util/random.ts';
import { Zipf } from '../../../../src/workload/zipf.ts';
import { fifoByStay, fifoExactly, lruByChe, lruExactly, topShare } from './closed-forms.ts';
import { assertNear, type Sample, sample, zipfPopularity } from './sample.ts';

const online = allPolicies.filter(({ needsFuture = false }) => !needsFuture);

function run(
	name: string,
	keys: number,
	capacity: number,
	exponent: number,
	requests = 1_000_000,
	seed = 11,
): Sample {
	const policy = allPolicies.find((row) => row.name === name)!.make({ capacity, seed: 3, keys });
	const zipf = new Zipf(keys, exponent);
	const random = seededRandom(seed);
	return sample(requests / 5, requests, () => {
		const key = zipf.draw(random);
		if (policy.get(key)) return true;
		policy.put(key, 1, Number.POSITIVE_INFINITY);
		return false;
	});
}

const few = [
	{
		keys: 10,
		capacity: 3,
		exponent: 1,
		lru: 0.470664,
		che: 0.465724,
		fifo: 0.445104,
		stay: 0.42952,
		top: 0.625931,
	},
	{
		keys: 12,
		capacity: 4,
		exponent: 0.8,
		lru: 0.458929,
		che: 0.456212,
		fifo: 0.436511,
		stay: 0.427605,
		top: 0.602624,
	},
	{
		keys: 20,
		capacity: 4,
		exponent: 1,
		lru: 0.40833,
		che: 0.404759,
		fifo: 0.377553,
		stay: 0.365551,
		top: 0.579067,
	},
];

const many = [
	{ keys: 1000, capacity: 100, exponent: 0.8, che: 0.37779, stay: 0.33368, top: 0.52583 },
	{ keys: 10_000, capacity: 100, exponent: 1, che: 0.39053, stay: 0.34233, top: 0.52999 },
	{ keys: 10_000, capacity: 1000, exponent: 1, che: 0.6756, stay: 0.63091, top: 0.76479 },
	{ keys: 10_000, capacity: 1000, exponent: 0.8, che: 0.43666, stay: 0.39418, top: 0.57062 },
	{ keys: 100_000, capacity: 10_000, exponent: 0.9, che: 0.60523, stay: 0.56372, top: 0.70694 },
	{ keys: 1_000_000, capacity: 10_000, exponent: 1, che: 0.58514, stay: 0.55017, top: 0.68004 },
];

describe('the closed forms give what was computed elsewhere', () => {
	for (const { keys, capacity, exponent, lru, che, fifo, stay, top } of few) {
		test(`${capacity} of ${keys}, exponent ${exponent}`, () => {
			const popularity = zipfPopularity(keys, exponent);
			assert.deepEqual(
				[lruExactly, lruByChe, fifoExactly, fifoByStay, topShare].map((form) =>
					form(popularity, capacity).toFixed(6),
				),
				[lru, che, fifo, stay, top].map((ratio) => ratio.toFixed(6)),
			);
		});
	}
	for (const { keys, capacity, exponent, che, stay, top } of many) {
		test(`${capacity} of ${keys}, exponent ${exponent}`, () => {
			const popularity = zipfPopularity(keys, exponent);
			assert.deepEqual(
				[lruByChe, fifoByStay, topShare].map((form) => form(popularity, capacity).toFixed(5)),
				[che, stay, top].map((ratio) => ratio.toFixed(5)),
			);
		});
	}
});

describe('exactly, with few keys', () => {
	for (const { keys, capacity, exponent, lru, fifo, top } of few) {
		const what = `${capacity} of ${keys}, exponent ${exponent}`;
		for (const name of ['lru', 'lru-cache']) {
			test(`${name}: ${what}`, () => assertNear(run(name, keys, capacity, exponent), lru, name));
		}
		for (const name of ['fifo', 'random']) {
			test(`${name}: ${what}`, () => assertNear(run(name, keys, capacity, exponent), fifo, name));
		}
		test(`none exceeds the ${capacity} most popular of ${keys}`, () => {
			for (const { name } of online) {
				const { mean, standardError } = run(name, keys, capacity, exponent, 100_000);
				assert.ok(mean <= top + 3 * standardError, `${name}: ${mean}, at most ${top}`);
			}
		});
	}
});

describe('nearly, with many keys', () => {
	for (const { keys, capacity, exponent, che, stay } of many) {
		const what = `${capacity} of ${keys}, exponent ${exponent}`;
		test(`lru: ${what}`, () => assertNear(run('lru', keys, capacity, exponent), che, 'lru'));
		for (const name of ['fifo', 'random']) {
			test(`${name}: ${what}`, () => assertNear(run(name, keys, capacity, exponent), stay, name));
		}
	}

	test('clock and sieve as in other simulations, of which each is another sample', () => {
		for (const [name, ratio] of Object.entries({ clock: 0.6865, sieve: 0.75 })) {
			const means = [1, 2, 3, 4, 5, 6].map((seed) => run(name, 10_000, 1000, 1, 1_000_000, seed).mean);
			const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
			const variance = means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (means.length - 1);
			assert.ok(Math.abs(mean - ratio) <= 3 * Math.sqrt(variance), `${name}: ${means}, ${ratio}`);
		}
	});
});
