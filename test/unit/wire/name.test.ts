/**
 * Goal: names are read as RFC 1035 §3.1 and §4.1.4 have them, and nothing that is sent can make a reader loop, throw
 * or leave the message. Method: names written by hand behind twelve octets of header; every row at two places in a
 * buffer, with the octets behind the end poisoned.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	equalIgnoringCase,
	expandName,
	isWithin,
	labelCount,
	lowerCase,
	maxNameBytes,
	nameEnd,
	skipName,
} from '../../../src/wire/name.ts';
import { nameToText, nameToWire } from '../../../src/wire/presentation.ts';
import { hex, join } from './messages.ts';

const header = new Uint8Array(12);

function label(octets: number): Uint8Array {
	return Uint8Array.of(octets, ...new Array(octets).fill(0x61));
}

const root = Uint8Array.of(0);
/** 3 × 64 + 62 + 1: the longest name there is. */
const longest = join(label(63), label(63), label(63), label(61), root);
const tooLong = join(label(63), label(63), label(63), label(62), root);

interface Row {
	readonly what: string;
	/** Behind the header, from offset 12 of the message on. */
	readonly body: Uint8Array;
	/** Where the name in question begins, in the message. */
	readonly from: number;
	/** Offset behind the name, or -1. */
	readonly behind: number;
	/** In lower case, if it parses. */
	readonly text?: string;
}

const pointerBehindPointers = join(
	hex('0161 00'),
	...Array.from({ length: 40 }, (_, i) => pointer(i === 0 ? 12 : 13 + 2 * i)),
);

function pointer(target: number): Uint8Array {
	return Uint8Array.of(0xc0 | (target >> 8), target);
}

const rows: readonly Row[] = [
	{ what: 'the root', body: root, from: 12, behind: 13, text: '.' },
	{ what: 'one label', body: hex('0361 6263 00'), from: 12, behind: 17, text: 'abc.' },
	{ what: 'capitals', body: hex('0341 625a 00'), from: 12, behind: 17, text: 'abz.' },
	{
		what: 'octets that are no letters stay',
		body: hex('045b 40c1 5d00'),
		from: 12,
		behind: 18,
		text: '[\\@\\193].',
	},
	{ what: 'a label of 63', body: join(label(63), root), from: 12, behind: 77, text: `${'a'.repeat(63)}.` },
	{ what: 'a label of 64 is a reserved type', body: join(label(64), root), from: 12, behind: -1 },
	{ what: 'the reserved type 0x80', body: hex('8061 00'), from: 12, behind: -1 },
	{ what: 'a name of 255', body: longest, from: 12, behind: 267 },
	{ what: 'a name of 256', body: tooLong, from: 12, behind: -1 },
	{ what: 'no root label', body: hex('0361 6263'), from: 12, behind: -1 },
	{ what: 'cut inside a label', body: hex('0361 62'), from: 12, behind: -1 },
	{ what: 'nothing at all', body: new Uint8Array(0), from: 12, behind: -1 },
	{ what: 'a pointer back', body: hex('0161 00 0162 c00c'), from: 15, behind: 19, text: 'b.a.' },
	{ what: 'only a pointer', body: hex('0161 00 c00c'), from: 15, behind: 17, text: 'a.' },
	{
		what: 'a pointer to the middle of a name',
		body: hex('0161 0162 00 c00e'),
		from: 17,
		behind: 19,
		text: 'b.',
	},
	{ what: 'a pointer to a pointer', body: hex('0161 00 0162 c00c c00f'), from: 19, behind: 21, text: 'b.a.' },
	{ what: 'a pointer to itself', body: hex('c00c'), from: 12, behind: -1 },
	{ what: 'a pointer to its own labels', body: hex('0161 c00c'), from: 12, behind: -1 },
	{ what: 'a pointer into its own labels', body: hex('0161 0162 c00e'), from: 12, behind: -1 },
	{ what: 'a pointer forward', body: hex('c00f 00 0161 00'), from: 12, behind: -1 },
	{ what: 'two pointers at each other', body: hex('c00e c00c'), from: 14, behind: -1 },
	{ what: 'a pointer into the header', body: hex('c00b'), from: 12, behind: -1 },
	{ what: 'a pointer to offset 0', body: hex('c000'), from: 12, behind: -1 },
	{ what: 'a pointer behind the end', body: hex('ffff'), from: 12, behind: -1 },
	{ what: 'half a pointer', body: hex('0161 c0'), from: 12, behind: -1 },
	{
		what: '255 octets by way of a pointer',
		body: join(label(63), label(63), label(63), root, label(61), pointer(12)),
		from: 205,
		behind: 269,
	},
	{
		what: '256 octets by way of a pointer',
		body: join(label(63), label(63), label(63), root, label(62), pointer(12)),
		from: 205,
		behind: -1,
	},
	{ what: 'forty pointers in a row', body: pointerBehindPointers, from: 93, behind: 95, text: 'a.' },
];

