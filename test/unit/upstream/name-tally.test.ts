/**
 * Goal: counts by name, type and transport are exact, and bounded.
 * Method: against a Map of texts, with few names and types, so that names have many counts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NameTally } from '../../../src/load/upstream/name-tally.ts';
import { OctetKey } from '../../../src/load/upstream/octet-table.ts';
import { topNames } from '../../../src/load/upstream/top-names.ts';

const name = new OctetKey();

function named(number: number): OctetKey {
	name.set(Uint8Array.of(1, number & 0xff, number >>> 8, 0), 0, 4);
	return name;
}

function countsOf(tally: NameTally, number: number): Map<number, number> {
	const counts = new Map<number, number>();
	tally.visit(tally.find(named(number)), (key, count) => {
		assert.ok(!counts.has(key), 'a key is visited once');
		counts.set(key, count);
	});
	return counts;
}

test('it counts as a Map of Maps does', () => {
	const query = fc.tuple(fc.nat(30), fc.constantFrom(2, 3, 4, 56, 57, 510, 131_071));
	fc.assert(
		fc.property(fc.array(query, { maxLength: 400, size: 'max' }), fc.nat(40), (queries, expectedNames) => {
			const tally = new NameTally(1000, expectedNames);
			const model = new Map<number, Map<number, number>>();
			for (const [number, key] of queries) {
				assert.equal(tally.count(named(number), key), true);
				const counts = model.get(number) ?? new Map();
				model.set(number, counts.set(key, (counts.get(key) ?? 0) + 1));
			}
			assert.equal(tally.names, model.size);
			assert.equal(
				tally.pairs,
				new Set(queries.map(([number, key]) => `${number} ${key >>> 1}`)).size,
				'TCP and UDP are one question',
			);
			for (const [number, counts] of model) {
				assert.deepEqual(countsOf(tally, number), counts);
				const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
				assert.equal(tally.totalOf(tally.find(named(number))), total);
			}
		}),
		{ numRuns: 100 },
	);
});

test('names and keys beyond the bound are not counted, those that are go on', () => {
	const tally = new NameTally(3);
	const counted = [1, 2, 3, 4, 1].map((number) => tally.count(named(number), 2));
	assert.deepEqual(counted, [true, true, true, false, true]);
	const keys = [4, 6, 8, 10, 4].map((key) => tally.count(named(1), key));
	assert.deepEqual(keys, [true, true, true, false, true]);
	assert.deepEqual([tally.names, tally.pairs, tally.totalOf(0)], [3, 6, 6]);
});

test('cleared it begins anew', () => {
	const tally = new NameTally(10);
	for (const key of [2, 4, 6]) tally.count(named(1), key);
	tally.clear();
	assert.deepEqual([tally.names, tally.pairs, tally.find(named(1))], [0, 0, -1]);
	tally.count(named(2), 2);
	assert.deepEqual([...countsOf(tally, 2)], [[2, 1]]);
});

test('the top names are those of a full sort', () => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 60, size: 'max' }),
			fc.nat(20),
			(totals, most) => {
				const tally = new NameTally(100);
				for (const [number, total] of totals.entries()) {
					for (let i = 0; i < total; i++) tally.count(named(number), 2 + (i % 3));
				}
				const sorted = totals.map((_, number) => number).sort((a, b) => totals[b] - totals[a] || a - b);
				assert.deepEqual(topNames(tally, most), sorted.slice(0, most));
			},
		),
	);
});
