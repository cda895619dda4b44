/**
 * The TCP connections of one shard towards its upstreams: few, kept, and shared by many queries.
 *
 *   a ready connection with room       -> the one with the fewest queries outstanding
 *   none, or that one is rather full   -> a new connection, up to `maxReadyConnections`
 *   all full                           -> none: the query is not sent
 *
 * Some upstreams close a connection after so many answers, and what else was asked on it is lost. Where that happens, the
 * number is remembered for a while: connections carry no more queries than that, and there may be more of them.
 *
 * A connection is *retired* when one of its queries was given up without an answer: it may lead nowhere (a
 * rebooted peer, a lost NAT entry), and TCP alone would take minutes to notice. It gets no more queries, and
 * is closed when its last one is settled or after `maxRetiredMs`.
 */
import type { Clock } from '../util/clock.ts';
import type { UpstreamSocket } from './transport.ts';
import type { SettledSocket, UpstreamHost, UpstreamTarget } from './upstream-target.ts';
import { PipelinedTcp } from './upstream-tcp-connection.ts';
import { maxRetiredMs } from './upstream-udp.ts';

/** Connections per upstream that take queries. */
export const maxReadyConnections = 4;
/** Connections per upstream, ready and retired. */
export const maxOpenConnections = 8;
/** With so many queries outstanding on the least busy connection another one is opened. */
export const busyConnectionQueries = 32;
/** Queries outstanding on one connection. */
export const maxConnectionQueries = 2048;
/** Connections per upstream that closes them after few answers. */
export const maxShortConnections = 128;
/** How long it is remembered that it does. */
const shortMs = 600_000;
/** Octets of queries that a connection takes while the upstream does not read. */
const maxUnwrittenBytes = 1024 * 1024;

interface PooledTcp extends SettledSocket {
	readonly connection: PipelinedTcp;
	readonly pool: TcpPool;
	outstanding: number;
	settled: number;
	usedMs: number;
	readonly openedMs: number;
	/** 0: ready. */
	retiredMs: number;
}

/** The connections of one upstream. */
interface TcpPool {
	target: UpstreamTarget;
	readonly open: Set<PooledTcp>;
	/** Queries that a connection answers before the upstream closes it; Infinity: it is not known to. */
	answersMax: number;
	answersKnownMs: number;
}

export class UpstreamTcp {
	readonly #host: UpstreamHost;
	readonly #clock: Clock;
	readonly #connectTimeoutMs: number;
	readonly #pools: (TcpPool | undefined)[] = [];
	/** Connections with queries of this turn. */
	readonly #written: PipelinedTcp[] = [];

	constructor(host: UpstreamHost, clock: Clock, connectTimeoutMs: number) {
		this.#host = host;
		this.#clock = clock;
		this.#connectTimeoutMs = connectTimeoutMs;
	}

