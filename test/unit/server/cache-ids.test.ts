/** Under which id a block's answers are kept, over configurations that change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../src/config/model.ts';
import { CacheIds } from '../../../src/server/cache-ids.ts';
import { modelOf } from '../config/support.ts';

function block(zone: string, lines = 'cache'): string {
	return `${zone} {\n${lines}\nforward . 192.0.2.1\n}\n`;
}

function take(ids: CacheIds, text: string): readonly number[] {
	const model: Model = modelOf(text);
	const proposed = ids.propose(model);
	ids.accept(model, proposed);
	return proposed;
}

test('a block that stays the same keeps its id wherever it stands in the file', () => {
	const ids = new CacheIds();
	assert.deepEqual(take(ids, block('a') + block('b', 'cache 30')), [0, 1]);
	assert.deepEqual(
		take(ids, `# moved\n${block('c', 'cache 60')}${block('b', 'cache 30')}${block('a')}`),
		[2, 1, 0],
	);
});

test('what has no part in its answers changes nothing: addresses, logs, reloads', () => {
	const ids = new CacheIds();
	take(ids, block('a'));
	for (const lines of ['cache\nerrors', 'cache\nbind 127.0.0.1', 'cache\nreload 10s', 'cache\nloop']) {
		assert.deepEqual(take(ids, block('a', lines)), [0], lines);
	}
});

test('whatever bears on answers makes another block of it, which nothing is kept for', () => {
	const ids = new CacheIds();
	let last = take(ids, block('a'))[0];
	for (const lines of [
		'cache 30',
		'cache {\nkeepttl\n}',
		'cache\nbufsize 512',
		'cache\nheader {\nquery set cd\n}',
		'cache\nforward b 192.0.2.2',
	]) {
		const [id] = take(ids, block('a', lines));
		assert.ok(id > last, lines);
		last = id;
	}
	assert.ok(take(ids, block('a'))[0] > last, 'going back does not find what was kept before');
});

test('equal blocks are apart, and a proposal that is not accepted changes nothing', () => {
	const ids = new CacheIds();
	assert.deepEqual(take(ids, block('a') + block('b')), [0, 1]);
	assert.deepEqual(ids.propose(modelOf(block('a', 'cache 5'))), [2]);
	assert.deepEqual(ids.propose(modelOf(block('a', 'cache 6'))), [2]);
	assert.deepEqual(take(ids, block('a') + block('b')), [0, 1]);
});

test('ids go round, and pass over those in use', () => {
	const ids = new CacheIds();
	const [stays] = modelOf(block('stays')).blocks;
	const beside = (ttlSec: number): Model => ({ blocks: [stays, { ttlSec }] }) as unknown as Model;
	for (let ttlSec = 1; ttlSec < 0x1_0000; ttlSec++) {
		const proposed = ids.propose(beside(ttlSec));
		assert.deepEqual(proposed, [0, ttlSec]);
		ids.accept(beside(ttlSec), proposed);
	}
	assert.deepEqual(ids.propose(beside(0)), [0, 1]);
});
