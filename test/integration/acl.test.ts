/**
 * Goal: who may ask is decided by the address that a query comes from, by UDP and by TCP. Method: clients bound to
 * addresses of 127.0.0.0/8, which Linux all has.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { framed } from '../support/integration/client.ts';
import { decodeReply, makeQuery, type Reply } from '../support/integration/message.ts';
import { startPetrel } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

const limit = {
	timeout: 20_000,
	skip: process.platform !== 'linux' && '127.0.0.2 is an address on Linux only',
};

const petrel = await startPetrel(
	{ after },
	`. {
	acl {
		allow net 127.0.0.2
		block net 127.0.0.0/30
		filter net 127.0.1.0/24
		drop net 127.0.2.0/24
	}
	template IN A {
		answer "{{ .Name }} 60 IN A 192.0.2.1"
	}
}
`,
);

async function askByUdp(from: string, edns: object | undefined): Promise<Reply> {
	const socket = createSocket('udp4');
	socket.bind(0, from);
	await once(socket, 'listening');
	socket.send(makeQuery('www.example', { edns }), petrel.port, petrel.address);
	const [octets] = await once(socket, 'message');
	socket.close();
	return decodeReply(octets);
}

async function askByTcp(from: string, edns: object | undefined): Promise<Reply> {
	const socket = connect({ host: petrel.address, port: petrel.port, localAddress: from });
	socket.write(framed(makeQuery('www.example', { edns })));
	let octets = Buffer.alloc(0);
	for await (const chunk of socket) {
		octets = Buffer.concat([octets, chunk]);
		if (octets.length >= 2 && octets.length >= 2 + octets.readUInt16BE(0)) break;
	}
	return decodeReply(octets.subarray(2));
}

const rows: readonly [from: string, rcode: string, answers: number, ede: number | undefined][] = [
	['127.0.0.2', 'NOERROR', 1, undefined],
	['127.0.0.3', 'REFUSED', 0, 15],
	['127.0.0.4', 'NOERROR', 1, undefined],
	['127.0.1.255', 'NOERROR', 0, 17],
];

for (const [transport, askBy] of [
	['UDP', askByUdp],
	['TCP', askByTcp],
] as const) {
	for (const [from, rcode, answers, ede] of rows) {
		test(`a client at ${from} gets ${rcode} with ${answers} answers by ${transport}`, limit, async () => {
			const reply = await askBy(from, {});
			assert.deepEqual([reply.rcode, reply.answers.length, reply.ede], [rcode, answers, ede]);
			assert.equal((await askBy(from, undefined)).opt, undefined);
		});
	}
}

test('a client that is dropped gets nothing, by UDP or TCP', limit, async () => {
	const before = await petrel.counters();
	const udp = createSocket('udp4');
	udp.bind(0, '127.0.2.1');
	await once(udp, 'listening');
	udp.send(makeQuery('www.example'), petrel.port, petrel.address);
	const tcp = connect({ host: petrel.address, port: petrel.port, localAddress: '127.0.2.1' });
	tcp.write(framed(makeQuery('www.example')));
	let now = before;
	await until(async () => {
		now = await petrel.counters();
		return now.queries_udp > before.queries_udp && now.queries_tcp > before.queries_tcp;
	});
	for (const name of ['replies_udp', 'replies_tcp', 'local_answers', 'faults'] as const) {
		assert.equal(now[name], before[name], name);
	}
	// The connection goes on: what is let go of is the query.
	assert.equal(tcp.closed, false);
	udp.close();
	tcp.destroy();
});
