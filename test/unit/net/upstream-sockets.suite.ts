/**
 * What the sockets towards upstreams must do, whatever they are made of. Method: upstreams of a few lines on
 * the loopback, and a recorder in the engine's place. Queries and replies are any octets: nothing here is
 * DNS.
 */
import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MessageFraming } from '../../../src/net/tcp-framing.ts';
import type {
	UpstreamEvents,
	UpstreamLimits,
	UpstreamSocket,
	UpstreamSockets,
} from '../../../src/net/transport.ts';
import type { TransportCounters } from '../../../src/net/transport-counters.ts';
import { VirtualClock } from '../../../src/util/clock.ts';
import { type Random, seededRandom } from '../../../src/util/random.ts';
import { frame, octetsOf, RecordedCounters, textOf, UdpClient, until } from './support.ts';

export interface SuiteSocketsOptions {
	readonly events: UpstreamEvents;
	readonly random: Random;
	readonly clock: VirtualClock;
	readonly counters: TransportCounters;
	readonly connectTimeoutMs: number;
	readonly sweepMs: number;
}

export type OpenUpstreamSockets = (options: SuiteSocketsOptions) => {
	readonly sockets: UpstreamSockets;
	/** Sends what the UDP transport has queued. */
	flush(): void;
};

const limits: UpstreamLimits = { expireMs: 10_000, maxIdleConns: 0, maxAgeMs: 0 };
/** The bounds that the suite holds the implementations to. */
const maxReadySockets = 64;
const maxReadyConnections = 4;

/** What an engine would have seen. */
class Recorder implements UpstreamEvents {
	readonly messages: { socket: UpstreamSocket; text: string; length: number }[] = [];
	readonly gone: { socket: UpstreamSocket; cause: string }[] = [];

	/** Turns that are under way: at most one. */
	turns = 0;

	begin(): void {
		this.turns++;
		assert.equal(this.turns, 1);
	}

	end(): void {
		this.turns--;
	}

	onMessage(socket: UpstreamSocket, octets: Uint8Array, start: number, length: number): void {
		assert.equal(this.turns, 1);
		this.messages.push({ socket, text: textOf(octets, start, length), length });
	}

	onGone(socket: UpstreamSocket, cause: string): void {
		assert.equal(this.turns, 1);
		this.gone.push({ socket, cause });
	}

	texts(): string[] {
		return this.messages.map(({ text }) => text);
	}
}

interface Query {
	readonly text: string;
	readonly sender: RemoteInfo;
}

class UdpUpstream {
	readonly queries: Query[] = [];
	readonly socket: UdpSocket;
	onQuery: (query: Query) => void = ({ text, sender }) => this.send(`re: ${text}`, sender);

	constructor(address: string) {
		this.socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
		this.socket.on('message', (datagram: Buffer, sender) => {
			const query = { text: datagram.toString(), sender };
			this.queries.push(query);
			this.onQuery(query);
		});
	}

	static async listen(address = '127.0.0.1', port = 0): Promise<UdpUpstream> {
		const upstream = new UdpUpstream(address);
		upstream.socket.bind(port, address);
		await once(upstream.socket, 'listening');
		upstream.socket.setRecvBufferSize(4 * 1024 * 1024);
		return upstream;
	}

	send(text: string, to: RemoteInfo): void {
		this.socket.send(text, to.port, to.address);
	}

	get port(): number {
		return this.socket.address().port;
	}

	ports(): Set<number> {
		return new Set(this.queries.map(({ sender }) => sender.port));
	}
}

class TcpUpstream {
	readonly queries: string[] = [];
	readonly connections: Socket[] = [];
	readonly server: Server;
	onQuery: (text: string, connection: Socket) => void = (text, connection) =>
		connection.write(frame(`re: ${text}`));

