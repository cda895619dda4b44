import type { Alarm } from './alarm.ts';
import type { OpenConnectedUdp } from './connected-udp.ts';
import type { DatagramSlots } from './datagram-slots.ts';

/** A client to whom a reply is owed after its batch is over. Made by `retain`; a positive whole number. */
export type ClientRef = number;

export interface ClientAddress {
	readonly address: string;
	readonly port: number;
	readonly family: 4 | 6;
}

/** One bound UDP socket of one shard. */
export interface UdpListener {
	readonly address: string;
	readonly port: number;
	readonly rx: DatagramSlots;
	readonly tx: DatagramSlots;
	/** The kernel's receive buffer as it was granted, in octets. */
	readonly receiveBufferBytes: number;
	/**
	 * Starts reading. `onBatch(count)` is called with datagrams in rx slots [0, count); all `tx.length` are 0 then.
	 * What it leaves in tx is sent when it returns.
	 */
	start(onBatch: (count: number) => void): void;
	/** The sender of rx slot `slot`, while its batch runs. */
	sender(slot: number): ClientAddress;
	/** Keeps the sender of rx slot `slot` beyond its batch. 0: no room, the query must be dropped and counted. */
	retain(slot: number): ClientRef;
	/** The address behind a retained client. */
	client(ref: ClientRef): ClientAddress;
	/** Sends to a retained client and releases it. The octets are copied before the call returns. */
	reply(ref: ClientRef, octets: Uint8Array, start: number, length: number): void;
	/** Releases a retained client without a reply. */
	release(ref: ClientRef): void;
	/** Stops reading, sends what is queued, closes. Idempotent. */
	close(): Promise<void>;
}

export interface UdpListenerOptions {
	/**
	 * An IP address. On a wildcard only the native transport replies from the address that was asked; node:dgram
	 * leaves it to the kernel.
	 */
	readonly address: string;
	/** 0: a port that the kernel picks. */
	readonly port: number;
	/** The receive buffer to ask for, in octets. */
	readonly receiveBufferBytes?: number;
	/** SO_REUSEPORT: several sockets share the port, and the kernel spreads the datagrams over them. */
	readonly reusePort: boolean;
	/** Clients to whom a reply can be owed at once: a power of two up to 65,536. */
	readonly retainedClients?: number;
	/** An error of the socket after it was bound. The listener lives on. */
	readonly onError: (error: Error) => void;
}

/**
 * How the kernel spreads datagrams over the shards' sockets of one port: by a hash of addresses and ports, so that a
 * client socket stays with a shard; at random; or to the shard numbered as the CPU that the datagram came in on.
 */
export const steerings = ['flow', 'random', 'cpu'] as const;
export type Steering = (typeof steerings)[number];

export const transportNames = ['native', 'dgram'] as const;
export type TransportName = (typeof transportNames)[number];

/** The UDP of one shard. */
export interface UdpTransport {
	readonly name: TransportName;
	/** Binds a listener. Rejects with `PETREL_BIND`. */
	openListener(options: UdpListenerOptions): Promise<UdpListener>;
	openConnected: OpenConnectedUdp;
	/**
	 * Makes an alarm that calls `onAlarm` when it rings, which begins a turn. With node:dgram the last two milliseconds before
	 * it rings are spent looking at the clock. Throws `PETREL_TRANSPORT` where the system has no timer to give.
	 */
	openAlarm(onAlarm: () => void): Alarm;
	/**
	 * When the turn began and when it ended, in milliseconds of the shard's clock. Two cells: a number with a fraction is an
	 * object of its own wherever it is an argument or a result.
	 */
	readonly times: Float64Array;
	/** Writes `times[0]`: when the batch was received or the alarm rang, or now outside of both. */
	markBegin(): void;
	/** Writes `times[1]`: now. */
	markEnd(): void;
	/** Sends what was queued since the last call; to be called at the end of every turn. */
	flush(): void;
	/**
	 * Gives the counters what was counted elsewhere up to now: the native transport takes over what the kernel dropped at
	 * listeners once a second only.
	 */
	fetchCounts(): void;
	/** When all sockets and alarms are closed. */
	close(): void;
}

