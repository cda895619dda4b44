/**
 * A probe must see ports that are held in any way, above all with SO_REUSEPORT, which a second bind would
 * share.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { probePortFree } from '../../../src/net/port-probe.ts';

for (const address of ['127.0.0.1', '::1']) {
	describe(`probePortFree on ${address}`, () => {
		for (const reusePort of [false, true]) {
			it(`finds a UDP port that is held ${reusePort ? 'with' : 'without'} SO_REUSEPORT`, async () => {
				const holder = createSocket({ type: address === '::1' ? 'udp6' : 'udp4', reusePort });
				holder.bind(0, address);
				await once(holder, 'listening');
				const { port } = holder.address();
				await assert.rejects(probePortFree(address, port), {
					code: 'PETREL_BIND',
					message: /on UDP .* in use/,
				});
				holder.close();
				await once(holder, 'close');
				await probePortFree(address, port);
			});

			it(`finds a TCP port that is held ${reusePort ? 'with' : 'without'} SO_REUSEPORT`, async () => {
				const holder = createServer();
				holder.listen({ port: 0, host: address, reusePort });
				await once(holder, 'listening');
				const { port } = holder.address() as AddressInfo;
				await assert.rejects(probePortFree(address, port), {
					code: 'PETREL_BIND',
					message: /on TCP .* in use/,
				});
				holder.close();
				await once(holder, 'close');
				await probePortFree(address, port);
				await probePortFree(address, port);
			});
		}
	});
}

describe('probePortFree', () => {
	it('takes port 0 for free', () => probePortFree('127.0.0.1', 0));

	it('says that an address is not on this machine', () =>
		assert.rejects(probePortFree('203.0.113.77', 5353), { code: 'PETREL_BIND', message: /no such address/ }));
});
