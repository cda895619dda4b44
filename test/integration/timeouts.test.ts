/** Goal: `timeouts` of a Corefile are those of real TCP connections. Only that they end, and which do not, is looked at. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TcpClient } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { makeQuery } from '../support/integration/message.ts';

const limit = { timeout: 20_000 };
const corefile = (target: string): string => `. {
	timeouts {
		idle 1s
		read 1s
		maxtcpqueries 3
	}
	cache
	forward . ${target}
}
`;
const { petrel } = await startHouse({ after }, corefile);

test('a connection is closed when the last query that it may carry is answered', limit, async () => {
	const client = await TcpClient.open(petrel);
	const replies = await client.pipeline(['a', 'b', 'c'].map((label) => makeQuery(`${label}.many.example`)));
	assert.equal(replies.length, 3);
	await client.closed;
	assert.equal((await petrel.counters()).tcp_idle_closed, 0);
});

test('a connection without a query is closed after its time', limit, async () => {
	const client = await TcpClient.open(petrel);
	await client.ask('idle.example');
	await client.closed;
	assert.equal((await petrel.counters()).tcp_idle_closed, 1);
});

test('a query that does not end is not waited for longer than its time', limit, async () => {
	const client = await TcpClient.open(petrel);
	client.write(Uint8Array.of(0, 40, 1));
	await client.closed;
	assert.equal((await petrel.counters()).tcp_read_timeouts, 1);
});
