/**
 * Goal: the keyed hash is HalfSipHash-1-3. Method: a literal reference, written from the paper's description over
 * octets, with rounds and output length as parameters, is first held against published vectors (HalfSipHash-2-4 of the
 * authors, and the 32-bit HalfSipHash-1-3 that the Linux kernel tests itself with, both with key octets 0, 1, 2 ... 7
 * and message octets 0, 1, 2 ...), then against `KeyedHash`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyedHash } from '../../../src/cache/hash.ts';
import { CacheLayout } from '../../../src/cache/layout.ts';
import { keyOf } from './support.ts';

interface Rounds {
	readonly perWord: number;
	readonly final: number;
	readonly resultWords: 1 | 2;
}

const mask = 0xffff_ffffn;

function rotate(value: bigint, bits: bigint): bigint {
	return ((value << bits) | (value >> (32n - bits))) & mask;
}

function sipRound(v: bigint[]): void {
	v[0] = (v[0] + v[1]) & mask;
	v[1] = rotate(v[1], 5n) ^ v[0];
	v[0] = rotate(v[0], 16n);
	v[2] = (v[2] + v[3]) & mask;
	v[3] = rotate(v[3], 8n) ^ v[2];
	v[0] = (v[0] + v[3]) & mask;
	v[3] = rotate(v[3], 7n) ^ v[0];
	v[2] = (v[2] + v[1]) & mask;
	v[1] = rotate(v[1], 13n) ^ v[2];
	v[2] = rotate(v[2], 16n);
}

/** HalfSipHash of octets; the result's words, the first one first. */
function reference(key: readonly [number, number], octets: Uint8Array, rounds: Rounds): number[] {
	const long = rounds.resultWords === 2;
	const k0 = BigInt(key[0] >>> 0);
	const k1 = BigInt(key[1] >>> 0);
	const v = [k0, k1, 0x6c796765n ^ k0, 0x74656462n ^ k1];
	if (long) v[1] ^= 0xeen;
	const absorb = (word: bigint): void => {
		v[3] ^= word;
		for (let i = 0; i < rounds.perWord; i++) sipRound(v);
		v[0] ^= word;
	};
	const padded = Buffer.alloc((octets.length & ~3) + 4);
	padded.set(octets);
	padded[padded.length - 1] = octets.length & 0xff;
	for (let at = 0; at < padded.length; at += 4) absorb(BigInt(padded.readUInt32LE(at)));
	const results: number[] = [];
	for (const constant of long ? [0xeen, 0xddn] : [0xffn]) {
		v[results.length === 0 ? 2 : 1] ^= constant;
		for (let i = 0; i < rounds.final; i++) sipRound(v);
		results.push(Number(v[1] ^ v[3]) | 0);
	}
	return results;
}

const countingKey = [0x0302_0100, 0x0706_0504] as const;

function counting(length: number): Uint8Array {
	return Uint8Array.from({ length }, (_, index) => index);
}

test('the reference gives the published values of HalfSipHash-2-4, 64 bits', () => {
	const published = [
		'218d1f59b9b83cc8',
		'be552412f8387315',
		'064f39ef7c50eb57',
		'ce0f1a45f7060679',
		'd5e78a175be52ea1',
		'cb9d7c3f2f3db580',
		'ce3e91358aa2bc25',
	];
	for (const [length, expected] of published.entries()) {
		const [first, second] = reference(countingKey, counting(length), {
			perWord: 2,
			final: 4,
			resultWords: 2,
		});
		const octets = Buffer.alloc(8);
		octets.writeInt32LE(first, 0);
		octets.writeInt32LE(second, 4);
		assert.equal(octets.toString('hex'), expected, `${length} octets`);
	}
});

test('the reference gives the published values of HalfSipHash-2-4 and 1-3, 32 bits', () => {
	const of24 = [
		'a9359f5b',
		'27475ab8',
		'fa62a603',
		'8afee704',
		'2a6e4689',
		'c5fab669',
		'5863fc23',
		'8bcf63c5',
	];
	for (const [length, expected] of of24.entries()) {
		const octets = Buffer.alloc(4);
		octets.writeInt32LE(
			reference(countingKey, counting(length), { perWord: 2, final: 4, resultWords: 1 })[0],
		);
		assert.equal(octets.toString('hex'), expected, `${length} octets`);
	}
	const of13 = [
		1477757078, -404200246, -1135931856, 22255929, 2114297510, -1998333797, -1610085531, -1657218602,
		1467586993, -935736595, -453365041, -1785575698, 1797785964, 1725799638, 375753340, -802850044,
		-1959668479,
	];
	for (const [length, expected] of of13.entries()) {
		const [result] = reference(countingKey, counting(length), { perWord: 1, final: 3, resultWords: 1 });
		assert.equal(result, expected, `${length} octets`);
	}
});

test('the hash of whole words is HalfSipHash-1-3 with 64 bits', () => {
	const word = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
	fc.assert(
		fc.property(word, word, fc.array(word, { maxLength: 66 }), (k0, k1, message) => {
			const words = Int32Array.from(message);
			const hash = new KeyedHash([k0, k1]);
			hash.update(words, words.length, 4 * words.length);
			const octets = Buffer.alloc(4 * words.length);
			for (const [index, value] of words.entries()) octets.writeInt32LE(value, 4 * index);
			const expected = reference([k0, k1], octets, { perWord: 1, final: 3, resultWords: 2 });
			assert.deepEqual([hash.low, hash.high], expected);
		}),
	);
});

test('octets that do not count are told apart from zeros that do, by the length', () => {
	const hash = new KeyedHash([1, 2]);
	const words = Int32Array.of(7, 0x61);
	const results = new Set<string>();
	for (const octets of [5, 6, 7, 8]) {
		hash.update(words, 2, octets);
		results.add(`${hash.high} ${hash.low}`);
	}
	assert.equal(results.size, 4);
});

test('another secret gives other buckets', () => {
	const layout = new CacheLayout(32 << 20);
	let equal = 0;
	for (let i = 0; i < 1000; i++) {
		const one = keyOf(`n${i}.example.`, { secret: [1, 2] });
		const other = keyOf(`n${i}.example.`, { secret: [1, 3] });
		if (layout.bucketBase(one.hashHigh) === layout.bucketBase(other.hashHigh)) equal++;
	}
	// 4,096 buckets: a quarter of one is expected.
	assert.ok(equal < 8, `${equal} of 1000 names stayed`);
});

test('names fall evenly into buckets, and tags inside a bucket are evenly spread', () => {
	const layout = new CacheLayout(256 * 8192);
	const buckets = new Array<number>(256).fill(0);
	const tags = new Array<number>(256).fill(0);
	const names = 25_600;
	for (let i = 0; i < names; i++) {
		const key = keyOf(`host-${i}.cluster.local.`);
		buckets[layout.bucketBase(key.hashHigh) / layout.bucketWords]++;
		tags[key.hashLow >>> 24]++;
	}
	for (const counts of [buckets, tags]) {
		const chiSquare = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
		// 255 ± 22.6 by expectation.
		assert.ok(chiSquare < 400, `${chiSquare}`);
	}
});
