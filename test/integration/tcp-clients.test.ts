/** Goal: TCP clients are served as RFC 7766 asks, and none of them can keep others from being served. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { askTcp, askUdp, framed, TcpClient } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { decodeReply, makeQuery } from '../support/integration/message.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 40_000 };
const { petrel, upstream } = await startHouse({ after });

test('100 queries in one write are all answered', limit, async () => {
	const client = await TcpClient.open(petrel);
	const names = Array.from({ length: 100 }, (_, i) => `pipelined-${i}.test`);
	const replies = (await client.pipeline(names.map((name) => makeQuery(name)))).map(decodeReply);
	assert.deepEqual(
		replies.map(({ question }) => question?.name),
		names,
	);
	for (const { rcode } of replies) assert.equal(rcode, 'NOERROR');
	client.close();
});

test('a fast query does not wait for a slow one on the same connection', limit, async () => {
	const client = await TcpClient.open(petrel);
	const slow = makeQuery('delay800ms.slow.test', { id: 1001 });
	const fast = makeQuery('fast.test', { id: 1002 });
	await client.pipeline([slow, fast]);
	assert.deepEqual(client.order, [1002, 1001]);
	client.close();
});

test('a message that comes octet by octet is answered', limit, async () => {
	const client = await TcpClient.open(petrel);
	for (const octet of framed(makeQuery('dribble.test', { id: 77 }))) client.write(Buffer.of(octet));
	await until(() => client.order.includes(77));
	client.close();
});

describe('what limits a connection', { ...limit, concurrency: true }, () => {
	test('an idle connection is closed, and counted', limit, async () => {
		const client = await TcpClient.open(petrel);
		await client.ask('idle.test');
		await client.closed;
		assert.ok((await petrel.counters()).tcp_idle_closed >= 1);
	});

	test('half a message is not waited for longer than the read limit', limit, async () => {
		const client = await TcpClient.open(petrel);
		client.write(framed(makeQuery('half.test')).subarray(0, 20));
		await client.closed;
		assert.ok((await petrel.counters()).tcp_read_timeouts >= 1);
		assert.equal(upstream.script.report.count('half.test'), 0);
	});

	test('150 idle connections do not stop a good client by UDP or TCP', limit, async () => {
		const idle = await Promise.all(Array.from({ length: 150 }, () => TcpClient.open(petrel)));
		for (let i = 0; i < 20; i++) {
			assert.equal((await askUdp(petrel, `crowd-${i}.test`)).rcode, 'NOERROR');
			assert.equal((await askTcp(petrel, `crowd-${i}.test`)).rcode, 'NOERROR');
		}
		for (const client of idle) client.close();
	});
});

test(
	'beyond 2048 connections the longest idle one gives way to a newcomer, and is counted',
	limit,
	async () => {
		const idle: TcpClient[] = [];
		for (let i = 0; i < 21; i++) {
			idle.push(...(await Promise.all(Array.from({ length: 100 }, () => TcpClient.open(petrel)))));
		}
		await until(async () => {
			const { tcp_evicted, tcp_refused } = await petrel.counters();
			return tcp_evicted + tcp_refused >= 2100 - 2048;
		});
		assert.ok(idle.filter(({ isOpen }) => isOpen).length <= 2048 + 2);
		assert.equal((await askTcp(petrel, 'newcomer.test')).rcode, 'NOERROR');
		assert.equal((await askUdp(petrel, 'newcomer.test')).rcode, 'NOERROR');
		for (const client of idle) client.close();
	},
);
