import { Links, List } from '../lists.ts';
import { linkedBytes, perEntry } from '../metadata.ts';
import { type Column, none } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

const roundGapMs = 5000;
/** Of the entries: what a round looks at, at least. */
const scannedShare = 0.1;
/** Looked at for each entry that is too much. */
const scannedPerExcess = 5;
/** Of the entries: what stands for those that come between two rounds. */
const excessShare = 0.01;

/**
 * As the record cache of PowerDNS Recursor: a round of pruning goes over a tenth of the entries, the least recently used
 * first, and drops what has expired. If the cache is over its bound and that was not enough, the least recently used go.
 *
 * The Recursor prunes every five seconds and is over its bound meanwhile. Here the bound holds at all times: the round comes
 * when an entry does not fit, and takes a hundredth of the entries as if so many had come since the last one. Every five
 * seconds there is one for expired entries alone. Its shards are left out.
 *
 * Denials have a cache of their own with an eighth of the entries: see `SplitNegative`.
 */
export class AsPdnsRecursor extends SizedPolicy {
	readonly metadata = perEntry(linkedBytes);
	readonly #queue: List;
	/** By key. */
	readonly #expiresMs: Column<Float64Array<ArrayBuffer>>;
	#nowMs = Number.NEGATIVE_INFINITY;
	#roundMs = Number.NaN;

	constructor(options: PolicyOptions) {
		super(options);
		this.#queue = new List(new Links(this.keys), this.sizes);
		this.#expiresMs = this.keys.float64();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.#queue.renew(key);
		return true;
	}

	put(key: number, size: number, expiresMs: number): void {
		if (size > this.capacity) return;
		if (this.isFullFor(size)) this.#prune();
		while (this.isFullFor(size)) this.remove(this.#queue.tail);
		this.add(key, size);
		this.#queue.push(key);
		this.#expiresMs.values[key] = expiresMs;
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#queue.take(key);
		this.drop(key);
	}

	advance(nowMs: number): void {
		this.#nowMs = nowMs;
		if (Number.isNaN(this.#roundMs)) this.#roundMs = nowMs + roundGapMs;
		if (nowMs < this.#roundMs) return;
		this.#roundMs = nowMs + roundGapMs;
		this.#dropExpired(Math.floor(this.entries * scannedShare));
	}

	#prune(): void {
		const excess = Math.max(1, Math.floor(this.entries * excessShare));
		const target = this.entries - excess;
		this.#dropExpired(Math.max(scannedPerExcess * excess, Math.floor(this.entries * scannedShare)));
		while (this.entries > target) this.remove(this.#queue.tail);
	}

	/** Looks at so many entries, the least recently used first. */
	#dropExpired(count: number): void {
		let key = this.#queue.tail;
		for (let looked = 0; looked < count && key !== none; looked++) {
			const next = this.#queue.youngerThan(key);
			if (this.#expiresMs.values[key] <= this.#nowMs) this.remove(key);
			key = next;
		}
	}
}
