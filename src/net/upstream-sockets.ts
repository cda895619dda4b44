/**
 * The sockets of one shard towards all its upstreams: UDP over the shard's transport, TCP over node:net. Octets only:
 * nothing is parsed.
 */
import { isIP } from 'node:net';
import { assert } from '../util/assert.ts';
import type { Clock } from '../util/clock.ts';
import type { Random } from '../util/random.ts';
import type { OpenConnectedUdp } from './connected-udp.ts';
import type { UpstreamEvents, UpstreamLimits, UpstreamSocket, UpstreamSockets } from './transport.ts';
import { countNothing, type TransportCounters } from './transport-counters.ts';
import type { SettledSocket, UpstreamHost, UpstreamTarget } from './upstream-target.ts';
import { UpstreamTcp } from './upstream-tcp.ts';
import { UpstreamUdp } from './upstream-udp.ts';

const defaultSweepMs = 500;
/** Leaves time to ask another upstream before a client's own 5 s are over. */
const defaultConnectTimeoutMs = 1500;

export interface UpstreamSocketsOptions {
	/** Called from the event loop only, never from inside `askUdp`, `askTcp` or `settle`. */
	readonly events: UpstreamEvents;
	readonly openConnected: OpenConnectedUdp;
	readonly random: Random;
	readonly clock: Clock;
	readonly counters?: TransportCounters;
	readonly connectTimeoutMs?: number;
	/** How often idle sockets are looked for. */
	readonly sweepMs?: number;
}

/** Makes the upstream sockets of a shard. None is open until the first query. */
export function openUpstreamSockets(options: UpstreamSocketsOptions): UpstreamSockets {
	return new ShardUpstreamSockets(options);
}

class ShardUpstreamSockets implements UpstreamSockets, UpstreamHost {
	readonly events: UpstreamEvents;
	readonly counters: TransportCounters;
	readonly #targets: (UpstreamTarget | undefined)[] = [];
	readonly #sockets = new Map<UpstreamSocket, SettledSocket>();
	readonly #udp: UpstreamUdp;
	readonly #tcp: UpstreamTcp;
	readonly #sweepTimer: NodeJS.Timeout;
	#lastNumber = 0;
	#closed = false;
	socketReused = false;

	constructor(options: UpstreamSocketsOptions) {
		this.events = options.events;
		this.counters = options.counters ?? countNothing;
		this.#udp = new UpstreamUdp(this, options.clock, options.random, options.openConnected);
		this.#tcp = new UpstreamTcp(this, options.clock, options.connectTimeoutMs ?? defaultConnectTimeoutMs);
		this.#sweepTimer = setInterval(() => this.#sweep(), options.sweepMs ?? defaultSweepMs);
		this.#sweepTimer.unref();
	}

	setUpstream(upstream: number, address: string, port: number, limits: UpstreamLimits): void {
		assert(
			isIP(address) !== 0,
			`upstream ${upstream} has the address ${address}, which is not an IP address`,
		);
		const old = this.#targets[upstream];
		const moved = old !== undefined && (old.address !== address || old.port !== port);
		const target: UpstreamTarget = { address, port, limits };
		this.#targets[upstream] = target;
		this.#udp.setUpstream(upstream, target, moved);
		this.#tcp.setUpstream(upstream, target, moved);
	}

	askUdp(upstream: number, octets: Uint8Array, start: number, length: number): UpstreamSocket {
		this.#mustKnow(upstream);
		if (this.#closed) return 0;
		const opened = this.#lastNumber;
		const socket = this.#udp.ask(upstream, octets, start, length);
		this.socketReused = socket <= opened;
		return socket;
	}

	askTcp(upstream: number, octets: Uint8Array, start: number, length: number): UpstreamSocket {
		this.#mustKnow(upstream);
		if (this.#closed) return 0;
		const opened = this.#lastNumber;
		const socket = this.#tcp.ask(upstream, octets, start, length);
		this.socketReused = socket <= opened;
		return socket;
	}

	flush(): void {
		this.#udp.flush();
		this.#tcp.flush();
	}

	settle(socket: UpstreamSocket): void {
		this.#sockets.get(socket)?.settle();
	}

	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#sweepTimer);
		this.#udp.close();
		this.#tcp.close();
		// Handles close in the event loop's turn; after it no descriptor is left.
		await new Promise((resolve) => setImmediate(resolve));
	}

	nextNumber(): UpstreamSocket {
		return ++this.#lastNumber;
	}

	opened(socket: SettledSocket): void {
		this.#sockets.set(socket.number, socket);
	}

	closed(socket: SettledSocket): void {
		this.#sockets.delete(socket.number);
	}

	#mustKnow(upstream: number): void {
		assert(this.#targets[upstream] !== undefined, `upstream ${upstream} was asked before it was set`);
	}

	#sweep(): void {
		this.#udp.sweep();
		this.#tcp.sweep();
	}
}
