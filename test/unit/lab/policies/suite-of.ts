/**
 * What every policy is held to, whatever it evicts: what it says it holds is what it holds, it never holds too much, and forgets
 * what it is told to forget in every state. Each is driven over random sequences as the interface says, beside a set of what
 * it should hold.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type PolicyRow, policies } from '../../../../src/lab/policies/index.ts';
import { type Request, requestSequences } from '../slow/requests.ts';
import { Checked } from './checked.ts';

const shapes = [
	{ name: 'entries', sizeMax: 1, expiredPercent: 10, capacities: [1, 2, 3, 7, 20, 45, 300] },
	{ name: 'sizes', sizeMax: 30, expiredPercent: 10, capacities: [1, 10, 29, 80, 400, 5000] },
];
const unit = { sizeMax: 1, expiredPercent: 0 };

function hitsOf(row: PolicyRow, capacity: number, requests: readonly Request[]): Checked {
	const cache = new Checked(row, { capacity, seed: 1 }, requests);
	cache.run(requests);
	return cache;
}

const min = policies.find(({ name }) => name === 'min')!;

/** @param fillsUp it goes by the whole cache: nothing is evicted while there is room */
export function describePolicy(row: PolicyRow, fillsUp: boolean): void {
	describe(row.name, () => {
		for (const shape of shapes) {
			test(`holds what it says, and not too much: ${shape.name}`, () => {
				fc.assert(
					fc.property(fc.constantFrom(...shape.capacities), requestSequences(shape), (capacity, requests) => {
						const { hits, misses } = hitsOf(row, capacity, requests);
						assert.equal(hits + misses, requests.length);
					}),
					{ numRuns: 60 },
				);
			});

			test(`forgets what is removed, and goes on: ${shape.name}`, () => {
				const two = fc.tuple(requestSequences(shape), requestSequences(shape));
				fc.assert(
					fc.property(fc.constantFrom(...shape.capacities), two, (capacity, [before, after]) => {
						const removals = [...new Set(before.map(({ key }) => key)), 5_000];
						const asked = [...before, ...removals.map((key) => ({ key, size: 1, expired: true })), ...after];
						const cache = new Checked(row, { capacity, seed: 1 }, asked);
						cache.run(before);
						for (const key of removals) cache.remove(key);
						assert.deepEqual([cache.policy.held, cache.policy.entries], [0, 0]);
						cache.run(after);
					}),
					{ numRuns: 50 },
				);
			});
		}

		if (fillsUp) {
			test('misses each key once where there is room for all', () => {
				fc.assert(
					fc.property(requestSequences(unit), (requests) => {
						const keys = new Set(requests.map(({ key }) => key)).size;
						assert.equal(hitsOf(row, keys, requests).misses, keys);
					}),
				);
			});
		}

		test('misses no less than MIN does', () => {
			fc.assert(
				fc.property(fc.integer({ min: 1, max: 40 }), requestSequences(unit), (capacity, requests) => {
					const { misses, refused } = hitsOf(row, capacity, requests);
					// What refuses a key is as good as one that has an entry more for it, and gives that up at once.
					const least = hitsOf(min, capacity + (refused > 0 ? 1 : 0), requests).misses;
					assert.ok(misses >= least, `${misses} misses, MIN ${least}`);
				}),
			);
		});

		test('does the same again, and where arrays need not grow', () => {
			fc.assert(
				fc.property(fc.integer({ min: 1, max: 400 }), requestSequences(shapes[1]), (capacity, requests) => {
					const far = requests.map((request) => ({ ...request, key: 7 * request.key }));
					const [grown, ready] = [undefined, 20_000].map((keys) => {
						const cache = new Checked(row, { capacity, seed: 1, ...(keys && { keys }) }, far);
						cache.run(far);
						return [cache.hits, cache.policy.held, cache.policy.entries];
					});
					assert.deepEqual(grown, ready);
				}),
				{ numRuns: 30 },
			);
		});

		test('knows nothing of keys that were never asked for', () => {
			const { policy } = new Checked(row, { capacity: 10, seed: 1 }, [{ key: 3, size: 1, expired: true }]);
			assert.equal(policy.has(999_999), false);
			policy.remove(3);
			assert.deepEqual([policy.held, policy.entries], [0, 0]);
		});

		test('says what it needs', () => {
			const { metadata } = new Checked(row, { capacity: 1000, seed: 1 }, []).policy;
			assert.equal(Object.keys(metadata).length, 4);
			for (const bytes of Object.values(metadata)) assert.ok(Number.isFinite(bytes) && bytes >= 0);
			assert.ok(metadata.perEntryBytes <= 64 && metadata.perGhostBytes <= 64);
			assert.equal(metadata.perGhostBytes === 0, metadata.ghostsPerEntry === 0);
		});
	});
}
