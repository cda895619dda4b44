/**
 * Goal: text and octets of names and records agree with RFC 1035 §5.1 and RFC 3597 §5, and bad text says what is bad.
 * Method: tables of both; RDATA is compared with what dns-packet encodes from its own structured form.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { PetrelError } from '../../../src/util/errors.ts';
import { headerBytes } from '../../../src/wire/header.ts';
import { typeNumber } from '../../../src/wire/iana.ts';
import { nameToText, nameToWire } from '../../../src/wire/presentation.ts';
import { parseRecord, tokenize } from '../../../src/wire/record-text.ts';

const label63 = 'a'.repeat(63);
/** 255 octets: three labels of 63, one of 61, the root. */
const longest = `${label63}.${label63}.${label63}.${'b'.repeat(61)}.`;

const names: [text: string, octets: number[], back?: string][] = [
	['.', [0]],
	['example.', [7, ...Buffer.from('example'), 0]],
	['WwW.example', [3, ...Buffer.from('WwW'), 7, ...Buffer.from('example'), 0], 'WwW.example.'],
	['a\\.b.c.', [3, 0x61, 0x2e, 0x62, 1, 0x63, 0]],
	['\\000\\255.', [2, 0, 255, 0]],
	['a\\\\b.', [3, 0x61, 0x5c, 0x62, 0]],
	['\\097\\032.', [2, 0x61, 0x20, 0], 'a\\032.'],
	['*._tcp.x-1.', [1, 0x2a, 4, ...Buffer.from('_tcp'), 3, ...Buffer.from('x-1'), 0]],
	['\\@\\;.', [2, 0x40, 0x3b, 0]],
];

for (const [text, octets, back] of names) {
	test(`name ${text} is the octets ${octets.join(' ')} and back`, () => {
		assert.deepEqual([...nameToWire(text)], octets);
		assert.equal(nameToText(Uint8Array.from(octets)), back ?? text);
	});
}

test('the longest name there may be goes through', () => {
	const octets = nameToWire(longest);
	assert.equal(octets.length, 255);
	assert.equal(nameToText(octets), longest);
});

const badNames: [name: string, text: string, message: RegExp][] = [
	['empty', '', /a name is empty/],
	['with an empty label', 'a..b', /"a\.\.b" has an empty label/],
	['that starts with a dot', '.a', /"\.a" has an empty label/],
	['with a long label', `${label63}a.b`, /label of 64 octets; 63 are allowed/],
	[
		'of 256 octets',
		`${label63}.${label63}.${label63}.${'b'.repeat(62)}`,
		/takes 256 octets; 255 are allowed/,
	],
	['of five labels of 63', `${label63}.`.repeat(5), /takes 321 octets/],
	['with a short escape', 'a\\4b', /needs three/],
	['with an escape above 255', 'a\\256', /\\256 is not an octet/],
	['that ends in a backslash', 'a\\', /a backslash stands at the end/],
	['with a blank', 'a b', /has the character " "/],
	['outside ASCII', 'bücher.example', /xn-- label/],
];

for (const [name, text, message] of badNames) {
	test(`a name ${name} is refused`, () => {
		assert.throws(
			() => nameToWire(text),
			(error: PetrelError) => error instanceof PetrelError && message.test(error.message),
		);
	});
}

test('octets that are no name are refused', () => {
	for (const octets of [
		[],
		[1],
		[1, 0x61],
		[0xc0, 0],
		[64, ...new Array(64).fill(97), 0],
		[...new Array(300).fill(1)],
	]) {
		assert.throws(() => nameToText(Uint8Array.from(octets)), PetrelError, octets.slice(0, 4).join(' '));
	}
});

test('any name comes back from its text', () => {
	const label = fc.uint8Array({ minLength: 1, maxLength: 40 });
	fc.assert(
		fc.property(fc.array(label, { maxLength: 6 }), (labels) => {
			const octets = Uint8Array.from([...labels.flatMap((part) => [part.length, ...part]), 0]);
			assert.deepEqual(nameToWire(nameToText(octets)), octets);
		}),
	);
});

