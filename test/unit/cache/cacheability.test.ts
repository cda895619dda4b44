/**
 * Goal: what a response is, whether it is stored and for how long, and the TTLs that clients see: every row of the
 * table in cacheability.ts, RFC 2308 and RFC 8767 §4.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answer } from '../../../src/cache/answer.ts';
import { AnswerMaker, type TtlBounds, unbounded } from '../../../src/cache/cacheability.ts';
import { entryKind } from '../../../src/cache/layout.ts';
import { flag } from '../../../src/wire/header.ts';
import { rcode, rrType } from '../../../src/wire/iana.ts';
import { parseResponse, ResponseView } from '../../../src/wire/response.ts';
import { a, cname, type MessageParts, message, ns, opt, question, soa, txt } from '../wire/messages.ts';
import { judge, messageOf } from './judged.ts';
import { keyOf, shapeOf } from './support.ts';

const qname = 'www.example.';
const { positive, negative, failure } = entryKind;
const bounds: TtlBounds = { successMinSec: 0, successMaxSec: 3600, denialMinSec: 0, denialMaxSec: 1800 };

interface Row extends Omit<MessageParts, 'qname'> {
	readonly what: string;
	readonly kind: number;
	/** Seconds; 0: passed on, not stored. */
	readonly lifetimeSec: number;
	/** TTLs of the records as clients see them. */
	readonly ttls?: readonly number[];
	readonly bounds?: TtlBounds;
}

const rows: readonly Row[] = [
	{ what: 'an answer', answer: [a('@', 300)], kind: positive, lifetimeSec: 300, ttls: [300] },
	{
		what: 'T06: a chain keeps its TTLs and lives as long as the shortest',
		answer: [cname('@', 'b.', 300), a('b.', 10)],
		kind: positive,
		lifetimeSec: 10,
		ttls: [300, 10],
	},
	{
		what: 'other sections bound the lifetime too',
		answer: [a('@', 300)],
		authority: [ns('example.', 'n.', 20)],
		kind: positive,
		lifetimeSec: 20,
		ttls: [300, 20],
	},
	{ what: 'T07: a TTL of 0', answer: [a('@', 0)], kind: positive, lifetimeSec: 0, ttls: [0] },
	{
		what: 'T07: a TTL of 0 with a minimum configured',
		answer: [a('@', 0)],
		bounds: { ...bounds, successMinSec: 5 },
		kind: positive,
		lifetimeSec: 5,
		ttls: [5],
	},
	{
		what: 'T08: a TTL with its top bit set is large (RFC 8767 §4)',
		answer: [a('@', 0x8000_0001)],
		kind: positive,
		lifetimeSec: 3600,
		ttls: [3600],
	},
	{
		what: 'T09: a TTL above the maximum',
		answer: [a('@', 604_800)],
		kind: positive,
		lifetimeSec: 3600,
		ttls: [3600],
	},
	{
		what: 'TTLs without bounds pass',
		answer: [a('@', 0xffff_ffff)],
		bounds: unbounded,
		kind: positive,
		lifetimeSec: 0x7fff_ffff / 10,
		ttls: [0xffff_ffff],
	},
	{
		what: 'T20: NXDOMAIN for the SOA’s MINIMUM, which the client sees',
		rcode: 3,
		authority: [soa('example.', 3600, 5)],
		kind: negative,
		lifetimeSec: 5,
		ttls: [5],
	},
	{
		what: 'NXDOMAIN for the SOA’s TTL if that is shorter',
		rcode: 3,
		authority: [soa('example.', 4, 900)],
		kind: negative,
		lifetimeSec: 4,
		ttls: [4],
	},
	{
		what: 'NXDOMAIN for no longer than the maximum',
		rcode: 3,
		authority: [soa('example.', 86_400, 86_400)],
		kind: negative,
		lifetimeSec: 1800,
		ttls: [1800],
	},
	{
		what: 'NXDOMAIN for no shorter than the minimum',
		rcode: 3,
		authority: [soa('example.', 1, 1)],
		bounds: { ...bounds, denialMinSec: 5 },
		kind: negative,
		lifetimeSec: 5,
		ttls: [5],
	},
	{
		what: 'a MINIMUM with its top bit set is large',
		rcode: 3,
		authority: [soa('example.', 600, 0x8000_0000)],
		kind: negative,
		lifetimeSec: 600,
		ttls: [600],
	},
	{
		what: 'a MINIMUM of 0',
		rcode: 3,
		authority: [soa('example.', 600, 0)],
		kind: negative,
		lifetimeSec: 0,
		ttls: [0],
	},
	{ what: 'T21: NXDOMAIN without a SOA', rcode: 3, kind: positive, lifetimeSec: 0 },
	{ what: 'T22: NODATA', authority: [soa('example.', 600, 60)], kind: negative, lifetimeSec: 60, ttls: [60] },
	{ what: 'T23: NODATA without a SOA', kind: positive, lifetimeSec: 0 },
	{
		what: 'a referral is no NODATA (RFC 2308 §2.2)',
		authority: [ns('example.', 'ns.example.', 300)],
		kind: positive,
		lifetimeSec: 0,
		ttls: [300],
	},
	{
		what: 'T24: NXDOMAIN behind a CNAME',
		rcode: 3,
		answer: [cname('@', 'gone.test.', 120)],
		authority: [soa('test.', 600, 60)],
		kind: negative,
		lifetimeSec: 60,
		ttls: [120, 60],
	},
	{
		what: 'NXDOMAIN behind a CNAME that is shorter',
		rcode: 3,
		answer: [cname('@', 'gone.test.', 12)],
		authority: [soa('test.', 600, 60)],
		kind: negative,
		lifetimeSec: 12,
		ttls: [12, 60],
	},
	{
		what: 'T25: a CNAME to no data',
		answer: [cname('@', 'b.test.', 120)],
		authority: [soa('test.', 600, 60)],
		kind: negative,
		lifetimeSec: 60,
		ttls: [120, 60],
	},
	{
		what: 'T26: a CNAME and nothing behind it',
		answer: [cname('@', 'b.test.', 120)],
		kind: positive,
		lifetimeSec: 0,
		ttls: [120],
	},
	{
		what: 'a SOA beside an answer does not shorten it by its MINIMUM',
		answer: [a('@', 300)],
		authority: [soa('example.', 600, 5)],
		kind: positive,
		lifetimeSec: 300,
		ttls: [300, 600],
	},
	{
		what: 'a SOA that was asked for is an answer, not a denial',
		qtype: rrType.SOA,
		answer: [soa('@', 600, 5)],
		kind: positive,
		lifetimeSec: 600,
		ttls: [600],
	},
	{
		what: 'T13: an unknown type',
		qtype: 65_280,
		answer: [{ ...txt('@', 7), type: 65_280 }],
		kind: positive,
		lifetimeSec: 300,
		ttls: [300],
	},
	{ what: 'T27: SERVFAIL', rcode: rcode.SERVFAIL, answer: [a('@')], kind: failure, lifetimeSec: 0, ttls: [] },
	{ what: 'NOTIMP', rcode: rcode.NOTIMP, kind: failure, lifetimeSec: 0 },
	{ what: 'T30: REFUSED', rcode: rcode.REFUSED, kind: positive, lifetimeSec: 0 },
	{ what: 'T30: FORMERR', rcode: rcode.FORMERR, kind: positive, lifetimeSec: 0 },
	{
		what: 'REFUSED with an answer and a SOA',
		rcode: rcode.REFUSED,
		answer: [a('@')],
		authority: [soa('example.')],
		kind: positive,
		lifetimeSec: 0,
	},
	{ what: 'YXDOMAIN', rcode: rcode.YXDOMAIN, kind: positive, lifetimeSec: 0 },
	{
		what: 'an RCODE of twelve bits whose lower four are NOERROR’s',
		answer: [a('@')],
		additional: [opt(new Uint8Array(0), 1)],
		kind: positive,
		lifetimeSec: 0,
	},
	{
		what: 'an RCODE of twelve bits whose lower four are NXDOMAIN’s',
		rcode: 3,
		authority: [soa('example.')],
		additional: [opt(new Uint8Array(0), 1)],
		kind: positive,
		lifetimeSec: 0,
	},
];

