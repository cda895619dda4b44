/**
 * Goal: a listener on a wildcard answers from the address that was asked, at once and later, and the kernel's drops are
 * known. Method: clients that are connected, and so hear that address only, at several addresses of the loopback.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClientRef } from '../../src/net/transport.ts';
import { nativeTransport, skipNative } from '../unit/net/native.ts';
import { octetsOf, RecordedCounters, UdpClient, until } from '../unit/net/support.ts';

describe('a native listener on a wildcard', { skip: skipNative }, () => {
	for (const { wildcard, asked } of [
		{ wildcard: '0.0.0.0', asked: ['127.0.0.1', '127.0.0.5', '127.77.0.1'] },
		{ wildcard: '::', asked: ['::1'] },
	]) {
		it(`${wildcard} answers from ${asked.join(', ')}, in the batch and later`, async () => {
			const transport = nativeTransport(new RecordedCounters());
			const listener = await transport.openListener({
				address: wildcard,
				port: 0,
				reusePort: true,
				onError: assert.ifError,
			});
			const waiting: ClientRef[] = [];
			listener.start((count) => {
				for (let slot = 0; slot < count; slot++) {
					waiting.push(listener.retain(slot));
					listener.tx.octets.set(octetsOf('now'), slot * listener.tx.slotBytes);
					listener.tx.length[slot] = 3;
				}
			});
			const clients = await Promise.all(asked.map((address) => UdpClient.connect(address, listener.port)));
			for (const client of clients) client.send('q');
			await until(() => waiting.length === clients.length);
			for (const ref of waiting) listener.reply(ref, octetsOf('later'), 0, 5);
			transport.flush();
			await until(() => clients.every((client) => client.received.length === 2));
			for (const client of clients) {
				assert.deepEqual(client.texts(), ['now', 'later']);
				client.close();
			}
			await listener.close();
		});
	}
});

describe('a native listener that does not keep up', { skip: skipNative }, () => {
	it('counts what the kernel dropped', async () => {
		const counters = new RecordedCounters();
		const transport = nativeTransport(counters);
		const listener = await transport.openListener({
			address: '127.0.0.1',
			port: 0,
			receiveBufferBytes: 4096,
			reusePort: false,
			onError: assert.ifError,
		});
		const client = await UdpClient.connect('127.0.0.1', listener.port);
		for (let i = 0; i < 500; i++) client.send('x'.repeat(500));
		let received = 0;
		listener.start((count) => {
			received += count;
		});
		await until(() => received + counters.count('datagramKernelDropped') === 500);
		assert.ok(counters.count('datagramKernelDropped') > 0);
		assert.ok(received > 0);
		client.close();
		await listener.close();
	});
});
