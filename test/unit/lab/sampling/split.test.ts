/**
 * Goal: a key is in one sample or in none, with all its requests, by what it stands for. Method: random requests split by
 * random plans, held against the requests themselves; the same keys in another order.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NumberedNames } from '../../../../src/lab/generate/numbered-names.ts';
import { HashedNumbering, hashOfNames } from '../../../../src/lab/sampling/key-hash.ts';
import {
	planSamples,
	sampledBytesMin,
	sampledEntriesMin,
	scaled,
} from '../../../../src/lab/sampling/plan.ts';
import { SampleSplit } from '../../../../src/lab/sampling/split.ts';
import { halfWidth } from '../../../../src/lab/sampling/student.ts';
import { NameTable } from '../../../../src/lab/simulate/name-table.ts';
import type { RequestId } from '../../../../src/lab/traces/request.ts';
import { requestsOf } from '../simulate/support.ts';

const plans = fc
	.record({ samples: fc.integer({ min: 1, max: 8 }), share: fc.double({ min: 0.05, max: 1, noNaN: true }) })
	.chain(({ samples, share }) =>
		fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((seed) => ({ rate: share / samples, samples, seed })),
	);

test('each request goes to the sample of its key, in order, and to no other', () => {
	const names = new NumberedNames(300);
	fc.assert(
		fc.property(
			plans,
			fc.array(fc.integer({ min: 0, max: 299 }), { minLength: 1, maxLength: 400, size: 'max' }),
			fc.nat(400),
			(plan, keys, warmupRequests) => {
				const split = new SampleSplit(plan, hashOfNames(names), { names, warmupRequests });
				const half = keys.length >> 1;
				const request = (key: number, i: number) => ({ atSec: i, key, ttlSec: key, size: i });
				split.add(requestsOf(keys.slice(0, half).map((key, i) => request(key, i))));
				const early = split.samples.map((sample) => sample.take());
				split.add(requestsOf(keys.slice(half).map((key, i) => request(key, half + i))));
				const taken = split.samples.map((sample, i) => [early[i], sample.take()]);
				const seen = new Map<number, number>();
				for (const [i, parts] of taken.entries()) {
					let last = -1;
					const sizes = parts.flatMap(({ count, sizes }) => [...sizes.subarray(0, count)]);
					const numbers = parts.flatMap(({ count, keys }) => [...keys.subarray(0, count)]);
					for (const [at, request] of sizes.entries()) {
						assert.ok(request > last);
						last = request;
						const key = keys[request];
						assert.equal(seen.get(key) ?? i, i);
						seen.set(key, i);
						assert.equal(split.samples[i].names!.nameBytes(numbers[at]), names.nameBytes(key));
					}
					assert.equal(new Set(numbers).size, split.counts.samples[i].keys);
					assert.equal(
						sizes.filter((request) => request < warmupRequests).length,
						split.samples[i].warmupRequests,
					);
				}
				const sampled = taken.flat().reduce((sum, { count }) => sum + count, 0);
				assert.equal(sampled, keys.filter((key) => seen.has(key)).length);
				assert.equal(split.counts.whole.keys, new Set(keys).size);
				assert.equal(split.counts.whole.requests, Math.max(0, keys.length - warmupRequests));
			},
		),
	);
});

test('which keys are in a sample does not depend on the order in which they come', () => {
	const plan = { rate: 0.1, samples: 3, seed: 9 };
	const texts = Array.from({ length: 400 }, (_, i) => `name${i}`);
	const inSamples = (order: readonly string[]): string[][] => {
		const names = new NameTable();
		const split = new SampleSplit(plan, hashOfNames(names), { names });
		split.add(requestsOf(order.map((text, i) => ({ atSec: i, key: names.number(wireOf(text), 1, 1, 0) }))));
		return split.samples.map(({ names, counts }) =>
			Array.from({ length: counts.keys }, (_, number) => textOf(names!, number)).toSorted(),
		);
	};
	const samples = inSamples(texts);
	assert.deepEqual(inSamples(texts.toReversed()), samples);
	assert.ok(samples.every((sample) => sample.length > 15 && sample.length < 80));
});

test('ids that are no names are chosen by what they are', () => {
	const ids: RequestId[] = [5, 2 ** 40, 12345678901234567890n, '/index', '05', 7, '/index'];
	const forward = new HashedNumbering();
	const backward = new HashedNumbering();
	const hashOf = (numbering: HashedNumbering, id: RequestId): number => numbering.hash(numbering.of(id));
	const backwards = new Map(ids.toReversed().map((id) => [id, hashOf(backward, id)]));
	for (const id of ids) assert.equal(hashOf(forward, id), backwards.get(id));
	assert.equal(new Set(ids.map((id) => hashOf(forward, id))).size, 6);
	assert.equal(forward.count, 6);
});

test('ids are spread evenly, and many of them have a place', () => {
	const numbering = new HashedNumbering();
	const plan = { rate: 0.1, samples: 4, seed: 1 };
	const split = new SampleSplit(plan, numbering.hash);
	split.add(
		requestsOf(Array.from({ length: 20_000 }, (_, i) => ({ atSec: i, key: numbering.of(i * 4096) }))),
	);
	// Four standard errors of a binomial.
	for (const { keys } of split.counts.samples)
		assert.ok(Math.abs(keys - 2000) < 4 * Math.sqrt(1800), `${keys}`);
});

test('a plan widens its rate for the smallest cache', () => {
	const seed = 1;
	const roomy = planSamples({ share: 0.08, seed, capacities: [{ unit: 'entries', entries: 1_000_000 }] });
	assert.deepEqual(roomy, { rate: 0.01, samples: 8, seed });
	const small = { unit: 'entries', entries: 2000 } as const;
	const wide = planSamples({ share: 0.08, seed, capacities: [small, { unit: 'entries', entries: 1e6 }] });
	assert.equal(wide.rate, sampledEntriesMin / 2000);
	assert.deepEqual(scaled(wide, small), { unit: 'entries', entries: sampledEntriesMin });
	const octets = { unit: 'bytes', bytes: 3 << 20 } as const;
	const inBuckets = planSamples({ share: 0.2, seed, capacities: [octets], unitBytes: 8192 });
	assert.ok(inBuckets.rate >= sampledBytesMin / octets.bytes);
	assert.equal(scaled(inBuckets, octets, 8192).unit, 'bytes');
	assert.equal((inBuckets.rate * octets.bytes) / 8192, 10);
});

test('a plan refuses what cannot be sampled', () => {
	const seed = 1;
	assert.throws(
		() => planSamples({ share: 0, seed, capacities: [] }),
		/a sample of 0 of the keys: must be above 0/,
	);
	assert.throws(
		() => planSamples({ share: 0.01, seed, capacities: [{ unit: 'bytes', bytes: 65_536 }] }),
		/a cache of 65536 octets is too small for 8 samples: from 524288 octets on/,
	);
	assert.throws(
		() => planSamples({ share: 0.01, seed, capacities: [{ unit: 'entries', entries: 1000 }] }),
		/a cache of 1000 entries is too small for 8 samples: from 1024 entries on/,
	);
});

test('half the width of an interval is as in tables', () => {
	// Two draws 0 and 2: mean 1, standard error 1, t with one degree of freedom.
	assert.equal(halfWidth([0, 2]), 12.706);
	assert.equal(halfWidth([5, 5, 5, 5]), 0);
	assert.ok(Number.isNaN(halfWidth([1])));
	const many = Array.from({ length: 100 }, (_, i) => i % 2);
	assert.ok(Math.abs(halfWidth(many) - 1.96 * Math.sqrt(25 / 99 / 100)) < 1e-12);
});

function wireOf(text: string): Uint8Array {
	return Buffer.from([text.length, ...Buffer.from(text), 0]);
}

function textOf(
	names: { writeName(key: number, octets: Uint8Array, at: number): number },
	key: number,
): string {
	const octets = Buffer.alloc(255);
	return octets.toString('latin1', 1, names.writeName(key, octets, 0) - 1);
}
