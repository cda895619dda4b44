/**
 * What every connected socket must do, whatever it is made of, beyond what upstream-sockets.suite.ts shows. Method: real
 * sockets on the loopback, towards a node:dgram socket in the same thread, whose sends are with the kernel when they return.
 */
import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ConnectedUdp, ConnectedUdpOptions } from '../../../src/net/connected-udp.ts';
import type { TransportName, UdpTransport } from '../../../src/net/transport.ts';
import type { TransportCounters } from '../../../src/net/transport-counters.ts';
import { octetsOf, RecordedCounters, textOf, until } from './support.ts';

/** A socket of the transport, and what it was told. */
interface Asker {
	readonly socket: ConnectedUdp;
	readonly texts: string[];
	readonly failures: string[];
}

class Target {
	readonly socket: Socket;
	readonly seen: { readonly text: string; readonly sender: RemoteInfo }[] = [];

	constructor(address: string) {
		this.socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
		this.socket.on('message', (datagram, sender) => this.seen.push({ text: datagram.toString(), sender }));
	}

	static async listen(address: string): Promise<Target> {
		const target = new Target(address);
		target.socket.bind(0, address);
		await once(target.socket, 'listening');
		return target;
	}

	get port(): number {
		return this.socket.address().port;
	}

	send(text: string, port: number): void {
		this.socket.send(text, port, this.socket.address().address);
	}
}

export function connectedUdpSuite(
	name: TransportName,
	openTransport: (counters: TransportCounters) => UdpTransport,
): void {
	const open: { close(): void }[] = [];
	let counters: RecordedCounters;
	let transport: UdpTransport;

	async function listen(address = '127.0.0.1'): Promise<Target> {
		const target = await Target.listen(address);
		open.push(target.socket);
		return target;
	}

	function connect(port: number, options?: ConnectedUdpOptions, address = '127.0.0.1'): Asker {
		const texts: string[] = [];
		const failures: string[] = [];
		const socket = transport.openConnected(
			address,
			port,
			{
				onDatagrams: ({ octets, slotBytes, length }, count) => {
					for (let slot = 0; slot < count; slot++) texts.push(textOf(octets, slot * slotBytes, length[slot]));
				},
				onForeign: assert.fail,
				onFailed: (code) => failures.push(code),
			},
			options,
		);
		assert.ok(socket);
		open.push(socket);
		return { socket, texts, failures };
	}

	function send({ socket }: Asker, text: string): void {
		const octets = octetsOf(`..${text}..`);
		socket.send(octets, 2, octets.length - 4);
		octets.fill(0);
	}

	describe(`connected socket: ${name}`, () => {
		beforeEach(() => {
			counters = new RecordedCounters();
			transport = openTransport(counters);
		});
		afterEach(() => {
			for (const each of open.splice(0)) each.close();
		});

		for (const address of ['127.0.0.1', '::1']) {
			it(`says its own port, ${address}`, async () => {
				const target = await listen(address);
				const asker = connect(target.port, undefined, address);
				send(asker, 'query');
				transport.flush();
				await until(() => target.seen.length === 1);
				assert.equal(target.seen[0].text, 'query');
				assert.equal(target.seen[0].sender.port, asker.socket.localPort);
			});
		}

		it('takes as many datagrams at once as its receive buffer holds, and says how many it could not', async () => {
			const target = await listen();
			const small = connect(target.port, { receiveBufferBytes: 4096 });
			const large = connect(target.port, { receiveBufferBytes: 1024 * 1024 });
			for (const { socket } of [small, large]) {
				for (let i = 0; i < 200; i++) target.send(`${i}`.padEnd(100), socket.localPort);
			}
			await until(() => large.texts.length === 200);
			assert.equal(large.socket.drops(), 0);
			// It has room again, so this is the last that comes.
			target.send('last', small.socket.localPort);
			await until(() => small.texts.at(-1) === 'last');
			const lost = 201 - small.texts.length;
			assert.ok(lost > 0 && lost < 200, `${lost} of 200`);
			assert.equal(small.socket.drops(), name === 'native' ? lost : 0);
		});

		it('still says how many it could not take when it is closed', async () => {
			const target = await listen();
			const asker = connect(target.port, { receiveBufferBytes: 4096 });
			for (let i = 0; i < 200; i++) target.send('x'.repeat(100), asker.socket.localPort);
			await until(() => asker.texts.length > 0);
			const drops = asker.socket.drops();
			asker.socket.close();
			assert.equal(asker.socket.drops(), drops);
			assert.equal(drops > 0, name === 'native');
		});

		it('counts a datagram that is too long for any, at once when the counts are fetched', async () => {
			const target = await listen();
			const asker = connect(target.port);
			asker.socket.send(new Uint8Array(65_536), 0, 65_536);
			transport.flush();
			await until(() => {
				transport.fetchCounts();
				return counters.count('datagramSendError') === 1;
			});
			assert.deepEqual(target.seen, []);
		});

		it('counts what is sent after it was closed, and sends nothing', async () => {
			const target = await listen();
			const [closed, other] = [connect(target.port), connect(target.port)];
			closed.socket.close();
			for (let i = 0; i < 3; i++) send(closed, 'too late');
			send(other, 'in time');
			transport.flush();
			transport.fetchCounts();
			assert.equal(counters.count('datagramSendError'), 3);
			await until(() => target.seen.length > 0);
			assert.deepEqual(
				target.seen.map(({ text }) => text),
				['in time'],
			);
		});

		it('counts what is sent after it has failed, and fails once', async () => {
			const target = await listen();
			const { port } = target;
			target.socket.close();
			open.splice(open.indexOf(target.socket), 1);
			const asker = connect(port);
			send(asker, 'nobody there');
			transport.flush();
			await until(() => asker.failures.length > 0);
			const before = counters.count('datagramSendError');
			send(asker, 'too late');
			transport.flush();
			transport.fetchCounts();
			assert.deepEqual(asker.failures, ['ECONNREFUSED']);
			assert.equal(counters.count('datagramSendError') - before, 1);
			assert.equal(asker.socket.drops(), 0);
		});

		it('1024 towards one target: each sends and receives its own', async () => {
			const target = await listen();
			target.socket.on('message', (datagram, sender) => target.send(`re: ${datagram}`, sender.port));
			const askers = Array.from({ length: 1024 }, () => connect(target.port));
			assert.equal(new Set(askers.map(({ socket }) => socket.localPort)).size, 1024);
			// As many as the target's receive buffer holds.
			for (let from = 0; from < askers.length; from += 128) {
				const some = askers.slice(from, from + 128);
				some.forEach((asker, i) => {
					send(asker, `query ${from + i}`);
				});
				transport.flush();
				await until(() => some.every(({ texts }) => texts.length === 1));
			}
			askers.forEach(({ texts, failures }, i) => {
				assert.deepEqual(texts, [`re: query ${i}`]);
				assert.deepEqual(failures, []);
			});
			transport.fetchCounts();
			assert.equal(counters.count('datagramSendError'), 0);
		});
	});
}
