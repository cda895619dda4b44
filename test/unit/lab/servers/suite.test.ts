/**
 * Goal: what stands for the caches of DNS servers is a cache (policies/suite-of.ts), with room for denials by themselves too, and
 * drops by the clock only what has expired. Method: random sequences with sizes, lifetimes and times, beside a map of what may
 * be held.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../../../../src/lab/policies/fifo.ts';
import type { PolicyRow } from '../../../../src/lab/policies/index.ts';
import { servers } from '../../../../src/lab/policies/servers.ts';
import { SplitNegative } from '../../../../src/lab/policies/split-negative.ts';
import type { PolicyMaker } from '../../../../src/lab/policy.ts';
import { describePolicy } from '../policies/suite-of.ts';
import { requestSequences } from '../slow/requests.ts';
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
const splitRows: readonly PolicyRow[] = [
	...servers.map(({ name, make }) => ({ name: `${name}, split`, help: '', source, make: split(make) })),
	{ name: 'fifo, split', help: '', source, make: split((options) => new Fifo(options)) },
];

const shapes = [
	{ name: 'entries', sizeMax: 1, capacities: [1, 2, 3, 7, 20, 45, 300, 3000] },
	{ name: 'sizes', sizeMax: 30, capacities: [1, 10, 29, 80, 400, 5000] },
];

// Those of the table are held to the same by policies/suite.test.ts.
for (const row of splitRows) describePolicy(row, false);

for (const row of [...servers, ...splitRows]) {
	describe(row.name, () => {
		for (const shape of shapes) {
			const capacities = fc.constantFrom(...shape.capacities);

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

		test('stores little beside an entry, and remembers no keys', () => {
			const { metadata } = row.make({ capacity: 1000, seed: 1 });
			assert.ok(metadata.perEntryBytes <= 16 && metadata.perGhostBytes === 0);
		});
	});
}

test('names say that they stand for a server', () => {
	for (const { name } of servers) assert.match(name, /^as(-[a-z]+)+$/);
});
