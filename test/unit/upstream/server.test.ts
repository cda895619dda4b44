/**
 * Goal: the script behind real sockets: UDP and TCP on one port, deliveries when they fall due, down and up again.
 * Method: node:dgram and node:net clients on the loopback address, with each transport that is here; nothing is asserted
 * about how long anything takes. What waits for its time is tested in delivery-queue.test.ts.
 */
import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDemoUpstream } from '../../../src/load/upstream/demo.ts';
import type { UpstreamScriptOptions } from '../../../src/load/upstream/script.ts';
import { type RunningUpstream, startUpstream } from '../../../src/load/upstream/server.ts';
import { chooseTransport } from '../../../src/net/open-transport.ts';
import type { TransportName } from '../../../src/net/transport.ts';
import type { PetrelError } from '../../../src/util/errors.ts';
import { type Decoded, dataOf, decode, makeQuery, newScript } from './support.ts';

const { name: best, reason } = chooseTransport('auto');

/** Ways to serve: over each transport, and by the script alone or with its quick way, which remembers no queries. */
const variants: { transport: TransportName; remembered: number }[] = [
	{ transport: 'dgram', remembered: 100 },
	{ transport: 'dgram', remembered: 0 },
	{ transport: 'native', remembered: 100 },
	{ transport: 'native', remembered: 0 },
];

/** A UDP socket that keeps what it gets. */
class UdpClient {
	readonly socket: UdpSocket = createSocket('udp4');
	readonly got: Uint8Array[] = [];

	constructor(t: TestContext, upstream: RunningUpstream) {
		t.after(() => this.socket.close());
		this.socket.on('message', (message) => this.got.push(message));
		this.send = (octets) => this.socket.send(octets, upstream.port, upstream.address);
	}

	readonly send: (octets: Uint8Array) => void;

	/** Waits until `count` messages have come in all. */
	async wait(count: number): Promise<Uint8Array[]> {
		while (this.got.length < count) await once(this.socket, 'message');
		return this.got;
	}
}

/** A TCP connection that takes frames apart. */
class TcpClient {
	readonly socket: TcpSocket;
	readonly messages: Decoded[] = [];
	ended = false;
	#pending = Buffer.alloc(0);

