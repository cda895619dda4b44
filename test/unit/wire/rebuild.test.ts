/**
 * Goal: a record that is copied out of its message means what it meant there. Method: compressed records of every
 * shape of RDATA are copied; another implementation reads both messages.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { headerBytes } from '../../../src/wire/header.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { copyRecordExpanded } from '../../../src/wire/rebuild.ts';
import { parseResponse, ResponseView } from '../../../src/wire/response.ts';
import { patchCounts } from '../../../src/wire/writer.ts';
import { hex, join, message, question, txt } from './messages.ts';

const asked = question('www.example.');

function responseWith(count: number, octets: Uint8Array): ResponseView {
	const whole = join(message({ qname: 'www.example.' }), octets);
	patchCounts(whole, 0, 1, count, 0, 0);
	const view = new ResponseView();
	assert.ok(parseResponse(view, whole, 0, whole.length, asked.length));
	return view;
}

const ttl = '0000 003c';
const www = 'c00c';
const example = 'c010';
const rows: readonly [string, string][] = [
	['A', `${www} 0001 0001 ${ttl} 0004 c0000201`],
	['AAAA', `${www} 001c 0001 ${ttl} 0010 20010db8 00000000 00000000 00000001`],
	['NS', `${example} 0002 0001 ${ttl} 0005 026e73 ${example}`],
	['CNAME', `${www} 0005 0001 ${ttl} 0002 ${example}`],
	['PTR', `${www} 000c 0001 ${ttl} 0002 ${www}`],
	['MX', `${example} 000f 0001 ${ttl} 0004 000a ${www}`],
	['SOA', `${example} 0006 0001 ${ttl} 0018 ${www} ${example} 00000001 00000002 00000003 00000004 00000005`],
	['SRV', `${www} 0021 0001 ${ttl} 0008 0001 0002 0035 ${www}`],
	['RP', `${www} 0011 0001 ${ttl} 0004 ${www} ${example}`],
	['TXT', `${www} 0010 0001 ${ttl} 0004 03c00c c0`],
	['an unknown type', `${www} ff00 0001 ${ttl} 0002 c00c`],
];

function decodedAnswers(octets: Uint8Array): unknown {
	return packet.decode(Buffer.from(octets)).answers;
}

for (const [what, octets] of rows) {
	test(`a record is copied without compression: ${what}`, () => {
		const view = responseWith(1, hex(octets));
		const target = message({ qname: 'www.example.', answer: [txt('@', 2000)] });
		const end = copyRecordExpanded(view, 0, target, headerBytes + asked.length);
		const copy = target.subarray(0, end);
		assert.deepEqual(decodedAnswers(copy), decodedAnswers(view.octets));
		const again = new ResponseView();
		assert.ok(parseResponse(again, copy, 0, copy.length, asked.length));
		assert.equal(again.end, end);
		assert.notEqual(copy[headerBytes + asked.length] & 0xc0, 0xc0, 'the owner is still a pointer');
	});
}

test('names come out in lower case, opaque octets as they are', () => {
	const view = responseWith(1, hex(`0357 5757 00 0005 0001 ${ttl} 0003 0141 00`));
	const target = new Uint8Array(1000);
	const end = copyRecordExpanded(view, 0, target, 0);
	assert.deepEqual(target.slice(0, end), hex(`0377 7777 00 0005 0001 ${ttl} 0003 0161 00`));
	const opaque = responseWith(1, hex(`${www} ff00 0001 ${ttl} 0002 4142`));
	const opaqueEnd = copyRecordExpanded(opaque, 0, target, 0);
	assert.deepEqual(target.slice(opaqueEnd - 2, opaqueEnd), hex('4142'));
});

test('a record that does not fit is not written', () => {
	const view = responseWith(1, hex(`${www} ${'0001'} 0001 ${ttl} 0004 c0000201`));
	const target = new Uint8Array(600).fill(0xee);
	assert.equal(copyRecordExpanded(view, 0, target, 590), -1);
	assert.ok(target.every((octet) => octet === 0xee));
	assert.equal(rrType.A, view.type(0));
});
