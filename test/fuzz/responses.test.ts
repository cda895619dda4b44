/**
 * Goal: whatever an upstream sends, what petrel makes of it is a proper message: within the client's limit, read by
 * petrel again and by another implementation, with TTLs that fit its lifetime; or nothing is made of it.
 * Method: proper responses with a few octets changed go through parseResponse, AnswerMaker and composeReply.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { Answer } from '../../src/cache/answer.ts';
import { AnswerMaker } from '../../src/cache/cacheability.ts';
import { keyFlag } from '../../src/cache/key.ts';
import { ticksPerSec } from '../../src/cache/layout.ts';
import { Asker, composeReply } from '../../src/engine/compose.ts';
import { decodeHandOver, encodeHandOver } from '../../src/engine/hand-over.ts';
import { compileHeaderRules } from '../../src/rewrite/header-rules.ts';
import { ResponseChanges } from '../../src/rewrite/response-changes.ts';
import { Rewriter } from '../../src/rewrite/rewriter.ts';
import { readUint32 } from '../../src/wire/header.ts';
import { rdataShape } from '../../src/wire/rdata.ts';
import { answersQuestion, parseResponse, ResponseView } from '../../src/wire/response.ts';
import { keyOf, shapeOf } from '../unit/cache/support.ts';
import { message, question } from '../unit/wire/messages.ts';
import { mutate, mutations, qname, response } from './mutations.ts';
import { fuzz } from './time-box.ts';

const maker = new AnswerMaker();
const view = new ResponseView();
const again = new ResponseView();
const noRules = compileHeaderRules([]);
const margin = 50;
const bounds = { successMinSec: 0, successMaxSec: 3600, denialMinSec: 0, denialMaxSec: 1800 };

/** Whether petrel looks into the RDATA of every record, so that the other implementation has nothing to object to. */
function isAllShaped(of: ResponseView): boolean {
	for (let record = 0; record < of.recordCount; record++) {
		const type = of.type(record);
		if (rdataShape(type) === undefined && type < 256) return false;
	}
	return true;
}

function checkReply(reply: Uint8Array, asker: Asker, qtype: number): void {
	assert.ok(reply.length <= asker.limitBytes, `${reply.length} octets, at most ${asker.limitBytes}`);
	const key = keyOf(qname, { qtype });
	assert.ok(answersQuestion(reply, 0, reply.length, key.qname, key.qnameBytes, qtype, 1), 'another question');
	assert.ok(
		parseResponse(again, reply, 0, reply.length, asker.questionBytes),
		'petrel cannot read its own reply',
	);
	assert.equal(again.end, reply.length, 'octets behind the last record');
	assert.equal(again.hasOpt, asker.hasOpt);
	if (isAllShaped(again)) packet.decode(Buffer.from(reply));
}

/** Renames, and makes AAAA records of A records. */
function someChanges(): ResponseChanges {
	const rewriter = new Rewriter([
		{
			goesOn: true,
			field: 'name',
			match: { how: 'regex', from: '.' },
			to: 'a.b.',
			auto: false,
			answers: [
				{ part: 'name', from: '(.*)e(.*)', to: '{1}longer-than-before{2}' },
				{ part: 'value', from: '^(.*?)\\.', to: '{1}.' },
			],
		},
	]);
	const { response } = rewriter.rewrite('any.example.', 1)!;
	const translation = { prefix: new Uint8Array(16).fill(0x64), prefixBytes: 12, ttlMaxSec: 600 };
	return new ResponseChanges(response, undefined, translation, true, () => false);
}

test('replies made of spoilt responses are proper messages', () => {
	const input = fc.record({
		parts: response,
		steps: mutations,
		dnssec: fc.boolean(),
		expand: fc.boolean(),
		turns: fc.boolean(),
		hasOpt: fc.boolean(),
		limitBytes: fc.constantFrom(512, 1232, 0xffff),
		ageSec: fc.constantFrom(0, 1, 5000),
	});
	let made = 0;
	fuzz(
		fc.property(input, ({ parts, steps, dnssec, expand, turns, hasOpt, limitBytes, ageSec }) => {
			const octets = mutate(message(parts), steps);
			const buffer = new Uint8Array(octets.length + 2 * margin).fill(0xee);
			buffer.set(octets, margin);
			const qtype = parts.qtype ?? 1;
			const key = keyOf(qname, { qtype, flags: dnssec ? keyFlag.dnssecOk : 0 });
			const asked = question('WWW.eXample.', qtype);
			if (!answersQuestion(buffer, margin, octets.length, key.qname, key.qnameBytes, qtype, 1)) return;
			if (!parseResponse(view, buffer, margin, octets.length, asked.length)) return;
			assert.ok(view.end <= margin + octets.length, 'read behind the message');
			const answer = new Answer();
			const turning = turns ? { asked: key, changes: someChanges() } : undefined;
			if (!maker.make(view, key, shapeOf(bounds, expand ? qtype : 0), answer, turning)) return;
			made++;
			assert.ok(
				buffer.subarray(0, margin).every((octet) => octet === 0xee),
				'written before the message',
			);
			assert.ok(
				buffer.subarray(margin + octets.length).every((octet) => octet === 0xee),
				'written behind the message',
			);
			const asker = Object.assign(new Asker(), {
				question: asked,
				questionBytes: asked.length,
				hasOpt,
				dnssecOk: dnssec,
				limitBytes,
			});
			answer.ageSec = ageSec;
			const out = new Uint8Array(0x1_0400);
			const reply = out.slice(0, composeReply(answer, asker, noRules, out, 0));
			checkReply(reply, asker, qtype);
			checkTtls(answer);
			const handed = new Answer();
			decodeHandOver(encodeHandOver(1, 1, answer), handed);
			assert.deepEqual(
				out.slice(0, composeReply(handed, asker, noRules, out, 0)),
				reply,
				'handed over, it differs',
			);
		}),
	);
	assert.ok(made > 100, `only ${made} responses were good enough to test anything`);
});

/** A stored answer lives exactly as long as its shortest record, and no record longer than the maximum. */
function checkTtls(answer: Answer): void {
	if (answer.lifetimeTicks === 0) return;
	const ttls = Array.from({ length: answer.recordCount }, (_, record) => {
		return readUint32(answer.octets, answer.bodyStart + answer.ttlOffsets[record]);
	});
	assert.equal(Math.min(...ttls) * ticksPerSec, answer.lifetimeTicks);
	assert.ok(Math.max(...ttls) <= bounds.successMaxSec);
}