	setUpstream(upstream: number, target: UpstreamTarget, moved: boolean): void {
		const pool = this.#pools[upstream];
		if (pool === undefined) {
			this.#pools[upstream] = {
				target,
				open: new Set(),
				answersMax: Number.POSITIVE_INFINITY,
				answersKnownMs: 0,
			};
			return;
		}
		pool.target = target;
		if (!moved) return;
		for (const pooled of pool.open) this.#retire(pooled);
	}

	ask(upstream: number, octets: Uint8Array, start: number, length: number): UpstreamSocket {
		const pooled = this.#choose(this.#pools[upstream]!);
		if (pooled === undefined) {
			this.#host.counters.add('upstreamTcpFull');
			return 0;
		}
		pooled.outstanding++;
		pooled.usedMs = this.#clock.nowMs();
		if (pooled.connection.send(octets, start, length)) this.#written.push(pooled.connection);
		return pooled.number;
	}

	/** Ends a turn: its queries leave, in one write a connection. */
	flush(): void {
		for (const connection of this.#written) connection.flush();
		this.#written.length = 0;
	}

	/** Closes what was idle for its upstream's `expireMs`, and what was retired too long ago. */
	sweep(): void {
		const nowMs = this.#clock.nowMs();
		for (const pool of this.#pools) {
			for (const pooled of pool?.open ?? []) this.#sweepOne(pooled, nowMs);
		}
	}

	close(): void {
		for (const pool of this.#pools) {
			for (const pooled of pool?.open ?? []) this.#close(pooled);
		}
	}

	#sweepOne(pooled: PooledTcp, nowMs: number): void {
		if (pooled.retiredMs !== 0 && nowMs - pooled.retiredMs >= maxRetiredMs) {
			this.#close(pooled);
			this.#host.counters.add('upstreamRetiredExpired');
			this.#host.events.begin();
			this.#host.events.onGone(pooled.number, 'expired');
			this.#host.events.end();
		} else if (pooled.outstanding === 0 && nowMs - pooled.usedMs >= pooled.pool.target.limits.expireMs) {
			this.#close(pooled);
		}
	}

	#choose(pool: TcpPool): PooledTcp | undefined {
		let best: PooledTcp | undefined;
		let readyCount = 0;
		const { maxAgeMs } = pool.target.limits;
		if (maxAgeMs > 0) this.#retireOld(pool, maxAgeMs);
		const answersMax = this.#answersMax(pool);
		const isShort = answersMax !== Number.POSITIVE_INFINITY;
		for (const pooled of pool.open) {
			if (pooled.retiredMs !== 0 || pooled.outstanding + pooled.settled >= answersMax) continue;
			readyCount++;
			if (pooled.connection.unwrittenBytes > maxUnwrittenBytes) continue;
			if (best === undefined || pooled.outstanding < best.outstanding) best = pooled;
		}
		const readyMax = isShort ? maxShortConnections : maxReadyConnections;
		const openMax = isShort ? maxShortConnections : maxOpenConnections;
		const roomForAnother = readyCount < readyMax && pool.open.size < openMax;
		if (roomForAnother && (best === undefined || best.outstanding >= busyConnectionQueries)) {
			return this.#connect(pool);
		}
		return best !== undefined && best.outstanding < maxConnectionQueries ? best : undefined;
	}

	#answersMax(pool: TcpPool): number {
		if (pool.answersKnownMs > 0 && this.#clock.nowMs() - pool.answersKnownMs > shortMs) {
			pool.answersMax = Number.POSITIVE_INFINITY;
		}
		return pool.answersMax;
	}

	/** A connection was lost: the upstream may be one that answers so many queries on each and no more. */
	#learn({ pool, connection, outstanding }: PooledTcp): void {
		if (outstanding === 0 || connection.received === 0) return;
		pool.answersMax = Math.min(pool.answersMax, connection.received);
		pool.answersKnownMs = this.#clock.nowMs();
	}

	/** What is under way on an old connection is still answered there. */
	#retireOld(pool: TcpPool, maxAgeMs: number): void {
		const oldestMs = this.#clock.nowMs() - maxAgeMs;
		for (const pooled of pool.open) if (pooled.openedMs <= oldestMs) this.#retire(pooled);
	}

	#connect(pool: TcpPool): PooledTcp {
		const { events, counters } = this.#host;
		const number = this.#host.nextNumber();
		const connection = new PipelinedTcp(pool.target, this.#connectTimeoutMs, {
			begin: () => events.begin(),
			end: () => events.end(),
			onMessage: (octets, start, length) => events.onMessage(number, octets, start, length),
			onLost: (cause, wasConnected) => {
				if (!wasConnected) counters.add('upstreamTcpConnectFailed');
				else this.#learn(pooled);
				this.#close(pooled);
				events.begin();
				events.onGone(number, cause);
				events.end();
			},
		});
		const settle = () => this.#settle(pooled);
		const pooled: PooledTcp = {
			number,
			connection,
			pool,
			outstanding: 0,
			settled: 0,
			usedMs: 0,
			openedMs: this.#clock.nowMs(),
			retiredMs: 0,
			settle,
		};
		counters.add('upstreamTcpOpened');
		pool.open.add(pooled);
		this.#host.opened(pooled);
		return pooled;
	}

	#settle(pooled: PooledTcp): void {
		if (pooled.outstanding === 0) return;
		pooled.outstanding--;
		pooled.settled++;
		pooled.usedMs = this.#clock.nowMs();
		// More settled than received: at least one was given up.
		if (pooled.settled > pooled.connection.received && pooled.retiredMs === 0) this.#retire(pooled);
		else if (pooled.outstanding === 0 && this.#surplus(pooled)) this.#close(pooled);
	}

	/** Whether a connection with nothing outstanding is not to be kept. */
	#surplus(pooled: PooledTcp): boolean {
		if (pooled.retiredMs !== 0 || pooled.settled >= this.#answersMax(pooled.pool)) return true;
		const { maxIdleConns } = pooled.pool.target.limits;
		if (maxIdleConns === 0) return false;
		let idleCount = 0;
		for (const other of pooled.pool.open) if (other.outstanding === 0) idleCount++;
		return idleCount > maxIdleConns;
	}

	#retire(pooled: PooledTcp): void {
		if (pooled.retiredMs === 0) pooled.retiredMs = this.#clock.nowMs();
		if (pooled.outstanding === 0) this.#close(pooled);
	}

	#close(pooled: PooledTcp): void {
		pooled.connection.close();
		pooled.pool.open.delete(pooled);
		this.#host.closed(pooled);
	}
}
