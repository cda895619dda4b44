/**
 * The TCP listener as clients see it, over real sockets on the loopback. Limits are tens of milliseconds
 * where a test is about them and minutes where it is not; nothing is asserted about elapsed time, only about
 * what happens.
 */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionSlots, localConnectionSlots } from '../../../src/net/connection-slots.ts';
import { openTcpListener, type TcpListenerOptions } from '../../../src/net/tcp-listener.ts';
import type { ClientRef, TcpLimits, TcpListener } from '../../../src/net/transport.ts';
import { frame, octetsOf, RecordedCounters, TcpClient, textOf, until } from './support.ts';

const calm: TcpLimits = {
	maxConnections: 100,
	maxPipelined: 100,
	idleMs: 60_000,
	readMs: 60_000,
	writeMs: 60_000,
	maxQueries: 0,
};

interface Asked {
	readonly text: string;
	readonly ref: ClientRef;
}

class CountedSlots implements ConnectionSlots {
	taken = 0;
	readonly #slots: ConnectionSlots;

	constructor(maxConnections: number) {
		this.#slots = localConnectionSlots(maxConnections);
	}

	acquire(): boolean {
		const acquired = this.#slots.acquire();
		if (acquired) this.taken++;
		return acquired;
	}

	release(): void {
		this.taken--;
		this.#slots.release();
	}
}

