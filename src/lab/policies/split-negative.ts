import type { Metadata, Policy } from '../policy.ts';

/**
 * Denials in a cache of their own, as CoreDNS has them (of the same size) and PowerDNS Recursor (an eighth): a flood of names
 * that do not exist leaves positive answers alone, and where there are few denials their room is lost.
 */
export class SplitNegative implements Policy {
	readonly #positive: Policy;
	readonly #negative: Policy;
	readonly #isNegative: (key: number) => boolean;
	readonly advance?: (nowMs: number) => void;

	/**
	 * @param positive and `negative`: their capacities together are that of the whole
	 * @param isNegative whether the answer that is about to be put in for a key is a denial
	 */
	constructor(positive: Policy, negative: Policy, isNegative: (key: number) => boolean) {
		this.#positive = positive;
		this.#negative = negative;
		this.#isNegative = isNegative;
		if (positive.advance === undefined && negative.advance === undefined) return;
		this.advance = (nowMs) => {
			positive.advance?.(nowMs);
			negative.advance?.(nowMs);
		};
	}

	get held(): number {
		return this.#positive.held + this.#negative.held;
	}

	get entries(): number {
		return this.#positive.entries + this.#negative.entries;
	}

	/** Each at its largest: entries can be in either. */
	get metadata(): Metadata {
		const one = this.#positive.metadata;
		const other = this.#negative.metadata;
		return {
			perEntryBytes: Math.max(one.perEntryBytes, other.perEntryBytes),
			perGhostBytes: Math.max(one.perGhostBytes, other.perGhostBytes),
			ghostsPerEntry: Math.max(one.ghostsPerEntry, other.ghostsPerEntry),
			fixedBytes: one.fixedBytes + other.fixedBytes,
		};
	}

	get(key: number): boolean {
		// Only one of them is asked, so that a policy that counts misses counts each once.
		return this.#negative.has(key) ? this.#negative.get(key) : this.#positive.get(key);
	}

	put(key: number, size: number, expiresMs: number): void {
		const policy = this.#isNegative(key) ? this.#negative : this.#positive;
		policy.put(key, size, expiresMs);
	}

	remove(key: number): void {
		(this.#negative.has(key) ? this.#negative : this.#positive).remove(key);
	}

	has(key: number): boolean {
		return this.#positive.has(key) || this.#negative.has(key);
	}
}
