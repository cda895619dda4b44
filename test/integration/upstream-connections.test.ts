/** Goal: upstreams that close connections, and those behind one address that the kernel spreads, cost clients nothing. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { askUdp, openUdpClients } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { startPetrel } from '../support/integration/petrel.ts';

const limit = { timeout: 40_000 };
const overTcp = (target: string): string => `. {\n\tforward . ${target} {\n\t\tforce_tcp\n\t}\n}\n`;

for (const queries of [1, 100]) {
	test(
		`T69: an upstream that closes its TCP connections after ${queries} queries: no client sees an error`,
		limit,
		async (t) => {
			const { petrel, upstream } = await startHouse(t, overTcp);
			const names = Array.from({ length: 250 }, (_, i) => `close${queries}.n${i}.test`);
			for (let from = 0; from < names.length; from += 50) {
				const replies = await Promise.all(names.slice(from, from + 50).map((name) => askUdp(petrel, name)));
				for (const { rcode } of replies) assert.equal(rcode, 'NOERROR');
			}
			assert.equal((await petrel.counters()).servfail_upstreams, 0);
			assert.ok(upstream.script.report.total >= names.length);
		},
	);
}

test(
	'T70: 100 clients and an address with four servers behind it, chosen by source port: each gets 15 to 35 %',
	limit,
	async (t) => {
		// As kube-proxy does it: a new pair of address and port is given to one of the backends, and stays with it.
		const backendOf = new Map<number, number>();
		const served = [0, 0, 0, 0];
		let next = 0;
		const service = createSocket('udp4');
		service.on('message', (query, { address, port }) => {
			const backend = backendOf.get(port) ?? next++ % served.length;
			backendOf.set(port, backend);
			served[backend]++;
			const reply = Buffer.from(query);
			// NXDOMAIN with RA, all counts but the question's 0; the question ends five octets behind the last label's zero.
			reply[2] |= 0x80;
			reply[3] = 0x83;
			reply.fill(0, 6, 12);
			service.send(reply.subarray(0, reply.indexOf(0, 12) + 5), port, address);
		});
		service.bind(0, '127.0.0.1');
		await once(service, 'listening');
		t.after(() => service.close());
		const petrel = await startPetrel(t, `. {\n\tforward . 127.0.0.1:${service.address().port}\n}\n`);
		const clients = await openUdpClients(petrel, 100);
		// A turn's queries have one port: a busy machine makes turns few and large, so it takes many for the shares to even out.
		for (let round = 0; round < 50; round++) {
			const replies = await Promise.all(clients.map((client, i) => client.ask(`r${round}.c${i}.test`)));
			for (const { rcode } of replies) assert.equal(rcode, 'NXDOMAIN');
		}
		for (const client of clients) client.close();
		const total = served.reduce((sum, count) => sum + count, 0);
		const shares = served.map((count) => count / total);
		assert.ok(total >= 5000);
		assert.ok(
			shares.every((share) => share > 0.15 && share < 0.35),
			shares.join(' '),
		);
	},
);
