/**
 * A cache policy: which keys stay when not all fit. One small file each under `policies/`, all behind this.
 *
 * Keys are whole numbers from 0 on, without holes: the simulator numbers what a trace asks for in the order in which it first
 * appears. A policy keeps what it knows of a key in typed arrays at the key's own place (`PerKey` grows them), so that a
 * request costs no hashing.
 *
 * Who calls what: for each request `get`; after a miss whose answer may be kept, `put`. An entry that has expired is found by
 * the simulator, which calls `remove` in place of `get` and then treats the request as a miss; a removed entry leaves no
 * trace among what a policy remembers of evicted keys.
 */
export interface Policy {
	/** Whether the key is held. A hit is noted in the policy's own way: moved, marked or counted. */
	get(key: number): boolean;
	/**
	 * After a miss: takes the key in, unless the policy does not admit it, and evicts whatever has to go. What is larger than
	 * the whole cache is not taken in.
	 *
	 * @param size in the unit of the capacity: 1, or octets. It stays what it was at `put`
	 * @param expiresMs for policies that look at expiry; Infinity where nothing expires
	 */
	put(key: number, size: number, expiresMs: number): void;
	/** Forgets a key that is held; nothing happens if it is not. */
	remove(key: number): void;
	/** For policies that clean up by the clock: called before the requests of a time; times never go back. */
	advance?(nowMs: number): void;
	/** Whether a key is held, noting nothing. */
	has(key: number): boolean;
	/** Sum of the sizes that are held, at most the capacity. */
	readonly held: number;
	/** Keys that are held. */
	readonly entries: number;
	/** What the policy itself would need in a server, counted at its largest: see `metadata.ts`. */
	readonly metadata: Metadata;
}

/** The least that an implementation with an index by key would store, in octets. */
export interface Metadata {
	/** For each entry that is held: links, marks, counters. */
	readonly perEntryBytes: number;
	/** For each key that is remembered and not held. */
	readonly perGhostBytes: number;
	/** Such keys, at most, for each entry that the cache can hold; 0.9 for a list that is nine tenths as long. */
	readonly ghostsPerEntry: number;
	/** Whatever does not grow with entries: sketches, at this capacity. */
	readonly fixedBytes: number;
}

export interface PolicyOptions {
	/** In entries of size 1, or in octets. */
	readonly capacity: number;
	/** For those with chance in them. */
	readonly seed: number;
	/**
	 * Only for policies that know the future: for each request of the trace the number of the next request for the same key,
	 * -1 if there is none. `get` is called once for each request, in order.
	 */
	readonly nextUse?: Int32Array;
	/** How many keys there will be, where that is known: arrays need not grow. */
	readonly keys?: number;
}

export type PolicyMaker = (options: PolicyOptions) => Policy;
