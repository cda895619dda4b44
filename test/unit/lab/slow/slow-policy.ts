/**
 * A second implementation of a policy, from its paper: plain arrays and maps, whatever time that takes. It shares nothing
 * with the one in `src/lab/policies/`.
 */
export interface SlowPolicy {
	/** A request, and what is kept after a miss. Returns whether it was a hit. */
	request(key: number, size: number): boolean;
	/** What expired is missed: taken out, fetched and put in. */
	expire(key: number, size: number): void;
}