describe('TCP listener', () => {
	const open: (() => unknown)[] = [];
	let counters = new RecordedCounters();

	async function listen(
		limits: Partial<TcpLimits> = {},
		options: Partial<TcpListenerOptions> = {},
	): Promise<TcpListener> {
		const all = { ...calm, ...limits };
		const listener = await openTcpListener({
			address: '127.0.0.1',
			port: 0,
			reusePort: true,
			limits: all,
			slots: localConnectionSlots(all.maxConnections),
			counters,
			onError: (error) => assert.fail(error),
			...options,
		});
		open.push(() => listener.close(0));
		return listener;
	}

	async function connect(listener: TcpListener): Promise<TcpClient> {
		const client = await TcpClient.connect(listener.address, listener.port);
		open.push(() => client.close());
		return client;
	}

	function reply(listener: TcpListener, ref: ClientRef, text: string): void {
		const octets = octetsOf(`..${text}..`);
		listener.reply(ref, octets, 2, octets.length - 4);
		octets.fill(0);
	}

	function startEcho(listener: TcpListener): void {
		listener.start((octets, start, length, ref) => listener.reply(ref, octets, start, length));
	}

	/** Leaves every query unanswered and notes it. */
	function startCollecting(listener: TcpListener): Asked[] {
		const asked: Asked[] = [];
		listener.start((octets, start, length, ref) => asked.push({ text: textOf(octets, start, length), ref }));
		return asked;
	}

	afterEach(async () => {
		for (const close of open.splice(0)) await close();
		counters = new RecordedCounters();
	});

	for (const address of ['127.0.0.1', '::1']) {
		it(`answers over ${address} and knows the client`, async () => {
			const listener = await listen({}, { address });
			const asked = startCollecting(listener);
			const client = await connect(listener);
			client.send('hello');
			await until(() => asked.length === 1);
			const family = address === '::1' ? 6 : 4;
			assert.deepEqual(listener.client(asked[0].ref), { address, port: client.socket.localPort, family });
			reply(listener, asked[0].ref, 'world');
			await until(() => client.received.length === 1);
			assert.deepEqual(client.texts(), ['world']);
		});
	}

	it('understands a query that comes octet by octet, and two in one chunk', async () => {
		const listener = await listen();
		startEcho(listener);
		const client = await connect(listener);
		for (const octet of frame('slow')) {
			client.socket.write(Uint8Array.of(octet));
			await sleep(1);
		}
		client.send('a', 'b');
		await until(() => client.received.length === 3);
		assert.deepEqual(client.texts(), ['slow', 'a', 'b']);
	});

	it('carries messages of 65,535 octets both ways', async () => {
		const listener = await listen();
		startEcho(listener);
		const client = await connect(listener);
		const largest = Uint8Array.from({ length: 65_535 }, (_, i) => (i * 13) & 0xff);
		client.send(largest, largest);
		await until(() => client.received.length === 2);
		for (const message of client.received) assert.deepEqual(new Uint8Array(message), largest);
	});

	it('writes replies in the order they come, not the order of the queries', async () => {
		const listener = await listen();
		const asked = startCollecting(listener);
		const client = await connect(listener);
		client.send('1', '2', '3');
		await until(() => asked.length === 3);
		for (const { ref, text } of asked.reverse()) reply(listener, ref, text);
		await until(() => client.received.length === 3);
		assert.deepEqual(client.texts(), ['3', '2', '1']);
	});

	it('keeps queries that come before it is started', async () => {
		const listener = await listen();
		const client = await connect(listener);
		client.send('early');
		await sleep(20);
		startEcho(listener);
		await until(() => client.received.length === 1);
		assert.deepEqual(client.texts(), ['early']);
	});

	it('passes up no more than maxPipelined queries of a connection at a time', async () => {
		const listener = await listen({ maxPipelined: 3 });
		const asked = startCollecting(listener);
		const client = await connect(listener);
		client.send(...Array.from({ length: 10 }, (_, i) => `${i}`));
		let most = 0;
		for (let answered = 0; answered < 10; answered++) {
			await until(() => asked.length > answered);
			most = Math.max(most, asked.length - answered);
			if (answered % 4 === 3) listener.release(asked[answered].ref);
			else reply(listener, asked[answered].ref, asked[answered].text);
		}
		assert.equal(most, 3);
		await until(() => client.received.length === 8);
		assert.deepEqual(client.texts(), ['0', '1', '2', '4', '5', '6', '8', '9']);
	});

	it('reads on when the table of clients has room again, on every connection', async () => {
		const listener = await listen({}, { retainedClients: 2 });
		const asked = startCollecting(listener);
		const clients = await Promise.all([connect(listener), connect(listener), connect(listener)]);
		clients.forEach((client, i) => {
			client.send(`${i}a`, `${i}b`, `${i}c`);
		});
		for (let answered = 0; answered < 9; answered++) {
			await until(() => asked.length > answered);
			assert.ok(asked.length - answered <= 2);
			reply(listener, asked[answered].ref, asked[answered].text);
		}
		await until(() => clients.every((client) => client.received.length === 3));
		clients.forEach((client, i) => {
			assert.deepEqual(client.texts(), [`${i}a`, `${i}b`, `${i}c`]);
		});
		assert.ok(counters.count('clientTableFull') > 0);
	});

	it('answers a client that has sent FIN behind its queries, then closes', async () => {
		const listener = await listen();
		const asked = startCollecting(listener);
		const client = await connect(listener);
		client.send('1', '2');
		client.socket.end();
		await until(() => asked.length === 2);
		await sleep(10);
		assert.equal(client.gone, false);
		reply(listener, asked[0].ref, '1');
		reply(listener, asked[1].ref, '2');
		await until(() => client.closed);
		assert.deepEqual(client.texts(), ['1', '2']);
		assert.equal(client.socket.errored, null);
	});

	it('closes on a message of length 0, after the replies to what came before', async () => {
		const listener = await listen();
		startEcho(listener);
		const client = await connect(listener);
		client.send('fine', '', 'never read');
		await until(() => client.gone);
		assert.deepEqual(client.texts(), ['fine']);
		assert.equal(counters.count('tcpEmptyMessage'), 1);
	});

	it('closes a connection that is idle for the idle limit, not one with a query outstanding', async () => {
		const listener = await listen({ idleMs: 150 });
		const asked = startCollecting(listener);
		const silent = await connect(listener);
		const waiting = await connect(listener);
		waiting.send('q');
		await until(() => silent.gone);
		await sleep(200);
		assert.equal(waiting.gone, false);
		reply(listener, asked[0].ref, 'late');
		await until(() => waiting.gone);
		assert.deepEqual(waiting.texts(), ['late']);
		assert.equal(counters.count('tcpIdleClosed'), 2);
	});

	it('closes a connection whose message does not end, however regularly octets come', async () => {
		const listener = await listen({ readMs: 60 });
		startEcho(listener);
		const client = await connect(listener);
		client.send('whole');
		const endless = setInterval(() => client.socket.write('\x7f'), 5);
		await until(() => client.gone);
		clearInterval(endless);
		assert.deepEqual(client.texts(), ['whole']);
		assert.equal(counters.count('tcpReadTimeout'), 1);
	});

	it('gives each message of a busy connection the read limit anew', async () => {
		const listener = await listen({ readMs: 600 });
		startEcho(listener);
		const client = await connect(listener);
		const stream = Buffer.concat(Array.from({ length: 30 }, (_, i) => frame(`${i}`.padStart(6))));
		// Cut so that a partial message is there at all times.
		for (let at = 0; at < stream.length; at += 6) {
			client.socket.write(stream.subarray(at, at + 6));
			await sleep(18);
		}
		await until(() => client.received.length === 30);
		assert.equal(counters.count('tcpReadTimeout'), 0);
	});

	it('closes a connection whose client does not read its replies', async () => {
		const listener = await listen({ maxPipelined: 10_000 });
		const large = new Uint8Array(65_535);
		listener.start((_octets, _start, _length, ref) =>
			setImmediate(() => listener.reply(ref, large, 0, large.length)),
		);
		const client = await connect(listener);
		client.socket.pause();
		const asking = setInterval(() => client.send(...new Array<string>(50).fill('q')), 2);
		await until(() => counters.count('tcpUnreadClosed') === 1);
		clearInterval(asking);
		client.socket.resume();
		await until(() => client.gone);
	});

	it('closes a connection whose client takes nothing for the write limit', async () => {
		const listener = await listen({ maxPipelined: 10_000, writeMs: 50 });
		const large = new Uint8Array(60_000);
		listener.start((_octets, _start, _length, ref) => listener.reply(ref, large, 0, large.length));
		const client = await connect(listener);
		client.socket.pause();
		client.send(...new Array<string>(400).fill('q'));
		await until(() => counters.count('tcpUnreadClosed') === 1);
		client.socket.resume();
		await until(() => client.gone);
	});

	it('closes a connection that has carried maxQueries, when the last is answered', async () => {
		const listener = await listen({ maxQueries: 2 });
		const asked = startCollecting(listener);
		const client = await connect(listener);
		client.send('one', 'two', 'three');
		await until(() => asked.length === 2);
		reply(listener, asked[1].ref, 'TWO');
		await until(() => client.received.length === 1);
		assert.equal(client.gone, false);
		reply(listener, asked[0].ref, 'ONE');
		await until(() => client.gone);
		assert.deepEqual(client.texts(), ['TWO', 'ONE']);
		assert.equal(asked.length, 2);
	});

	it('stops reading from a client that reads too slowly, and loses nothing of what it asked', async () => {
		const listener = await listen({ maxPipelined: 10_000 });
		const large = new Uint8Array(60_000);
		let asked = 0;
		listener.start((_octets, _start, _length, ref) => {
			asked++;
			listener.reply(ref, large, 0, large.length);
		});
		const client = await connect(listener);
		client.socket.pause();
		client.send(...new Array<string>(400).fill('q'));
		await until(() => asked > 0);
		await sleep(30);
		assert.ok(asked < 400);
		client.socket.resume();
		await until(() => client.received.length === 400);
		assert.equal(counters.count('tcpUnreadClosed'), 0);
	});

	it('closes the longest idle connection in favour of a newcomer when all slots are taken', async () => {
		const slots = new CountedSlots(3);
		const listener = await listen({}, { slots });
		startEcho(listener);
		const [first, second, third] = [
			await connect(listener),
			await connect(listener),
			await connect(listener),
		];
		for (const client of [second, first, third]) {
			client.send('q');
			await until(() => client.received.length === 1);
		}
		const newcomer = await connect(listener);
		newcomer.send('new');
		await until(() => newcomer.received.length === 1 && second.gone);
		assert.deepEqual([first.gone, third.gone], [false, false]);
		assert.equal(counters.count('tcpEvicted'), 1);
		assert.equal(slots.taken, 3);
		for (const client of [first, third, newcomer]) client.close();
		await until(() => slots.taken === 0);
	});

	it('turns a newcomer away when all slots are taken and no connection is idle', async () => {
		const slots = new CountedSlots(2);
		const listener = await listen({}, { slots });
		const asked = startCollecting(listener);
		const clients = [await connect(listener), await connect(listener)];
		for (const client of clients) client.send('busy');
		await until(() => asked.length === 2);
		const newcomer = await connect(listener);
		await until(() => newcomer.gone);
		assert.equal(counters.count('tcpRefused'), 1);
		asked.forEach(({ ref }) => {
			reply(listener, ref, 'done');
		});
		await until(() => clients.every((client) => client.received.length === 1));
		assert.equal(slots.taken, 2);
	});

	it('ignores replies to a connection that is gone, and second replies', async () => {
		const listener = await listen({}, { retainedClients: 2 });
		const asked = startCollecting(listener);
		const leaver = await connect(listener);
		leaver.send('1', '2');
		await until(() => asked.length === 2);
		leaver.socket.resetAndDestroy();
		const client = await connect(listener);
		await sleep(20);
		reply(listener, asked[0].ref, 'nobody');
		listener.release(asked[1].ref);
		client.send('3', '4');
		await until(() => asked.length === 4);
		for (const { ref } of asked.slice(0, 2)) {
			reply(listener, ref, 'stale');
			listener.release(ref);
		}
		reply(listener, asked[2].ref, '3');
		reply(listener, asked[2].ref, 'again');
		reply(listener, asked[3].ref, '4');
		await until(() => client.received.length === 2);
		assert.deepEqual(client.texts(), ['3', '4']);
		assert.deepEqual(listener.client(asked[2].ref), { address: '', port: 0, family: 4 });
	});

	it('gives slots back for connections that end in every way', async () => {
		const slots = new CountedSlots(10);
		const listener = await listen({}, { slots });
		startEcho(listener);
		const clients = await Promise.all(Array.from({ length: 4 }, () => connect(listener)));
		await until(() => slots.taken === 4);
		clients[0].socket.end();
		clients[1].socket.resetAndDestroy();
		clients[2].socket.destroy();
		clients[3].send('');
		await until(() => slots.taken === 0);
		assert.equal(counters.count('tcpAccepted'), 4);
	});

	it('closing waits for outstanding replies, takes no more queries, and ends idle connections', async () => {
		const listener = await listen();
		const asked = startCollecting(listener);
		const idle = await connect(listener);
		const waiting = await connect(listener);
		waiting.send('1');
		await until(() => asked.length === 1);
		const closed = listener.close(60_000);
		waiting.send('2');
		await until(() => idle.gone);
		idle.socket.end();
		await sleep(10);
		assert.equal(waiting.gone, false);
		reply(listener, asked[0].ref, 'in time');
		await until(() => waiting.gone);
		waiting.socket.end();
		await closed;
		assert.deepEqual(waiting.texts(), ['in time']);
		assert.equal(asked.length, 1);
		await assert.rejects(TcpClient.connect(listener.address, listener.port));
	});

	it('closing cuts off what is still open when the grace is over', async () => {
		const slots = new CountedSlots(10);
		const listener = await listen({}, { slots });
		const asked = startCollecting(listener);
		const client = await connect(listener);
		client.send('never answered');
		await until(() => asked.length === 1);
		await Promise.all([listener.close(20), listener.close(20)]);
		assert.equal(slots.taken, 0);
		await until(() => client.gone);
		reply(listener, asked[0].ref, 'too late');
	});

	it('shares its port with other listeners that share it', async () => {
		const first = await listen();
		const second = await listen({}, { port: first.port });
		for (const listener of [first, second]) startEcho(listener);
		const clients = await Promise.all(Array.from({ length: 20 }, () => connect(first)));
		for (const client of clients) client.send('q');
		await until(() => clients.every((client) => client.received.length === 1));
	});

	it('says which address is in use and what to do', async () => {
		const first = await listen({}, { reusePort: false });
		await assert.rejects(listen({}, { port: first.port, reusePort: false }), {
			code: 'PETREL_BIND',
			message: new RegExp(`TCP 127\\.0\\.0\\.1:${first.port}: .*in use.*ss -ltnp.*--listen`),
		});
	});
});
