/**
 * Goal: keys get the numbers they came in, whatever octets they are, and no more of them than there is room for.
 * Method: against a Map of texts, with random keys of few different octets, so that many are prefixes of each other.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyBytesMax, OctetKey, OctetTable } from '../../../src/load/upstream/octet-table.ts';

const key = new OctetKey();

function keyOf(octets: Uint8Array): OctetKey {
	key.set(octets, 0, octets.length);
	return key;
}

const octets = fc.uint8Array({ max: 2, maxLength: 9 });

test('it is a Map from octets to numbers', () => {
	fc.assert(
		fc.property(fc.array(octets, { maxLength: 300, size: 'max' }), fc.nat(40), (all, expectedKeys) => {
			const table = new OctetTable({ maxKeys: 1000, maxBytes: 100_000, expectedKeys });
			const model = new Map<string, number>();
			for (const one of all) {
				const text = `${one}`;
				assert.equal(table.find(keyOf(one)), model.get(text) ?? -1);
				if (model.has(text)) continue;
				model.set(text, model.size);
				assert.equal(table.add(keyOf(one)), model.size - 1);
				assert.equal(table.size, model.size);
			}
			for (const one of all) {
				const number = table.find(keyOf(one));
				assert.equal(number, model.get(`${one}`));
				assert.deepEqual(table.octets(number), one);
			}
		}),
		{ numRuns: 200 },
	);
});

test('what was written behind a key does not matter', () => {
	const table = new OctetTable({ maxKeys: 10, maxBytes: 1000 });
	key.octets.fill(0xff);
	table.add(keyOf(Uint8Array.of(1, 2, 3, 4, 5)));
	key.octets.fill(0xaa);
	assert.equal(table.find(keyOf(Uint8Array.of(1, 2, 3, 4, 5))), 0);
	assert.equal(table.find(keyOf(Uint8Array.of(1, 2, 3, 4, 5, 0))), -1);
});

test('the longest key fits', () => {
	const table = new OctetTable({ maxKeys: 4, maxBytes: 4 * keyBytesMax });
	const longest = new Uint8Array(keyBytesMax).fill(7);
	assert.equal(table.add(keyOf(longest)), 0);
	assert.deepEqual(table.octets(0), longest);
});

test('beyond its bounds it takes no more, and keeps what it has', () => {
	const few = new OctetTable({ maxKeys: 20, maxBytes: 10_000 });
	const numbers = Array.from({ length: 25 }, (_, i) => few.add(keyOf(Uint8Array.of(i))));
	assert.deepEqual(numbers.slice(18), [18, 19, -1, -1, -1, -1, -1]);
	assert.equal(few.find(keyOf(Uint8Array.of(19))), 19);
	assert.equal(few.find(keyOf(Uint8Array.of(20))), -1);
	const small = new OctetTable({ maxKeys: 100, maxBytes: 64 });
	const fitting = Array.from({ length: 10 }, (_, i) => small.add(keyOf(new Uint8Array(10).fill(i))));
	assert.deepEqual(fitting, [0, 1, 2, 3, 4, -1, -1, -1, -1, -1], 'each takes three words');
});

test('cleared it is as new', () => {
	const table = new OctetTable({ maxKeys: 100, maxBytes: 1000 });
	for (let i = 0; i < 50; i++) table.add(keyOf(Uint8Array.of(i)));
	table.clear();
	assert.deepEqual([table.size, table.find(keyOf(Uint8Array.of(3)))], [0, -1]);
	assert.equal(table.add(keyOf(Uint8Array.of(9))), 0);
	assert.deepEqual(table.octets(0), Uint8Array.of(9));
});
