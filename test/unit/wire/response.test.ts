/**
 * Goal: a response counts only if it answers the question, and is used only if every octet of it parses (RFC 5452
 * §9.1, RFC 9267). Method: rows that differ from a good response in one thing; records are checked field by field.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flag } from '../../../src/wire/header.ts';
import { rrClass, rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { answersQuestion, parseResponse, ResponseView, section } from '../../../src/wire/response.ts';
import { patchCounts } from '../../../src/wire/writer.ts';
import { a, cname, hex, join, message, ns, opt, question, type Rr, rr, soa, txt } from './messages.ts';

const asked = question('www.example.');
const qname = nameToWire('www.example.');
const good = message({ qname: 'www.example.', answer: [a('@')] });

function changed(offset: number, ...octets: number[]): Uint8Array {
	const copy = good.slice();
	copy.set(octets, offset);
	return copy;
}

const belonging: readonly [string, Uint8Array, boolean][] = [
	['the question as it was asked', good, true],
	['the question in other case', message({ qname: 'WWW.eXample.', answer: [a('@')] }), true],
	['no records', message({ qname: 'www.example.' }), true],
	['a query', message({ qname: 'www.example.', flags: 0 }), false],
	['another opcode', message({ qname: 'www.example.', flags: flag.qr | 0x2000 }), false],
	['another name of the same length', message({ qname: 'wwx.example.' }), false],
	['a longer name', message({ qname: 'a.www.example.' }), false],
	['a shorter name', message({ qname: 'example.' }), false],
	['another type', message({ qname: 'www.example.', qtype: rrType.AAAA }), false],
	['another class', message({ qname: 'www.example.', qclass: rrClass.CH }), false],
	['no question', changed(4, 0, 0), false],
	['two questions', changed(4, 0, 2), false],
	['a header alone', good.subarray(0, 12), false],
	['nothing', new Uint8Array(0), false],
	['a question cut short', good.subarray(0, 12 + asked.length - 1), false],
	// 0x57 and 0x77 differ as W and w do; 0x43 and 0x63 too, and a length octet is no letter.
	['a length octet that differs in the case bit', changed(12, 0x23), false],
];

for (const [what, octets, expected] of belonging) {
	test(`a reply with ${what} ${expected ? 'belongs' : 'does not belong'} to the question`, () => {
		const buffer = new Uint8Array(octets.length + 304);
		buffer.set(octets, 4);
		const { length } = octets;
		assert.equal(answersQuestion(buffer, 4, length, qname, qname.length, rrType.A, rrClass.IN), expected);
	});
}

function parse(octets: Uint8Array, view = new ResponseView()): ResponseView | undefined {
	const buffer = new Uint8Array(octets.length + 303);
	buffer.set(octets, 3);
	return parseResponse(view, buffer, 3, octets.length, asked.length) ? view : undefined;
}

/** A response whose answer counts `count` records and holds `octets`. */
function raw(count: number, octets: Uint8Array): Uint8Array {
	const whole = join(message({ qname: 'www.example.' }), octets);
	patchCounts(whole, 0, 1, count, 0, 0);
	return whole;
}

function answered(...answer: Rr[]): Uint8Array {
	return message({ qname: 'www.example.', answer });
}

const wellFormed: readonly [string, Uint8Array, number][] = [
	['no records', message({ qname: 'www.example.' }), 0],
	['an address', good, 1],
	['a record of an unknown type, empty', answered(rr('@', 65_280, 1, new Uint8Array(0))), 1],
	['opaque RDATA that looks like a bad pointer', answered(rr('@', rrType.TXT, 1, hex('c0ff'))), 1],
	['octets behind the last record', join(good, hex('dead beef')), 1],
	['a CNAME compressed', raw(1, hex('c00c 0005 0001 0000003c 0006 0377 7777 c010')), 1],
	['an SOA', message({ qname: 'www.example.', authority: [soa('example.')] }), 1],
	['an OPT', message({ qname: 'www.example.', additional: [opt()] }), 0],
	['an OPT with options', message({ qname: 'www.example.', additional: [opt(hex('000f 0002 0016'))] }), 0],
	['an OPT before another record', message({ qname: 'www.example.', additional: [opt(), a('b.')] }), 1],
	['a TXT of 60,000 octets', answered(txt('@', 60_000)), 1],
	['an SRV', answered(rr('@', rrType.SRV, 1, join(hex('0000 0000 0035'), nameToWire('a.')))), 1],
];

for (const [what, octets, count] of wellFormed) {
	test(`a response is read: ${what}`, () => {
		const view = parse(octets);
		assert.ok(view);
		assert.equal(view.recordCount, count);
	});
}

