import type { TraceQuery } from '../trace-query.ts';

/** A query on its way from a decoder to whoever reads the trace, with what only the reading needs. */
export interface Asked {
	readonly query: TraceQuery;
	/** The client's port; -1: not recorded. */
	readonly port: number;
	/** The message ID; -1: not recorded. */
	readonly id: number;
}

export interface Sink {
	take(asked: Asked): void;
}

/** A format: octets in, queries out to the `Sink` that it was made with. It holds what belongs to one trace. */
export interface TraceDecoder {
	/** Takes the next octets, cut anywhere, and keeps no reference to them. */
	push(chunk: Uint8Array): void;
	/** There are no more. */
	end(): void;
}
