/**
 * Goal: of a query, header and question are read, and what cannot be answered is told apart from what gets FORMERR.
 * Method: messages written by hand, each at the start of a buffer and inside one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flag } from '../../../src/wire/header.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { nameToText } from '../../../src/wire/presentation.ts';
import { parsed, parseQuestion, QueryView } from '../../../src/wire/question.ts';
import { a, hex, join, message } from './messages.ts';

/** ID 0x1234, RD, one question. */
const header = hex('1234 0100 0001 0000 0000 0000');
const www = hex('0377 7777 00 0001 0001');

function labels(count: number, octets: number): Uint8Array {
	return join(...Array.from({ length: count }, () => Uint8Array.of(octets, ...new Array(octets).fill(0x62))));
}

const rows: readonly [string, Uint8Array, number][] = [
	['an A question', join(header, www), parsed.ok],
	['the root', join(header, hex('00 0002 0001')), parsed.ok],
	['a name of 255 octets', join(header, labels(3, 63), labels(1, 61), hex('00 0001 0001')), parsed.ok],
	['127 labels', join(header, labels(127, 1), hex('00 0001 0001')), parsed.ok],
	['octets behind the question', join(header, www, hex('ff ff ff')), parsed.ok],
	['nothing', new Uint8Array(0), parsed.drop],
	['one octet', hex('12'), parsed.drop],
	['eleven octets', header.subarray(0, 11), parsed.drop],
	['a response', join(hex('1234 8100 0001 0000 0000 0000'), www), parsed.drop],
	['a header alone that counts a question', header, parsed.formErr],
	['no question (T81)', hex('1234 0100 0000 0000 0000 0000'), parsed.formErr],
	['two questions (T80)', join(hex('1234 0100 0002 0000 0000 0000'), www, www), parsed.formErr],
	['65,535 questions', join(hex('1234 0100 ffff 0000 0000 0000'), www), parsed.formErr],
	['a name of 256 octets', join(header, labels(3, 63), labels(1, 62), hex('00 0001 0001')), parsed.formErr],
	['128 labels', join(header, labels(128, 1), hex('00 0001 0001')), parsed.formErr],
	['a label of 64', join(header, hex('40'), new Uint8Array(64), hex('00 0001 0001')), parsed.formErr],
	['a label of the reserved type 0x80', join(header, hex('80 00 0001 0001')), parsed.formErr],
	['a pointer to itself', join(header, hex('c00c 0001 0001')), parsed.formErr],
	['a pointer into the header', join(header, hex('c000 0001 0001')), parsed.formErr],
	['a pointer behind a label', join(header, hex('0377 7777 c00c 0001 0001')), parsed.formErr],
	['cut inside the name', join(header, hex('0377 77')), parsed.formErr],
	['cut before the root label', join(header, hex('0377 7777')), parsed.formErr],
	['cut inside QTYPE', join(header, hex('0377 7777 00 00')), parsed.formErr],
	['cut inside QCLASS', join(header, hex('0377 7777 00 0001 00')), parsed.formErr],
];

for (const [what, octets, expected] of rows) {
	test(`a query: ${what}`, () => {
		const view = new QueryView();
		for (const start of [0, 5]) {
			// What lies behind the message would complete any name.
			const buffer = new Uint8Array(start + octets.length + 300);
			buffer.set(octets, start);
			assert.equal(parseQuestion(view, buffer, start, octets.length), expected);
			if (expected === parsed.formErr) {
				assert.equal(view.id, 0x1234);
				assert.equal(view.flags & flag.rd, flag.rd);
			}
		}
	});
}

test('name, type and class are those of the question; the name comes out in lower case, the message stays', () => {
	const octets = message({ qname: 'WwW.ExAmPlE.', qtype: rrType.AAAA, qclass: 3, flags: flag.cd });
	const before = octets.slice();
	const view = new QueryView();
	assert.equal(parseQuestion(view, octets, 0, octets.length), parsed.ok);
	assert.equal(nameToText(view.qname), 'www.example.');
	assert.equal(view.qnameBytes, 13);
	assert.equal(view.qtype, rrType.AAAA);
	assert.equal(view.qclass, 3);
	assert.equal(view.flags, flag.cd);
	assert.equal(view.questionStart, 12);
	assert.equal(view.questionBytes, 17);
	assert.deepEqual(octets, before);
});

test('nothing of one query is left in the view for the next', () => {
	const view = new QueryView();
	view.hasOpt = true;
	view.dnssecOk = true;
	view.udpPayloadBytes = 4096;
	view.ednsVersion = 1;
	const octets = message({ qname: 'a.', flags: 0, answer: [a('@')] });
	parseQuestion(view, octets, 0, octets.length);
	assert.deepEqual(
		[view.hasOpt, view.dnssecOk, view.udpPayloadBytes, view.ednsVersion],
		[false, false, 512, 0],
	);
	parseQuestion(view, header, 0, header.length);
	assert.deepEqual([view.questionBytes, view.qnameBytes], [0, 0]);
});
