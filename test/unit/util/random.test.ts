/** Goal: random numbers are spread evenly where that matters, and repeatable where that matters. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cryptoRandom, randomBelow, seededRandom } from '../../../src/util/random.ts';

const draws = 40_000;

/** Pearson's statistic for `cells` equally likely cells; its expectation is cells - 1. */
function chiSquare(counts: readonly number[]): number {
	const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
	return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

for (const [what, random] of [
	['the unpredictable source', cryptoRandom()],
	['the repeatable source', seededRandom(7)],
] as const) {
	test(`${what} gives whole numbers of 32 bits whose octets are evenly spread`, () => {
		const octets = Array.from({ length: 4 }, () => new Array<number>(256).fill(0));
		for (let i = 0; i < draws; i++) {
			const number = random.nextUint32();
			assert.ok(Number.isInteger(number) && number >= 0 && number < 2 ** 32);
			for (let place = 0; place < 4; place++) octets[place][(number >>> (8 * place)) & 0xff]++;
		}
		// 255 ± 22.6 by expectation: 450 is eight standard deviations away.
		for (const counts of octets) assert.ok(chiSquare(counts) < 450, `${chiSquare(counts)}`);
	});
}

test('the unpredictable source goes on behind its pool and does not repeat it', () => {
	const random = cryptoRandom();
	const seen = new Set(Array.from({ length: 4096 }, () => random.nextUint32()));
	assert.ok(seen.size > 4090);
});

test('equal seeds give equal numbers, other seeds others', () => {
	const numbers = (seed: number): number[] => {
		const random = seededRandom(seed);
		return Array.from({ length: 8 }, () => random.nextUint32());
	};
	assert.deepEqual(numbers(1), numbers(1));
	assert.notDeepEqual(numbers(1), numbers(2));
	assert.deepEqual(numbers(-1), numbers(0xffff_ffff));
});

test('a number below a bound reaches every value and not the bound', () => {
	for (const bound of [1, 2, 3, 7, 15]) {
		const counts = new Array<number>(bound).fill(0);
		const random = seededRandom(bound);
		for (let i = 0; i < draws; i++) counts[randomBelow(random, bound)]++;
		assert.equal(counts.length, bound);
		assert.ok(chiSquare(counts) < 60);
	}
	const ends = [0, 0xffff_ffff];
	for (const [index, expected] of [0, 4].entries()) {
		assert.equal(randomBelow({ nextUint32: () => ends[index] }, 5), expected);
	}
});
