/**
 * RFC 4035 §3.2.1, of a name server side whose client did not set DO: it "MUST strip any authenticating DNSSEC RRs from
 * the response but MUST NOT strip any DNSSEC RR types that the initiating query explicitly requested."
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFlag } from '../../../src/cache/key.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { judge } from '../../unit/cache/judged.ts';
import { a, hex, join, type Rr, rr, soa } from '../../unit/wire/messages.ts';

const qname = 'www.example.';

function rrsig(owner: string, covered: number): Rr {
	const fixed = new Uint8Array(18);
	fixed[1] = covered;
	return rr(owner, rrType.RRSIG, 300, join(fixed, nameToWire('example.'), new Uint8Array(8)));
}

const nsec = rr('www.example.', rrType.NSEC, 300, join(nameToWire('z.example.'), hex('0001 40')));
const answer = [a('@'), rrsig('@', rrType.A)];
const denial = [soa('example.'), rrsig('example.', rrType.SOA), nsec, rrsig('www.example.', rrType.NSEC)];

test('without DO an answer has no signatures and a denial no proofs', () => {
	assert.deepEqual(judge({ qname, answer }).kept, ['answer www.example A']);
	assert.deepEqual(judge({ qname, rcode: 3, authority: denial }).kept, ['authority example SOA']);
});

test('with DO both have', () => {
	const flags = keyFlag.dnssecOk;
	assert.equal(judge({ qname, answer }, { flags }).kept.length, 2);
	assert.equal(judge({ qname, rcode: 3, authority: denial }, { flags }).kept.length, 4);
});

test('a type that was asked for is not stripped', () => {
	const signatures = judge({ qname, qtype: rrType.RRSIG, answer: [rrsig('@', rrType.A)] });
	assert.deepEqual(signatures.kept, ['answer www.example RRSIG']);
	const proofs = judge({ qname, qtype: rrType.NSEC, answer: [nsec] });
	assert.deepEqual(proofs.kept, ['answer www.example NSEC']);
	const all = judge({ qname, qtype: rrType.ANY, answer });
	assert.equal(all.kept.length, 2);
});
