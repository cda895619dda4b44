import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { Piscina } from 'piscina';
import { shardPoolOptions } from '../../../src/server/shard-pool.ts';

test("a socket in a worker that has no task does not starve, with the shards' pool options", async (t) => {
	const filename = new URL('fixtures/open-socket.mjs', import.meta.url).href;
	const pool = new Piscina({ ...shardPoolOptions, filename, minThreads: 1, maxThreads: 1 });
	t.after(() => pool.destroy());
	const port: number = await pool.run(undefined);
	const client = createSocket('udp4');
	t.after(() => client.close());
	client.connect(port, '127.0.0.1');
	await once(client, 'connect');
	client.send('still there?');
	// A worker that sleeps would never answer: then this limit ends the wait.
	const [answer] = await once(client, 'message', { signal: AbortSignal.timeout(10_000) });
	assert.equal(String(answer), 'still there?');
});
