/**
 * Goal: RFC 6891. The OPT of a query is found behind whatever stands before it; what is no proper OPT, or one too
 * many, is FORMERR. Method: queries of which each differs from a good one in one thing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { appendOptions, encodeOption, parseQueryRecords, writeOpt } from '../../../src/wire/edns.ts';
import { rrClass, rrType } from '../../../src/wire/iana.ts';
import { parsed, parseQuestion, QueryView } from '../../../src/wire/question.ts';
import { patchCounts } from '../../../src/wire/writer.ts';
import { a, hex, join, message, ns, opt, type Rr, rr, txt } from './messages.ts';

interface Row {
	readonly what: string;
	readonly octets: Uint8Array;
	readonly expected: number;
	/** hasOpt, payload, version, DO */
	readonly view?: readonly [boolean, number, number, boolean];
}

function query(...additional: Rr[]): Uint8Array {
	return message({ qname: 'www.example.', flags: 0, additional });
}

const doOpt: Rr = { ...opt(), ttlSec: 0x8000 };
const none = [false, 512, 0, false] as const;

/** A query whose additional section counts `count` records and holds `octets`. */
function raw(count: number, octets: Uint8Array): Uint8Array {
	const whole = join(query(), octets);
	patchCounts(whole, 0, 1, 0, 0, count);
	return whole;
}

const rows: readonly Row[] = [
	{ what: 'none', octets: query(), expected: parsed.ok, view: none },
	{ what: 'of 1232 octets', octets: query(opt()), expected: parsed.ok, view: [true, 1232, 0, false] },
	{ what: 'with DO', octets: query(doOpt), expected: parsed.ok, view: [true, 1232, 0, true] },
	{
		what: 'of 100 octets counts as 512 (RFC 6891 §6.2.3)',
		octets: query(opt(new Uint8Array(0), 0, 0, 100)),
		expected: parsed.ok,
		view: [true, 512, 0, false],
	},
	{
		what: 'of 65,535 octets',
		octets: query(opt(new Uint8Array(0), 0, 0, 0xffff)),
		expected: parsed.ok,
		view: [true, 0xffff, 0, false],
	},
	{
		what: 'of version 1',
		octets: query(opt(new Uint8Array(0), 0, 1)),
		expected: parsed.ok,
		view: [true, 1232, 1, false],
	},
	{
		what: 'with a cookie and an unknown option',
		octets: query(opt(hex('000a 0008 0102030405060708 fde9 0000'))),
		expected: parsed.ok,
		view: [true, 1232, 0, false],
	},
	{
		what: 'before another record',
		octets: query(opt(), txt('x.', 4)),
		expected: parsed.ok,
		view: [true, 1232, 0, false],
	},
	{
		what: 'behind another record',
		octets: query(txt('@', 4), opt()),
		expected: parsed.ok,
		view: [true, 1232, 0, false],
	},
	{
		what: 'behind answers and authority',
		octets: message({
			qname: 'a.',
			flags: 0,
			answer: [a('@')],
			authority: [ns('@', 'b.')],
			additional: [opt()],
		}),
		expected: parsed.ok,
		view: [true, 1232, 0, false],
	},
	{
		what: 'not among the counted records',
		octets: raw(0, hex('00 0029 04d0 00000000 0000')),
		expected: parsed.ok,
		view: none,
	},
	{ what: 'twice', octets: query(opt(), opt()), expected: parsed.badRecords },
	{
		what: 'twice, another record between',
		octets: query(opt(), txt('x.', 4), opt()),
		expected: parsed.badRecords,
	},
	{
		what: 'in the answer section',
		octets: message({ qname: 'a.', flags: 0, answer: [opt()] }),
		expected: parsed.badRecords,
	},
	{ what: 'with an owner', octets: query({ ...opt(), owner: 'a.' }), expected: parsed.badRecords },
	{
		what: 'whose owner is a pointer',
		octets: raw(1, hex('c014 0029 04d0 00000000 0000')),
		expected: parsed.badRecords,
	},
	{
		what: 'with an option cut in its data',
		octets: query(opt(hex('000a 0008 0102'))),
		expected: parsed.badRecords,
	},
	{ what: 'with an option cut in its head', octets: query(opt(hex('000a 00'))), expected: parsed.badRecords },
	{ what: 'with one octet left over', octets: query(opt(hex('000a 0000 00'))), expected: parsed.badRecords },
	{ what: 'cut in its fixed part', octets: raw(1, hex('00 0029 04d0 0000')), expected: parsed.badRecords },
	{
		what: 'whose RDLENGTH is past the end',
		octets: raw(1, hex('00 0029 04d0 00000000 0001')),
		expected: parsed.badRecords,
	},
	{ what: 'that is counted and not there', octets: raw(1, new Uint8Array(0)), expected: parsed.badRecords },
	{
		what: 'and 65,534 more that are not there',
		octets: raw(0xffff, hex('00 0029 04d0 00000000 0000')),
		expected: parsed.badRecords,
	},
	{
		what: 'behind a record that points at itself',
		octets: raw(2, hex('c01d 0001 0001')),
		expected: parsed.badRecords,
	},
];

