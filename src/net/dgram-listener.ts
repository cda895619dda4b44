/**
 * A UDP listener over node:dgram: the transport that runs everywhere. A batch is one datagram, since dgram
 * makes one event of each. What dgram costs per datagram (a buffer, the sender's object, a send request)
 * cannot be avoided from here; nothing is added to it.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { bindError } from './bind-error.ts';
import { ClientRefs } from './client-refs.ts';
import type { DatagramSlots } from './datagram-slots.ts';
import { defaultRetainedClients, wantedReceiveBufferBytes } from './listener-defaults.ts';
import { maxSendQueueBytes, SendScratch } from './send-scratch.ts';
import { lookupLiteral } from './sync-lookup.ts';
import type { ClientAddress, ClientRef, UdpListener, UdpListenerOptions } from './transport.ts';
import { countNothing, type TransportCounters } from './transport-counters.ts';

const rxSlotBytes = 4096;
const txSlotBytes = 4608;
/** Datagrams that wait for `start`: the kernel hands them over from the moment the port is bound. */
const maxEarlyDatagrams = 256;
/** How long `close` waits for replies that the kernel does not take. */
const closeFlushMs = 1000;

const nobody: ClientAddress = { address: '', port: 0, family: 4 };

export interface DgramListenerOptions extends UdpListenerOptions {
	readonly counters?: TransportCounters;
}

/** Binds a UDP listener. Rejects with `PETREL_BIND`. */
export async function openDgramListener(options: DgramListenerOptions): Promise<UdpListener> {
	const { address, port, reusePort } = options;
	const ipv6 = isIPv6(address);
	const socket = createSocket({
		type: ipv6 ? 'udp6' : 'udp4',
		ipv6Only: ipv6,
		reusePort,
		lookup: lookupLiteral,
	});
	const listener = new DgramListener(socket, options);
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	socket.once('error', reject);
	socket.bind({ address, port, exclusive: true }, resolve);
	try {
		await promise;
	} catch (error) {
		socket.close();
		throw bindError('UDP', address, port, error);
	}
	socket.off('error', reject);
	listener.bound(options.receiveBufferBytes ?? wantedReceiveBufferBytes);
	return listener;
}

function oneSlot(slotBytes: number): DatagramSlots {
	return { octets: new Uint8Array(slotBytes), slotBytes, slots: 1, length: new Uint16Array(1) };
}

class DgramListener implements UdpListener {
	address = '';
	port = 0;
	receiveBufferBytes = 0;
	readonly rx = oneSlot(rxSlotBytes);
	readonly tx = oneSlot(txSlotBytes);
	readonly #socket: Socket;
	readonly #counters: TransportCounters;
	readonly #scratch = new SendScratch();
	readonly #refs: ClientRefs;
	/** The sender behind each retained slot: the object that dgram made for its datagram. */
	readonly #senders: (RemoteInfo | undefined)[];
	#onBatch: ((count: number) => void) | undefined;
	#sender: RemoteInfo | undefined;
	#early: { datagram: Uint8Array; sender: RemoteInfo }[] = [];
	#closed: PromiseWithResolvers<void> | undefined;
	#flushTimer: NodeJS.Timeout | undefined;

