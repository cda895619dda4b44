import type { ClientEndpoint, EngineEvent, EngineIo, QuerySource } from '../engine/io.ts';
import { overTcp } from '../engine/io.ts';
import type { TcpListener, UdpListener, UpstreamSockets } from '../net/transport.ts';
import type { Doorbells } from './doorbells.ts';

/** A listener's number in the engine: two for each endpoint, one per transport. */
export function udpListenerNumber(endpoint: number): number {
	return endpoint * 2;
}

export function tcpListenerNumber(endpoint: number): number {
	return endpoint * 2 + 1;
}

const nowhere: ClientEndpoint = { address: '::', port: 0, family: 6 };

/** A shard's sockets towards clients, by listener number: its engines share them. */
export class Listeners {
	readonly udp: (UdpListener | undefined)[] = [];
	readonly tcp: (TcpListener | undefined)[] = [];
}

/** An engine's hands: it finds the socket behind a number and passes the call on. Allocates nothing per query. */
export class ShardIo implements EngineIo {
	readonly udp: (UdpListener | undefined)[];
	readonly tcp: (TcpListener | undefined)[];
	/** Whether the engine kept the client of the query it handles now; the shard clears it before each TCP query. */
	retained = false;
	/** While the shard stops, what can be answered at once is; nobody new may wait. */
	draining = false;
	readonly #upstreams: UpstreamSockets;
	readonly #doorbells: Doorbells;
	readonly #log: (event: EngineEvent) => void;

	constructor(
		listeners: Listeners,
		upstreams: UpstreamSockets,
		doorbells: Doorbells,
		log: (event: EngineEvent) => void,
	) {
		this.udp = listeners.udp;
		this.tcp = listeners.tcp;
		this.#upstreams = upstreams;
		this.#doorbells = doorbells;
		this.#log = log;
	}

	retain(source: QuerySource): number {
		if (this.draining) return 0;
		if (source.transport !== overTcp) return this.udp[source.listener]?.retain(source.sender) ?? 0;
		this.retained = true;
		return source.sender;
	}

	reply(listener: number, client: number, octets: Uint8Array, start: number, length: number): void {
		(this.udp[listener] ?? this.tcp[listener])?.reply(client, octets, start, length);
	}

	release(listener: number, client: number): void {
		(this.udp[listener] ?? this.tcp[listener])?.release(client);
	}

	clientAddress(source: QuerySource): ClientEndpoint {
		if (source.transport === overTcp) return this.tcp[source.listener]?.client(source.sender) ?? nowhere;
		return this.udp[source.listener]?.sender(source.sender) ?? nowhere;
	}

	askUdp(upstream: number, octets: Uint8Array, start: number, length: number): number {
		return this.#upstreams.askUdp(upstream, octets, start, length);
	}

	askTcp(upstream: number, octets: Uint8Array, start: number, length: number): number {
		return this.#upstreams.askTcp(upstream, octets, start, length);
	}

	get socketReused(): boolean {
		return this.#upstreams.socketReused;
	}

	settle(socket: number): void {
		this.#upstreams.settle(socket);
	}

	handOver(shard: number, octets: Uint8Array): void {
		this.#doorbells.handOver(shard, octets);
	}

	log(event: EngineEvent): void {
		this.#log(event);
	}
}
