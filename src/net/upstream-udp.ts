/**
 * The UDP sockets of one shard towards its upstreams. Two aims pull in opposite directions: a port of its own
 * for every query, so that a forged answer has to guess it (RFC 5452 §9.2), and few system calls under load.
 *
 *   renewal budget left?  -> a new socket, used for this query; it then joins the upstream's ready sockets
 *   budget spent          -> one of the ready sockets at random
 *
 * The choice is made once a turn for each upstream: a turn's queries to it leave by one socket, in one system call.
 * Turns of one query are the rule until a shard is busy. Up to 256 turns a second therefore have a port each; beyond
 * that, 64 ports per upstream, all of which are renewed four times a second. A socket that gives way to a newer one or was idle too long
 * is *retired*: it gets no more queries and is closed when its last answer is in, or after `maxRetiredMs`.
 */
import type { Clock } from '../util/clock.ts';
import { type Random, randomBelow } from '../util/random.ts';
import type { ConnectedUdp, OpenConnectedUdp } from './connected-udp.ts';
import type { DatagramSlots } from './datagram-slots.ts';
import { RenewalBudget } from './renewal-budget.ts';
import type { UpstreamSocket } from './transport.ts';
import type { SettledSocket, UpstreamHost, UpstreamTarget } from './upstream-target.ts';

/** Ready sockets per upstream. */
export const maxReadySockets = 64;
/** Below so many ready sockets a new one is opened even when the budget is spent. */
const minReadySockets = 8;
/** New sockets per second and shard, over all upstreams. */
export const renewalsPerSec = 256;
/** Open sockets of one shard, ready and retired: file descriptors. */
export const maxOpenUdpSockets = 1024;
/** A retired socket whose queries nobody settles is closed after this time. */
export const maxRetiredMs = 30_000;

interface PooledUdp extends SettledSocket {
	readonly socket: ConnectedUdp;
	readonly pool: UdpPool;
	outstanding: number;
	usedMs: number;
	/** 0: ready. */
	retiredMs: number;
}

/** The sockets of one upstream. */
interface UdpPool {
	target: UpstreamTarget;
	/** Oldest first. */
	readonly ready: PooledUdp[];
	/** The socket of turn `turn`. */
	chosen: PooledUdp | undefined;
	turn: number;
}

export class UpstreamUdp {
	readonly #host: UpstreamHost;
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #budget: RenewalBudget;
	readonly #openConnected: OpenConnectedUdp;
	readonly #pools: (UdpPool | undefined)[] = [];
	/** Ready and retired. */
	readonly #open = new Set<PooledUdp>();
	#turn = 0;

	constructor(host: UpstreamHost, clock: Clock, random: Random, openConnected: OpenConnectedUdp) {
		this.#openConnected = openConnected;
		this.#host = host;
		this.#clock = clock;
		this.#random = random;
		this.#budget = new RenewalBudget(renewalsPerSec, clock.nowMs());
	}

	setUpstream(upstream: number, target: UpstreamTarget, moved: boolean): void {
		const pool = this.#pools[upstream];
		if (pool === undefined) {
			this.#pools[upstream] = { target, ready: [], chosen: undefined, turn: -1 };
			return;
		}
		pool.target = target;
		if (!moved) return;
		pool.chosen = undefined;
		for (const pooled of pool.ready.splice(0)) this.#retire(pooled);
	}

	/** Ends a turn. */
	flush(): void {
		this.#turn++;
	}

	ask(upstream: number, octets: Uint8Array, start: number, length: number): UpstreamSocket {
		const pool = this.#pools[upstream]!;
		const pooled = this.#ofTurn(pool);
		if (pooled === undefined) return 0;
		pooled.outstanding++;
		pooled.socket.send(octets, start, length);
		return pooled.number;
	}

	#ofTurn(pool: UdpPool): PooledUdp | undefined {
		if (pool.turn === this.#turn && pool.chosen !== undefined) return pool.chosen;
		const nowMs = this.#clock.nowMs();
		const pooled = this.#choose(pool, nowMs);
		if (pooled !== undefined) pooled.usedMs = nowMs;
		pool.chosen = pooled;
		pool.turn = this.#turn;
		return pooled;
	}

