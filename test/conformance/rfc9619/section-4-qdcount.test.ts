/**
 * RFC 9619 §4: "A DNS message with OPCODE = 0 and QDCOUNT > 1 MUST be treated as an incorrectly formatted message."
 *
 * The reply is FORMERR, without a question, since there is no one question to repeat; nothing goes upstream.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flag, readUint16, writeUint16 } from '../../../src/wire/header.ts';
import { rcode } from '../../../src/wire/iana.ts';
import { OneEngine } from '../../fuzz/one-engine.ts';
import { join, message, question } from '../../unit/wire/messages.ts';

for (const qdcount of [0, 2, 3, 0xffff]) {
	test(`QDCOUNT ${qdcount} gets FORMERR`, () => {
		const one = question('www.example.');
		const octets = join(message({ qname: 'www.example.', flags: flag.rd }), one, one);
		writeUint16(octets, 4, qdcount);
		const subject = new OneEngine();
		const reply = subject.query(octets, false)!;
		assert.equal(readUint16(reply, 2) & 0xf, rcode.FORMERR);
		assert.equal(readUint16(reply, 4), 0);
		assert.deepEqual(subject.asked, []);
	});
}
