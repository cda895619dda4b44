/**
 * Goal: a reply counts for its question, in whatever case it repeats it, and for no other. Method: names of all lengths
 * anywhere in a buffer; every octet of the question is changed, one at a time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplyCheck, verdict } from '../../../src/engine/reply-check.ts';
import { Counters, createCounterMemory } from '../../../src/metrics/hot/counters.ts';
import { at, flag, headerBytes, writeUint16 } from '../../../src/wire/header.ts';
import { lowerCase } from '../../../src/wire/name.ts';
import { keyOf } from '../cache/support.ts';

function checker(): ReplyCheck {
	return new ReplyCheck(new Counters(createCounterMemory(1), 0));
}

/** A reply without records, at `start` of a larger buffer. */
function replyTo(key: ReturnType<typeof keyOf>, start: number): { octets: Uint8Array; length: number } {
	const length = headerBytes + key.qnameBytes + 4;
	const octets = new Uint8Array(start + length + 7).fill(0x41);
	octets.fill(0, start, start + headerBytes);
	writeUint16(octets, start + at.flags, flag.qr | flag.rd);
	writeUint16(octets, start + at.qdcount, 1);
	octets.set(key.qname.subarray(0, key.qnameBytes), start + headerBytes);
	writeUint16(octets, start + length - 4, key.qtype);
	writeUint16(octets, start + length - 2, key.qclass);
	return { octets, length };
}

const names = ['.', 'a.', 'ab.', 'abc.', 'www.example.', 'n0000000000000.service.cluster.test.'];

test('the question as it was asked, and in capitals', () => {
	const check = checker();
	for (const [start, name] of names.entries()) {
		const key = keyOf(name, { qtype: 28 });
		const { octets, length } = replyTo(key, start);
		assert.equal(check.inspect(key, false, octets, start, length), verdict.reply, name);
		for (let i = start + headerBytes; i < start + length - 4; i++) {
			if (octets[i] >= 0x61 && octets[i] <= 0x7a) octets[i] -= 0x20;
		}
		assert.equal(check.inspect(key, false, octets, start, length), verdict.reply, name.toUpperCase());
	}
});

test('no other question, and no part of it', () => {
	const check = checker();
	for (const [start, name] of names.entries()) {
		const key = keyOf(name);
		const { octets, length } = replyTo(key, start);
		for (let i = start + headerBytes; i < start + length; i++) {
			for (const bit of [0x01, 0x20, 0x80]) {
				const before = octets[i];
				octets[i] ^= bit;
				const same = i < start + length - 4 && lowerCase(octets[i]) === lowerCase(before);
				const expected = same ? verdict.reply : verdict.ignored;
				assert.equal(
					check.inspect(key, false, octets, start, length),
					expected,
					`${name} octet ${i}, ${bit}`,
				);
				octets[i] = before;
			}
		}
		for (let cut = headerBytes; cut < length; cut++) {
			assert.equal(check.inspect(key, true, octets, start, cut), verdict.ignored, `${name}, ${cut} octets`);
		}
	}
});

test('no query, no other opcode, not two questions', () => {
	const check = checker();
	const key = keyOf('www.example.');
	for (const [place, value] of [
		[at.flags, flag.rd],
		[at.flags, flag.qr | (4 << 11)],
		[at.qdcount, 2],
		[at.qdcount, 0],
	]) {
		const { octets, length } = replyTo(key, 0);
		writeUint16(octets, place, value);
		assert.equal(check.inspect(key, false, octets, 0, length), verdict.ignored);
	}
});
