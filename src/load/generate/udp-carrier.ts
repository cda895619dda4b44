import type { ConnectedUdp } from '../../net/connected-udp.ts';
import type { DatagramSlots } from '../../net/datagram-slots.ts';
import type { UdpTransport } from '../../net/transport.ts';
import { PetrelError } from '../../util/errors.ts';
import type { Carrier, CarrierEvents } from './carrier.ts';

/** Asked of the kernel, which may grant less: a reply that waits for its turn is not to be dropped. */
const receiveBufferBytes = 4 * 1024 * 1024;

export interface UdpCarrierOptions {
	readonly transport: UdpTransport;
	readonly address: string;
	readonly port: number;
	/** Source sockets, each on a port of its own. */
	readonly sockets: number;
	readonly events: CarrierEvents;
}

/** Connected sockets, taken in turns: all queries of one turn leave by one of them, in one system call. */
export class UdpCarrier implements Carrier {
	readonly channels: number;
	readonly handshakes = undefined;
	readonly #options: UdpCarrierOptions;
	readonly #sockets: (ConnectedUdp | undefined)[];
	#next = 0;
	/** Of sockets that are closed. */
	#drops = 0;

	/** Throws `PETREL_BIND` when a socket cannot be had. */
	constructor(options: UdpCarrierOptions) {
		this.#options = options;
		this.channels = options.sockets;
		this.#sockets = new Array(options.sockets).fill(undefined);
		for (let channel = 0; channel < options.sockets; channel++) {
			if (this.#open(channel)) continue;
			throw new PetrelError(
				'PETREL_BIND',
				`socket ${channel + 1} of ${options.sockets} towards ${options.address} port ${options.port} cannot be opened; ask for fewer (--sockets), or raise the limit of open files (ulimit -n)`,
			);
		}
	}

	choose(): number {
		for (let tried = 0; tried < this.channels; tried++) {
			const channel = this.#next;
			this.#next = channel + 1 === this.channels ? 0 : channel + 1;
			if (this.#sockets[channel] !== undefined || this.#open(channel)) return channel;
		}
		return -1;
	}

	takes(channel: number): boolean {
		return this.#sockets[channel] !== undefined;
	}

	send(channel: number, octets: Uint8Array, start: number, length: number): boolean {
		const socket = this.#sockets[channel];
		if (socket === undefined) return false;
		socket.send(octets, start, length);
		return true;
	}

	settle(): void {}

	flush(): void {
		this.#options.transport.flush();
	}

	drops(): number {
		return this.#sockets.reduce((sum, socket) => sum + (socket?.drops() ?? 0), this.#drops);
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets) socket?.close();
		// Handles close in the event loop's turn; after it no descriptor is left.
		await new Promise((resolve) => setImmediate(resolve));
	}

	#open(channel: number): boolean {
		const { transport, address, port, events } = this.#options;
		const socket = transport.openConnected(
			address,
			port,
			{
				onDatagrams: (slots, count) => this.#deliver(channel, slots, count),
				onForeign: () => {},
				onFailed: (code) => {
					this.#drops += socket?.drops() ?? 0;
					this.#sockets[channel] = undefined;
					transport.markBegin();
					events.onGone(channel, code, transport.times[0]);
				},
			},
			{ receiveBufferBytes },
		);
		this.#sockets[channel] = socket;
		return socket !== undefined;
	}

	#deliver(channel: number, { octets, slotBytes, length }: DatagramSlots, count: number): void {
		const { transport, events } = this.#options;
		transport.markBegin();
		events.begin(transport.times[0]);
		for (let slot = 0; slot < count; slot++) {
			events.onMessage(channel, octets, slot * slotBytes, length[slot]);
		}
		events.end();
	}
}