/** Record text, and the structured form that dns-packet encodes to what it should be. */
const records: [line: string, data: packet.Answer][] = [
	['x.example. 60 IN A 192.0.2.1', { type: 'A', name: 'x.example', data: '192.0.2.1' }],
	['x.example. 60 IN AAAA 2001:db8::1', { type: 'AAAA', name: 'x.example', data: '2001:db8::1' }],
	['x.example. 60 IN CNAME y.example.', { type: 'CNAME', name: 'x.example', data: 'y.example' }],
	['x.example. 60 IN NS ns.example', { type: 'NS', name: 'x.example', data: 'ns.example' }],
	['x.example. 60 IN PTR y.example.', { type: 'PTR', name: 'x.example', data: 'y.example' }],
	['x.example. 60 IN DNAME y.example.', { type: 'DNAME', name: 'x.example', data: 'y.example' }],
	[
		'x.example. 60 IN MX 10 mail.example.',
		{ type: 'MX', name: 'x.example', data: { preference: 10, exchange: 'mail.example' } },
	],
	[
		'x.example. 60 IN TXT "two words" one "quote \\" and \\; and \\228"',
		{
			type: 'TXT',
			name: 'x.example',
			data: [Buffer.from('two words'), Buffer.from('one'), Buffer.from('quote " and ; and \xe4', 'latin1')],
		},
	],
	[
		'_s._tcp.x.example. 60 IN SRV 1 2 443 host.example.',
		{
			type: 'SRV',
			name: '_s._tcp.x.example',
			data: { priority: 1, weight: 2, port: 443, target: 'host.example' },
		},
	],
	[
		'example. 60 IN SOA ns.example. admin.example. ( 1 2 3 4 4294967295 ) ; comment "here',
		{
			type: 'SOA',
			name: 'example',
			data: {
				mname: 'ns.example',
				rname: 'admin.example',
				serial: 1,
				refresh: 2,
				retry: 3,
				expire: 4,
				minimum: 4294967295,
			},
		},
	],
	[
		'x.example. 60 IN CAA 128 issue "ca.example; a=b"',
		{
			type: 'CAA',
			name: 'x.example',
			data: { flags: 128, tag: 'issue', value: 'ca.example; a=b', issuerCritical: true },
		},
	],
	[
		'x.example. 60 IN HINFO PETREL "two words"',
		{ type: 'HINFO', name: 'x.example', data: { cpu: 'PETREL', os: 'two words' } },
	],
];

for (const [line, answer] of records) {
	test(`"${line}" is the RDATA that another implementation makes`, () => {
		const record = parseRecord(line);
		const answers = [{ ...answer, ttl: 60, class: 'IN' } as packet.Answer];
		const encoded = packet.encode({ type: 'response', answers }).subarray(headerBytes);
		const rdataAt = record.owner.length + 10;
		assert.deepEqual(Buffer.from(record.owner), encoded.subarray(0, record.owner.length));
		assert.equal(record.type, encoded.readUInt16BE(record.owner.length));
		assert.equal(record.class, 1);
		assert.equal(record.ttlSec, 60);
		assert.deepEqual(Buffer.from(record.rdata), encoded.subarray(rdataAt));
	});
}

test('HTTPS and SVCB are a priority and a target', () => {
	assert.deepEqual([...parseRecord('x HTTPS 1 .').rdata], [0, 1, 0]);
	assert.deepEqual([...parseRecord('x SVCB 258 a.').rdata], [1, 2, 1, 0x61, 0]);
});

test('the generic form makes RDATA of every type (RFC 3597 §5)', () => {
	assert.deepEqual([...parseRecord('x 5 IN TYPE65280 \\# 3 aB CDef').rdata], [0xab, 0xcd, 0xef]);
	assert.deepEqual([...parseRecord('x 5 IN A \\# 4 C0000201').rdata], [192, 0, 2, 1]);
	assert.equal(parseRecord('x 5 IN TYPE1 \\# 0').rdata.length, 0);
	assert.equal(parseRecord('x 5 IN TYPE65535 \\# 0').type, 65535);
});

test('TTL and class stand in either order and may be left out', () => {
	for (const line of ['x 300 IN A 192.0.2.1', 'x IN 300 A 192.0.2.1', 'x 300 A 192.0.2.1']) {
		assert.equal(parseRecord(line).ttlSec, 300, line);
	}
	assert.equal(parseRecord('x A 192.0.2.1').ttlSec, 60);
	assert.equal(parseRecord('x in a 192.0.2.1', 7).ttlSec, 7);
	assert.equal(parseRecord('x 4294967295 A 192.0.2.1').ttlSec, 4294967295);
});

