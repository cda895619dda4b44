import type { UpstreamEvents, UpstreamLimits, UpstreamSocket } from './transport.ts';
import type { TransportCounters } from './transport-counters.ts';

/**
 * Where an upstream is. The object is replaced, never changed: a socket of another object is of an old
 * address.
 */
export interface UpstreamTarget {
	readonly address: string;
	readonly port: number;
	readonly limits: UpstreamLimits;
}

/** What every socket of a shard's upstreams shares. */
export interface UpstreamHost {
	readonly events: UpstreamEvents;
	readonly counters: TransportCounters;
	/** The next socket number: positive, increasing, never given out twice. */
	nextNumber(): UpstreamSocket;
	/** Makes an open socket known by its number, so that `settle` finds it. */
	opened(socket: SettledSocket): void;
	/** Forgets a socket that is closed or about to be. */
	closed(socket: SettledSocket): void;
}

export interface SettledSocket {
	readonly number: UpstreamSocket;
	/** One query sent on it is answered or given up. */
	settle(): void;
}
