/** Goal: what a study says of its source is so. Method: requests written by hand, counted by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headBytes, indexBytes } from '../../../../src/lab/simulate/charge.ts';
import { keyHeadBytes } from '../../../../src/lab/simulate/key-names.ts';
import { NameTable } from '../../../../src/lab/simulate/name-table.ts';
import { outcome } from '../../../../src/lab/simulate/requests.ts';
import { Census } from '../../../../src/lab/study/census.ts';
import { nameToWire } from '../../../../src/wire/presentation.ts';
import { requestsOf } from '../simulate/support.ts';

const requests = requestsOf([
	{ atSec: 0, key: 0, size: 100 },
	{ atSec: 1, key: 0, size: 130 },
	{ atSec: 2, key: 1, size: 40, outcome: outcome.negative },
	{ atSec: 3, key: 2, outcome: outcome.failure },
	{ atSec: 4, key: 2, ttlSec: 0 },
	{ atSec: 8, key: 3, outcome: outcome.other },
	{ atSec: 9, key: 4, outcome: outcome.negative, ttlSec: 0 },
	{ atSec: 10, key: 1, size: 40, outcome: outcome.negative },
]);

function namesOf(count: number): NameTable {
	const names = new NameTable();
	for (let i = 0; i < count; i++) names.number(nameToWire(`n${i}.example`), 1, 1, 0);
	return names;
}

test('requests, keys, shares, and the footprint of what could be kept', () => {
	const census = new Census();
	census.add(requests);
	const charge = keyHeadBytes + headBytes + indexBytes + nameToWire('n0.example').length;
	assert.deepEqual(census.result(namesOf(5)), {
		requests: 8,
		keys: 5,
		onceKeys: 2,
		durationSec: 10,
		footprint: { entries: 2, bytes: Math.ceil(130 + charge) + Math.ceil(40 + charge) },
		shares: { negative: 3 / 8, failure: 1 / 8, uncacheable: 3 / 8 },
	});
});

test('a smallest TTL makes what has none be kept', () => {
	const census = new Census({ successMinSec: 5, successMaxSec: 60, denialMinSec: 0, denialMaxSec: 60 });
	census.add(requests);
	const { footprint, shares } = census.result(namesOf(5));
	assert.deepEqual([footprint.entries, shares.uncacheable], [3, 2 / 8]);
});

test('objects are charged their size alone, and keys that nobody asked for do not count', () => {
	const census = new Census();
	census.add(requestsOf([{ atSec: 0, key: 7, size: 11 }]));
	const { keys, footprint } = census.result(undefined);
	assert.deepEqual([keys, footprint], [1, { entries: 1, bytes: 11 }]);
});
