/**
 * What carries queries to a target and brings replies back. The generator knows nothing of sockets: a *channel* is a
 * number, and an ID is unique within its channel. UDP: a connected socket. TCP: a connection; a channel that was closed is
 * opened anew when it is chosen again. TLS and HTTPS are carriers of their own.
 */
export interface Carrier {
	/** Channels are numbered [0, channels). */
	readonly channels: number;
	/**
	 * A channel that takes a query now, another one each time as far as there are any; -1: none does. Opens what is closed.
	 */
	choose(): number;
	/** Whether a channel that was chosen takes another query, in the same turn. */
	takes(channel: number): boolean;
	/** Sends a copy of the octets at the next `flush`. False: the channel does not take it; nothing was sent. */
	send(channel: number, octets: Uint8Array, start: number, length: number): boolean;
	/** One query of the channel is answered or given up. */
	settle(channel: number): void;
	/** What was sent leaves. */
	flush(): void;
	/** What the kernel dropped at our own sockets since the start, for want of room in their receive buffers. */
	drops(): number;
	/** Handshakes so far; undefined where there are none. */
	readonly handshakes: Handshakes | undefined;
	close(): Promise<void>;
}

/** Connections made since the last look; whoever looks empties it. */
export interface Handshakes {
	failed: number;
	/** Of each that succeeded, in µs. */
	tookUs: number[];
}

/** Called from the event loop only, never from inside a call of the carrier. */
export interface CarrierEvents {
	/** Before and after the messages that came together; `nowMs` is when they came. */
	begin(nowMs: number): void;
	end(): void;
	/** The octets are valid until the call returns. */
	onMessage(channel: number, octets: Uint8Array, start: number, length: number): void;
	/** Nothing will come from what was sent on the channel. */
	onGone(channel: number, code: string, nowMs: number): void;
}
