/**
 * RFC 2181 §9: "The TC bit should be set in responses only when an RRSet is required as a part of the response, but
 * could not be included in its entirety. The TC bit should not be set merely because some extra information could have
 * been included, but there was insufficient room."
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { flag, readUint16 } from '../../../src/wire/header.ts';
import { OneEngine } from '../../fuzz/one-engine.ts';
import { a, message, ns, type Rr, withIdOf } from '../../unit/wire/messages.ts';

const qname = 'www.example.';

/** The reply by UDP, without OPT, to a question that the upstream answered so. */
function replyTo(answer: Rr[], authority: Rr[], additional: Rr[]): Buffer {
	const subject = new OneEngine();
	subject.query(message({ qname, flags: flag.rd }), false);
	const [asked] = subject.asked;
	subject.upstreamSays(
		asked.socket,
		withIdOf(message({ qname, answer, authority, additional }), asked.octets),
	);
	return Buffer.from(subject.replied[0].octets);
}

const addresses = (count: number): Rr[] => Array.from({ length: count }, (_, last) => a('@', 300, last));

test('an answer that does not fit entirely has TC', () => {
	const reply = replyTo(addresses(40), [], []);
	assert.ok(reply.length <= 512);
	assert.ok(readUint16(reply, 2) & flag.tc);
	packet.decode(reply);
});

test('addresses of name servers that do not fit are left out, and TC stays clear', () => {
	const glue = Array.from({ length: 30 }, (_, last) => a('ns.example.', 300, last));
	const reply = replyTo(addresses(10), [ns('example.', 'ns.example.')], glue);
	assert.ok(reply.length <= 512);
	assert.equal(readUint16(reply, 2) & flag.tc, 0);
	const { answers, authorities, additionals } = packet.decode(reply);
	assert.deepEqual([answers?.length, authorities?.length], [10, 1]);
	assert.ok(additionals!.length < 30);
});
