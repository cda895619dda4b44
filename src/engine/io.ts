/**
 * What the engine asks of the world around it, and nothing else: the shard gives it sockets, the scenario runner a
 * script, the benchmarks an array. Every call is made from inside an engine call and must not call back into it.
 */
export interface EngineIo {
	/** Keeps the sender of the query now being handled; 0 if there is no room. */
	retain(source: QuerySource): number;
	/** Sends a reply to a retained client and releases it. */
	reply(listener: number, client: number, octets: Uint8Array, start: number, length: number): void;
	release(listener: number, client: number): void;
	/** Where a query came from, for `whoami` and the log. May allocate. */
	clientAddress(source: QuerySource): ClientEndpoint;
	/** Sends a query to an upstream; returns the socket that it left by, 0 if it could not be sent. */
	askUdp(upstream: number, octets: Uint8Array, start: number, length: number): number;
	askTcp(upstream: number, octets: Uint8Array, start: number, length: number): number;
	/** Of the query sent last: whether its socket had carried others before. */
	readonly socketReused: boolean;
	/** One query sent on `socket` is answered or given up. */
	settle(socket: number): void;
	/** Hands octets to another shard's engine (`Engine.onHandOver`). Batched: one wake-up per shard and turn. */
	handOver(shard: number, octets: Uint8Array): void;
	/** Something a person should read. Rare, or bounded by the caller. */
	log(event: EngineEvent): void;
}

export interface ClientEndpoint {
	readonly address: string;
	readonly port: number;
	readonly family: 4 | 6;
}

export const overUdp = 0;
export const overTcp = 1;

/** Where a query came from. One object per listener, its fields set anew for each query. */
export interface QuerySource {
	/** The listener's number in its shard; it decides which server blocks are looked at. */
	listener: number;
	transport: typeof overUdp | typeof overTcp;
	/** UDP: the batch slot. TCP: the client, already retained. */
	sender: number;
}

export type EngineEvent =
	| {
			readonly kind: 'resolution-failed';
			readonly block: number;
			readonly qname: string;
			readonly qtype: string;
			/** What the client got, all twelve bits. */
			readonly rcode: number;
			/** Words, or the code of a system error. */
			readonly cause: string;
			/** The upstream that it happened with, -1: none; and whether by TCP. */
			readonly upstream: number;
			readonly overTcp: boolean;
	  }
	| { readonly kind: 'upstream-down'; readonly upstream: number }
	| { readonly kind: 'upstream-up'; readonly upstream: number }
	| { readonly kind: 'loop-found'; readonly block: number };
