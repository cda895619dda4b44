/**
 * Goal: options of an OPT, such as the NSID (RFC 5001), take their room from the records and never the reply beyond the
 * client's limit. Method: one answer and one option of growing size under a fixed limit.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answer } from '../../../src/cache/answer.ts';
import { entryKind } from '../../../src/cache/layout.ts';
import { Asker, composeReply } from '../../../src/engine/compose.ts';
import { prepareRest, RecordList } from '../../../src/engine/local/record-list.ts';
import { compileHeaderRules } from '../../../src/rewrite/header-rules.ts';
import { encodeOption } from '../../../src/wire/edns.ts';
import { at, flag, headerBytes, readUint16 } from '../../../src/wire/header.ts';
import { ede, rcode, rrClass, rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { section } from '../../../src/wire/response.ts';

const limitBytes = 200;
const question = Uint8Array.from([...nameToWire('www.example.'), 0, rrType.A, 0, rrClass.IN]);
const rules = compileHeaderRules([]);
const optionCode = 3;
const recordBytes = 16;
const optBytes = 11;

function reply(options: Uint8Array, records: number, edeCode: number, hasOpt = true): Uint8Array {
	const answer = new Answer();
	const list = new RecordList();
	list.begin(answer, rcode.NOERROR, 0);
	const rest = prepareRest(rrType.A, 60, Uint8Array.of(192, 0, 2, 1));
	for (let i = 0; i < records; i++) list.addOwn(section.answer, rest);
	assert.equal(answer.kind, entryKind.positive);
	answer.edeCode = edeCode;
	const asker = new Asker();
	Object.assign(asker, { question, questionBytes: question.length, hasOpt, limitBytes, options });
	const out = new Uint8Array(1000);
	return out.subarray(0, composeReply(answer, asker, rules, out, 0));
}

test('the option is there as long as it fits beside the question, and records make way for it', () => {
	for (const edeCode of [-1, ede.other]) {
		const room = limitBytes - headerBytes - question.length - optBytes - (edeCode < 0 ? 0 : 6);
		for (let bytes = 4; bytes <= room + 5; bytes++) {
			const options = encodeOption(optionCode, new Uint8Array(bytes - 4).fill(0x61));
			const octets = reply(options, 20, edeCode);
			assert.ok(octets.length <= limitBytes, `${octets.length} octets`);
			const left = bytes <= room ? room - bytes : room;
			assert.equal(readUint16(octets, at.ancount), Math.floor(left / recordBytes));
			assert.ok(readUint16(octets, at.flags) & flag.tc);
			const isThere = Buffer.from(octets.subarray(octets.length - bytes)).equals(options);
			assert.equal(isThere, bytes <= room, `an option of ${bytes} octets, room for ${room}`);
		}
	}
});

test('clients without EDNS get no option', () => {
	const octets = reply(encodeOption(optionCode, Uint8Array.of(1)), 1, ede.other, false);
	assert.equal(octets.length, headerBytes + question.length + recordBytes);
	assert.equal(readUint16(octets, at.arcount), 0);
});