const malformed: readonly [string, Uint8Array][] = [
	['a record that is counted and not there', raw(1, new Uint8Array(0))],
	['65,535 records that are not there', raw(0xffff, hex('c00c 0001 0001 0000003c 0004 c0000201'))],
	['a record cut in its owner', raw(1, hex('0377'))],
	['a record cut in its fixed part', raw(1, hex('c00c 0001 0001 0000'))],
	['RDLENGTH past the end', raw(1, hex('c00c 0001 0001 0000003c 0005 c0000201'))],
	['RDLENGTH of 65,535', raw(1, hex('c00c 0010 0001 0000003c ffff 0161'))],
	['an address of three octets', answered(rr('@', rrType.A, 1, hex('c00002')))],
	['an address of five octets', answered(rr('@', rrType.A, 1, hex('c000020100')))],
	['an IPv6 address of four octets', answered(rr('@', rrType.AAAA, 1, hex('c0000201')))],
	['an empty CNAME', answered(rr('@', rrType.CNAME, 1, new Uint8Array(0)))],
	['a CNAME with an octet left over', answered(rr('@', rrType.CNAME, 1, hex('0161 00 00')))],
	['a CNAME whose name leaves its RDATA', raw(1, hex('c00c 0005 0001 0000003c 0002 0361 6263 00'))],
	['a CNAME that points at itself', raw(1, hex('c00c 0005 0001 0000003c 0002 c029'))],
	['a CNAME that points forward', raw(1, hex('c00c 0005 0001 0000003c 0002 c02b 0000'))],
	['an MX of one octet', answered(rr('@', rrType.MX, 1, hex('00')))],
	['an SOA without its numbers', answered(rr('@', rrType.SOA, 1, hex('0161 00 0162 00')))],
	['an SOA with 19 octets of numbers', answered(rr('@', rrType.SOA, 1, soa('a.').rdata.slice(0, -1)))],
	['an SRV without a target', answered(rr('@', rrType.SRV, 1, hex('0000 0000 0035')))],
	['an owner that points at itself', raw(1, hex('c01d 0001 0001 0000003c 0004 c0000201'))],
	['an owner that points into the header', raw(1, hex('c004 0001 0001 0000003c 0004 c0000201'))],
	['an owner with a label of 64', raw(1, join(hex('40'), new Uint8Array(80)))],
	['an OPT among the answers', answered(opt())],
	['an OPT in the authority section', message({ qname: 'www.example.', authority: [opt()] })],
	['two OPTs', message({ qname: 'www.example.', additional: [opt(), opt()] })],
	['an OPT with an owner', message({ qname: 'www.example.', additional: [{ ...opt(), owner: 'a.' }] })],
];

for (const [what, octets] of malformed) {
	test(`a response is refused: ${what}`, () => assert.equal(parse(octets), undefined));
}

test('the place, section, type, class and end of each record are known', () => {
	const octets = message({
		qname: 'www.example.',
		answer: [cname('@', 'b.'), a('b.')],
		authority: [ns('b.', 'ns.b.')],
		additional: [opt(), { ...a('ns.b.'), rrClass: rrClass.CH }],
	});
	const view = parse(octets)!;
	const types = [rrType.CNAME, rrType.A, rrType.NS, rrType.A];
	assert.deepEqual(
		types.map((_, record) => view.type(record)),
		types,
	);
	assert.deepEqual(
		[0, 1, 2, 3].map((record) => view.class(record)),
		[1, 1, 1, 3],
	);
	assert.deepEqual(
		[...view.section.subarray(0, 4)],
		[section.answer, section.answer, section.authority, section.additional],
	);
	assert.equal(view.ownerAt[0], view.bodyStart);
	assert.equal(view.endAt[0], view.ownerAt[1]);
	assert.equal(view.endAt[3], view.end);
	assert.equal(view.rdataAt(1), view.ttlAt(1) + 6);
	assert.deepEqual([view.hasOpt, view.optInside], [true, true]);
});

test('an OPT at the end is not inside', () => {
	const view = parse(message({ qname: 'www.example.', additional: [a('b.'), opt()] }))!;
	assert.deepEqual([view.hasOpt, view.optInside], [true, false]);
});

test('the RCODE has twelve bits, the upper eight from the OPT (RFC 6891 §6.1.3)', () => {
	const view = parse(message({ qname: 'www.example.', rcode: 7, additional: [opt(new Uint8Array(0), 1)] }))!;
	assert.equal(view.rcode, 23);
});

test('a view is filled anew by each response', () => {
	const view = new ResponseView();
	parse(message({ qname: 'www.example.', answer: [a('@')], additional: [opt(), a('b.')] }), view);
	parse(message({ qname: 'www.example.' }), view);
	assert.deepEqual([view.recordCount, view.hasOpt, view.optInside, view.rcode], [0, false, false, 0]);
});
