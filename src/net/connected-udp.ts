import type { DatagramSlots } from './datagram-slots.ts';

/** What happens on a connected socket; never from inside one of its own calls. */
export interface ConnectedUdpEvents {
	/** Datagrams of the upstream: the first `count` slots, valid until the call returns. */
	onDatagrams(slots: DatagramSlots, count: number): void;
	/** A datagram from somebody else, dropped. */
	onForeign(): void;
	/** The socket cannot be used any more; `code` is the system's (`ECONNREFUSED`, ...). Called at most once. */
	onFailed(code: string): void;
}

/**
 * A UDP socket on a port that the kernel picks at random, connected to one upstream: the kernel then takes
 * datagrams from that address and port only (RFC 5452 §9.1), and tells when the upstream's port is closed.
 */
export interface ConnectedUdp {
	/** Our own port, which the kernel has picked. */
	readonly localPort: number;
	/**
	 * The octets are copied before the call returns; they leave with the turn at the latest. What does not leave, also because
	 * the socket is closed or has failed, is counted as `datagramSendError`.
	 */
	send(octets: Uint8Array, start: number, length: number): void;
	/**
	 * How many datagrams the kernel has dropped so far because the receive buffer was full; after `close` the last count. With
	 * node:dgram, which cannot tell, always 0.
	 */
	drops(): number;
	/** Nothing is called any more. Idempotent. */
	close(): void;
}

export interface ConnectedUdpOptions {
	/** The receive buffer to ask for, in octets; the kernel may grant less. As the system has it unless given. */
	readonly receiveBufferBytes?: number;
}

/** Opens a socket that can be sent on at once; undefined if the system has none to give or knows no way there. */
export type OpenConnectedUdp = (
	address: string,
	port: number,
	events: ConnectedUdpEvents,
	options?: ConnectedUdpOptions,
) => ConnectedUdp | undefined;
