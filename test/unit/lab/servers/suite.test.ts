/**
 * Goal: what stands for the caches of DNS servers is a cache, whatever it evicts and cleans up: it holds what it says and
 * never too much, forgets what it is told to, and drops by the clock only what has expired. Method: random sequences with
 * sizes, lifetimes and times, beside a map of what may be held.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../../../../src/lab/policies/fifo.ts';
import { allPolicies, type PolicyRow, policies } from '../../../../src/lab/policies/index.ts';
import { servers } from '../../../../src/lab/policies/servers.ts';
import { SplitNegative } from '../../../../src/lab/policies/split-negative.ts';
import type { PolicyMaker } from '../../../../src/lab/policy.ts';
import { Checked } from '../policies/checked.ts';
import { type Request, requestSequences } from '../slow/requests.ts';
import { ClockedCache, lifetimes } from './clocked-cache.ts';

/** Half of the room for keys whose number is odd. */
function split(make: PolicyMaker): PolicyMaker {
	return (options) => {
		const negative = Math.floor(options.capacity / 2);
		return new SplitNegative(
			make({ ...options, capacity: options.capacity - negative }),
			make({ ...options, capacity: negative }),
			(key) => key % 2 === 1,
		);
	};
}

const source = 'a test';
const rows: readonly PolicyRow[] = [
	...servers,
	...servers.map(({ name, make }) => ({ name: `${name}, split`, help: '', source, make: split(make) })),
	{ name: 'fifo, split', help: '', source, make: split((options) => new Fifo(options)) },
];

const shapes = [
	{ name: 'entries', sizeMax: 1, expiredPercent: 10, capacities: [1, 2, 3, 7, 20, 45, 300, 3000] },
	{ name: 'sizes', sizeMax: 30, expiredPercent: 10, capacities: [1, 10, 29, 80, 400, 5000] },
];
const unit = { sizeMax: 1, expiredPercent: 0 };
const min = policies.find(({ name }) => name === 'min')!;

function run(row: PolicyRow, capacity: number, requests: readonly Request[], keys?: number): Checked {
	const cache = new Checked(row, { capacity, seed: 1, ...(keys && { keys }) }, requests);
	cache.run(requests);
	return cache;
}

for (const row of rows) {
	describe(row.name, () => {
		for (const shape of shapes) {
			const capacities = fc.constantFrom(...shape.capacities);

			test(`holds what it says, and not too much: ${shape.name}`, () => {
				fc.assert(
					fc.property(capacities, requestSequences(shape), (capacity, requests) => {
						const { hits, misses } = run(row, capacity, requests);
						assert.equal(hits + misses, requests.length);
					}),
				);
			});

			test(`forgets what is removed, and goes on: ${shape.name}`, () => {
				const two = fc.tuple(requestSequences(shape), requestSequences(shape));
				fc.assert(
					fc.property(capacities, two, (capacity, [before, after]) => {
						const cache = run(row, capacity, before);
						for (const key of new Set([...before.map(({ key }) => key), 5000])) cache.remove(key);
						assert.deepEqual([cache.policy.held, cache.policy.entries], [0, 0]);
						cache.run(after);
					}),
					{ numRuns: 50 },
				);
			});

			test(`by the clock goes only what has expired: ${shape.name}`, () => {
				const timed = fc.tuple(requestSequences({ ...shape, expiredPercent: 0 }), lifetimes);
				fc.assert(
					fc.property(capacities, timed, (capacity, [requests, { gapMs, lifetimeMs }]) => {
						const cache = new ClockedCache(row.make({ capacity, seed: 1 }), capacity);
						requests.forEach(({ key, size }, number) => {
							cache.request(key, size, number * gapMs, lifetimeMs * (1 + (key % 3)));
						});
					}),
				);
			});
		}

		test('misses no less than MIN does', () => {
			fc.assert(
				fc.property(fc.integer({ min: 1, max: 40 }), requestSequences(unit), (capacity, requests) => {
					const { misses, refused } = run(row, capacity, requests);
					// What refuses a key is as good as one that has an entry more for it, and gives that up at once.
					const least = run(min, capacity + (refused > 0 ? 1 : 0), requests).misses;
					assert.ok(misses >= least, `${misses} misses, MIN ${least}`);
				}),
			);
		});

		test('does the same again, and where arrays need not grow', () => {
			fc.assert(
				fc.property(fc.integer({ min: 1, max: 400 }), requestSequences(shapes[1]), (capacity, requests) => {
					const far = requests.map((request) => ({ ...request, key: 7 * request.key }));
					const [grown, ready] = [undefined, 20_000].map((keys) => {
						const { hits, policy } = run(row, capacity, far, keys);
						return [hits, policy.held, policy.entries];
					});
					assert.deepEqual(grown, ready);
				}),
				{ numRuns: 30 },
			);
		});

		test('says what it needs', () => {
			const { metadata } = row.make({ capacity: 1000, seed: 1 });
			assert.equal(Object.keys(metadata).length, 4);
			for (const bytes of Object.values(metadata)) assert.ok(Number.isFinite(bytes) && bytes >= 0);
			assert.ok(metadata.perEntryBytes <= 16 && metadata.perGhostBytes === 0);
		});
	});
}

test('names are words for a command line, each once, and help is a line', () => {
	const names = allPolicies.map(({ name }) => name);
	assert.deepEqual([...new Set(names)], names);
	for (const { name, help, source } of servers) {
		assert.match(name, /^as(-[a-z]+)+$/);
		assert.match(help, /^[^\n]{10,110}$/);
		assert.match(source, /^[^\n]{3,120}$/);
	}
});
