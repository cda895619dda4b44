/** Goal: a reader of a long trace is no further ahead than its slowest thread, and stops when it should. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { BatchFeed } from '../../../../src/lab/study/batch-feed.ts';
import { untilAborted } from '../../../../src/lab/study/until-aborted.ts';
import { inTurn } from '../simulate/support.ts';

const batch = inTurn([1, 2, 3]);

/** How many batches a feed takes before there is no room. */
async function fill(feed: BatchFeed): Promise<number> {
	for (let given = 0; ; given++) {
		const hasRoom = await Promise.race([feed.room().then(() => true), Promise.resolve().then(() => false)]);
		if (!hasRoom || given > 1000) return given;
		feed.give(batch);
	}
}

test('a thread that does not follow is given no more, until it has run one', async () => {
	const { port1, port2 } = new MessageChannel();
	const feed = new BatchFeed(port1);
	const given = await fill(feed);
	assert.ok(given > 1 && given < 100, `${given}`);
	const room = feed.room();
	port2.postMessage(undefined);
	await room;
	feed.give(batch);
	feed.close();
	port2.close();
});

test('whoever waits for room goes on when the thread has ended, and gives nothing more', async () => {
	const { port1, port2 } = new MessageChannel();
	const feed = new BatchFeed(port1);
	await fill(feed);
	const room = feed.room();
	feed.close();
	await room;
	feed.give(batch);
	feed.end();
	assert.equal(receiveMessageOnPort(port2)?.message.batch.count, batch.count);
	port2.close();
});

test('items end with a signal, also while the next one is waited for', async () => {
	const ending = new AbortController();
	let isLetGo = false;
	const never = {
		[Symbol.asyncIterator]: () => ({
			next: () => new Promise<IteratorResult<number>>(() => {}),
			return: async () => {
				isLetGo = true;
				return { value: undefined, done: true as const };
			},
		}),
	};
	const items = untilAborted(never, ending.signal);
	const next = items.next();
	ending.abort();
	assert.deepEqual(await next, { value: undefined, done: true });
	assert.ok(isLetGo);
});

test('without a signal all items come, and errors', async () => {
	const items = untilAborted(
		(async function* () {
			yield 1;
			yield 2;
			throw new Error('damaged');
		})(),
		undefined,
	);
	assert.equal((await items.next()).value, 1);
	assert.equal((await items.next()).value, 2);
	await assert.rejects(items.next(), /damaged/);
});
