/**
 * Goal: `--steer` decides which shard gets a datagram, and one busy client spreads over all shards where it should. Method:
 * four listeners on one port, as four shards have them, and a client with one socket.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { loadBinding, nativeSteering } from '../../src/net/native/binding.ts';
import { skipNative } from '../unit/net/native.ts';
import { until } from '../unit/net/support.ts';

const shards = 4;
const datagrams = 1000;

const { binding } = loadBinding();
const received = new Map<number, number>();
binding?.attach(0, true, (handle, count) => received.set(handle, (received.get(handle) ?? 0) + count));

/** How many datagrams of one client socket each of the listeners gets. */
async function spread(steering: number | undefined): Promise<number[]> {
	received.clear();
	const first = binding!.openListener('127.0.0.1', 0, 1 << 20, true);
	const handles = [first.handle];
	while (handles.length < shards)
		handles.push(binding!.openListener('127.0.0.1', first.port, 1 << 20, true).handle);
	for (const handle of handles) {
		if (steering !== undefined) binding!.steer(handle, steering, shards);
		binding!.start(handle);
	}
	const client = createSocket('udp4');
	client.connect(first.port, '127.0.0.1');
	await once(client, 'connect');
	const total = (): number => [...received.values()].reduce((sum, count) => sum + count, 0);
	for (let i = 0; i < datagrams; i++) {
		client.send('x');
		if (i % 100 === 99) await until(() => total() === i + 1);
	}
	client.close();
	for (const handle of handles) binding!.close(handle);
	return handles.map((handle) => received.get(handle) ?? 0);
}

describe('steering', { skip: skipNative }, () => {
	it('flow: a client socket stays with one shard', async () => {
		assert.deepEqual((await spread(nativeSteering.flow)).sort(), [0, 0, 0, datagrams]);
		assert.deepEqual((await spread(undefined)).sort(), [0, 0, 0, datagrams]);
	});

	it('random: one client socket is spread evenly over all shards', async () => {
		const counts = await spread(nativeSteering.random);
		const expected = datagrams / shards;
		// Six standard deviations of a binomial distribution: once in half a billion runs.
		const far = 6 * Math.sqrt(datagrams * (1 / shards) * (1 - 1 / shards));
		for (const count of counts) assert.ok(Math.abs(count - expected) < far, counts.join());
	});

	it('cpu: the shard is the number of the CPU that the datagram came in on', async () => {
		const counts = await spread(nativeSteering.cpu);
		const busy = counts.filter((count) => count > 0).length;
		assert.ok(busy >= 1 && busy <= shards);
		assert.equal(
			counts.reduce((sum, count) => sum + count, 0),
			datagrams,
		);
	});

	it('can be taken back', async () => {
		await spread(nativeSteering.random);
		assert.deepEqual((await spread(nativeSteering.flow)).sort(), [0, 0, 0, datagrams]);
	});

	it('goes on when there are fewer sockets than shards: the kernel then goes by addresses', async () => {
		received.clear();
		const { handle, port } = binding!.openListener('127.0.0.1', 0, 1 << 20, true);
		binding!.steer(handle, nativeSteering.random, 16);
		binding!.start(handle);
		const client = createSocket('udp4');
		for (let i = 0; i < 100; i++) client.send('x', port, '127.0.0.1');
		await until(() => received.get(handle) === 100);
		client.close();
		binding!.close(handle);
	});
});