	/** Retires what was idle for its upstream's `expireMs`, closes what was retired too long ago. */
	sweep(): void {
		const nowMs = this.#clock.nowMs();
		for (const pooled of this.#open) {
			if (pooled.retiredMs === 0) {
				if (nowMs - pooled.usedMs >= pooled.pool.target.limits.expireMs) this.#retireReady(pooled);
			} else if (nowMs - pooled.retiredMs >= maxRetiredMs) {
				this.#close(pooled);
				this.#host.counters.add('upstreamRetiredExpired');
				this.#host.events.begin();
				this.#host.events.onGone(pooled.number, 'expired');
				this.#host.events.end();
			}
		}
	}

	close(): void {
		for (const pooled of this.#open) this.#close(pooled);
	}

	#choose(pool: UdpPool, nowMs: number): PooledUdp | undefined {
		const { ready } = pool;
		const few = ready.length < minReadySockets;
		if (this.#open.size < maxOpenUdpSockets && (this.#budget.take(nowMs) || few)) {
			const opened = this.#openSocket(pool);
			if (opened !== undefined) {
				if (ready.length === maxReadySockets) this.#retire(ready.shift()!);
				ready.push(opened);
				return opened;
			}
			this.#host.counters.add('upstreamUdpOpenFailed');
		}
		if (ready.length === 0) {
			this.#host.counters.add('upstreamUdpFull');
			return undefined;
		}
		this.#host.counters.add('upstreamUdpShared');
		return ready[randomBelow(this.#random, ready.length)];
	}

	#openSocket(pool: UdpPool): PooledUdp | undefined {
		const { address, port } = pool.target;
		const { events, counters } = this.#host;
		const socket = this.#openConnected(address, port, {
			onDatagrams: (slots, count) => this.#deliver(number, slots, count),
			onForeign: () => counters.add('upstreamUdpForeign'),
			onFailed: (code) => {
				this.#dropFromReady(pooled);
				this.#close(pooled);
				events.begin();
				events.onGone(number, code);
				events.end();
			},
		});
		if (socket === undefined) return undefined;
		const number = this.#host.nextNumber();
		const settle = () => this.#settle(pooled);
		const pooled: PooledUdp = {
			number,
			socket,
			pool,
			outstanding: 0,
			usedMs: 0,
			retiredMs: 0,
			settle,
		};
		counters.add('upstreamUdpOpened');
		this.#open.add(pooled);
		this.#host.opened(pooled);
		return pooled;
	}

	#deliver(number: UpstreamSocket, { octets, slotBytes, length }: DatagramSlots, count: number): void {
		const { events } = this.#host;
		events.begin();
		for (let slot = 0; slot < count; slot++) events.onMessage(number, octets, slot * slotBytes, length[slot]);
		events.end();
	}

	#settle(pooled: PooledUdp): void {
		if (pooled.outstanding > 0) pooled.outstanding--;
		if (pooled.outstanding === 0 && pooled.retiredMs !== 0) this.#close(pooled);
	}

	#retireReady(pooled: PooledUdp): void {
		this.#dropFromReady(pooled);
		this.#retire(pooled);
	}

	#dropFromReady(pooled: PooledUdp): void {
		const at = pooled.pool.ready.indexOf(pooled);
		if (at >= 0) pooled.pool.ready.splice(at, 1);
	}

	/** For a socket that is no longer among the ready ones. */
	#retire(pooled: PooledUdp): void {
		pooled.retiredMs = this.#clock.nowMs();
		if (pooled.outstanding === 0) this.#close(pooled);
	}

	#close(pooled: PooledUdp): void {
		if (pooled.pool.chosen === pooled) pooled.pool.chosen = undefined;
		pooled.socket.close();
		this.#open.delete(pooled);
		this.#host.closed(pooled);
	}
}
