/**
 * Goal: of a response only what belongs to its question is kept (RFC 5452 §6, RFC 2181 §5.4.1). Each row injects
 * something in a way that resolvers have fallen for, or that they must let pass. `www.example.` is asked throughout,
 * and the upstream is trusted for every name, so that bailiwick by zone would stop nothing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFlag } from '../../../src/cache/key.ts';
import { entryKind } from '../../../src/cache/layout.ts';
import { rrClass, rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { a, cname, hex, join, type MessageParts, ns, opt, type Rr, rr, soa, txt } from '../wire/messages.ts';
import { judge } from './judged.ts';

const qname = 'www.example.';

interface Row extends Omit<MessageParts, 'qname'> {
	readonly what: string;
	readonly kept: readonly string[];
	readonly dnssec?: boolean;
	/** Whether it may be stored; true unless said. */
	readonly stored?: boolean;
}

function dname(owner: string, target: string): Rr {
	return rr(owner, rrType.DNAME, 300, nameToWire(target));
}

function rrsig(owner: string, covered: number): Rr {
	const fixed = new Uint8Array(18);
	fixed[1] = covered;
	return rr(owner, rrType.RRSIG, 300, join(fixed, nameToWire('example.'), new Uint8Array(8)));
}

function nsec(owner: string): Rr {
	return rr(owner, rrType.NSEC, 300, join(nameToWire('z.example.'), hex('0001 40')));
}

const www = 'answer www.example A';

const rows: readonly Row[] = [
	{ what: 'the answer', answer: [a('@')], kept: [www] },
	{ what: 'several addresses', answer: [a('@', 300, 1), a('@', 300, 2)], kept: [www, www] },
	{ what: 'an owner in other case', answer: [a('WWW.Example.')], kept: [www] },
	{ what: 'X-F17: an answer for another name', answer: [a('victim.test.')], kept: [], stored: false },
	{ what: 'X-F17: an answer for a name below', answer: [a('a.www.example.')], kept: [], stored: false },
	{ what: 'X-F17: an answer for a name above', answer: [a('example.')], kept: [], stored: false },
	{
		what: 'X-F17: an answer of another type',
		answer: [txt('@', 5)],
		kept: ['answer www.example TXT'],
		stored: false,
	},
	{
		what: 'X-F30: an address for a victim in the additional section',
		answer: [a('@')],
		additional: [a('victim.test.')],
		kept: [www],
	},
	{
		what: 'X-F31: name servers of a victim in the authority section',
		answer: [a('@')],
		authority: [ns('victim.test.', 'ns.evil.test.')],
		kept: [www],
	},
	{
		what: 'X-F32: name servers of a sibling with their addresses',
		answer: [a('@')],
		authority: [ns('other.example.', 'ns.evil.test.')],
		additional: [a('ns.evil.test.')],
		kept: [www],
	},
	{ what: 'X-F33: a second answer for a victim', answer: [a('@'), a('victim.test.')], kept: [www] },
	{ what: 'X-F33: the victim first', answer: [a('victim.test.'), a('@')], kept: [www] },
	{
		what: 'X-F34: a CNAME to the victim with its address stays with this question',
		answer: [cname('@', 'victim.test.'), a('victim.test.')],
		kept: ['answer www.example CNAME', 'answer victim.test A'],
	},
	{
		what: 'X-F34: a CNAME to one name, an address of another',
		answer: [cname('@', 'b.test.'), a('victim.test.')],
		kept: ['answer www.example CNAME'],
		stored: false,
	},
	{
		what: 'X-F35: a DNAME of the parent with the CNAME made from it',
		answer: [dname('example.', 'evil.test.'), cname('@', 'www.evil.test.'), a('www.evil.test.')],
		kept: ['answer example DNAME', 'answer www.example CNAME', 'answer www.evil.test A'],
	},
	{
		what: 'X-F35: a DNAME that is not above the name',
		answer: [dname('other.', 'evil.test.'), a('@')],
		kept: [www],
	},
	{
		what: 'X-F36: NXDOMAIN with the SOA of another zone',
		rcode: 3,
		authority: [soa('victim.test.')],
		kept: [],
		stored: false,
	},
	{
		what: 'NXDOMAIN with the SOA of a zone below the name',
		rcode: 3,
		authority: [soa('a.www.example.')],
		kept: [],
		stored: false,
	},
	{
		what: 'NXDOMAIN with the SOA of the name itself',
		rcode: 3,
		authority: [soa('@')],
		kept: ['authority www.example SOA'],
	},
	{ what: 'NXDOMAIN with the SOA of the root', rcode: 3, authority: [soa('.')], kept: ['authority . SOA'] },
	{
		what: 'NXDOMAIN with two SOAs, the first of another zone',
		rcode: 3,
		authority: [soa('test.'), soa('example.')],
		kept: ['authority example SOA'],
	},
	{
		what: 'records of another class',
		answer: [a('@'), { ...txt('@', 3), rrClass: rrClass.CH }],
		kept: [www],
	},
	{
		what: 'only records of another class',
		answer: [{ ...txt('@', 3), rrClass: rrClass.CH }],
		qtype: rrType.TXT,
		kept: [],
		stored: false,
	},
	{
		what: 'a chain out of order',
		answer: [a('c.test.'), cname('b.test.', 'c.test.'), cname('@', 'b.test.')],
		kept: ['answer c.test A', 'answer b.test CNAME', 'answer www.example CNAME'],
	},
	{
		what: 'a chain that comes back to its start',
		answer: [cname('@', 'b.test.'), cname('b.test.', qname)],
		kept: ['answer www.example CNAME', 'answer b.test CNAME'],
		stored: false,
	},
	{
		what: 'a CNAME to itself',
		answer: [cname('@', qname)],
		kept: ['answer www.example CNAME'],
		stored: false,
	},
	{
		what: 'a CNAME that was asked for is not followed',
		qtype: rrType.CNAME,
		answer: [cname('@', 'b.test.'), a('b.test.')],
		kept: ['answer www.example CNAME'],
	},
	{
		what: 'ANY: every type of the name',
		qtype: rrType.ANY,
		answer: [a('@'), txt('@', 3), cname('@', 'b.test.'), a('b.test.')],
		kept: [www, 'answer www.example TXT', 'answer www.example CNAME'],
	},
	{
		what: 'name servers of a zone above with their addresses',
		answer: [a('@')],
		authority: [ns('example.', 'ns.example.')],
		additional: [a('ns.example.')],
		kept: [www, 'authority example NS', 'additional ns.example A'],
	},
	{
		what: 'the addresses of mail servers',
		qtype: rrType.MX,
		answer: [rr('@', rrType.MX, 300, join(hex('000a'), nameToWire('mx.test.')))],
		additional: [a('mx.test.'), a('victim.test.')],
		kept: ['answer www.example MX', 'additional mx.test A'],
	},
	{
		what: 'the addresses of services',
		qtype: rrType.SRV,
		answer: [rr('@', rrType.SRV, 300, join(hex('0000 0000 0035'), nameToWire('s.test.')))],
		additional: [a('s.test.')],
		kept: ['answer www.example SRV', 'additional s.test A'],
	},
	{
		what: 'the addresses behind an HTTPS record',
		qtype: rrType.HTTPS,
		answer: [rr('@', rrType.HTTPS, 300, join(hex('0001'), nameToWire('h.test.')))],
		additional: [a('h.test.')],
		kept: ['answer www.example UNKNOWN_65', 'additional h.test A'],
	},
	{
		what: 'a SOA below an answer is passed on',
		answer: [a('@')],
		authority: [soa('example.')],
		kept: [www, 'authority example SOA'],
	},
	{
		what: 'no TSIG and no OPT',
		answer: [a('@')],
		additional: [opt(), rr('@', rrType.TSIG, 0, new Uint8Array(4))],
		kept: [www],
	},
	{
		what: 'proofs for a client without DO',
		rcode: 3,
		authority: [soa('example.'), rrsig('example.', 6), nsec('w.example.'), rrsig('w.example.', 47)],
		kept: ['authority example SOA'],
	},
	{
		what: 'proofs for a client with DO',
		rcode: 3,
		dnssec: true,
		authority: [soa('example.'), rrsig('example.', 6), nsec('w.example.'), rrsig('w.example.', 47)],
		kept: [
			'authority example SOA',
			'authority example RRSIG',
			'authority w.example NSEC',
			'authority w.example RRSIG',
		],
	},
	{
		what: 'signatures of the answer for a client with DO',
		dnssec: true,
		answer: [a('@'), rrsig('@', 1), rrsig('victim.test.', 1)],
		kept: [www, 'answer www.example RRSIG'],
	},
	{
		what: 'signatures of the answer for a client without DO (RFC 4035 §3.2.1)',
		answer: [a('@'), rrsig('@', 1)],
		kept: [www],
	},
];

