/** What the cache counts. Called on the query path: implementations add to a counter and nothing else. */
export interface CacheEvents {
	/** An entry was evicted to make room; `kind` is a value of `entryKind`. */
	evicted(kind: number): void;
	/** A reader saw a writer and tried again. */
	readRetried(): void;
	/** A look-up or insertion gave up because a writer held the bucket. */
	contended(): void;
}
