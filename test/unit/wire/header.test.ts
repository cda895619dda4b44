/** Goal: the header's fields are read and written where RFC 1035 §4.1.1 has them. Method: octets written by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import {
	at,
	flag,
	headerBytes,
	opcodeOf,
	readUint16,
	readUint32,
	writeHeader,
	writeUint16,
	writeUint32,
} from '../../../src/wire/header.ts';
import { hex } from './messages.ts';

const sample = hex('beef 85b3 0001 0002 0003 0004');

test('each field is read from its place', () => {
	const rows: [string, number, number][] = [
		['ID', at.id, 0xbeef],
		['flags', at.flags, 0x85b3],
		['QDCOUNT', at.qdcount, 1],
		['ANCOUNT', at.ancount, 2],
		['NSCOUNT', at.nscount, 3],
		['ARCOUNT', at.arcount, 4],
	];
	for (const [name, offset, expected] of rows) assert.equal(readUint16(sample, offset), expected, name);
});

test('each flag is the bit that another implementation shows by that name', () => {
	const rows: [keyof typeof flag, string][] = [
		['aa', 'flag_aa'],
		['tc', 'flag_tc'],
		['rd', 'flag_rd'],
		['ra', 'flag_ra'],
		['ad', 'flag_ad'],
		['cd', 'flag_cd'],
	];
	for (const [name, theirs] of rows) {
		const octets = new Uint8Array(headerBytes);
		writeHeader(octets, 0, 0, flag.qr | flag[name], 0, 0, 0, 0);
		const decoded = packet.decode(Buffer.from(octets)) as unknown as Record<string, unknown> & {
			flag_qr: boolean;
		};
		for (const [, other] of rows) assert.equal(decoded[other], other === theirs, `${name}: ${other}`);
		assert.equal(decoded.flag_qr, true);
	}
});

test('the opcode is the four bits behind QR', () => {
	const rows: [number, number][] = [
		[0x0000, 0],
		[0x8000, 0],
		[0x0800, 1],
		[0x2000, 4],
		[0x2800, 5],
		[0x7800, 15],
		[0x87ff, 0],
	];
	for (const [flags, expected] of rows) assert.equal(opcodeOf(flags), expected, flags.toString(16));
});

test('a header that is written stands as it was given, at any offset, and touches nothing else', () => {
	const octets = new Uint8Array(20).fill(0xaa);
	writeHeader(octets, 3, 0xbeef, 0x85b3, 1, 2, 3, 4);
	assert.deepEqual(octets.subarray(3, 15), sample);
	assert.deepEqual([...octets.subarray(0, 3), ...octets.subarray(15)], new Array(8).fill(0xaa));
});

test('numbers of 16 and 32 bits survive writing and reading, the top bit too', () => {
	const octets = new Uint8Array(8);
	for (const value of [0, 1, 0x7fff, 0x8000, 0xffff]) {
		writeUint16(octets, 1, value);
		assert.equal(readUint16(octets, 1), value);
	}
	for (const value of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
		writeUint32(octets, 3, value);
		assert.equal(readUint32(octets, 3), value);
	}
});
