import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Server, type Socket as TcpSocket } from 'node:net';
import { type Clock, newClockOrigin, systemClock } from '../../util/clock.ts';
import { messageOf, PetrelError } from '../../util/errors.ts';
import { DeliveryTimers } from './delivery-timers.ts';
import type { UpstreamScript } from './script.ts';
import { TcpConnection } from './tcp-connection.ts';

/** A script behind real sockets: UDP and TCP on one port. */
export interface UpstreamOptions {
	/** An address of this machine. Default 127.0.0.1. */
	readonly address?: string;
	/** 0, the default: a port that both UDP and TCP have free. */
	readonly port?: number;
	readonly script: UpstreamScript;
	readonly clock?: Clock;
}

export interface RunningUpstream {
	readonly address: string;
	readonly port: number;
	readonly script: UpstreamScript;
	/** Whether its sockets are open. */
	readonly up: boolean;
	/** Deliveries that were dropped because too many were waiting for their time. */
	readonly droppedDeliveries: number;
	/** Closes the sockets, connections too: from now on the port refuses, as when a server has died. Idempotent. */
	pause(): Promise<void>;
	/** Opens them again on the same port. Throws `PETREL_BIND` if somebody else has taken it. Idempotent. */
	resume(): Promise<void>;
	/** Ends it for good. Idempotent. */
	close(): Promise<void>;
}

/** Ports tried until one is free for UDP and TCP alike. */
const maxBindAttempts = 20;
const maxConnections = 4096;
/** Asked of the kernel, which may grant less: a burst should be lost by the script's will only. */
const receiveBufferBytes = 4 * 1024 * 1024;

function bindUdp(address: string, port: number): Promise<UdpSocket> {
	return new Promise((resolve, reject) => {
		const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
		socket.once('error', (error) => {
			socket.close();
			reject(error);
		});
		socket.bind({ address, port, exclusive: true }, () => {
			socket.removeAllListeners('error');
			// An ICMP error for a reply whose receiver is gone is nobody's concern.
			socket.on('error', () => {});
			try {
				socket.setRecvBufferSize(receiveBufferBytes);
			} catch {
				// The kernel's own size stays.
			}
			resolve(socket);
		});
	});
}

function bindTcp(address: string, port: number, onConnection: (socket: TcpSocket) => void): Promise<Server> {
	return new Promise((resolve, reject) => {
		const server = createServer({ noDelay: true, allowHalfOpen: true }, onConnection);
		server.maxConnections = maxConnections;
		server.once('error', reject);
		server.listen({ host: address, port, exclusive: true }, () => {
			server.removeAllListeners('error');
			server.on('error', () => {});
			resolve(server);
		});
	});
}

function closing(socket: { close(done: () => void): unknown }): Promise<void> {
	return new Promise((resolve) => {
		socket.close(() => resolve());
	});
}

class Upstream implements RunningUpstream {
	readonly address: string;
	readonly script: UpstreamScript;
	readonly #clock: Clock;
	readonly #timers = new DeliveryTimers();
	readonly #connections = new Set<TcpConnection>();
	/** Filled anew for each datagram: a script copies what it keeps. */
	readonly #origin = { port: 0, queryOfConnection: 1 };
	#port: number;
	#udp: UdpSocket | undefined;
	#tcp: Server | undefined;
	#closed = false;

	constructor(options: UpstreamOptions) {
		this.address = options.address ?? '127.0.0.1';
		this.#port = options.port ?? 0;
		this.script = options.script;
		this.#clock = options.clock ?? systemClock(newClockOrigin());
	}

	get port(): number {
		return this.#port;
	}

	get up(): boolean {
		return this.#udp !== undefined;
	}

	get droppedDeliveries(): number {
		return this.#timers.dropped;
	}

	async resume(): Promise<void> {
		if (this.up || this.#closed) return;
		const attempts = this.#port === 0 ? maxBindAttempts : 1;
		for (let attempt = 1; ; attempt++) {
			try {
				await this.#bind(this.#port);
				return;
			} catch (error) {
				if (attempt < attempts && (error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
				const where = `${this.address} port ${this.#port}`;
				throw new PetrelError(
					'PETREL_BIND',
					`the scripted upstream cannot have ${where}: ${messageOf(error)}`,
					{
						cause: error,
					},
				);
			}
		}
	}

	async #bind(port: number): Promise<void> {
		const tcp = await bindTcp(this.address, port, (socket) => this.#accept(socket));
		const bound = (tcp.address() as { port: number }).port;
		try {
			this.#udp = await bindUdp(this.address, bound);
		} catch (error) {
			await closing(tcp);
			throw error;
		}
		this.#tcp = tcp;
		this.#port = bound;
		this.#udp.on('message', (message, sender) => this.#onDatagram(message, sender));
	}

	#onDatagram(message: Uint8Array, sender: RemoteInfo): void {
		// Nothing can be sent to port 0.
		if (sender.port === 0) return;
		this.#origin.port = sender.port;
		const { deliveries } = this.script.answer(message, 'udp', this.#clock.nowMs(), this.#origin);
		for (const { afterMs, octets } of deliveries) {
			this.#timers.after(afterMs, () => this.#udp?.send(octets, sender.port, sender.address, () => {}));
		}
	}

	#accept(socket: TcpSocket): void {
		const connection: TcpConnection = new TcpConnection(
			socket,
			this.script,
			this.#clock,
			this.#timers,
			() => {
				this.#connections.delete(connection);
			},
		);
		this.#connections.add(connection);
	}

	async pause(): Promise<void> {
		const udp = this.#udp;
		const tcp = this.#tcp;
		this.#udp = undefined;
		this.#tcp = undefined;
		this.#timers.clear();
		for (const connection of this.#connections) connection.destroy();
		await Promise.all([udp && closing(udp), tcp && closing(tcp)]);
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.pause();
	}
}

/** Starts an upstream. Throws `PETREL_BIND` when it cannot have the address. */
export async function startUpstream(options: UpstreamOptions): Promise<RunningUpstream> {
	const upstream = new Upstream(options);
	await upstream.resume();
	return upstream;
}
