/**
 * Goal: a key has one number, and a number tells what it stands for. Method: random names against a Map of their texts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type KeyNames, NamesInMemory, packNames } from '../../../../src/lab/simulate/key-names.ts';
import { NameTable } from '../../../../src/lab/simulate/name-table.ts';
import { nameToText, nameToWire } from '../../../../src/wire/presentation.ts';

function textOf(names: KeyNames, key: number): string {
	const octets = new Uint8Array(300);
	const length = names.writeName(key, octets, 7);
	assert.equal(length, names.nameBytes(key));
	return nameToText(octets.subarray(7, 7 + length));
}

test('numbers are given in the order of the first request', () => {
	const names = new NameTable();
	const ask = (name: string, qtype = 1, qclass = 1, flags = 0): number =>
		names.number(nameToWire(name), qtype, qclass, flags);
	const asked = [
		ask('a.'),
		ask('b.'),
		ask('a.', 28),
		ask('a.', 1, 3),
		ask('a.', 1, 1, 1),
		ask('.'),
		ask('A.'),
	];
	assert.deepEqual(asked, [0, 1, 2, 3, 4, 5, 0]);
	assert.equal(names.count, 6);
	assert.deepEqual(
		asked
			.slice(0, 6)
			.map((key) => [textOf(names, key), names.qtype(key), names.qclass(key), names.flags(key)]),
		[
			['a.', 1, 1, 0],
			['b.', 1, 1, 0],
			['a.', 28, 1, 0],
			['a.', 1, 3, 0],
			['a.', 1, 1, 1],
			['.', 1, 1, 0],
		],
	);
});

test('many keys are told apart', () => {
	const label = fc.stringMatching(/^[a-cA-C]{1,3}$/);
	const question = fc.record({
		labels: fc.array(label, { maxLength: 3 }),
		qtype: fc.constantFrom(1, 28, 0xffff),
	});
	fc.assert(
		fc.property(fc.array(question, { maxLength: 400, size: 'max' }), (questions) => {
			const names = new NameTable();
			const known = new Map<string, number>();
			for (const { labels, qtype } of questions) {
				const text = labels.map((part) => `${part}.`).join('') || '.';
				const id = `${text.toLowerCase()} ${qtype}`;
				const number = names.number(nameToWire(text), qtype, 1, 0);
				if (!known.has(id)) known.set(id, known.size);
				assert.equal(number, known.get(id));
			}
			for (const [id, key] of known) assert.equal(`${textOf(names, key)} ${names.qtype(key)}`, id);
		}),
		{ numRuns: 50 },
	);
});

test('a hundred thousand keys, so that everything has grown', () => {
	const names = new NameTable();
	const wire = (i: number): Uint8Array => nameToWire(`name${i}.example.`);
	for (let i = 0; i < 100_000; i++) assert.equal(names.number(wire(i), 1, 1, 0), i);
	for (let i = 0; i < 100_000; i += 997) assert.equal(names.number(wire(i), 1, 1, 0), i);
	assert.equal(textOf(names, 99_999), 'name99999.example.');
});

test('other threads get all that is known of keys', () => {
	const names = new NameTable();
	const asked = [
		['a.example.', 1, 1, 0],
		['.', 65_280, 3, 1],
		['b.', 28, 255, 0],
	] as const;
	for (const [name, qtype, qclass, flags] of asked) names.number(nameToWire(name), qtype, qclass, flags);
	const packed = packNames(names);
	assert.ok(packed.octets.buffer instanceof SharedArrayBuffer);
	const cloned = new NamesInMemory(structuredClone(packed));
	assert.equal(cloned.count, 3);
	const known = asked.map((_, key) => [
		textOf(cloned, key),
		cloned.qtype(key),
		cloned.qclass(key),
		cloned.flags(key),
	]);
	assert.deepEqual(
		known,
		asked.map((row) => [...row]),
	);
});