const badRecords: [line: string, message: RegExp][] = [
	['x', /incomplete/],
	['x 60 IN', /has no type/],
	['x 4294967296 A 192.0.2.1', /TTL 4294967296/],
	['x 60 CH TXT a', /class CH/],
	['x 60 NOTYPE a', /"NOTYPE" is not a type/],
	['x 60 TYPE65536 \\# 0', /"TYPE65536" is not a type/],
	['x A', /A record: the address is missing/],
	['x A 192.0.2', /"192\.0\.2" is not an IPv4 address/],
	['x A 192.0.2.256', /"192\.0\.2\.256"/],
	['x A 192.0.02.1', /"192\.0\.02\.1"/],
	['x A 2001:db8::1', /is not an IPv4 address/],
	['x AAAA 192.0.2.1', /"192\.0\.2\.1" is not an IPv6 address/],
	['x AAAA fe80::1%eth0', /is not an IPv6 address/],
	['x A 192.0.2.1 192.0.2.2', /"192\.0\.2\.2" is one word too many/],
	['x MX 65536 a.', /the preference "65536"/],
	['x MX a.', /the preference "a\."/],
	['x MX 10', /the exchange is missing/],
	['x SOA a. b. 1 2 3 4', /the minimum is missing/],
	['x CAA 256 issue a', /the flags "256"/],
	['x CAA 0 "" a', /the tag is empty/],
	[`x TXT ${'a'.repeat(256)}`, /256 octets; 255 are allowed/],
	['x TXT "open', /a quote is not closed/],
	['x A \\# 4 C00002', /followed by 3 octets/],
	['x A \\# 2 C0000', /not an even number/],
	['x A \\# four C0000201', /"\\# four"/],
	['x LOC 1 2 3', /LOC records are written in the generic form/],
	['a..b A 192.0.2.1', /empty label/],
];

for (const [line, message] of badRecords) {
	test(`the record "${line.slice(0, 40)}" is refused by naming what is wrong`, () => {
		assert.throws(
			() => parseRecord(line),
			(error: PetrelError) => error instanceof PetrelError && message.test(error.message),
		);
	});
}

test('whatever the text, only a PetrelError is thrown', () => {
	const word = fc.oneof(fc.string(), fc.constantFrom('A', 'TXT', 'SOA', '\\#', '60', 'IN', '"', '\\', 'x.'));
	fc.assert(
		fc.property(fc.array(word, { maxLength: 8 }), (words) => {
			try {
				const record = parseRecord(words.join(' '));
				assert.ok(record.rdata.length <= 65_535);
			} catch (error) {
				assert.ok(error instanceof PetrelError, String(error));
			}
		}),
	);
});

test('words keep their escapes and know whether they were quoted', () => {
	assert.deepEqual(tokenize(' a\\ b "c d"(e);f'), [
		{ text: 'a\\ b', quoted: false },
		{ text: 'c d', quoted: true },
		{ text: 'e', quoted: false },
	]);
});

test('the types that have a form of their own are those named here', () => {
	for (const type of [
		'A',
		'AAAA',
		'CNAME',
		'NS',
		'PTR',
		'DNAME',
		'MX',
		'TXT',
		'SRV',
		'SOA',
		'CAA',
		'HINFO',
		'HTTPS',
		'SVCB',
	]) {
		assert.notEqual(typeNumber(type), undefined);
		assert.throws(() => parseRecord(`x ${type}`), /missing/);
	}
});

test('times may have units, as in zone files', () => {
	assert.equal(parseRecord('a. 1h30m IN A 192.0.2.1').ttlSec, 5400);
	assert.equal(parseRecord('a. IN 2W A 192.0.2.1').ttlSec, 1_209_600);
	const soa = parseRecord('a. SOA b. c. 7 1m 2h 3d 10');
	assert.deepEqual(
		[...new Uint32Array(soa.rdata.slice(-20).buffer)].map((word) =>
			Buffer.from(Uint32Array.of(word).buffer).readUInt32BE(0),
		),
		[7, 60, 7200, 259_200, 10],
	);
	assert.throws(() => parseRecord('a. SOA b. c. 1h 1 2 3 4'), /the serial "1h" is not a whole number/);
	assert.throws(() => parseRecord('a. SOA b. c. 1 1x 2 3 4'), /the refresh "1x" is not a number of seconds/);
	assert.throws(() => parseRecord('a. 9999999w A 192.0.2.1'), /TTL 9999999w is above/);
});