	constructor() {
		this.server = createServer((connection) => {
			this.connections.push(connection);
			const framing = new MessageFraming();
			connection.on('error', () => {});
			connection.on('data', (chunk: Buffer) => {
				framing.push(chunk);
				while (framing.next()) {
					const text = textOf(framing.octets, framing.start, framing.length);
					this.queries.push(text);
					this.onQuery(text, connection);
				}
			});
		});
	}

	static async listen(address = '127.0.0.1', port = 0): Promise<TcpUpstream> {
		const upstream = new TcpUpstream();
		upstream.server.listen(port, address);
		await once(upstream.server, 'listening');
		return upstream;
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	openConnections(): number {
		return this.connections.filter((connection) => !connection.destroyed).length;
	}

	close(): void {
		for (const connection of this.connections) connection.destroy();
		this.server.close();
	}
}

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
	const upstream = await UdpUpstream.listen();
	const { port } = upstream;
	upstream.socket.close();
	await once(upstream.socket, 'close');
	return port;
}

/**
 * A TCP port that answers no SYN: its thread sleeps and accepts nobody, and the queue of the few connections
 * that the kernel takes in its place is full.
 */
async function deafPort(toClose: (() => unknown)[]): Promise<number> {
	const worker = new Worker(
		`const { parentPort } = require('node:worker_threads');
		const server = require('node:net').createServer();
		server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
			parentPort.postMessage(server.address().port);
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
		});`,
		{ eval: true },
	);
	const [port] = (await once(worker, 'message')) as [number];
	const fillers = Array.from({ length: 6 }, () => connect({ host: '127.0.0.1', port }));
	let connectedCount = 0;
	for (const filler of fillers) filler.on('connect', () => connectedCount++).on('error', () => {});
	toClose.push(() => {
		for (const filler of fillers) filler.destroy();
		return worker.terminate();
	});
	await until(() => connectedCount >= 2);
	return port;
}

