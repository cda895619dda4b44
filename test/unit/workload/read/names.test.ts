/**
 * Goal: names in texts become wire names, whatever the escapes, and what is none is refused in words. Method: rows by
 * hand; names of any octets, written as presentation format and as Zeek do; wire/presentation.ts as a second reader.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameToText, nameToWire } from '../../../../src/wire/presentation.ts';
import { type Escapes, endsWithDot, readName } from '../../../../src/workload/read/names.ts';

function read(text: string, escapes: Escapes = 'presentation'): Uint8Array | string {
	// In the middle of other octets, as in a line.
	const octets = Buffer.from(`xx${text}yy`, 'latin1');
	return readName(octets, 2, octets.length - 2, escapes);
}

function wire(...labels: string[]): Uint8Array {
	const parts = labels.map((label) => [label.length, ...Buffer.from(label, 'latin1')]);
	return Uint8Array.from([...parts.flat(), 0]);
}

const l63 = 'a'.repeat(63);
const longest = `${l63}.${l63}.${l63}.${'b'.repeat(61)}`;

test('names of text', () => {
	const rows: [string, Uint8Array, Escapes?][] = [
		['.', wire()],
		['a', wire('a')],
		['WWW.Example.org', wire('WWW', 'Example', 'org')],
		['www.example.org.', wire('www', 'example', 'org')],
		['a\\.b.c', wire('a.b', 'c')],
		['a\\046b.c\\\\', wire('a.b', 'c\\')],
		['\\000\\255.c', wire('\0\xff', 'c')],
		['\xfc.c', wire('\xfc', 'c')],
		['a\\x2eb.c', wire('a.b', 'c'), 'zeek'],
		['a\\xFFb.c', wire('a\xffb', 'c'), 'zeek'],
		['a\\\\b.c\\', wire('a\\b', 'c\\'), 'zeek'],
		['a\\xzz', wire('a\\xzz'), 'zeek'],
		[longest, wire(...longest.split('.'))],
		[`${longest}.`, wire(...longest.split('.'))],
	];
	for (const [text, expected, escapes] of rows) assert.deepEqual(read(text, escapes), expected, text);
});

test('what is no name is said in words that follow it', () => {
	const rows: [string, RegExp][] = [
		['', /^is empty/],
		['..', /^has an empty label/],
		['.a', /^has an empty label/],
		['a..b', /^has an empty label/],
		[`${l63}a.b`, /^has a label of 64 octets; 63 are allowed$/],
		[`b.${l63}a`, /^has a label of 64 octets/],
		[`${longest}b`, /^takes more than 255 octets/],
		[`${longest}b.`, /^takes more than 255 octets/],
		[`${longest}.${longest}`, /^takes more than 255 octets/],
		['a'.repeat(5000), /^takes more than 255 octets/],
		['a\\', /^has an escape that is none/],
		['a\\25', /^has an escape that is none/],
		['a\\256', /^has an escape that is none/],
		['a\\2x5', /^has an escape that is none/],
	];
	for (const [text, expected] of rows) assert.match(String(read(text)), expected, text);
});

const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
const anyName = fc
	.array(label, { maxLength: 10 })
	.map((labels) => wire(...labels.map((octets) => Buffer.from(octets).toString('latin1'))));

test('any name that presentation format or Zeek has written is read again', () => {
	fc.assert(
		fc.property(anyName, (name) => {
			const text = nameToText(name);
			assert.deepEqual(read(text), name);
			if (name.length > 1) assert.deepEqual(read(text.slice(0, -1)), name);
		}),
	);
	fc.assert(
		fc.property(fc.array(label, { minLength: 1, maxLength: 10 }), (labels) => {
			const escaped = labels.map((octets) =>
				[...octets].map((octet) => `\\x${octet.toString(16).padStart(2, '0')}`).join(''),
			);
			const name = wire(...labels.map((octets) => Buffer.from(octets).toString('latin1')));
			assert.deepEqual(read(escaped.join('.'), 'zeek'), name);
		}),
	);
});

test('printable text is taken or refused as the other reader of names does', () => {
	const character = fc.constantFrom(...'ab.\\0129-_'.split(''));
	fc.assert(
		fc.property(fc.array(character, { minLength: 1, maxLength: 90 }), (characters) => {
			const text = characters.join('');
			let other: Uint8Array | undefined;
			try {
				other = nameToWire(text);
			} catch {}
			const mine = read(text);
			if (other === undefined) assert.equal(typeof mine, 'string', text);
			else assert.deepEqual(mine, other, text);
		}),
		{ numRuns: 500 },
	);
});

test('a last dot that is escaped is none', () => {
	const rows: [string, boolean][] = [
		['a.', true],
		['.', true],
		['a', false],
		['', false],
		['a\\.', false],
		['a\\\\.', true],
		['a\\\\\\.', false],
	];
	for (const [text, expected] of rows) {
		const octets = Buffer.from(text);
		assert.equal(endsWithDot(octets, 0, octets.length), expected, text);
	}
});
