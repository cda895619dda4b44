import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ConnectedUdp, ConnectedUdpEvents, ConnectedUdpOptions } from './connected-udp.ts';
import type { DatagramSlots } from './datagram-slots.ts';
import { maxSendQueueBytes, type SendScratch } from './send-scratch.ts';
import { lookupLiteral } from './sync-lookup.ts';
import type { TransportCounters } from './transport-counters.ts';

/** What the connected sockets of a shard share. */
export interface DgramShared {
	readonly scratch: SendScratch;
	readonly counters: TransportCounters;
}

/** A connected socket over node:dgram. */
export class DgramConnected implements ConnectedUdp {
	localPort = 0;
	readonly #socket: Socket;
	readonly #shared: DgramShared;
	readonly #events: ConnectedUdpEvents;
	readonly #length = new Uint16Array(1);
	/** The upstream as the kernel spells it. */
	#peerAddress = '';
	#peerPort = 0;
	#state: 'opening' | 'open' | 'closed' = 'opening';

	private constructor(ipv6: boolean, shared: DgramShared, events: ConnectedUdpEvents) {
		this.#socket = createSocket({ type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6, lookup: lookupLiteral });
		this.#shared = shared;
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
		shared: DgramShared,
		events: ConnectedUdpEvents,
		options?: ConnectedUdpOptions,
	): DgramConnected | undefined {
		const socket = new DgramConnected(isIPv6(address), shared, events);
		if (socket.#connect(address, port, options?.receiveBufferBytes)) return socket;
		socket.close();
		return undefined;
	}

	/**
	 * With `lookupLiteral` both steps are done when their calls return. A failure to bind is emitted at once
	 * (and leaves the socket closed here); one to connect shows as a socket without a remote address.
	 */
	#connect(address: string, port: number, receiveBufferBytes: number | undefined): boolean {
		this.#socket.bind({ port: 0, exclusive: true });
		if (this.#state === 'closed') return false;
		this.#socket.connect(port, address);
		try {
			if (receiveBufferBytes !== undefined) this.#socket.setRecvBufferSize(receiveBufferBytes);
			const peer = this.#socket.remoteAddress();
			this.#peerAddress = peer.address;
			this.#peerPort = peer.port;
			this.localPort = this.#socket.address().port;
		} catch {
			return false;
		}
		this.#state = 'open';
		return true;
	}

	send(octets: Uint8Array, start: number, length: number): void {
		const { scratch, counters } = this.#shared;
		if (this.#state !== 'open' || this.#socket.getSendQueueSize() > maxSendQueueBytes) {
			counters.add('datagramSendError');
			return;
		}
		this.#socket.send(scratch.fill(octets, start, length), 0, length, this.#onSent);
		scratch.afterSend(this.#socket);
	}

	drops(): number {
		return 0;
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
		if (error === null) return;
		this.#shared.counters.add('datagramSendError');
		this.#onError(error);
	};

	readonly #onError = (error: NodeJS.ErrnoException): void => {
		const wasOpen = this.#state === 'open';
		this.close();
		if (wasOpen) this.#events.onFailed(error.code ?? error.message);
	};
}
