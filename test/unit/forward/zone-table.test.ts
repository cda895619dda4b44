/** Goal: the longest zone wins, whatever the order (T67). Method: a table, then random zones against a linear search. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ZoneTable } from '../../../src/forward/zone-table.ts';
import { isWithin } from '../../../src/wire/name.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';

function tableOf(...zones: string[]): ZoneTable<string> {
	return new ZoneTable(zones.map((zone) => [nameToWire(zone), zone] as const));
}

function find(table: ZoneTable<string>, name: string): string | undefined {
	const octets = nameToWire(name);
	// The name stands in a longer buffer, as QNAME does.
	const buffer = new Uint8Array(300).fill(0x61);
	buffer.set(octets);
	return table.find(buffer, octets.length);
}

test('the longest suffix wins in any order of the zones (T67)', () => {
	const orders = [
		['a.b.', 'b.', '.'],
		['.', 'b.', 'a.b.'],
		['b.', '.', 'a.b.'],
	];
	for (const order of orders) {
		const table = tableOf(...order);
		for (const [name, zone] of [
			['a.b.', 'a.b.'],
			['x.a.b.', 'a.b.'],
			['b.', 'b.'],
			['xa.b.', 'b.'],
			['xb.', '.'],
			['b.a.', '.'],
			['.', '.'],
		]) {
			assert.equal(find(table, name), zone, `${name} with ${order}`);
		}
	}
});

test('a name outside all zones has none', () => {
	assert.equal(find(tableOf(), 'a.'), undefined);
	for (const name of ['.', 'b.', 'xa.b.', 'b.a.'])
		assert.equal(find(tableOf('a.b.', 'c.'), name), undefined, name);
});

test('a zone between two others need not be there', () => {
	const table = tableOf('.', 'deep.er.than.the.others.');
	assert.equal(find(table, 'x.deep.er.than.the.others.'), 'deep.er.than.the.others.');
	assert.equal(find(table, 'er.than.the.others.'), '.');
});

test('the first of equal zones wins', () => {
	const table = new ZoneTable([
		[nameToWire('a.'), 1],
		[nameToWire('a.'), 2],
		[nameToWire('.'), 3],
		[nameToWire('.'), 4],
	]);
	assert.equal(table.find(nameToWire('a.'), 3), 1);
	assert.equal(table.find(nameToWire('.'), 1), 3);
});

test('names of 127 labels are found', () => {
	const longest = 'a.'.repeat(127);
	assert.equal(find(tableOf('a.a.', longest), longest), longest);
	assert.equal(find(tableOf('.', 'b.'), longest), '.');
});

test('random zones and names: what a linear search finds is found', () => {
	// Few labels, so that names meet; with octets that a text search would stumble over.
	const label = fc.constantFrom('a', 'b', 'aa', 'ab', '\\000', '\\001a', '\\046');
	const name = fc.array(label, { maxLength: 5 }).map((labels) => `${labels.join('.')}.`);
	fc.assert(
		fc.property(
			fc.array(name, { maxLength: 12, size: 'max' }),
			fc.array(name, { minLength: 1, maxLength: 20, size: 'max' }),
			(zones, names) => {
				const table = tableOf(...zones);
				for (const one of names) {
					const octets = nameToWire(one);
					const within = zones.filter((zone) => isWithin(octets, 0, octets.length, nameToWire(zone)));
					const longest = Math.max(0, ...within.map((zone) => nameToWire(zone).length));
					assert.equal(
						find(table, one),
						within.find((zone) => nameToWire(zone).length === longest),
					);
				}
			},
		),
		{ numRuns: 300 },
	);
});
