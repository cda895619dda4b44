/** Goal: a trace that is larger than memory can be read. Method: it is watched how much of a source is asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLirs } from '../../../../src/lab/traces/lirs.ts';
import { textSource } from './support.ts';

test('a piece is read when what came before was taken, and the source is let go of', async () => {
	let given = 0;
	let isLetGo = false;
	async function* endless(): AsyncGenerator<Uint8Array, void, void> {
		try {
			for (;;) yield Buffer.from(`${given++}\n`.repeat(1000));
		} finally {
			isLetGo = true;
		}
	}
	let taken = 0;
	for await (const batch of readLirs(endless()).batches()) {
		assert.ok(given <= ++taken + 3, `${given} pieces were asked for, ${taken} batches taken`);
		assert.ok(batch.length <= 4000);
		if (taken === 100) break;
	}
	assert.equal(isLetGo, true);
});

test('one request after the other is the same as in batches', async () => {
	const text = Array.from({ length: 500 }, (_, id) => `${id % 50}\n`).join('');
	const one = [];
	for await (const { id } of readLirs(textSource(text))) one.push(id);
	const many = [];
	for await (const batch of readLirs(textSource(text)).batches()) many.push(...batch.map(({ id }) => id));
	assert.deepEqual([one.length, one], [500, many]);
});

test('it is read once', async () => {
	const stream = readLirs(textSource('1\n'));
	await stream.batches().next();
	await assert.rejects(stream.batches().next(), /read once/);
});

test('a file that is not there is told', async () => {
	await assert.rejects(readLirs('/nowhere/x.lirs').batches().next(), {
		code: 'PETREL_CONFIG',
		message: /^\/nowhere\/x.lirs: cannot be read: ENOENT/,
	});
});