/** Called for each complete DNS message on a TCP connection. The octets are valid until it returns. */
export type OnTcpMessage = (octets: Uint8Array, start: number, length: number, client: ClientRef) => void;

/** One listening TCP socket of one shard, with its connections. */
export interface TcpListener {
	readonly address: string;
	readonly port: number;
	/** Starts accepting. Every message is a retained client: it must be answered by `reply` or `release`. */
	start(onMessage: OnTcpMessage): void;
	client(ref: ClientRef): ClientAddress;
	/** Writes the two-octet length and the message to the client's connection, in whatever order replies come. */
	reply(ref: ClientRef, octets: Uint8Array, start: number, length: number): void;
	release(ref: ClientRef): void;
	/** For what begins from now on. */
	setLimits(limits: TcpLimits): void;
	/** Stops accepting; closes each connection when its outstanding replies are written or `graceMs` is over. */
	close(graceMs: number): Promise<void>;
}

export interface TcpLimits {
	/** Connections at once; the longest idle one gives way to a newcomer, or the newcomer is refused. */
	readonly maxConnections: number;
	/** Queries under way on one connection; reading stops until one is answered. */
	readonly maxPipelined: number;
	/** Between messages (RFC 7766 §6.2.3). */
	readonly idleMs: number;
	/** From a message's first octet to its last. */
	readonly readMs: number;
	/** Without the client taking any of the replies that wait for it. */
	readonly writeMs: number;
	/** Messages on one connection, which is closed when the last is answered; 0: no limit. */
	readonly maxQueries: number;
}

/** One UDP socket or TCP connection to an upstream. Never reused for another while the process lives. */
export type UpstreamSocket = number;

/** What comes from upstreams. Everything is told between `begin` and `end`: one turn. */
export interface UpstreamEvents {
	begin(): void;
	end(): void;
	/** A message from an upstream: not checked in any way. The octets are valid until the call returns. */
	onMessage(socket: UpstreamSocket, octets: Uint8Array, start: number, length: number): void;
	/** The socket is gone (refused, reset, closed): nothing more will come from it. */
	onGone(socket: UpstreamSocket, cause: string): void;
}

/** The sockets of one shard towards all upstreams. */
export interface UpstreamSockets {
	/** Names the upstream behind a number; asking a number that was never set is a fault. */
	setUpstream(upstream: number, address: string, port: number, limits: UpstreamLimits): void;
	/**
	 * Sends a query by UDP from a connected socket on an unpredictable port and returns that socket, 0 if none could
	 * be had. All queries of one turn to one upstream share a socket; where few come, each gets a port of its own (RFC
	 * 5452 §9.2).
	 */
	askUdp(upstream: number, octets: Uint8Array, start: number, length: number): UpstreamSocket;
	/** Ends a turn: what was written to connections leaves, and the next query by UDP chooses its socket anew. */
	flush(): void;
	/** Sends a query by TCP, pipelined over a bounded number of connections; returns the connection, 0 if none. */
	askTcp(upstream: number, octets: Uint8Array, start: number, length: number): UpstreamSocket;
	/** Of the query sent last: whether its socket had carried others before. */
	readonly socketReused: boolean;
	/** Says that one query sent on `socket` is answered or given up. Calls for sockets that are gone do nothing. */
	settle(socket: UpstreamSocket): void;
	close(): Promise<void>;
}

export interface UpstreamLimits {
	/** How long an idle socket is kept. */
	readonly expireMs: number;
	/** Idle TCP connections kept; 0: no limit of its own. */
	readonly maxIdleConns: number;
	/** For how long a TCP connection takes queries; 0: no limit. */
	readonly maxAgeMs: number;
}