for (const { what, octets, expected, view: fields } of rows) {
	test(`a query with an OPT ${what}`, () => {
		const view = new QueryView();
		for (const start of [0, 9]) {
			const buffer = new Uint8Array(start + octets.length + 100);
			buffer.set(octets, start);
			assert.equal(parseQuestion(view, buffer, start, octets.length), parsed.ok);
			assert.equal(parseQueryRecords(view, buffer), expected);
			if (fields === undefined) continue;
			assert.deepEqual([view.hasOpt, view.udpPayloadBytes, view.ednsVersion, view.dnssecOk], fields);
		}
	});
}

test('an OPT that is written is read by another implementation', () => {
	const cases: [number, number, boolean, number][] = [
		[1232, 0, false, -1],
		[4096, 1, true, -1],
		[512, 0, true, 3],
		[1232, 0, false, 0],
	];
	for (const [payload, extendedRcode, dnssecOk, edeCode] of cases) {
		const octets = new Uint8Array(100).fill(0xee);
		octets.set(query());
		const start = query().length;
		const end = writeOpt(octets, start, payload, extendedRcode, dnssecOk, edeCode);
		patchCounts(octets, 0, 1, 0, 0, 1);
		const [record] = packet.decode(Buffer.from(octets.subarray(0, end))).additionals as packet.OptAnswer[];
		assert.equal(record.udpPayloadSize, payload);
		assert.equal(record.extendedRcode, extendedRcode);
		assert.equal(record.ednsVersion, 0);
		assert.equal(record.flag_do, dnssecOk);
		const options = record.options.map((option) => [option.code, [...(option as { data: Buffer }).data]]);
		assert.deepEqual(options, edeCode < 0 ? [] : [[15, [0, edeCode]]]);
		assert.equal(octets[end], 0xee);
	}
});

test('a record of another type and class is walked over, whatever it holds', () => {
	const strange = { ...rr('x.', 65_280, 0xffff_ffff, new Uint8Array(500)), rrClass: rrClass.CH };
	const octets = query(strange, rr('x.', rrType.TSIG, 0, new Uint8Array(3)), opt());
	const view = new QueryView();
	parseQuestion(view, octets, 0, octets.length);
	assert.equal(parseQueryRecords(view, octets), parsed.ok);
	assert.equal(view.hasOpt, true);
});

const nsid = (...data: number[]): Uint8Array => encodeOption(3, Uint8Array.from(data));
const cookie = encodeOption(10, new Uint8Array(8));
const wishes: readonly [what: string, options: Uint8Array, wanted: boolean][] = [
	['no option', new Uint8Array(0), false],
	['an NSID', nsid(), true],
	['an NSID with data, which a query should not have', nsid(1, 2), true],
	['an NSID behind a cookie', join(cookie, nsid()), true],
	['an NSID before a cookie', join(nsid(), cookie), true],
	['a cookie that looks like an NSID inside', encodeOption(10, nsid()), false],
];

for (const [what, options, wanted] of wishes) {
	test(`RFC 5001 §2.1: an OPT with ${what} ${wanted ? 'asks' : 'does not ask'} for the identifier`, () => {
		const octets = query({ ...opt(), rdata: options });
		const view = new QueryView();
		for (const octetsNow of [octets, query(), octets]) {
			parseQuestion(view, octetsNow, 0, octetsNow.length);
			assert.equal(parseQueryRecords(view, octetsNow), parsed.ok);
			assert.equal(view.wantsNsid, wanted && octetsNow === octets);
		}
	});
}

test('options are added behind those that are there', () => {
	const octets = new Uint8Array(64);
	const end = writeOpt(octets, 5, 1232, 0, false, 15);
	const behind = appendOptions(octets, 5, end, nsid(0x61, 0x62));
	assert.equal(behind, end + 6);
	const { answer } = packet as unknown as {
		answer: { decode(octets: Buffer, at: number): { options: { code: number; data: Buffer }[] } };
	};
	const decoded = answer.decode(Buffer.from(octets), 5);
	assert.deepEqual(
		decoded.options.map(({ code, data }) => [code, data.toString('latin1')]),
		[
			[15, '\0\x0f'],
			[3, 'ab'],
		],
	);
});
