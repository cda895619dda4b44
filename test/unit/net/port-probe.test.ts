/**
 * A probe must see ports that are held in any way, above all with SO_REUSEPORT, which a second bind would
 * share.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { probePortFree } from '../../../src/net/port-probe.ts';

/** A free port below those that the kernel gives away, so that no test beside this one can be given it. */
async function quietPort(address: string): Promise<number> {
	for (;;) {
		const port = 10_000 + Math.floor(Math.random() * 20_000);
		try {
			await probePortFree(address, port);
			return port;
		} catch {
			// Taken: another one.
		}
	}
}

for (const address of ['127.0.0.1', '::1']) {
	describe(`probePortFree on ${address}`, () => {
		for (const reusePort of [false, true]) {
			it(`finds a UDP port that is held ${reusePort ? 'with' : 'without'} SO_REUSEPORT`, async () => {
				const holder = createSocket({ type: address === '::1' ? 'udp6' : 'udp4', reusePort });
				const port = await quietPort(address);
				holder.bind(port, address);
				await once(holder, 'listening');
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
				const port = await quietPort(address);
				holder.listen({ port, host: address, reusePort });
				await once(holder, 'listening');
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