export function upstreamSocketsSuite(name: string, openSockets: OpenUpstreamSockets): void {
	const open: (() => unknown)[] = [];
	const flushes = new WeakMap<UpstreamSockets, () => void>();
	let counters = new RecordedCounters();
	let recorder = new Recorder();
	let clock = new VirtualClock();

	function sockets(
		events: UpstreamEvents = recorder,
		options: Partial<SuiteSocketsOptions> = {},
	): UpstreamSockets {
		const random = seededRandom(1);
		const opened = openSockets({
			events,
			random,
			clock,
			counters,
			connectTimeoutMs: 10_000,
			sweepMs: 5,
			...options,
		});
		const made = opened.sockets;
		flushes.set(made, opened.flush);
		open.push(() => made.close());
		return made;
	}

	function endTurn(of: UpstreamSockets): void {
		of.flush();
		flushes.get(of)!();
	}

	async function udpUpstream(address?: string, port?: number): Promise<UdpUpstream> {
		const upstream = await UdpUpstream.listen(address, port);
		open.push(() => upstream.socket.close());
		return upstream;
	}

	async function tcpUpstream(address?: string, port?: number): Promise<TcpUpstream> {
		const upstream = await TcpUpstream.listen(address, port);
		open.push(() => upstream.close());
		return upstream;
	}

	/** Asks, in a turn of its own. */
	function ask(
		of: UpstreamSockets,
		over: 'askUdp' | 'askTcp',
		upstream: number,
		text: string,
	): UpstreamSocket {
		const socket = askInTurn(of, over, upstream, text);
		endTurn(of);
		return socket;
	}

	/** Asks with the text at an offset, in memory that is overwritten at once. */
	function askInTurn(
		of: UpstreamSockets,
		over: 'askUdp' | 'askTcp',
		upstream: number,
		text: string,
	): UpstreamSocket {
		const octets = octetsOf(`..${text}..`);
		const socket = of[over](upstream, octets, 2, octets.length - 4);
		octets.fill(0);
		return socket;
	}

	function cleanUp(): Promise<void> {
		const closers = open.splice(0);
		counters = new RecordedCounters();
		recorder = new Recorder();
		clock = new VirtualClock();
		return closers.reduce<Promise<void>>(async (done, close) => {
			await done;
			await close();
		}, Promise.resolve());
	}

	describe(`upstream sockets by UDP: ${name}`, () => {
		afterEach(cleanUp);

		for (const address of ['127.0.0.1', '::1']) {
			it(`sends a query to ${address} during the call and passes the reply up with its socket`, async () => {
				const upstream = await udpUpstream(address);
				const own = sockets();
				own.setUpstream(3, address, upstream.port, limits);
				const socket = ask(own, 'askUdp', 3, 'q');
				assert.ok(socket > 0);
				await until(() => recorder.messages.length === 1);
				assert.deepEqual(recorder.messages, [{ socket, text: 're: q', length: 5 }]);
			});
		}

		it('has sent the query when the turn is over', async () => {
			const upstream = await udpUpstream();
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			ask(own, 'askUdp', 0, 'q');
			await own.close();
			await until(() => upstream.queries.length === 1);
			assert.equal(upstream.queries[0].text, 'q');
		});

		it('uses at least 100 ports for 200 queries one after another', async () => {
			const upstream = await udpUpstream();
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			for (let i = 0; i < 200; i++) {
				const socket = ask(own, 'askUdp', 0, `${i}`);
				await until(() => recorder.messages.length === i + 1);
				own.settle(socket);
			}
			assert.ok(upstream.ports().size >= 100, `${upstream.ports().size} ports`);
		});

		it('uses at least 100 ports for 200 queries at once, and every reply comes by the socket that asked', async () => {
			const upstream = await udpUpstream();
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			const asked = Array.from({ length: 200 }, (_, i) => ({
				socket: ask(own, 'askUdp', 0, `${i}`),
				text: `re: ${i}`,
			}));
			await until(() => recorder.messages.length === 200);
			assert.ok(upstream.ports().size >= 100, `${upstream.ports().size} ports`);
			const bySocket = (a: { socket: number; text: string }, b: { socket: number; text: string }) =>
				a.socket - b.socket || a.text.localeCompare(b.text);
			const got = recorder.messages.map(({ socket, text }) => ({ socket, text }));
			assert.deepEqual(got.sort(bySocket), asked.sort(bySocket));
		});

		it('shares few sockets under load, renews them as time passes, and answers everything', async () => {
			const upstream = await udpUpstream();
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			const askMany = async (count: number) => {
				const before = recorder.messages.length;
				const asked = Array.from({ length: count }, (_, i) => ask(own, 'askUdp', 0, `${i}`));
				assert.ok(asked.every((socket) => socket > 0));
				await until(() => recorder.messages.length === before + count);
				for (const socket of asked) own.settle(socket);
				return new Set(asked);
			};
			await askMany(256);
			const spent = await askMany(500);
			assert.ok(spent.size <= maxReadySockets, `${spent.size} sockets`);
			assert.ok(spent.size > maxReadySockets / 2, `${spent.size} sockets`);
			clock.advance(1000);
			const renewed = await askMany(100);
			assert.equal([...renewed].filter((socket) => spent.has(socket)).length, 0);
			assert.equal(counters.count('upstreamUdpOpened'), 356);
		});

		it('sends the queries of one turn to one upstream by one socket, and those of the next by another', async () => {
			const upstreams = [await udpUpstream(), await udpUpstream()];
			const own = sockets();
			for (const [i, { port }] of upstreams.entries()) own.setUpstream(i, '127.0.0.1', port, limits);
			const turn = () => {
				const asked = Array.from({ length: 100 }, (_, i) => askInTurn(own, 'askUdp', i % 2, `${i}`));
				endTurn(own);
				return asked;
			};
			const first = turn();
			const second = turn();
			assert.deepEqual([new Set(first).size, new Set(second).size], [2, 2]);
			assert.equal(new Set([...first, ...second]).size, 4);
			await until(() => recorder.messages.length === 200);
			assert.deepEqual(
				upstreams.map((upstream) => [upstream.queries.length, upstream.ports().size]),
				[
					[100, 2],
					[100, 2],
				],
			);
		});

		it('passes up whatever comes: empty, one octet, and a reply sent twice', async () => {
			const upstream = await udpUpstream();
			upstream.onQuery = ({ sender }) => {
				for (const text of ['', 'x', 'whole', 'whole']) upstream.send(text, sender);
			};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			ask(own, 'askUdp', 0, 'q');
			await until(() => recorder.messages.length === 4);
			assert.deepEqual(recorder.texts(), ['', 'x', 'whole', 'whole']);
		});

		it('hears only its upstream', async () => {
			const upstream = await udpUpstream();
			const forger = new UdpClient('127.0.0.1');
			open.push(() => forger.close());
			upstream.onQuery = ({ sender }) => {
				forger.socket.send('forged', sender.port, sender.address, () => upstream.send('true', sender));
			};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			ask(own, 'askUdp', 0, 'q');
			await until(() => recorder.messages.length === 1);
			assert.deepEqual(recorder.texts(), ['true']);
		});

		it('says that an upstream refuses, and asks by another socket then', async () => {
			const port = await closedPort();
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', port, limits);
			const first = ask(own, 'askUdp', 0, 'q');
			await until(() => recorder.gone.length === 1);
			assert.deepEqual(recorder.gone, [{ socket: first, cause: 'ECONNREFUSED' }]);
			own.settle(first);
			const upstream = await udpUpstream('127.0.0.1', port);
			const second = ask(own, 'askUdp', 0, 'q');
			await until(() => recorder.messages.length === 1);
			assert.ok(second > first);
			assert.equal(upstream.queries.length, 1);
			assert.equal(recorder.gone.length, 1);
		});

		it('says 0 or "gone" for an address without a route, and lives', async () => {
			const upstream = await udpUpstream();
			const own = sockets();
			own.setUpstream(0, '255.255.255.255', 53, limits);
			own.setUpstream(1, '127.0.0.1', upstream.port, limits);
			const socket = ask(own, 'askUdp', 0, 'q');
			assert.ok(socket === 0 || (await until(() => recorder.gone.length === 1)) === undefined);
			ask(own, 'askUdp', 1, 'q');
			await until(() => recorder.messages.length === 1);
		});

		it('lets an engine ask again from inside onGone and onMessage', async () => {
			const refused = await closedPort();
			const upstream = await udpUpstream();
			const texts: string[] = [];
			const own = sockets({
				begin: () => {},
				end: () => {},
				onGone: (socket) => {
					own.settle(socket);
					ask(own, 'askUdp', 1, 'elsewhere');
				},
				onMessage: (socket, octets, start, length) => {
					own.settle(socket);
					texts.push(textOf(octets, start, length));
					if (texts.length < 3) ask(own, 'askUdp', 1, `${texts.length}`);
				},
			});
			own.setUpstream(0, '127.0.0.1', refused, limits);
			own.setUpstream(1, '127.0.0.1', upstream.port, limits);
			ask(own, 'askUdp', 0, 'q');
			await until(() => texts.length === 3);
			assert.deepEqual(texts, ['re: elsewhere', 're: 1', 're: 2']);
		});

		it('closes idle sockets after expireMs, but none that waits for a reply', async () => {
			const upstream = await udpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, { ...limits, expireMs: 5000 });
			const settled = ask(own, 'askUdp', 0, 'settled');
			const waiting = ask(own, 'askUdp', 0, 'waiting');
			await until(() => upstream.queries.length === 2);
			own.settle(settled);
			clock.advance(5001);
			await sleep(30);
			for (const { sender } of upstream.queries) upstream.send('late', sender);
			await until(() => recorder.messages.length === 1);
			assert.deepEqual(recorder.messages, [{ socket: waiting, text: 'late', length: 4 }]);
			own.settle(waiting);
			upstream.send('too late', upstream.queries[1].sender);
			own.settle(waiting);
			const next = ask(own, 'askUdp', 0, 'next');
			assert.ok(next > waiting);
			await until(() => upstream.queries.length === 3);
			assert.deepEqual(recorder.texts(), ['late']);
			assert.deepEqual(recorder.gone, []);
		});

		it('closes a retired socket whose query nobody settles after a bound, and says so', async () => {
			const upstream = await udpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, { ...limits, expireMs: 100 });
			const socket = ask(own, 'askUdp', 0, 'q');
			clock.advance(101);
			await sleep(30);
			assert.deepEqual(recorder.gone, []);
			clock.advance(30_001);
			await until(() => recorder.gone.length === 1);
			assert.deepEqual(recorder.gone, [{ socket, cause: 'expired' }]);
		});

		it('moves to a new address at once and still hears the old one for what it was asked', async () => {
			const [old, moved] = [await udpUpstream(), await udpUpstream()];
			old.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', old.port, limits);
			// Enough to spend the renewal budget: sockets of the old address are what is there to be reused.
			for (let i = 0; i < 256; i++) own.settle(ask(own, 'askUdp', 0, 'settled'));
			const waiting = ask(own, 'askUdp', 0, 'waiting');
			await until(() => old.queries.length === 257);
			own.setUpstream(0, '127.0.0.1', moved.port, limits);
			for (let i = 0; i < 50; i++) own.settle(ask(own, 'askUdp', 0, `${i}`));
			await until(() => moved.queries.length === 50);
			const { sender } = old.queries.find(({ text }) => text === 'waiting')!;
			old.send('from the old one', sender);
			await until(() => recorder.texts().includes('from the old one'));
			assert.equal(recorder.messages.find(({ text }) => text === 'from the old one')?.socket, waiting);
			assert.equal(old.queries.length, 257);
		});

		it('keeps its sockets when an upstream is set again to the same address', async () => {
			const upstream = await udpUpstream();
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			for (let i = 0; i < 256; i++) own.settle(ask(own, 'askUdp', 0, 'q'));
			own.setUpstream(0, '127.0.0.1', upstream.port, { ...limits, expireMs: 1 });
			own.settle(ask(own, 'askUdp', 0, 'q'));
			assert.equal(counters.count('upstreamUdpOpened'), 256);
		});

		it('sends nothing once it is closed, and takes settle for what is gone', async () => {
			const upstream = await udpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			const socket = ask(own, 'askUdp', 0, 'q');
			await own.close();
			own.settle(socket);
			own.settle(123_456);
			assert.equal(ask(own, 'askUdp', 0, 'q'), 0);
			assert.equal(ask(own, 'askTcp', 0, 'q'), 0);
			await own.close();
		});

		it('takes an upstream that was never set, or an address that is none, for a fault', () => {
			const own = sockets();
			assert.throws(() => ask(own, 'askUdp', 7, 'q'), /upstream 7 was asked before it was set/);
			assert.throws(() => ask(own, 'askTcp', 7, 'q'), /upstream 7 was asked before it was set/);
			assert.throws(() => own.setUpstream(7, 'dns.example', 53, limits), /dns\.example/);
		});
	});

	describe(`upstream sockets by TCP: ${name}`, () => {
		afterEach(cleanUp);

		for (const address of ['127.0.0.1', '::1']) {
			it(`pipelines what is asked while it connects to ${address}, on one connection`, async () => {
				const upstream = await tcpUpstream(address);
				const own = sockets();
				own.setUpstream(0, address, upstream.port, limits);
				const asked = Array.from({ length: 20 }, (_, i) => ask(own, 'askTcp', 0, `${i}`));
				assert.equal(new Set(asked).size, 1);
				await until(() => recorder.messages.length === 20);
				assert.deepEqual(
					recorder.messages.map(({ socket, text }) => `${socket} ${text}`),
					asked.map((socket, i) => `${socket} re: ${i}`),
				);
				assert.equal(upstream.connections.length, 1);
			});
		}

		it('passes up replies in any order, cut anywhere, of any length from 0 to 65,535', async () => {
			const upstream = await tcpUpstream();
			const largest = 'x'.repeat(65_535);
			upstream.onQuery = async (text, connection) => {
				if (text !== 'last') return;
				const stream = Buffer.concat(['third', largest, '', 's'].map((reply) => frame(reply)));
				let at = 0;
				for (const end of [1, 4, 10, 40_000, stream.length]) {
					connection.write(stream.subarray(at, end));
					at = end;
					await sleep(3);
				}
			};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			for (const text of ['a', 'b', 'last']) ask(own, 'askTcp', 0, text);
			await until(() => recorder.messages.length === 4);
			assert.deepEqual(recorder.texts(), ['third', largest, '', 's']);
		});

		it('opens more connections when those it has are busy, at most four, and sends by the least busy', async () => {
			const upstream = await tcpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			const asked = Array.from({ length: 200 }, (_, i) => ask(own, 'askTcp', 0, `${i}`));
			await until(() => upstream.queries.length === 200);
			assert.equal(upstream.connections.length, maxReadyConnections);
			const counts = [...new Set(asked)].map((socket) => asked.filter((each) => each === socket).length);
			assert.deepEqual(counts, [50, 50, 50, 50]);
		});

		it('bounds the queries outstanding to one upstream', async () => {
			const upstream = await tcpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			let sent = 0;
			while (sent < 20_000 && ask(own, 'askTcp', 0, 'q') !== 0) sent++;
			assert.equal(sent, maxReadyConnections * 2048);
			assert.equal(counters.count('upstreamTcpFull'), 1);
		});

		it('says why a connection is gone: refused, reset, closed', async () => {
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', await closedPort(), limits);
			const causes: string[] = [];
			const askAndLose = async (upstream: number) => {
				const socket = ask(own, 'askTcp', upstream, 'q');
				await until(() => recorder.gone.length === causes.length + 1);
				const lost = recorder.gone[causes.length];
				assert.equal(lost.socket, socket);
				causes.push(lost.cause);
				own.settle(socket);
			};
			await askAndLose(0);
			const upstream = await tcpUpstream();
			own.setUpstream(1, '127.0.0.1', upstream.port, limits);
			upstream.onQuery = (_, connection) => connection.resetAndDestroy();
			await askAndLose(1);
			upstream.onQuery = (_, connection) => connection.end();
			await askAndLose(1);
			assert.deepEqual(causes, ['ECONNREFUSED', 'ECONNRESET', 'closed']);
			assert.equal(counters.count('upstreamTcpConnectFailed'), 1);
		});

		it('passes up the reply of an upstream that answers and closes, and connects anew for the next query', async () => {
			const upstream = await tcpUpstream();
			upstream.onQuery = (text, connection) => connection.end(frame(`re: ${text}`));
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			for (let i = 0; i < 3; i++) {
				const socket = ask(own, 'askTcp', 0, `${i}`);
				await until(() => recorder.gone.length === i + 1);
				own.settle(socket);
			}
			assert.deepEqual(recorder.texts(), ['re: 0', 're: 1', 're: 2']);
			assert.equal(upstream.connections.length, 3);
		});

		it('gives up a connection that is not made within the connect limit', async () => {
			const own = sockets(recorder, { connectTimeoutMs: 50 });
			own.setUpstream(0, '127.0.0.1', await deafPort(open), limits);
			const socket = ask(own, 'askTcp', 0, 'q');
			await until(() => recorder.gone.length === 1);
			assert.deepEqual(recorder.gone, [{ socket, cause: 'connect timeout' }]);
		});

		it('closes an idle connection after expireMs without a word, but none that waits for a reply', async () => {
			const upstream = await tcpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, { ...limits, expireMs: 5000 });
			const socket = ask(own, 'askTcp', 0, 'q');
			await until(() => upstream.queries.length === 1);
			clock.advance(5001);
			await sleep(30);
			upstream.connections[0].write(frame('late'));
			await until(() => recorder.messages.length === 1);
			own.settle(socket);
			await sleep(30);
			assert.equal(upstream.openConnections(), 1);
			clock.advance(5001);
			await until(() => upstream.openConnections() === 0);
			assert.deepEqual(recorder.gone, []);
		});

		it('keeps no more idle connections than maxIdleConns', async () => {
			const upstream = await tcpUpstream();
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, { ...limits, maxIdleConns: 1 });
			const asked = Array.from({ length: 200 }, (_, i) => ask(own, 'askTcp', 0, `${i}`));
			await until(() => recorder.messages.length === 200);
			assert.equal(upstream.openConnections(), 4);
			for (const socket of asked) own.settle(socket);
			await until(() => upstream.openConnections() === 1);
			assert.deepEqual(recorder.gone, []);
		});

		it('asks nothing more on a connection older than maxAgeMs, and hears what is under way on it', async () => {
			const upstream = await tcpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, { ...limits, maxAgeMs: 3000 });
			const first = ask(own, 'askTcp', 0, 'first');
			clock.advance(2999);
			assert.equal(ask(own, 'askTcp', 0, 'second'), first);
			clock.advance(1);
			const next = ask(own, 'askTcp', 0, 'third');
			assert.notEqual(next, first);
			await until(() => upstream.queries.length === 3);
			upstream.connections[0].write(frame('late'));
			await until(() => recorder.messages.length === 1);
			assert.deepEqual(recorder.messages, [{ socket: first, text: 'late', length: 4 }]);
			own.settle(first);
			own.settle(first);
			await until(() => upstream.connections[0].destroyed);
			assert.equal(upstream.connections[1].destroyed, false);
			own.settle(next);
		});

		it('asks nothing more on a connection that left a query unanswered, and hears it for the others', async () => {
			const upstream = await tcpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			const given = ask(own, 'askTcp', 0, 'given up');
			assert.equal(ask(own, 'askTcp', 0, 'slow'), given);
			await until(() => upstream.queries.length === 2);
			own.settle(given);
			assert.notEqual(ask(own, 'askTcp', 0, 'next'), given);
			upstream.connections[0].write(frame('slow but sure'));
			await until(() => recorder.messages.length === 1);
			assert.deepEqual(recorder.messages, [{ socket: given, text: 'slow but sure', length: 13 }]);
			own.settle(given);
			await until(() => upstream.connections[0].destroyed);
		});

		it('moves to a new address at once and still hears the old one for what it was asked', async () => {
			const [old, moved] = [await tcpUpstream(), await tcpUpstream()];
			old.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', old.port, limits);
			const waiting = ask(own, 'askTcp', 0, 'waiting');
			await until(() => old.queries.length === 1);
			own.setUpstream(0, '127.0.0.1', moved.port, limits);
			ask(own, 'askTcp', 0, 'q');
			await until(() => recorder.messages.length === 1);
			assert.deepEqual(moved.queries, ['q']);
			old.connections[0].write(frame('from the old one'));
			await until(() => recorder.messages.length === 2);
			assert.deepEqual(recorder.messages[1], { socket: waiting, text: 'from the old one', length: 16 });
			own.settle(waiting);
			await until(() => old.openConnections() === 0);
		});

		it('closes its connections on close, without events', async () => {
			const upstream = await tcpUpstream();
			upstream.onQuery = () => {};
			const own = sockets();
			own.setUpstream(0, '127.0.0.1', upstream.port, limits);
			ask(own, 'askTcp', 0, 'q');
			await until(() => upstream.queries.length === 1);
			await own.close();
			await until(() => upstream.openConnections() === 0);
			assert.deepEqual(recorder.gone, []);
		});
	});
}
