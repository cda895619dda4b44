/** The mesh between shards, over real message ports in one thread. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { createMailboxes, Doorbells, emptyMailbox, mailboxBytesMax } from '../../../src/server/doorbells.ts';

function pair(onSecond: (octets: Uint8Array) => void): {
	mailboxes: SharedArrayBuffer;
	first: Doorbells;
	second: Doorbells;
	port: MessageChannel['port2'];
	dropped: () => number;
} {
	const mailboxes = createMailboxes(2);
	const { port1, port2 } = new MessageChannel();
	let droppedCount = 0;
	const first = new Doorbells(
		0,
		mailboxes,
		() => {},
		() => droppedCount++,
	);
	const second = new Doorbells(1, mailboxes, onSecond, () => {});
	first.connect(1, port1);
	second.connect(0, port2);
	return { mailboxes, first, second, port: port2, dropped: () => droppedCount };
}

test('what is handed over in one turn arrives as one message, in order, whole', async () => {
	const received: number[][] = [];
	const { first, second, port } = pair((octets) => received.push([...octets]));
	let messageCount = 0;
	port.on('message', () => messageCount++);
	const reused = Uint8Array.of(1, 2, 3);
	first.handOver(1, reused);
	reused.fill(9);
	first.handOver(1, new Uint8Array(0));
	first.handOver(1, new Uint8Array(70_000).fill(7));
	await once(port, 'message');
	assert.equal(messageCount, 1);
	assert.deepEqual(received[0], [1, 2, 3]);
	assert.deepEqual(received[1], []);
	assert.equal(received[2].length, 70_000);
	assert.ok(received[2].every((octet) => octet === 7));
	first.close();
	second.close();
});

test('a shard can hand over to itself', async () => {
	const { promise, resolve } = Promise.withResolvers<Uint8Array>();
	const alone = new Doorbells(0, createMailboxes(1), resolve, () => {});
	alone.handOver(0, Uint8Array.of(5));
	assert.deepEqual([...(await promise)], [5]);
	alone.close();
});

test('a full mailbox drops what does not fit, and takes more once it is read', async () => {
	let receivedCount = 0;
	const { mailboxes, first, second, port, dropped } = pair(() => receivedCount++);
	const half = new Uint8Array(mailboxBytesMax / 2 - 4);
	for (let i = 0; i < 3; i++) first.handOver(1, half);
	assert.equal(dropped(), 1);
	await once(port, 'message');
	assert.equal(receivedCount, 2);
	assert.equal(new Int32Array(mailboxes)[1], 0, 'what was read is taken off');
	first.handOver(1, half);
	assert.equal(dropped(), 1);
	first.close();
	second.close();
});

test('the mailbox of a shard that died is empty again', () => {
	const mailboxes = createMailboxes(2);
	const doorbells = new Doorbells(
		0,
		mailboxes,
		() => {},
		() => {},
	);
	doorbells.handOver(1, new Uint8Array(100));
	assert.equal(new Int32Array(mailboxes)[1], 104);
	emptyMailbox(mailboxes, 1);
	assert.equal(new Int32Array(mailboxes)[1], 0);
});

test('what is handed to a shard without a port is dropped and leaves no trace in its mailbox', () => {
	const mailboxes = createMailboxes(2);
	let droppedCount = 0;
	const doorbells = new Doorbells(
		0,
		mailboxes,
		() => {},
		() => droppedCount++,
	);
	doorbells.handOver(1, new Uint8Array(100));
	doorbells.close();
	assert.equal(droppedCount, 1);
	assert.equal(new Int32Array(mailboxes)[1], 0);
});
