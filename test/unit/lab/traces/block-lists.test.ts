/** Goal: the two formats of block numbers come out as they were written. Method: small texts, cut anywhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLirs } from '../../../../src/lab/traces/lirs.ts';
import { readLis } from '../../../../src/lab/traces/lis.ts';
import { bare, readAll, textSource } from './support.ts';

test('.lis: a count is so many requests', async () => {
	for (const bytes of [1, 1000]) {
		const text = '5 1 0 0\n10 3 0 1\r\n  7\t2 0 2\n\n999999999999999 1';
		assert.deepEqual(
			await readAll(readLis(textSource(text, bytes))),
			bare(5, 10, 11, 12, 7, 8, 999_999_999_999_999),
		);
	}
});

test('.lis: lines that are none are told', async () => {
	const told: string[] = [];
	const text = '1 1 0 0\nwww.example.org A\n2 0 0 0\n3 1000001 0 0\n4\n1234567890123456 1 0 0\n';
	const stream = readLis(textSource(text), { name: 'x.lis', onBad: (message) => told.push(message) });
	assert.deepEqual(await readAll(stream), bare(1));
	assert.equal(stream.skipped.count, 5);
	assert.deepEqual(told.slice(0, 3), [
		'x.lis:2: "www.example.org A" does not begin with a block and how many, as in "1024 8 0 0"',
		'x.lis:3: 0 blocks are asked for; there should be 1 to 1000000',
		'x.lis:4: 1000001 blocks are asked for; there should be 1 to 1000000',
	]);
});

test('LIRS: an id a line, whatever stands around it', async () => {
	for (const bytes of [1, 1000]) {
		const stream = readLirs(textSource('1\n 22 \r\n\n*\nabc\n3', bytes));
		assert.deepEqual(await readAll(stream), bare(1, 22, 'abc', 3));
		assert.deepEqual([...stream.passedOver.reasons], [['sections', 1]]);
	}
});
