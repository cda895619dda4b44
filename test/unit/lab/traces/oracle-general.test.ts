/** Goal: the binary traces of libCacheSim come out as they were written. Method: records that are made here, cut anywhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { readOracleGeneral } from '../../../../src/lab/traces/oracle-general.ts';
import { pieces, readAll, record } from './support.ts';

const records = Buffer.concat([
	record(10, 7n, 512, 3n),
	record(10, 2n ** 53n - 1n, 1, -1n),
	record(11, 7n, 4_294_967_295, 2n ** 63n - 1n),
	record(4_294_967_295, 2n ** 64n - 1n, 2, -1n),
]);
const expected = [
	{ timeSec: 10, id: 7, size: 512, nextUse: 2 },
	{ timeSec: 10, id: 2 ** 53 - 1, size: 1, nextUse: -1 },
	{ timeSec: 11, id: 7, size: 4_294_967_295, nextUse: -1 },
	{ timeSec: 4_294_967_295, id: 2n ** 64n - 1n, size: 2, nextUse: -1 },
];

test('records, however they are cut', async () => {
	for (const bytes of [1, 23, 24, 25, 1000]) {
		assert.deepEqual(await readAll(readOracleGeneral(pieces(records, bytes))), expected);
	}
});

test('records that are packed', async () => {
	for (const packed of [gzipSync(records), zstdCompressSync(records)]) {
		assert.deepEqual(await readAll(readOracleGeneral(pieces(packed, 10))), expected);
	}
});

test('a last record that is cut short is told', async () => {
	const told: string[] = [];
	const stream = readOracleGeneral(pieces(records.subarray(0, 90), 24), {
		name: 'a.bin',
		onBad: (message) => told.push(message),
	});
	assert.equal((await readAll(stream)).length, 3);
	assert.deepEqual(told, ['a.bin:4: the last record has 18 octets of 24; the rest is missing']);
	assert.deepEqual([stream.read, stream.skipped.count], [4, 1]);
});

test('requests of size 0 are passed over, and counted', async () => {
	const stream = readOracleGeneral(pieces(Buffer.concat([record(1, 1n, 0, -1n), record(1, 2n, 5, -1n)]), 24));
	assert.deepEqual(await readAll(stream), [{ timeSec: 1, id: 2, size: 5, nextUse: -1 }]);
	assert.deepEqual([...stream.passedOver.reasons], [['size 0', 1]]);
});

test('a next use that is over says that the file is none of these', async () => {
	const text = Buffer.from('www.example.org A\n'.repeat(20));
	await assert.rejects(readAll(readOracleGeneral(pieces(Buffer.concat([record(1, 1n, 9, 1n), text]), 50))), {
		code: 'PETREL_CONFIG',
		message: /^input:1: the next request for the same object has the number 1, which is over; is this/,
	});
});
