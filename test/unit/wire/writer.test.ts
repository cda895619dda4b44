/**
 * Goal: messages written by wire/writer.ts are what they claim to be, and never a octet too long.
 * Method: dns-packet, which shares no code with petrel, decodes them; every possible `end` is tried.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { flag } from '../../../src/wire/header.ts';
import { rrClass, rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import {
	appendHeader,
	appendOpt,
	appendQuestion,
	appendRecord,
	patchCounts,
	patchFlags,
	qnamePointer,
} from '../../../src/wire/writer.ts';

const qname = nameToWire('www.example.');
const address = Uint8Array.of(192, 0, 2, 1);

function writeMessage(octets: Uint8Array, start: number, end: number): number {
	let at = appendHeader(octets, start, end, 0xbeef, flag.qr | flag.rd);
	at = appendQuestion(octets, at, end, qname, rrType.A, rrClass.IN);
	at = appendRecord(octets, at, end, qnamePointer, rrType.A, rrClass.IN, 0x8000_0001, address);
	at = appendRecord(octets, at, end, nameToWire('ns.example.'), rrType.A, rrClass.IN, 60, address);
	at = appendOpt(octets, at, end, 1232, 16, true);
	if (at >= 0) patchCounts(octets, start, 1, 1, 0, 2);
	return at;
}

test('a message of all parts is decoded by another implementation', () => {
	const octets = new Uint8Array(512);
	const end = writeMessage(octets, 0, octets.length);
	const message = packet.decode(Buffer.from(octets.subarray(0, end)));
	assert.equal(message.id, 0xbeef);
	assert.deepEqual(message.questions, [{ name: 'www.example', type: 'A', class: 'IN' }]);
	const [answer] = message.answers as packet.StringAnswer[];
	assert.equal(answer.name, 'www.example');
	assert.equal(answer.data, '192.0.2.1');
	assert.equal(answer.ttl, 0x8000_0001);
	const [glue, opt] = message.additionals as [packet.StringAnswer, packet.OptAnswer];
	assert.equal(glue.name, 'ns.example');
	assert.equal(opt.type, 'OPT');
	assert.equal(opt.udpPayloadSize, 1232);
	assert.equal(opt.extendedRcode, 1);
	assert.equal(opt.flag_do, true);
});

test('a message is the same wherever in the octets it starts', () => {
	const atZero = new Uint8Array(512);
	const length = writeMessage(atZero, 0, 512);
	const elsewhere = new Uint8Array(512);
	assert.equal(writeMessage(elsewhere, 100, 512), 100 + length);
	assert.deepEqual(elsewhere.slice(100, 100 + length), atZero.slice(0, length));
});

test('what does not fit gives -1 and nothing past the end is touched', () => {
	const length = writeMessage(new Uint8Array(512), 0, 512);
	for (let end = 0; end <= length + 1; end++) {
		const octets = new Uint8Array(512).fill(0xee);
		assert.equal(writeMessage(octets, 0, end), end < length ? -1 : length, `end ${end}`);
		assert.ok(
			octets.subarray(end).every((octet) => octet === 0xee),
			`octets past ${end} stay`,
		);
	}
});

test('an append that is given -1 returns -1', () => {
	const octets = new Uint8Array(64);
	assert.equal(appendHeader(octets, -1, 64, 1, 0), -1);
	assert.equal(appendQuestion(octets, -1, 64, qname, 1, 1), -1);
	assert.equal(appendRecord(octets, -1, 64, qnamePointer, 1, 1, 60, address), -1);
	assert.equal(appendOpt(octets, -1, 64, 1232, 0, false), -1);
	assert.deepEqual(octets, new Uint8Array(64));
});

test('RDATA of more than 65,535 octets is refused', () => {
	const octets = new Uint8Array(70_000);
	const append = (sizeBytes: number) =>
		appendRecord(
			octets,
			0,
			octets.length,
			qnamePointer,
			rrType.NULL,
			rrClass.IN,
			0,
			new Uint8Array(sizeBytes),
		);
	assert.equal(append(65_536), -1);
	assert.equal(append(65_535), 65_547);
});

test('flags can be overwritten without touching ID or counts', () => {
	const octets = new Uint8Array(12);
	appendHeader(octets, 0, 12, 7, flag.qr);
	patchCounts(octets, 0, 1, 2, 3, 4);
	patchFlags(octets, 0, flag.qr | flag.tc | 3);
	assert.deepEqual([...octets], [0, 7, 0x82, 3, 0, 1, 0, 2, 0, 3, 0, 4]);
});