for (const row of rows) {
	test(`kept of a response: ${row.what}`, () => {
		const { kept, lifetimeSec } = judge({ ...row, qname }, { flags: row.dnssec ? keyFlag.dnssecOk : 0 });
		assert.deepEqual(kept, row.kept);
		assert.equal(lifetimeSec > 0, row.stored ?? true);
	});
}

test('a chain of CNAMEs is followed for twelve links and no more', () => {
	const chain = (links: number): Rr[] => [
		...Array.from({ length: links }, (_, i) => cname(i === 0 ? '@' : `n${i}.`, `n${i + 1}.`)),
		a(`n${links}.`),
	];
	const short = judge({ qname, answer: chain(11) });
	assert.equal(short.kept.length, 12);
	assert.ok(short.lifetimeSec > 0);
	const long = judge({ qname, answer: chain(14) });
	assert.equal(long.lifetimeSec, 0);
	assert.ok(long.kept.length <= 13);
});

test('a response that is kept in part is written anew, and every record in it means what it meant', () => {
	const { records } = judge({
		qname,
		answer: [a('victim.test.', 5, 66), cname('@', 'B.test.', 300), a('b.test.', 60, 7)],
		authority: [ns('victim.test.', 'b.test.'), ns('test.', 'ns.b.test.', 900)],
	});
	assert.deepEqual(
		records.map(({ name, data, ttlSec }) => [name, data, ttlSec]),
		[
			['www.example', 'b.test', 300],
			['b.test', '192.0.2.7', 60],
			['test', 'ns.b.test', 900],
		],
	);
});

test('an OPT between the records is cut out', () => {
	const { kept } = judge({ qname, answer: [a('@')], additional: [opt(), a('@', 300, 9)] });
	assert.deepEqual(kept, [www, 'additional www.example A']);
});

test('two responses that follow each other have nothing in common', () => {
	judge({ qname, answer: [cname('@', 'b.test.'), a('b.test.')], authority: [soa('test.')] });
	const { kept, kind } = judge({ qname, answer: [a('b.test.')], authority: [ns('test.', 'b.test.')] });
	assert.deepEqual(kept, []);
	assert.equal(kind, entryKind.positive);
});
