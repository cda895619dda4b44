/**
 * Goal: draws have exactly the probabilities that were asked for. Method: the probabilities are read back from the table,
 * which is exact; draws are counted, with the places of streams that are used in earnest.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../src/util/random.ts';
import { buildAliasTable, pickAlias } from '../../../src/workload/alias-table.ts';
import { keyOf, unitAt, unitOf } from '../../../src/workload/hash.ts';
import { Zipf, zipfWeights } from '../../../src/workload/zipf.ts';
import { deviation } from './support.ts';

/** What each item comes to, over all columns. */
function probabilities(buffer: SharedArrayBuffer): number[] {
	const table = new Uint32Array(buffer);
	const count = table.length / 2;
	const shares = new Array<number>(count).fill(0);
	for (let column = 0; column < count; column++) {
		const lower = table[2 * column] / 2 ** 32;
		shares[column] += lower / count;
		shares[table[2 * column + 1]] += (1 - lower) / count;
	}
	return shares;
}

test('a table holds the weights it was made of', () => {
	const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
	fc.assert(
		fc.property(fc.array(weight, { minLength: 1, maxLength: 200 }), (weights) => {
			const sum = weights.reduce((a, b) => a + b, 0);
			fc.pre(sum > 0);
			const shares = probabilities(buildAliasTable(Float64Array.from(weights)));
			for (const [item, share] of shares.entries()) {
				assert.ok(Math.abs(share - weights[item] / sum) < 1e-9, `item ${item}: ${share}`);
			}
		}),
	);
});

test('a table of a million ranks holds the weights of Zipf', () => {
	const weights = zipfWeights(1_000_000, 1.1);
	const sum = weights.reduce((a, b) => a + b, 0);
	const shares = probabilities(buildAliasTable(weights));
	for (const rank of [0, 1, 2, 10, 1000, 500_000, 999_999]) {
		const expected = weights[rank] / sum;
		assert.ok(Math.abs(shares[rank] / expected - 1) < 1e-3, `rank ${rank}: ${shares[rank]}, ${expected}`);
	}
});

test('the ends of the unit are within the table', () => {
	const table = new Uint32Array(buildAliasTable(zipfWeights(7, 1)));
	assert.ok(pickAlias(table, 0) < 7);
	assert.ok(pickAlias(table, unitOf(0xffff_ffff, 0xffff_ffff)) < 7);
	for (const count of [3, 7, 1000, 2 ** 31 - 1, 49_999_999]) {
		assert.ok(Math.floor(unitOf(0xffff_ffff, 0xffff_ffff) * count) < count);
	}
});

const draws = 1_000_000;
const count = 50;

function assertZipf(counts: readonly number[], exponent: number): void {
	const weights = zipfWeights(count, exponent);
	const sum = weights.reduce((a, b) => a + b, 0);
	let squares = 0;
	for (let rank = 0; rank < count; rank++) {
		const expected = (draws * weights[rank]) / sum;
		squares += (counts[rank] - expected) ** 2 / expected;
	}
	// Chi-squared with 49 degrees of freedom has mean 49 and a standard deviation of 10.
	assert.ok(squares < 49 + 3 * Math.sqrt(2 * 49), `chi-squared is ${squares}`);
	assert.ok(squares > 49 - 3 * Math.sqrt(2 * 49), `chi-squared is ${squares}: too even for draws`);
	for (const rank of [0, 1, 9, 49]) {
		const away = deviation(counts[rank], draws, weights[rank] / sum);
		assert.ok(away < 3, `rank ${rank} is ${away} standard errors off`);
	}
}

for (const exponent of [0.5, 1, 1.5]) {
	test(`Zipf ${exponent} draws ranks as often as they should come`, () => {
		const zipf = new Zipf(count, exponent);
		const random = seededRandom(7);
		const counts = new Array<number>(count).fill(0);
		for (let i = 0; i < draws; i++) counts[zipf.draw(random)]++;
		assertZipf(counts, exponent);
	});

	test(`so it does with the places of a stream, exponent ${exponent}`, () => {
		const table = new Uint32Array(buildAliasTable(zipfWeights(count, exponent)));
		for (const seed of [0, 1, 0xffff_ffff]) {
			const key = keyOf(seed, 2);
			const counts = new Array<number>(count).fill(0);
			for (let place = 0; place < draws; place++) counts[pickAlias(table, unitAt(key, place))]++;
			assertZipf(counts, exponent);
		}
	});
}

test('streams of neighbouring keys, and neighbours in one stream, have nothing to do with each other', () => {
	const pairs = (unit: (i: number) => [number, number]): number => {
		let sum = 0;
		for (let i = 0; i < draws; i++) {
			const [a, b] = unit(i);
			sum += (a - 0.5) * (b - 0.5);
		}
		// The product of two even numbers around 0 has a standard deviation of 1/12.
		return Math.abs(sum / draws) / (1 / 12 / Math.sqrt(draws));
	};
	const [a, b] = [keyOf(1, 2), keyOf(1, 3)];
	assert.ok(pairs((i) => [unitAt(a, i), unitAt(b, i)]) < 3);
	assert.ok(pairs((i) => [unitAt(a, i), unitAt(a, i + 1)]) < 3);
	assert.ok(pairs((i) => [unitAt(a, i), unitAt(a, i + 2)]) < 3);
});