	constructor(socket: Socket, options: DgramListenerOptions) {
		this.#socket = socket;
		this.#counters = options.counters ?? countNothing;
		this.#refs = new ClientRefs(options.retainedClients ?? defaultRetainedClients);
		this.#senders = new Array<RemoteInfo | undefined>(this.#refs.capacity).fill(undefined);
		socket.on('message', this.#onDatagram);
		socket.on('error', (error) => {
			if (this.port !== 0) options.onError(error);
		});
	}

	bound(receiveBufferBytes: number): void {
		const { address, port } = this.#socket.address();
		this.address = address;
		this.port = port;
		this.#socket.setRecvBufferSize(receiveBufferBytes);
		this.receiveBufferBytes = this.#socket.getRecvBufferSize();
	}

	start(onBatch: (count: number) => void): void {
		this.#onBatch = onBatch;
		const early = this.#early;
		this.#early = [];
		if (early.length === 0) return;
		setImmediate(() => {
			for (const { datagram, sender } of early) this.#deliver(datagram, sender);
		});
	}

	readonly #onDatagram = (datagram: Uint8Array, sender: RemoteInfo): void => {
		if (this.#onBatch !== undefined) this.#deliver(datagram, sender);
		else if (this.#early.length < maxEarlyDatagrams) this.#early.push({ datagram, sender });
		else this.#counters.add('datagramBeforeStart');
	};

	#deliver(datagram: Uint8Array, sender: RemoteInfo): void {
		if (this.#closed !== undefined) return;
		if (datagram.length > rxSlotBytes) {
			this.#counters.add('datagramOversize');
			return;
		}
		// Legal on the wire, and dgram throws when it is asked to send there.
		if (sender.port === 0) {
			this.#counters.add('datagramUnanswerable');
			return;
		}
		const { rx, tx } = this;
		rx.octets.set(datagram);
		rx.length[0] = datagram.length;
		tx.length[0] = 0;
		this.#sender = sender;
		this.#counters.add('datagramBatch');
		this.#onBatch!(1);
		this.#sender = undefined;
		if (tx.length[0] !== 0) this.#send(tx.octets, 0, tx.length[0], sender);
	}

	sender(_slot: number): ClientAddress {
		return addressOf(this.#sender);
	}

	retain(_slot: number): ClientRef {
		const ref = this.#refs.take();
		if (ref === 0) this.#counters.add('clientTableFull');
		else this.#senders[this.#refs.slotOf(ref)] = this.#sender;
		return ref;
	}

	client(ref: ClientRef): ClientAddress {
		const slot = this.#refs.slotOf(ref);
		return slot < 0 ? nobody : addressOf(this.#senders[slot]);
	}

	reply(ref: ClientRef, octets: Uint8Array, start: number, length: number): void {
		const sender = this.#forget(ref);
		if (sender !== undefined) this.#send(octets, start, length, sender);
	}

	release(ref: ClientRef): void {
		this.#forget(ref);
	}

	#forget(ref: ClientRef): RemoteInfo | undefined {
		const slot = this.#refs.slotOf(ref);
		if (slot < 0) return undefined;
		const sender = this.#senders[slot];
		this.#senders[slot] = undefined;
		this.#refs.free(slot);
		return sender;
	}

	#send(octets: Uint8Array, start: number, length: number, sender: RemoteInfo): void {
		if (this.#closed !== undefined) return;
		const socket = this.#socket;
		if (socket.getSendQueueSize() > maxSendQueueBytes) {
			this.#counters.add('datagramSendError');
			return;
		}
		const buffer = this.#scratch.fill(octets, start, length);
		socket.send(buffer, 0, length, sender.port, sender.address, this.#onSent);
		this.#scratch.afterSend(socket);
	}

	/** One function for all sends; it runs in a later tick. */
	readonly #onSent = (error: Error | null): void => {
		if (error !== null) this.#counters.add('datagramSendError');
		if (this.#flushTimer !== undefined && this.#socket.getSendQueueCount() === 0) this.#closeSocket();
	};

	close(): Promise<void> {
		if (this.#closed !== undefined) return this.#closed.promise;
		this.#closed = Promise.withResolvers<void>();
		this.#socket.off('message', this.#onDatagram);
		this.#flushTimer = setTimeout(() => this.#closeSocket(), closeFlushMs);
		if (this.#socket.getSendQueueCount() === 0) this.#closeSocket();
		return this.#closed.promise;
	}

	#closeSocket(): void {
		clearTimeout(this.#flushTimer);
		this.#flushTimer = undefined;
		this.#socket.close(() => this.#closed?.resolve());
	}
}

function addressOf(sender: RemoteInfo | undefined): ClientAddress {
	if (sender === undefined) return nobody;
	return { address: sender.address, port: sender.port, family: sender.family === 'IPv6' ? 6 : 4 };
}
