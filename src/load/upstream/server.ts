import { createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { bindError } from '../../net/bind-error.ts';
import type { TransportName } from '../../net/transport.ts';
import type { TransportEvent } from '../../net/transport-counters.ts';
import { Deliveries } from './deliveries.ts';
import type { UpstreamScript } from './script.ts';
import { TcpConnection } from './tcp-connection.ts';
import { type CountedTransport, transportOf } from './thread-transport.ts';
import { UdpSide } from './udp-side.ts';

/** A script behind real sockets: UDP and TCP on one port. */
export interface UpstreamOptions {
	/** An address of this machine. Default 127.0.0.1. */
	readonly address?: string;
	/** 0, the default: a port that both UDP and TCP have free. */
	readonly port?: number;
	readonly script: UpstreamScript;
	/** As `chooseTransport` has chosen; node:dgram when left out, which nobody else in this thread minds. */
	readonly transport?: TransportName;
	/** Answers that may wait for their time; a power of two up to 65,536. Default 16,384. */
	readonly maxWaiting?: number;
}

export interface RunningUpstream {
	readonly address: string;
	readonly port: number;
	readonly script: UpstreamScript;
	/** Whether its sockets are open. */
	readonly up: boolean;
	readonly transport: TransportName;
	/** Deliveries that were dropped because too many were waiting for their time. */
	readonly droppedDeliveries: number;
	/** What the UDP transport counted since the start, over all upstreams of this thread that share it. */
	counted(event: TransportEvent): number;
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
const defaultMaxWaiting = 16_384;

function bindTcp(address: string, port: number, onConnection: (socket: TcpSocket) => void): Promise<Server> {
	return new Promise((resolve, reject) => {
		const server = createServer({ noDelay: true, allowHalfOpen: true }, onConnection);
		server.maxConnections = maxConnections;
		server.once('error', (error) => reject(bindError('TCP', address, port, error)));
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
	readonly #counted: CountedTransport;
	readonly #maxWaiting: number;
	readonly #deliveries: Deliveries;
	readonly #udp: UdpSide;
	readonly #connections = new Set<TcpConnection>();
	#port: number;
	#tcp: Server | undefined;
	#closed = false;

	constructor(options: UpstreamOptions) {
		this.address = options.address ?? '127.0.0.1';
		this.#port = options.port ?? 0;
		this.script = options.script;
		this.#maxWaiting = options.maxWaiting ?? defaultMaxWaiting;
		this.#counted = transportOf(options.transport ?? 'dgram');
		const { transport } = this.#counted;
		this.#deliveries = new Deliveries(transport, this.#maxWaiting);
		this.#udp = new UdpSide(transport, this.script, this.#deliveries);
	}

	get port(): number {
		return this.#port;
	}

	get up(): boolean {
		return this.#tcp !== undefined;
	}

	get transport(): TransportName {
		return this.#counted.transport.name;
	}

	get droppedDeliveries(): number {
		return this.#deliveries.dropped;
	}

	counted(event: TransportEvent): number {
		this.#counted.transport.fetchCounts();
		return this.#counted.counts.of(event);
	}

	async resume(): Promise<void> {
		if (this.up || this.#closed) return;
		const attempts = this.#port === 0 ? maxBindAttempts : 1;
		for (let attempt = 1; ; attempt++) {
			try {
				await this.#bind(this.#port);
				return;
			} catch (error) {
				if (attempt === attempts || codeOf(error) !== 'EADDRINUSE') throw error;
			}
		}
	}

	async #bind(port: number): Promise<void> {
		const tcp = await bindTcp(this.address, port, (socket) => this.#accept(socket));
		const bound = (tcp.address() as { port: number }).port;
		try {
			await this.#udp.open(this.address, bound, this.#maxWaiting);
		} catch (error) {
			await closing(tcp);
			throw error;
		}
		this.#tcp = tcp;
		this.#port = bound;
	}

	#accept(socket: TcpSocket): void {
		const connection: TcpConnection = new TcpConnection(socket, this.script, this.#deliveries, () => {
			this.#connections.delete(connection);
		});
		this.#connections.add(connection);
	}

	async pause(): Promise<void> {
		const tcp = this.#tcp;
		this.#tcp = undefined;
		this.#deliveries.clear();
		for (const connection of this.#connections) connection.destroy();
		await Promise.all([this.#udp.close(), tcp && closing(tcp)]);
	}

	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		await this.pause();
		this.#deliveries.close();
	}
}

/** The system's code behind a `PETREL_BIND`. */
function codeOf(error: unknown): string | undefined {
	return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
}

/** Starts an upstream. Throws `PETREL_BIND` when it cannot have the address. */
export async function startUpstream(options: UpstreamOptions): Promise<RunningUpstream> {
	const upstream = new Upstream(options);
	try {
		await upstream.resume();
	} catch (error) {
		await upstream.close();
		throw error;
	}
	return upstream;
}
