/**
 * What is asked, one query after the other. A source belongs to one thread; every thread of a run opens its own on the
 * same `Workload`, whose memory they share.
 *
 * A query is known by a number, so that the load generator keeps four octets for a query that is under way: whatever
 * `write` made of a number before, it makes again, and `asks` tells whether a reply answers it.
 */
export interface QuerySource {
	/** The number of the next query, a whole number in [0, 2^32), or -1: there is no more. Numbers may repeat. */
	next(): number;
	/**
	 * For workloads with a timing of their own (`Workload.timed`): when the query that `next` gave is due, in milliseconds
	 * from the first one. 0 otherwise.
	 */
	readonly dueMs: number;
	/**
	 * Writes the message with ID 0 to `octets` at `at` and returns its length, at most `maxQueryBytes`. Depends on the
	 * number alone.
	 */
	write(number: number, octets: Uint8Array, at: number): number;
	/** Whether the message at `octets[start, start + length)` holds exactly this query's question; case is ignored. */
	asks(number: number, octets: Uint8Array, start: number, length: number): boolean;
}

/** Header, the longest name, type and class, and an OPT with an option or two. */
export const maxQueryBytes = 512;
