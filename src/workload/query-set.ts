/**
 * Encoded queries, one behind the other, in memory that threads share: a structured clone of a set holds the same octets.
 *
 *   octets    | query 0 | query 1     | query 2 | …        messages with ID 0 and one question
 *   offsets   0         o1            o2        … o count   Uint32, count + 1
 *   dueMs     0         t1            t2                    Float64, milliseconds from the first, ascending
 */
export interface QuerySet {
	readonly count: number;
	readonly octets: SharedArrayBuffer;
	readonly offsets: SharedArrayBuffer;
	/** Undefined: the queries have no time of their own. */
	readonly dueMs: SharedArrayBuffer | undefined;
}

/** What a set may hold. More would be another kind of tool: one that reads its queries while it asks them. */
export interface QuerySetLimits {
	readonly queries: number;
	readonly bytes: number;
}

/** Offsets have 32 bits. */
export const querySetLimits: QuerySetLimits = { queries: 50_000_000, bytes: 2 ** 32 - 1 };
