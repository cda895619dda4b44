/** What `minimal` leaves of a response: the sections that CoreDNS leaves, and proofs for who validates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFlag } from '../../../src/cache/key.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { a, cname, type MessageParts, ns, type Rr, rr, soa } from '../wire/messages.ts';
import { judge } from './judged.ts';

const qname = 'www.example.';

function signature(owner: string, covered: number): Rr {
	const rdata = new Uint8Array(30);
	rdata[1] = covered;
	return rr(owner, rrType.RRSIG, 300, rdata);
}

function nsec(owner: string): Rr {
	return rr(owner, rrType.NSEC, 300, Uint8Array.of(...nameToWire('z.example.'), 0, 1, 0x40));
}

const cases: readonly (Partial<MessageParts> & { what: string; flags?: number; kept: readonly string[] })[] =
	[
		{
			what: 'an answer alone',
			answer: [cname('@', 'web.example.'), a('web.example.')],
			authority: [ns('example.', 'ns.example.')],
			additional: [a('ns.example.')],
			kept: ['answer www.example CNAME', 'answer web.example A'],
		},
		{
			what: 'a denial whole',
			authority: [soa('example.')],
			kept: ['authority example SOA'],
		},
		{
			what: 'NXDOMAIN whole',
			rcode: 3,
			authority: [soa('example.')],
			kept: ['authority example SOA'],
		},
		{
			what: 'a referral whole',
			authority: [ns('example.', 'ns.example.')],
			additional: [a('ns.example.')],
			kept: ['authority example NS', 'additional ns.example A'],
		},
		{
			what: 'another RCODE whole',
			rcode: 5,
			authority: [ns('example.', 'ns.example.')],
			kept: ['authority example NS'],
		},
		{
			what: 'an answer that proves its wildcard, for who validates',
			flags: keyFlag.dnssecOk,
			answer: [a('@'), signature('@', rrType.A)],
			authority: [
				ns('example.', 'ns.example.'),
				signature('example.', rrType.NS),
				nsec('a.example.'),
				signature('a.example.', rrType.NSEC),
			],
			additional: [a('ns.example.')],
			kept: [
				'answer www.example A',
				'answer www.example RRSIG',
				'authority a.example NSEC',
				'authority a.example RRSIG',
			],
		},
	];

for (const { what, kept, flags = 0, ...parts } of cases) {
	test(`minimal leaves ${what}`, () => {
		assert.deepEqual(judge({ qname, ...parts }, { minimal: true, flags }).kept, kept);
	});
}
