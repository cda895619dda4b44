/** The order in which a thread asks the queries of a set. A place is the number of a query in the set. */
export interface Order {
	/** The place of the next query, or -1: there is no more. */
	next(): number;
	/**
	 * Instead of `next`, where each query needs a number of its own: one in [0, 2^32) that no query of this or another
	 * thread had before, until they have all been used; or -1. `placeOf` makes the place of it.
	 */
	nextSerial(): number;
	placeOf(serial: number): number;
	/** When the query that was given last is due, in milliseconds from the first; 0 without times. */
	readonly dueMs: number;
}

/** Serial numbers begin anew here: after an hour at a million queries a second, when no cache has them any more. */
export const serials = 2 ** 32;
