/**
 * What every UDP listener must do, whatever it is made of. Method: real sockets on the loopback; the
 * listener's user is a few lines in each test.
 */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientRef, UdpListener } from '../../../src/net/transport.ts';
import type { TransportCounters } from '../../../src/net/transport-counters.ts';
import { octetsOf, RecordedCounters, textOf, UdpClient, until } from './support.ts';

export interface SuiteListenerOptions {
	readonly address: string;
	readonly port: number;
	readonly reusePort: boolean;
	readonly retainedClients?: number;
	readonly counters: TransportCounters;
	readonly onError: (error: Error) => void;
}

export type OpenUdpListener = (options: SuiteListenerOptions) => Promise<UdpListener>;

/** Calls `onDatagram` for each datagram of each batch. */
function startEach(listener: UdpListener, onDatagram: (slot: number, text: string) => void): void {
	const { rx } = listener;
	listener.start((count) => {
		for (let slot = 0; slot < count; slot++) {
			onDatagram(slot, textOf(rx.octets, slot * rx.slotBytes, rx.length[slot]));
		}
	});
}

function writeReply(listener: UdpListener, slot: number, octets: Uint8Array): void {
	listener.tx.octets.set(octets, slot * listener.tx.slotBytes);
	listener.tx.length[slot] = octets.length;
}