for (const row of rows) {
	test(`a response is judged: ${row.what}`, () => {
		const { kind, lifetimeSec, records } = judge({ ...row, qname }, { bounds: row.bounds ?? bounds });
		assert.equal(kind, row.kind);
		assert.equal(lifetimeSec, row.lifetimeSec);
		if (row.ttls !== undefined)
			assert.deepEqual(
				records.map(({ ttlSec }) => ttlSec),
				row.ttls,
			);
	});
}

test('of the header RCODE and AD are the answer’s, AA, TC, RA, RD and CD are not', () => {
	for (const [flags, expected] of [
		[0xffff & ~0xf, flag.ad],
		[flag.qr | flag.aa | flag.ra | flag.rd | flag.cd, 0],
		[flag.qr | flag.ad, flag.ad],
	]) {
		const { answer } = judge({ qname, flags, answer: [a('@')] });
		assert.equal(answer.flags, expected);
	}
	const { answer } = judge({ qname, rcode: 7, additional: [opt(new Uint8Array(0), 1)] });
	assert.deepEqual([answer.flags, answer.extendedRcode], [7, 1]);
});

test('an answer without compression means the same behind a longer question', () => {
	const { answer, records } = judge({ qname, rcode: 3, authority: [soa('@', 600, 60)] }, { expand: true });
	const packet = messageOf(answer, `a.longer.${qname}`);
	const view = new ResponseView();
	assert.ok(parseResponse(view, packet, 0, packet.length, question(`a.longer.${qname}`).length));
	assert.equal(records[0].name, 'www.example');
	assert.equal(packet.indexOf(Buffer.from([0xc0, 0x0c])), -1);
});

test('a response that grows too large when names are written out is refused, not cut', () => {
	const label = 'x'.repeat(60);
	const owner = `${label}.${label}.${label}.${qname}`;
	const answer = [a('victim.test.'), ...Array.from({ length: 250 }, () => a('@'))];
	const parts = { qname: owner, answer };
	const octets = message(parts);
	const view = new ResponseView();
	assert.ok(parseResponse(view, octets, 0, octets.length, question(owner).length));
	const answerOut = new Answer();
	assert.equal(new AnswerMaker().make(view, keyOf(owner), shapeOf(), answerOut), true, '250 fit');
	const many = message({
		qname: owner,
		answer: [a('victim.test.'), ...Array.from({ length: 2000 }, () => a('@'))],
	});
	assert.ok(parseResponse(view, many, 0, many.length, question(owner).length));
	assert.equal(new AnswerMaker().make(view, keyOf(owner), shapeOf(), answerOut), false, '2000 do not');
});

test('a lifetime fits the entry’s 32 bits however large a TTL the configuration allows', () => {
	const { answer: made } = judge(
		{ qname: 'www.example.', answer: [a('@', 0x7fff_ffff)] },
		{ bounds: unbounded },
	);
	assert.equal(made.lifetimeTicks, 0x7fff_ffff);
});
