/** Goal: numbers, times and mnemonics of logs. Method: rows by hand; JavaScript's own reading of numbers; all 65,536 types. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corednsClass, corednsRcode, corednsType } from '../../../../src/wire/coredns-text.ts';
import { typeName } from '../../../../src/wire/iana.ts';
import { readClass, readRcode, readType, readZeekType } from '../../../../src/workload/read/mnemonics.ts';
import { readDecimal, readTimestamp, readUint16Text } from '../../../../src/workload/read/numbers.ts';

function decimal(text: string, shift = 0): number {
	const octets = Buffer.from(`x${text}x`);
	return readDecimal(octets, 1, octets.length - 1, shift);
}

test('decimal numbers', () => {
	const rows: [string, number, number][] = [
		['1521911720.865716', 3, 1_521_911_720_865.716],
		['0.000870', 6, 870],
		['17', 3, 17_000],
		['.5', 0, 0.5],
		['5.', 0, 5],
		['-1.5', 3, -1500],
		['1e-3', 3, 1],
		['1700000000.123456789', 0, 1_700_000_000.1234567],
		['12345678901234567890123456789', 0, 1.2345678901234568e28],
	];
	for (const [text, shift, expected] of rows) assert.equal(decimal(text, shift), expected, text);
	for (const text of ['', '.', '-', 'x', '1.2.3', '1 ', '0x10', 'Infinity', 'NaN', '1e']) {
		assert.ok(Number.isNaN(decimal(text)), text);
	}
});

test('numbers of up to fifteen digits come out as those of the language do', () => {
	const parts = fc.tuple(fc.nat({ max: 999_999_999 }), fc.stringMatching(/^\d{0,6}$/));
	fc.assert(
		fc.property(parts, ([whole, fraction]) => {
			const text = `${whole}.${fraction}`;
			assert.equal(decimal(text), Number(text));
			assert.equal(decimal(text, 6), Number(`${text}e6`));
		}),
	);
});

test('whole numbers of 16 bits', () => {
	const read = (text: string): number => readUint16Text(Buffer.from(text), 0, text.length);
	for (const [text, expected] of [
		['0', 0],
		['65535', 65_535],
		['00053', 53],
		['65536', -1],
		['', -1],
		['-1', -1],
		['5.0', -1],
		['000000', -1],
	] as const) {
		assert.equal(read(text), expected, text);
	}
});

test('timestamps', () => {
	const noon = Date.parse('2024-05-06T12:00:00Z');
	const rows: [string, number][] = [
		['2024-05-06T12:00:00Z', noon],
		['2024-05-06T12:00:00.5Z', noon + 500],
		['2024-05-06T12:00:00.000250999999Z', noon + 0.251],
		['2024-05-06T14:00:00+02:00', noon],
		['2024-05-06T07:30:00-0430 x', noon],
		['2024-05-06 12:00:00,250', noon + 250],
		['a [b] 2024-05-06T12:00:00Z and 2025-05-06T12:00:00Z', noon],
	];
	for (const [text, expected] of rows) assert.ok(Math.abs(readTimestamp(text) - expected) < 0.001, text);
	for (const text of [
		'',
		'noon',
		'2024-05-06',
		'12:00:00',
		'12024-05-06T12:00:00Z',
		'2024-13-06T12:00:00Z',
	]) {
		assert.ok(Number.isNaN(readTimestamp(text)), text);
	}
});

test('every type, class and RCODE is read as it is written', () => {
	for (let number = 0; number <= 0xffff; number++) {
		assert.equal(readType(typeName(number)), number);
		assert.equal(readType(corednsType(number)), number);
		assert.equal(readType(`type${number}`), number);
		assert.equal(readClass(corednsClass(number)), number);
	}
	for (let code = 0; code <= 0xfff; code++) assert.equal(readRcode(corednsRcode(code)), code);
});

test('what is no mnemonic', () => {
	for (const text of ['', 'BOGUS', 'TYPE', 'TYPE65536', 'toString', '65', '*'])
		assert.equal(readType(text), undefined, text);
	for (const text of ['', 'XX', 'CLASS65536', 'toString', 'qclass-65536'])
		assert.equal(readClass(text), undefined, text);
	for (const text of ['', 'BOGUS', '4096', '-']) assert.equal(readRcode(text), undefined, text);
	assert.deepEqual(
		[readZeekType('*'), readZeekType('query-7'), readZeekType('query-70000')],
		[255, 7, undefined],
	);
});
