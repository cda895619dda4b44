/** Goal: a command to all shards ends when all have answered, died, or had their time; nobody is waited for twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShardCalls } from '../../../../src/server/control/shard-calls.ts';
import type { ShardCommand } from '../../../../src/server/shard-messages.ts';

const longMs = 60_000;

function open(shards: readonly number[]) {
	let nowMs = 100;
	const sent: ShardCommand[] = [];
	const calls = new ShardCalls({
		nowMs: () => nowMs,
		send: (command) => {
			sent.push(command);
			return shards;
		},
	});
	return { calls, sent, at: (ms: number) => void (nowMs = ms) };
}

const ping = (call: number): ShardCommand => ({ kind: 'ping', call });

test('it ends when the last shard has answered, with what each said and how long it took', async () => {
	const { calls, at } = open([0, 1]);
	const called = calls.call(ping, longMs);
	at(103);
	calls.onReport(1, { kind: 'called', call: 1, count: 7 });
	at(110);
	calls.onReport(1, { kind: 'called', call: 1, count: 99 });
	calls.onReport(0, { kind: 'drained' });
	calls.onReport(0, { kind: 'called', call: 2, count: 50 });
	calls.onReport(0, { kind: 'called', call: 1, count: 3 });
	const { answers, silent } = await called;
	assert.deepEqual(
		[...answers],
		[
			[1, { count: 7, tookMs: 3 }],
			[0, { count: 3, tookMs: 10 }],
		],
	);
	assert.deepEqual(silent, []);
	calls.onReport(0, { kind: 'called', call: 1, count: 3 });
});

test('a shard that dies is not waited for; without shards there is nothing to wait for', async () => {
	const { calls } = open([0, 1]);
	const called = calls.call(ping, longMs);
	calls.onDeath(1);
	calls.onReport(0, { kind: 'called', call: 1, count: 0 });
	assert.deepEqual((await called).silent, []);
	assert.equal((await open([]).calls.call(ping, longMs)).answers.size, 0);
});

test('a shard that says nothing is named when the time is over; calls do not mix', async () => {
	const { calls, sent } = open([0, 2]);
	const first = calls.call(ping, 20);
	const second = calls.call(ping, longMs);
	assert.deepEqual(sent, [ping(1), ping(2)]);
	for (const shard of [0, 2]) calls.onReport(shard, { kind: 'called', call: 2, count: shard });
	calls.onReport(0, { kind: 'called', call: 1, count: 5 });
	assert.deepEqual((await first).silent, [2]);
	assert.deepEqual((await second).answers.get(2), { count: 2, tookMs: 0 });
});
