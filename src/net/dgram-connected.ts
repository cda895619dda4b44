import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ConnectedUdp, ConnectedUdpEvents } from './connected-udp.ts';
import type { DatagramSlots } from './datagram-slots.ts';
import type { SendScratch } from './send-scratch.ts';
import { lookupLiteral } from './sync-lookup.ts';

/** A connected socket over node:dgram. */
export class DgramConnected implements ConnectedUdp {
	readonly #socket: Socket;
	readonly #scratch: SendScratch;
	readonly #events: ConnectedUdpEvents;
	readonly #length = new Uint16Array(1);
	/** The upstream as the kernel spells it. */
	#peerAddress = '';
	#peerPort = 0;
	#state: 'opening' | 'open' | 'closed' = 'opening';

	private constructor(ipv6: boolean, scratch: SendScratch, events: ConnectedUdpEvents) {
		this.#socket = createSocket({ type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6, lookup: lookupLiteral });
		this.#scratch = scratch;
		this.#events = events;
		this.#socket.on('message', this.#onMessage);
		this.#socket.on('error', this.#onError);
	}

	/**
	 * Opens a socket that can be sent on at once; undefined if the system has none to give or knows no way
	 * there.
	 */
	static open(
		address: string,
		port: number,
		scratch: SendScratch,
		events: ConnectedUdpEvents,
	): DgramConnected | undefined {
		const socket = new DgramConnected(isIPv6(address), scratch, events);
		if (socket.#connect(address, port)) return socket;
		socket.close();
		return undefined;
	}

	/**
	 * With `lookupLiteral` both steps are done when their calls return. A failure to bind is emitted at once
	 * (and leaves the socket closed here); one to connect shows as a socket without a remote address.
	 */
	#connect(address: string, port: number): boolean {
		this.#socket.bind({ port: 0, exclusive: true });
		if (this.#state === 'closed') return false;
		this.#socket.connect(port, address);
		try {
			const peer = this.#socket.remoteAddress();
			this.#peerAddress = peer.address;
			this.#peerPort = peer.port;
		} catch {
			return false;
		}
		this.#state = 'open';
		return true;
	}

	/** The octets are copied before the call returns. */
	send(octets: Uint8Array, start: number, length: number): void {
		this.#socket.send(this.#scratch.fill(octets, start, length), 0, length, this.#onSent);
		this.#scratch.afterSend(this.#socket);
	}

	/** Nothing is called any more. Idempotent. */
	close(): void {
		if (this.#state === 'closed') return;
		this.#state = 'closed';
		this.#socket.close();
	}

	readonly #onMessage = (datagram: Uint8Array, sender: RemoteInfo): void => {
		if (this.#state !== 'open') return;
		// What came between bind and connect lies in the queue, whoever sent it.
		if (sender.port !== this.#peerPort || sender.address !== this.#peerAddress) this.#events.onForeign();
		else this.#deliver(datagram);
	};

	#deliver(datagram: Uint8Array): void {
		this.#length[0] = datagram.length;
		const slots: DatagramSlots = {
			octets: datagram,
			slotBytes: datagram.length,
			slots: 1,
			length: this.#length,
		};
		this.#events.onDatagrams(slots, 1);
	}

	readonly #onSent = (error: Error | null): void => {
		if (error !== null) this.#onError(error);
	};

	readonly #onError = (error: NodeJS.ErrnoException): void => {
		const wasOpen = this.#state === 'open';
		this.close();
		if (wasOpen) this.#events.onFailed(error.code ?? error.message);
	};
}
