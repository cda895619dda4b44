/**
 * RFC 2308 §3: "The TTL of this record is set from the minimum of the MINIMUM field of the SOA record and the TTL of the
 * SOA itself, and indicates how long a resolver may cache the negative answer."
 *
 * §5: "Negative responses without SOA records SHOULD NOT be cached as there is no way to prevent the negative responses
 * looping forever between a pair of servers even with a short TTL."
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { flag } from '../../../src/wire/header.ts';
import { rcode } from '../../../src/wire/iana.ts';
import { OneEngine } from '../../fuzz/one-engine.ts';
import { message, type Rr, soa, withIdOf } from '../../unit/wire/messages.ts';

const qname = 'www.example.';
const query = message({ qname, flags: flag.rd });

/** An engine whose upstream has just denied the name. */
function afterDenial(code: number, authority: Rr[]): OneEngine {
	const subject = new OneEngine();
	subject.query(query, false);
	const [asked] = subject.asked;
	subject.upstreamSays(asked.socket, withIdOf(message({ qname, rcode: code, authority }), asked.octets));
	assert.equal(subject.replied.length, 1);
	return subject;
}

function soaTtl(reply: Uint8Array): number | undefined {
	const [record] = packet.decode(Buffer.from(reply)).authorities as packet.SoaAnswer[];
	return record.ttl;
}

for (const [what, code] of [
	['NXDOMAIN', rcode.NXDOMAIN],
	['NODATA', rcode.NOERROR],
] as const) {
	for (const [ttlSec, minimumSec] of [
		[3600, 5],
		[5, 3600],
		[5, 5],
	]) {
		test(`${what} with a SOA of TTL ${ttlSec} and MINIMUM ${minimumSec} is kept for 5 s, and clients see it`, () => {
			const subject = afterDenial(code, [soa('example.', ttlSec, minimumSec)]);
			assert.equal(soaTtl(subject.replied[0].octets), 5);
			subject.advance(4000);
			const hit = subject.query(query, false);
			assert.ok(hit, 'from the cache');
			assert.equal(soaTtl(hit), 1);
			assert.equal(subject.asked.length, 1);
			subject.advance(1100);
			subject.query(query, false);
			assert.equal(subject.asked.length, 2, 'asked again when its time is over');
		});
	}

	test(`${what} without a SOA is passed on and not kept`, () => {
		const subject = afterDenial(code, []);
		assert.equal(subject.query(query, false), undefined);
		assert.equal(subject.asked.length, 2);
	});
}
