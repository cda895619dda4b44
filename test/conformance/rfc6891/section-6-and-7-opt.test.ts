/**
 * RFC 6891 §6.1.1: "If a query message with more than one OPT RR is received, a FORMERR (RCODE=1) MUST be returned."
 * §6.1.3: a server that does not implement a version answers BADVERS (RCODE=16) with the version that it does.
 * §6.2.3: "Values lower than 512 MUST be treated as equal to 512."
 * §7: without an OPT in the request the responder "MUST NOT include an OPT record in its response".
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { flag } from '../../../src/wire/header.ts';
import { rcode } from '../../../src/wire/iana.ts';
import { OneEngine } from '../../fuzz/one-engine.ts';
import { a, hex, message, opt, type Rr, withIdOf } from '../../unit/wire/messages.ts';

const qname = 'www.example.';

function query(...additional: Rr[]): Uint8Array {
	return message({ qname, flags: flag.rd, additional });
}

function optOf(reply: Uint8Array): packet.OptAnswer | undefined {
	return packet
		.decode(Buffer.from(reply))
		.additionals?.find((record) => record.type === 'OPT') as packet.OptAnswer;
}

/** The reply to a query that the upstream answers with forty addresses. */
function replyTo(octets: Uint8Array): Uint8Array {
	const subject = new OneEngine();
	const atOnce = subject.query(octets, false);
	if (atOnce) return atOnce;
	const [asked] = subject.asked;
	const answer = Array.from({ length: 40 }, (_, last) => a('@', 300, last));
	subject.upstreamSays(asked.socket, withIdOf(message({ qname, answer, additional: [opt()] }), asked.octets));
	return subject.replied[0].octets;
}

test('two OPT records get FORMERR', () => assert.equal(replyTo(query(opt(), opt()))[3] & 0xf, rcode.FORMERR));

test('an unknown version gets BADVERS and version 0', () => {
	const found = optOf(replyTo(query(opt(new Uint8Array(0), 0, 1))))!;
	assert.deepEqual([found.extendedRcode, found.ednsVersion], [rcode.BADVERS >>> 4, 0]);
});

test('sizes below 512 are 512', () => {
	for (const payload of [0, 100, 511, 512]) {
		const reply = replyTo(query(opt(new Uint8Array(0), 0, 0, payload)));
		assert.ok(reply.length <= 512 && reply.length > 512 - 16, `${payload}: ${reply.length}`);
		assert.ok(reply[2] & (flag.tc >> 8));
	}
	assert.ok(replyTo(query(opt(new Uint8Array(0), 0, 0, 1232))).length > 512);
});

test('an OPT goes only to who sent one', () => {
	assert.equal(optOf(replyTo(query())), undefined);
	assert.ok(optOf(replyTo(query(opt()))));
});

test('unknown options are ignored', () => {
	const reply = replyTo(query(opt(hex('fde9 0003 010203'))));
	assert.equal(reply[3] & 0xf, rcode.NOERROR);
	assert.deepEqual(optOf(reply)?.options, []);
});
