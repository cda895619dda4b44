/**
 * A TCP listener over node:net: accepts within the bound, numbers the clients, and leaves the rest to
 * TcpConnection.
 */
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { bindError } from './bind-error.ts';
import { ClientRefs } from './client-refs.ts';
import type { ConnectionSlots } from './connection-slots.ts';
import { type ConnectionHost, TcpConnection } from './tcp-connection.ts';
import type { ClientAddress, ClientRef, OnTcpMessage, TcpLimits, TcpListener } from './transport.ts';
import { countNothing, type TransportCounters } from './transport-counters.ts';

/** Queries under way over all connections of one listener. */
export const defaultTcpClients = 16_384;
const nobody: ClientAddress = { address: '', port: 0, family: 4 };

export interface TcpListenerOptions {
	readonly address: string;
	/** 0: a port that the kernel picks. */
	readonly port: number;
	/** SO_REUSEPORT: several listeners share the port, and the kernel spreads the connections over them. */
	readonly reusePort: boolean;
	readonly limits: TcpLimits;
	/** The bound on connections; `limits.maxConnections` is for whoever makes it. */
	readonly slots: ConnectionSlots;
	/** Queries under way over all connections: a power of two up to 65,536. */
	readonly retainedClients?: number;
	readonly counters?: TransportCounters;
	/** An error of the listening socket after it was bound, such as too many open files. It listens on. */
	readonly onError: (error: Error) => void;
}

/** Binds a TCP listener. Rejects with `PETREL_BIND`. */
export async function openTcpListener(options: TcpListenerOptions): Promise<TcpListener> {
	const { address, port, reusePort } = options;
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const server = createServer({ allowHalfOpen: true, noDelay: true });
	const listener = new NetListener(server, options);
	server.once('error', reject);
	const ipv6Only = isIPv6(address);
	server.listen({ host: address, port, reusePort, ipv6Only, exclusive: true }, resolve);
	try {
		await promise;
	} catch (error) {
		throw bindError('TCP', address, port, error);
	}
	server.off('error', reject);
	listener.bound();
	return listener;
}

class NetListener implements TcpListener, ConnectionHost {
	address = '';
	port = 0;
	limits: TcpLimits;
	readonly counters: TransportCounters;
	readonly #server: Server;
	readonly #slots: ConnectionSlots;
	readonly #refs: ClientRefs;
	/** The connection behind each query under way, by slot; it stays when the connection has gone. */
	readonly #owners: (TcpConnection | undefined)[];
	readonly #connections = new Set<TcpConnection>();
	/** Idle connections, longest idle first. */
	readonly #idle = new Set<TcpConnection>();
	/** Connections that wait for a free slot, longest first. */
	readonly #starved = new Set<TcpConnection>();
	#feeding = false;
	#onMessage: OnTcpMessage | undefined;
	#closing: Promise<void> | undefined;
	#lastClosed: (() => void) | undefined;

	constructor(server: Server, options: TcpListenerOptions) {
		this.#server = server;
		this.#slots = options.slots;
		this.limits = options.limits;
		this.counters = options.counters ?? countNothing;
		this.#refs = new ClientRefs(options.retainedClients ?? defaultTcpClients);
		this.#owners = new Array<TcpConnection | undefined>(this.#refs.capacity).fill(undefined);
		server.on('connection', (socket) => this.#accept(socket));
		server.on('error', (error) => {
			if (this.port !== 0) options.onError(error);
		});
	}

	bound(): void {
		const bound = this.#server.address();
		if (bound === null || typeof bound === 'string') return;
		this.address = bound.address;
		this.port = bound.port;
	}

	start(onMessage: OnTcpMessage): void {
		this.#onMessage = onMessage;
		for (const connection of this.#connections) connection.pump();
	}

	setLimits(limits: TcpLimits): void {
		this.limits = limits;
	}

	client(ref: ClientRef): ClientAddress {
		const slot = this.#refs.slotOf(ref);
		return slot < 0 ? nobody : this.#owners[slot]!.peer;
	}

	reply(ref: ClientRef, octets: Uint8Array, start: number, length: number): void {
		this.#forget(ref)?.reply(octets, start, length);
		this.#feedStarved();
	}

	release(ref: ClientRef): void {
		this.#forget(ref)?.release();
		this.#feedStarved();
	}

	close(graceMs: number): Promise<void> {
		this.#closing ??= this.#close(graceMs);
		return this.#closing;
	}

	async #close(graceMs: number): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#server.close(() => resolve());
		const allClosed = this.#allClosed();
		for (const connection of this.#connections) connection.drain();
		const timer = setTimeout(() => {
			for (const connection of this.#connections) connection.destroy();
		}, graceMs);
		await Promise.all([promise, allClosed]);
		clearTimeout(timer);
	}

	/** The server's own 'close' comes before the 'close' of its last connections. */
	#allClosed(): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		if (this.#connections.size === 0) resolve();
		this.#lastClosed = resolve;
		return promise;
	}

	#accept(socket: Socket): void {
		const { remoteAddress, remotePort, remoteFamily } = socket;
		// Gone before it was accepted, or come too late.
		if (remoteAddress === undefined || remotePort === undefined || this.#closing !== undefined) {
			socket.destroy();
			return;
		}
		if (!this.#slots.acquire() && !this.#evictOne()) {
			this.counters.add('tcpRefused');
			socket.destroy();
			return;
		}
		this.counters.add('tcpAccepted');
		const family = remoteFamily === 'IPv6' ? 6 : 4;
		this.#connections.add(
			new TcpConnection(socket, { address: remoteAddress, port: remotePort, family }, this),
		);
	}

	/** Closes the longest idle connection; its slot passes to the newcomer. */
	#evictOne(): boolean {
		const [longestIdle] = this.#idle;
		if (longestIdle === undefined) return false;
		this.counters.add('tcpEvicted');
		this.#idle.delete(longestIdle);
		this.#connections.delete(longestIdle);
		longestIdle.destroy();
		return true;
	}

	#forget(ref: ClientRef): TcpConnection | undefined {
		const slot = this.#refs.slotOf(ref);
		if (slot < 0) return undefined;
		const owner = this.#owners[slot];
		this.#owners[slot] = undefined;
		this.#refs.free(slot);
		return owner;
	}

	/** Lets starved connections read on. One that fills the table again queues up behind the others. */
	#feedStarved(): void {
		if (this.#starved.size === 0 || this.#feeding) return;
		this.#feeding = true;
		for (const connection of this.#starved) {
			if (this.#refs.full) break;
			this.#starved.delete(connection);
			connection.pump();
		}
		this.#feeding = false;
	}

	mayPassUp(connection: TcpConnection): boolean {
		if (this.#onMessage === undefined) return false;
		if (!this.#refs.full) return true;
		if (!this.#starved.has(connection)) {
			this.counters.add('clientTableFull');
			this.#starved.add(connection);
		}
		return false;
	}

	passUp(connection: TcpConnection, octets: Uint8Array, start: number, length: number): void {
		const ref = this.#refs.take();
		this.#owners[this.#refs.slotOf(ref)] = connection;
		this.#onMessage!(octets, start, length, ref);
	}

	idleChanged(connection: TcpConnection, idle: boolean): void {
		this.#idle.delete(connection);
		if (idle) this.#idle.add(connection);
	}

	closed(connection: TcpConnection): void {
		this.#idle.delete(connection);
		this.#starved.delete(connection);
		// A connection that was evicted has passed its slot on.
		if (this.#connections.delete(connection)) this.#slots.release();
		if (this.#connections.size === 0) this.#lastClosed?.();
	}
}