for (const row of rows) {
	test(`a name: ${row.what}`, () => {
		for (const messageStart of [0, 7]) {
			const end = messageStart + 12 + row.body.length;
			const octets = new Uint8Array(end + 300).fill(0x01);
			octets.set(join(header, row.body), messageStart);
			const from = messageStart + row.from;
			const behind = skipName(octets, messageStart, from, end);
			assert.equal(behind, row.behind < 0 ? -1 : messageStart + row.behind);
			const target = new Uint8Array(300).fill(0xee);
			const written = expandName(octets, messageStart, from, end, target, 2);
			if (row.behind < 0) {
				assert.equal(written, 0);
				continue;
			}
			assert.ok(written > 0 && written <= maxNameBytes);
			assert.equal(nameEnd(octets, from), behind);
			assert.equal(target[1], 0xee);
			assert.equal(target[2 + written], 0xee);
			if (row.text !== undefined) assert.equal(nameToText(target, 2), row.text);
		}
	});
}

test('a message full of pointers to pointers costs no more than its labels could be long', () => {
	const octets = new Uint8Array(16_384);
	octets.set([1, 0x61, 0], 12);
	for (let at = 15, target = 12; at + 2 <= octets.length; target = at, at += 2)
		octets.set(pointer(target), at);
	let accepted = 0;
	for (let at = 15; at + 2 <= octets.length; at += 2)
		if (skipName(octets, 0, at, octets.length) > 0) accepted++;
	assert.ok(accepted <= 128, `${accepted} pointers in a row were followed: no name has more than 127 labels`);
});

test('only ASCII capitals become small (RFC 4343 §3)', () => {
	for (let octet = 0; octet < 256; octet++) {
		const expected = octet >= 65 && octet <= 90 ? octet + 32 : octet;
		assert.equal(lowerCase(octet), expected);
	}
});

test('octets are equal but for ASCII case, and for nothing else', () => {
	for (let left = 0; left < 256; left++) {
		for (let right = 0; right < 256; right++) {
			const equal = equalIgnoringCase(Uint8Array.of(0, left), 1, Uint8Array.of(right), 0, 1);
			assert.equal(equal, lowerCase(left) === lowerCase(right), `${left} ${right}`);
		}
	}
});

test('a name is within a zone label by label', () => {
	const within: [string, string, boolean][] = [
		['www.example.', 'example.', true],
		['example.', 'example.', true],
		['example.', 'www.example.', false],
		['wwwexample.', 'example.', false],
		['a.', '.', true],
		['.', '.', true],
		['.', 'a.', false],
		['example.org.', 'example.', false],
		['a.b.c.d.', 'c.d.', true],
		// The octets of the zone, but its first length octet lies inside a label.
		['\\003abc\\000.', 'abc.', false],
	];
	for (const [name, zone, expected] of within) {
		const octets = join(Uint8Array.of(9, 9), nameToWire(name));
		const got = isWithin(octets, 2, octets.length - 2, nameToWire(zone));
		assert.equal(got, expected, `${name} in ${zone}`);
	}
});

test('the root is not counted among the labels', () => {
	for (const [name, expected] of [
		['.', 0],
		['a.', 1],
		['a.b.c.', 3],
	] as const) {
		assert.equal(labelCount(nameToWire(name), 0), expected, name);
	}
});