/** @param flush ends a turn: sends what the transport has queued */
export function udpListenerSuite(name: string, openListener: OpenUdpListener, flush: () => void): void {
	const open: (() => unknown)[] = [];
	let counters = new RecordedCounters();
	let errors: Error[] = [];

	async function listen(options: Partial<SuiteListenerOptions> = {}): Promise<UdpListener> {
		const listener = await openListener({
			address: '127.0.0.1',
			port: 0,
			reusePort: true,
			counters,
			onError: (error) => errors.push(error),
			...options,
		});
		open.push(() => listener.close());
		return listener;
	}

	function replyTo(listener: UdpListener, ref: ClientRef, text: string): void {
		// Not at offset 0: start and length are the caller's.
		const octets = octetsOf(`..${text}..`);
		listener.reply(ref, octets, 2, octets.length - 4);
		octets.fill(0);
		flush();
	}

	async function client(listener: UdpListener): Promise<UdpClient> {
		const made = await UdpClient.connect(listener.address, listener.port);
		open.push(() => made.close());
		return made;
	}

	describe(`UDP listener: ${name}`, () => {
		afterEach(async () => {
			for (const close of open.splice(0)) await close();
			assert.deepEqual(errors, []);
			counters = new RecordedCounters();
			errors = [];
		});

		for (const address of ['127.0.0.1', '::1']) {
			it(`sends what a batch leaves in tx to the senders, ${address}`, async () => {
				const listener = await listen({ address });
				startEach(listener, (slot, text) => writeReply(listener, slot, octetsOf(`re: ${text}`)));
				const clients = await Promise.all([client(listener), client(listener), client(listener)]);
				clients.forEach((each, i) => {
					each.send(`query ${i}`);
				});
				await until(() => clients.every((each) => each.received.length === 1));
				assert.deepEqual(
					clients.flatMap((each) => each.texts()),
					['re: query 0', 're: query 1', 're: query 2'],
				);
			});
		}

		it('says where it listens and what receive buffer it got', async () => {
			const listener = await listen();
			assert.equal(listener.address, '127.0.0.1');
			assert.ok(listener.port > 0);
			assert.ok(listener.receiveBufferBytes > 0);
		});

		it('gives the address of a sender, in its batch and retained', async () => {
			const listener = await listen();
			const asker = await client(listener);
			const seen: unknown[] = [];
			startEach(listener, (slot) => {
				const ref = listener.retain(slot);
				seen.push(listener.sender(slot), listener.client(ref));
				listener.release(ref);
			});
			asker.send('x');
			await until(() => seen.length === 2);
			const expected = { address: '127.0.0.1', port: asker.socket.address().port, family: 4 };
			assert.deepEqual(seen, [expected, expected]);
		});

		it('sends nothing for an empty tx slot, whatever the batch before left there', async () => {
			const listener = await listen();
			startEach(listener, (slot, text) => {
				if (text !== 'silence') writeReply(listener, slot, octetsOf(text));
			});
			const asker = await client(listener);
			for (const text of ['first', 'silence', 'last']) asker.send(text);
			await until(() => asker.received.length === 2);
			assert.deepEqual(asker.texts(), ['first', 'last']);
		});

		it('carries 4,096 octets unchanged and drops and counts a longer datagram', async () => {
			const listener = await listen();
			startEach(listener, (slot) => {
				const { rx } = listener;
				writeReply(
					listener,
					slot,
					rx.octets.slice(slot * rx.slotBytes, slot * rx.slotBytes + rx.length[slot]),
				);
			});
			const asker = await client(listener);
			const largest = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7) & 0xff);
			asker.send(new Uint8Array(4097));
			asker.send(largest);
			await until(() => asker.received.length === 1);
			assert.deepEqual(new Uint8Array(asker.received[0]), largest);
			assert.equal(counters.count('datagramOversize'), 1);
		});

		it('passes up an empty datagram', async () => {
			const listener = await listen();
			const lengths: number[] = [];
			startEach(listener, (_, text) => lengths.push(text.length));
			const asker = await client(listener);
			asker.send('');
			asker.send('abc');
			await until(() => lengths.length === 2);
			assert.deepEqual(lengths, [0, 3]);
		});

		it('keeps datagrams that come before it is started', async () => {
			const listener = await listen();
			const asker = await client(listener);
			for (let i = 0; i < 10; i++) asker.send(`early ${i}`);
			await sleep(20);
			const texts: string[] = [];
			startEach(listener, (_, text) => texts.push(text));
			await until(() => texts.length === 10);
			assert.deepEqual(
				texts,
				Array.from({ length: 10 }, (_, i) => `early ${i}`),
			);
		});

		it('answers retained clients later, in any order, each with its own reply', async () => {
			const listener = await listen();
			const waiting: { ref: ClientRef; text: string }[] = [];
			startEach(listener, (slot, text) => waiting.push({ ref: listener.retain(slot), text }));
			const clients = await Promise.all([client(listener), client(listener), client(listener)]);
			clients.forEach((each, i) => {
				each.send(`${i}`);
			});
			await until(() => waiting.length === 3);
			for (const { ref, text } of waiting.reverse()) replyTo(listener, ref, `late ${text}`);
			await until(() => clients.every((each) => each.received.length === 1));
			assert.deepEqual(
				clients.flatMap((each) => each.texts()),
				['late 0', 'late 1', 'late 2'],
			);
		});

		it('ignores a number whose client was answered or released, also when its room is in use again', async () => {
			const listener = await listen({ retainedClients: 2 });
			const refs: ClientRef[] = [];
			startEach(listener, (slot) => refs.push(listener.retain(slot)));
			const asker = await client(listener);
			for (let i = 0; i < 6; i++) {
				asker.send(`${i}`);
				await until(() => refs.length === i + 1);
				for (const stale of refs.slice(0, i)) {
					replyTo(listener, stale, 'stale');
					listener.release(stale);
				}
				if (i % 2 === 0) listener.release(refs[i]);
				else replyTo(listener, refs[i], `${i}`);
			}
			await until(() => asker.received.length === 3);
			assert.deepEqual(asker.texts(), ['1', '3', '5']);
			assert.ok(refs.every((ref) => Number.isInteger(ref) && ref > 0));
			assert.equal(new Set(refs).size, 6);
		});

		it('retains as many clients as it has room for, and says 0 and counts beyond that', async () => {
			const listener = await listen({ retainedClients: 4 });
			const refs: ClientRef[] = [];
			startEach(listener, (slot) => refs.push(listener.retain(slot)));
			const asker = await client(listener);
			for (let i = 0; i < 6; i++) asker.send(`${i}`);
			await until(() => refs.length === 6);
			assert.equal(refs.filter((ref) => ref === 0).length, 2);
			assert.equal(counters.count('clientTableFull'), 2);
			listener.release(refs[0]);
			asker.send('again');
			await until(() => refs.length === 7);
			assert.ok(refs[6] > 0);
		});

		it('loses or mixes up none of 400 replies that are sent at once', async () => {
			const listener = await listen();
			const refs: ClientRef[] = [];
			startEach(listener, (slot) => refs.push(listener.retain(slot)));
			const asker = await client(listener);
			for (let i = 0; i < 400; i++) asker.send('q');
			await until(() => refs.length === 400);
			const wanted = refs.map((_, i) => `reply ${i} `.padEnd(20 + i, '-'));
			refs.forEach((ref, i) => {
				replyTo(listener, ref, wanted[i]);
			});
			await until(() => asker.received.length === 400);
			assert.deepEqual(asker.texts().sort(), wanted.sort());
		});

		it('counts a reply that the kernel refuses, and lives', async () => {
			const listener = await listen();
			startEach(listener, (slot, text) => {
				if (text === 'huge') listener.reply(listener.retain(slot), new Uint8Array(65_535), 0, 65_535);
				else writeReply(listener, slot, octetsOf(text));
			});
			const asker = await client(listener);
			asker.send('huge');
			asker.send('small');
			await until(() => asker.received.length === 1 && counters.count('datagramSendError') === 1);
			assert.deepEqual(asker.texts(), ['small']);
		});

		it('is not disturbed by clients that are gone when their reply is sent', async () => {
			const listener = await listen();
			const refs: ClientRef[] = [];
			startEach(listener, (slot, text) => {
				if (text === 'gone') refs.push(listener.retain(slot));
				else writeReply(listener, slot, octetsOf(text));
			});
			for (let i = 0; i < 5; i++) {
				const leaver = await UdpClient.connect(listener.address, listener.port);
				leaver.send('gone');
				await until(() => refs.length === i + 1);
				leaver.close();
			}
			for (const ref of refs) replyTo(listener, ref, 'too late');
			const asker = await client(listener);
			asker.send('here');
			await until(() => asker.received.length === 1);
			assert.deepEqual(asker.texts(), ['here']);
		});

		it('shares its port with other listeners that share it, and every query is answered once', async () => {
			const first = await listen();
			const second = await listen({ port: first.port });
			assert.equal(second.port, first.port);
			for (const listener of [first, second]) {
				startEach(listener, (slot, text) => writeReply(listener, slot, octetsOf(text)));
			}
			const clients = await Promise.all(Array.from({ length: 40 }, () => client(first)));
			clients.forEach((each, i) => {
				each.send(`${i}`);
			});
			await until(() => clients.every((each) => each.received.length > 0));
			assert.deepEqual(
				clients.map((each) => each.texts()),
				clients.map((_, i) => [`${i}`]),
			);
		});

		it('says which address is in use and what to do', async () => {
			const first = await listen({ reusePort: false });
			await assert.rejects(listen({ port: first.port, reusePort: false }), {
				code: 'PETREL_BIND',
				message: new RegExp(`UDP 127\\.0\\.0\\.1:${first.port}: .*in use.*ss -lunp.*--listen`),
			});
		});

		it('says that an address is not on this machine', async () => {
			await assert.rejects(listen({ address: '203.0.113.77' }), {
				code: 'PETREL_BIND',
				message: /UDP 203\.0\.113\.77:0: this machine has no such address/,
			});
		});

		it('sends what is queued before it closes, and does nothing afterwards', async () => {
			const listener = await listen();
			const refs: ClientRef[] = [];
			startEach(listener, (slot) => refs.push(listener.retain(slot)));
			const asker = await client(listener);
			for (let i = 0; i < 3; i++) asker.send('q');
			await until(() => refs.length === 3);
			replyTo(listener, refs[0], 'in time');
			await Promise.all([listener.close(), listener.close()]);
			replyTo(listener, refs[1], 'too late');
			listener.release(refs[2]);
			await listener.close();
			await until(() => asker.received.length === 1);
			assert.deepEqual(asker.texts(), ['in time']);
		});
	});
}