	constructor(t: TestContext, upstream: RunningUpstream) {
		this.socket = connect({ port: upstream.port, host: upstream.address, allowHalfOpen: true });
		t.after(() => this.socket.destroy());
		this.socket.on('error', () => {});
		this.socket.on('end', () => {
			this.ended = true;
			this.socket.end();
		});
		this.socket.on('data', (octets: Buffer) => {
			this.#pending = Buffer.concat([this.#pending, octets]);
			while (this.#pending.length >= 2 && this.#pending.length >= 2 + this.#pending.readUInt16BE(0)) {
				const end = 2 + this.#pending.readUInt16BE(0);
				this.messages.push(decode(this.#pending.subarray(2, end)));
				this.#pending = this.#pending.subarray(end);
			}
		});
	}

	async wait(count: number): Promise<Decoded[]> {
		while (this.messages.length < count) await once(this.socket, 'data');
		return this.messages;
	}

	async waitForEnd(): Promise<void> {
		if (!this.socket.closed) await once(this.socket, 'close');
	}
}

function framed(octets: Uint8Array): Buffer {
	const length = Buffer.alloc(2);
	length.writeUInt16BE(octets.length);
	return Buffer.concat([length, octets]);
}

for (const { transport, remembered } of variants) {
	const skip = transport === 'native' && best !== 'native' ? (reason ?? 'over node:dgram only') : false;
	describe(`${transport}, ${remembered > 0 ? 'by the script' : 'the quick way'}`, { skip }, () =>
		suite(transport, remembered),
	);
}

function suite(transport: TransportName, remembered: number): void {
	async function start(
		t: TestContext,
		options: Partial<UpstreamScriptOptions> = {},
	): Promise<RunningUpstream> {
		const upstream = await startUpstream({ script: newScript({ remembered, ...options }), transport });
		t.after(() => upstream.close());
		return upstream;
	}

	test('UDP and TCP answer on the same port', async (t) => {
		const upstream = await start(t);
		const udp = new UdpClient(t, upstream);
		udp.send(makeQuery('www.example', { id: 1 }));
		const tcp = new TcpClient(t, upstream);
		tcp.socket.write(framed(makeQuery('www.example', { id: 2 })));
		const [overUdp] = (await udp.wait(1)).map(decode);
		const [overTcp] = await tcp.wait(1);
		assert.deepEqual([overUdp.id, overTcp.id], [1, 2]);
		assert.deepEqual(dataOf(overUdp), dataOf(overTcp));
		const { report } = upstream.script;
		assert.deepEqual(
			[report.count('www.example', 'A', 'udp'), report.count('www.example', 'A', 'tcp')],
			[1, 1],
		);
		assert.ok(report.sourcePorts.has(udp.socket.address().port));
		assert.ok(report.sourcePorts.has(tcp.socket.localPort!));
	});

	test('a delayed answer does not hold up the next one', async (t) => {
		const upstream = await start(t);
		const udp = new UdpClient(t, upstream);
		udp.send(makeQuery('delay400ms.example', { id: 1 }));
		udp.send(makeQuery('www.example', { id: 2 }));
		assert.equal(decode((await udp.wait(1))[0]).id, 2);
		assert.equal(decode((await udp.wait(2))[1]).id, 1);
	});

	test('several deliveries come in their order', async (t) => {
		const upstream = await start(t);
		const udp = new UdpClient(t, upstream);
		udp.send(makeQuery('short.twice.example'));
		const got = await udp.wait(4);
		assert.deepEqual(
			got.slice(0, 2).map((octets) => octets.length),
			[1, 12],
		);
		assert.deepEqual(got[2], got[3]);
		assert.equal(decode(got[2]).answers.length, 1);
	});

	test('queries pipelined in one segment, and one cut over many, are all answered', async (t) => {
		const upstream = await start(t);
		const tcp = new TcpClient(t, upstream);
		const queries = Array.from({ length: 20 }, (_, id) => framed(makeQuery(`n${id}.example`, { id })));
		tcp.socket.write(Buffer.concat(queries));
		for (const octet of framed(makeQuery('slowly.example', { id: 20 }))) {
			tcp.socket.write(Uint8Array.of(octet));
			await sleep(1);
		}
		const ids = (await tcp.wait(21)).map((message) => message.id);
		assert.deepEqual(
			ids,
			Array.from({ length: 21 }, (_, i) => i),
		);
	});

	test('over TCP the faster answer comes first', async (t) => {
		const upstream = await start(t);
		const tcp = new TcpClient(t, upstream);
		const queries = [makeQuery('delay400ms.example', { id: 1 }), makeQuery('www.example', { id: 2 })];
		tcp.socket.write(Buffer.concat(queries.map(framed)));
		assert.equal((await tcp.wait(1))[0].id, 2);
		assert.equal((await tcp.wait(2))[1].id, 1);
	});

	test('a burst is answered and counted to the last query, delayed or not', async (t) => {
		const upstream = await start(t);
		const udp = new UdpClient(t, upstream);
		const count = 100;
		for (let id = 0; id < count; id++) {
			udp.send(makeQuery(id % 2 === 0 ? `n${id}.example` : `delayexp2ms.n${id}.example`, { id }));
		}
		const ids = (await udp.wait(count)).map((octets) => decode(octets).id);
		assert.equal(new Set(ids).size, count);
		const { report } = upstream.script;
		assert.deepEqual([report.total, report.names, report.ids.size], [count, count, count]);
		assert.deepEqual([...report.sourcePorts], [udp.socket.address().port]);
		assert.equal(upstream.droppedDeliveries, 0);
	});

	test('an answer that is too large for a slot goes whole over node:dgram, and is cut with TC over the addon', async (t) => {
		const upstream = await start(t);
		const udp = new UdpClient(t, upstream);
		udp.send(makeQuery('size20000.example', { edns: { size: 65535 } }));
		const { sizeBytes, flag_tc } = decode((await udp.wait(1))[0]);
		if (transport === 'dgram') assert.deepEqual([sizeBytes > 19_900, flag_tc], [true, false]);
		else assert.deepEqual([sizeBytes > 4000, sizeBytes < 5000, flag_tc], [true, true, true]);
	});

	test("two upstreams of one thread do not get in each other's way", async (t) => {
		const upstreams = [await start(t, { ttlSec: 1 }), await start(t, { ttlSec: 2 })];
		const clients = upstreams.map((upstream) => new UdpClient(t, upstream));
		for (const client of clients) {
			client.send(makeQuery('delay20ms.example'));
			client.send(makeQuery('www.example'));
		}
		for (const [i, client] of clients.entries()) {
			const answers = (await client.wait(2)).map(decode);
			assert.deepEqual(
				answers.map((answer) => answer.answers[0].ttl),
				[i + 1, i + 1],
			);
		}
	});

	test('a large answer goes whole over TCP', async (t) => {
		const upstream = await start(t);
		const tcp = new TcpClient(t, upstream);
		tcp.socket.write(framed(makeQuery('size16000.example')));
		const [message] = await tcp.wait(1);
		assert.ok(message.sizeBytes > 15_900);
		assert.equal(message.flag_tc, false);
	});

	test('a connection closes after the answer that says so, and what follows is not answered', async (t) => {
		const upstream = await start(t);
		const tcp = new TcpClient(t, upstream);
		const queries = Array.from({ length: 5 }, (_, id) =>
			framed(makeQuery('close3.delay5ms.example', { id })),
		);
		tcp.socket.write(Buffer.concat(queries));
		await tcp.waitForEnd();
		assert.deepEqual(
			tcp.messages.map((message) => message.id),
			[0, 1, 2],
		);
		assert.equal(tcp.ended, true);
		assert.equal(upstream.script.report.total, 3, 'the script is not even asked');
		const next = new TcpClient(t, upstream);
		next.socket.write(framed(makeQuery('tcpclose.silent.example')));
		await next.waitForEnd();
		assert.equal(next.messages.length, 0);
	});

	test('a client that closes its side still gets what it asked for', async (t) => {
		const upstream = await start(t);
		const tcp = new TcpClient(t, upstream);
		tcp.socket.end(framed(makeQuery('delay50ms.example')));
		await tcp.waitForEnd();
		assert.equal(tcp.messages.length, 1);
	});

	test('paused it refuses, and resumed it answers on the same port', async (t) => {
		const upstream = await start(t);
		const { port } = upstream;
		const before = new TcpClient(t, upstream);
		before.socket.write(framed(makeQuery('www.example')));
		await before.wait(1);
		await upstream.pause();
		await upstream.pause();
		assert.equal(upstream.up, false);
		await before.waitForEnd();
		const refused = connect({ port, host: '127.0.0.1' });
		const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
		assert.equal(error.code, 'ECONNREFUSED');
		const bystander = createSocket('udp4');
		await new Promise<void>((resolve) => bystander.bind(port, '127.0.0.1', resolve));
		await assert.rejects(upstream.resume(), (thrown: PetrelError) => thrown.code === 'PETREL_BIND');
		bystander.close();
		await once(bystander, 'close');
		await upstream.resume();
		await upstream.resume();
		assert.deepEqual([upstream.up, upstream.port], [true, port]);
		const udp = new UdpClient(t, upstream);
		udp.send(makeQuery('www.example'));
		await udp.wait(1);
		const tcp = new TcpClient(t, upstream);
		tcp.socket.write(framed(makeQuery('www.example')));
		await tcp.wait(1);
		assert.equal(upstream.script.report.count('www.example'), 3, 'the script has seen it all');
	});

	test('a pause forgets answers that are not due yet', async (t) => {
		const upstream = await start(t);
		const udp = new UdpClient(t, upstream);
		udp.send(makeQuery('delay200ms.example', { id: 1 }));
		udp.send(makeQuery('www.example', { id: 2 }));
		await udp.wait(1);
		await upstream.pause();
		await upstream.resume();
		// Due behind the one that was forgotten.
		udp.send(makeQuery('delay300ms.example', { id: 3 }));
		const ids = (await udp.wait(2)).map((octets) => decode(octets).id);
		assert.deepEqual(ids, [2, 3]);
	});

	test('bad octets on either transport leave it answering', async (t) => {
		const upstream = await start(t);
		const udp = new UdpClient(t, upstream);
		for (const octets of [[], [1], [0, 1, 2], new Array(12).fill(0), new Array(600).fill(0xff)]) {
			udp.send(Uint8Array.from(octets));
		}
		udp.send(makeQuery('www.example', { id: 7 }));
		const answers = await udp.wait(2);
		assert.equal(decode(answers[0]).rcode, 'FORMERR');
		assert.equal(decode(answers[1]).id, 7);
		const tcp = new TcpClient(t, upstream);
		tcp.socket.write(
			Buffer.concat([framed(new Uint8Array(0)), framed(new Uint8Array(5)), framed(makeQuery('www.example'))]),
		);
		assert.equal((await tcp.wait(1))[0].answers.length, 1);
		const cut = new TcpClient(t, upstream);
		cut.socket.end(Buffer.from([0, 50, 1, 2, 3]));
		await cut.waitForEnd();
		assert.equal(upstream.script.report.malformed, 7);
	});

	test('a port that is taken is named in the error', async (t) => {
		const upstream = await start(t);
		await assert.rejects(
			startUpstream({ port: upstream.port, script: newScript(), transport }),
			(error: PetrelError) =>
				error.code === 'PETREL_BIND' && error.message.includes(`127.0.0.1:${upstream.port}`),
		);
	});

	test('it serves an IPv6 address as well', async (t) => {
		const upstream = await startUpstream({ address: '::1', script: newScript({ remembered }), transport });
		t.after(() => upstream.close());
		const tcp = new TcpClient(t, upstream);
		tcp.socket.write(framed(makeQuery('www.example')));
		await tcp.wait(1);
		const socket = createSocket('udp6');
		t.after(() => socket.close());
		socket.send(makeQuery('www.example', { id: 9 }), upstream.port, '::1');
		const [message] = (await once(socket, 'message')) as [Buffer];
		assert.equal(decode(message).id, 9);
	});
}

test('closed it stays closed', async () => {
	const upstream = await startUpstream({ script: newScript() });
	await upstream.close();
	await upstream.close();
	await upstream.resume();
	assert.equal(upstream.up, false);
});

test('the demo answers below demo., greets, and refuses everything else', async (t) => {
	const upstream = await startDemoUpstream();
	t.after(() => upstream.close());
	const udp = new UdpClient(t, upstream);
	const wanted: [name: string, type: string][] = [
		['www.demo', 'A'],
		['www.demo', 'AAAA'],
		['www.demo', 'TXT'],
		['nx.demo', 'A'],
		['anything.at.all.demo', 'A'],
		['www.example', 'A'],
	];
	for (const [id, [name, type]] of wanted.entries()) udp.send(makeQuery(name, { id, type }));
	const answers = (await udp.wait(wanted.length)).map(decode).sort((a, b) => a.id - b.id);
	assert.deepEqual(
		answers.map((answer) => answer.rcode),
		['NOERROR', 'NOERROR', 'NOERROR', 'NXDOMAIN', 'NOERROR', 'REFUSED'],
	);
	assert.match(String((dataOf(answers[2]) as [Buffer[]])[0][0]), /Hello from petrel/);
	assert.equal(answers[3].authorities[0].name, 'demo');
	assert.equal(answers[4].answers.length, 1);
});
