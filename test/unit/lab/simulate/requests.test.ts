/**
 * Goal: what goes into columns comes out of them, however long they are and in whatever parts they came.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextUses } from '../../../../src/lab/simulate/next-uses.ts';
import { gather, RequestBuilder, type Requests } from '../../../../src/lab/simulate/requests.ts';

function rowsOf(requests: Requests): number[][] {
	return Array.from({ length: requests.count }, (_, i) => [
		requests.atMs[i],
		requests.keys[i],
		requests.outcomes[i],
		requests.ttlsSec[i],
		requests.sizes[i],
		requests.rttsUs[i],
	]);
}

const row = (i: number): [number, number, number, number, number, number] => [
	i,
	i + 1,
	i % 4,
	i + 3,
	i + 4,
	i + 5,
];

test('requests come out in parts or in one piece', async () => {
	const builder = new RequestBuilder(1000, 2);
	const parts: Requests[] = [];
	for (let i = 0; i < 100; i++) {
		builder.add(...row(i));
		if (i % 7 === 0) parts.push(builder.take());
	}
	parts.push(builder.take());
	const expected = Array.from({ length: 100 }, (_, i) => row(i));
	assert.deepEqual(parts.flatMap(rowsOf), expected);
	const whole = await gather(parts);
	assert.deepEqual(rowsOf(whole), expected);
	assert.ok(whole.keys.buffer instanceof SharedArrayBuffer);
	assert.deepEqual(rowsOf(structuredClone(whole)), expected);
});

test('time does not go back, and what is not known is now', () => {
	const builder = new RequestBuilder();
	for (const atMs of [5, 3, Number.NaN, 7]) builder.add(atMs, 0, 0, 0, 0, 0);
	assert.deepEqual([...builder.take().atMs], [5, 5, 5, 7]);
});

test('more than fits is an error that says what to do', async () => {
	const builder = new RequestBuilder(10, 4);
	for (let i = 0; i < 10; i++) builder.add(...row(i));
	const message =
		/the trace has more than 10 requests, which do not fit in memory; stream it, or take a part/;
	assert.throws(() => builder.add(...row(10)), { code: 'PETREL_CONFIG', message });
	await assert.rejects(gather([builder.take()], 9), /more than 9 requests/);
});

test('the next use of each key', () => {
	assert.deepEqual([...nextUses(Uint32Array.of(0, 5000, 0, 1, 5000, 0))], [2, 4, 5, -1, -1, -1]);
});
