/** Goal: two queries share a key if and only if they may share an answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CacheKey, keyFlag, maxKeyWords } from '../../../src/cache/key.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { nameToText } from '../../../src/wire/presentation.ts';
import { keyOf, secret } from './support.ts';

function text(key: CacheKey): string {
	return `${[...key.words.subarray(0, key.wordCount)].join()} ${key.hashHigh} ${key.hashLow}`;
}

test('each part of the key makes another key and another hash', () => {
	const different = [
		keyOf('www.example.'),
		keyOf('wwx.example.'),
		keyOf('www.example.', { qtype: rrType.AAAA }),
		keyOf('www.example.', { qtype: 0x8001 }),
		keyOf('www.example.', { flags: keyFlag.dnssecOk }),
		keyOf('www.example.', { flags: keyFlag.checkingDisabled }),
		keyOf('www.example.', { flags: keyFlag.dnssecOk | keyFlag.checkingDisabled }),
		keyOf('www.example.', { block: 1 }),
		keyOf('www.example.', { block: 0xffff }),
		keyOf('example.'),
		keyOf('.'),
	];
	assert.equal(new Set(different.map(text)).size, different.length);
	assert.equal(new Set(different.map((key) => key.hashHigh)).size, different.length);
});

test('what is put into a key comes out of it', () => {
	const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}.`;
	for (const qname of ['.', 'a.', 'www.example.', longest]) {
		for (const [block, qtype, flags] of [
			[0, 1, 0],
			[0xffff, 0xffff, 3],
			[0x8000, 0x8000, 2],
		]) {
			const key = keyOf(qname, { block, qtype, flags });
			assert.deepEqual([key.block, key.qtype, key.qclass, key.flags], [block, qtype, 1, flags]);
			assert.equal(nameToText(key.qname.subarray(0, key.qnameBytes)), qname);
			assert.ok(key.wordCount <= maxKeyWords);
		}
	}
});

test('a key that was used for a longer name is no different', () => {
	const key = new CacheKey(secret);
	const long = keyOf('a.much.longer.name.than.the.other.');
	key.qname.set(long.qname);
	key.seal(0, 1, 1, 0, long.qnameBytes);
	const short = keyOf('b.');
	key.qname.set(short.qname.subarray(0, short.qnameBytes));
	key.seal(0, rrType.A, 1, 0, short.qnameBytes);
	assert.equal(text(key), text(short));
});

test('a copy is equal and stays when the original changes', () => {
	const original = keyOf('www.example.');
	const copy = keyOf('a.much.longer.name.');
	copy.copyFrom(original);
	const before = text(original);
	assert.equal(text(copy), before);
	original.seal(9, 9, 9, 0, 1);
	assert.equal(text(copy), before);
});
