/** One alarm clock of a shard. Ringing is a turn, and `times[0]` of the transport is when it rang: never early. */
export interface Alarm {
	/**
	 * Rings once at this time of the transport's clock (ms, fraction counts), in place of an earlier setting; at the next turn of
	 * the event loop if that is past. Infinity: it does not ring. Only an alarm that is to ring keeps the process
	 * running. Throws `ERR_INVALID_ARG_TYPE` for NaN; after `close` it does nothing.
	 */
	set(atMs: number): void;
	/** Does not ring any more until set again. */
	clear(): void;
	/** Idempotent. */
	close(): void;
}
