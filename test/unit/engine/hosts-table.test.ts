/**
 * Goal: the table of a hosts file in shared memory holds what was put into it, and reverse names are read as what they
 * are. Method: rows, and a table of random pairs against a slow model made of maps.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
	buildHostsTable,
	type HostsPair,
	HostsTable,
	wildcardOf,
} from '../../../src/engine/local/hosts-table.ts';
import { addressOfReverseName } from '../../../src/engine/local/reverse-name.ts';
import { nameToText, nameToWire } from '../../../src/wire/presentation.ts';

function namesOf(table: HostsTable, address: Uint8Array): string[] {
	const entry = table.findAddress(address, address.length);
	if (entry === 0) return [];
	return Array.from({ length: table.nameCount(entry) }, (_, i) => {
		const at = table.nameAt(entry, i);
		return nameToText(table.octets.slice(at, at + table.octets[at - 1]));
	});
}

function addressesOf(table: HostsTable, name: string, bytes: 4 | 16): string[] {
	const wire = nameToWire(name);
	const entry = table.findName(wire, wire.length);
	if (entry === 0) return [];
	const at = table.addressesAt(entry, bytes);
	return Array.from({ length: table.addressCount(entry, bytes) }, (_, i) =>
		table.octets.slice(at + i * bytes, at + (i + 1) * bytes).join('.'),
	);
}

test('an empty table has nothing', () => {
	const table = new HostsTable(buildHostsTable([]));
	assert.deepEqual([table.pairs, table.reversePairs], [0, 0]);
	assert.deepEqual(addressesOf(table, 'a.', 4), []);
	assert.deepEqual(namesOf(table, Uint8Array.of(0, 0, 0, 0)), []);
});

const address = fc.oneof(
	fc.uint8Array({ minLength: 4, maxLength: 4, max: 3 }),
	fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 }),
);
const label = fc.constantFrom('a', 'b', 'cc', '*');
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => `${labels.join('.')}.`);

test('a table of any pairs answers as maps do', () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(address, name), { maxLength: 300 }), (rows) => {
			const pairs: HostsPair[] = rows.map(([octets, text]) => ({ address: octets, name: nameToWire(text) }));
			const table = new HostsTable(buildHostsTable(pairs));
			const byName = new Map<string, Set<string>>();
			const byAddress = new Map<string, Set<string>>();
			for (const [octets, text] of rows) {
				const key = `${text} ${octets.length}`;
				byName.set(key, (byName.get(key) ?? new Set()).add(octets.join('.')));
				if (text.startsWith('*')) continue;
				byAddress.set(octets.join('.'), (byAddress.get(octets.join('.')) ?? new Set()).add(text));
			}
			for (const [octets, text] of rows) {
				for (const bytes of [4, 16] as const) {
					assert.deepEqual(addressesOf(table, text, bytes), [...(byName.get(`${text} ${bytes}`) ?? [])]);
				}
				assert.deepEqual(namesOf(table, octets), [...(byAddress.get(octets.join('.')) ?? [])]);
			}
			assert.deepEqual(addressesOf(table, 'never.there.', 4), []);
			const sizes = (map: Map<string, Set<string>>): number =>
				[...map.values()].reduce((sum, { size }) => sum + size, 0);
			assert.deepEqual([table.pairs, table.reversePairs], [sizes(byName), sizes(byAddress)]);
		}),
	);
});

test('more names of one address than a message can hold are left out, not the others', () => {
	const one = Uint8Array.of(0, 0, 0, 0);
	const pairs = Array.from({ length: 10_000 }, (_, i) => ({ address: one, name: nameToWire(`n${i}.`) }));
	const table = new HostsTable(buildHostsTable(pairs));
	assert.equal(table.pairs, 10_000);
	assert.equal(namesOf(table, one).length, 4000);
	assert.deepEqual(addressesOf(table, 'n9999.', 4), ['0.0.0.0']);
});

const reverseNames: readonly [name: string, address: string][] = [
	['4.3.2.1.in-addr.arpa.', '1.2.3.4'],
	['255.0.0.10.in-addr.arpa.', '10.0.0.255'],
	['256.0.0.10.in-addr.arpa.', ''],
	['04.3.2.1.in-addr.arpa.', ''],
	['x.3.2.1.in-addr.arpa.', ''],
	['3.2.1.in-addr.arpa.', ''],
	['5.4.3.2.1.in-addr.arpa.', ''],
	['in-addr.arpa.', ''],
	['4.3.2.1.in-addr.arpa.example.', ''],
	[`${'f.'.repeat(31)}1.ip6.arpa.`, `31.${'255.'.repeat(15).slice(0, -1)}`],
	[`a.b.${'0.'.repeat(30)}ip6.arpa.`, `${'0.'.repeat(15)}186`],
	[`g.${'0.'.repeat(31)}ip6.arpa.`, ''],
	[`${'0.'.repeat(31)}ip6.arpa.`, ''],
	[`${'0.'.repeat(30)}00.ip6.arpa.`, ''],
	['ip6.arpa.', ''],
	['.', ''],
];

for (const [text, expected] of reverseNames) {
	test(`the reverse name ${text} is ${expected === '' ? 'no address' : expected}`, () => {
		const wire = nameToWire(text);
		const target = new Uint8Array(16).fill(0xee);
		const bytes = addressOfReverseName(wire, wire.length, target);
		assert.equal(target.subarray(0, bytes).join('.'), expected);
	});
}

for (const [text, expected] of [
	['a.b.c.', '*.b.c.'],
	['aaa.b.', '*.b.'],
	['a.', undefined],
	['.', undefined],
] as const) {
	test(`the wildcard for ${text} is ${expected ?? 'nothing'}`, () => {
		const wire = nameToWire(text);
		const target = new Uint8Array(256);
		const bytes = wildcardOf(wire, wire.length, target);
		assert.equal(bytes === 0 ? undefined : nameToText(target.slice(0, bytes)), expected);
	});
}
