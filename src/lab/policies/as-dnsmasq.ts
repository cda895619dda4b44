import { KeyHeap } from '../key-heap.ts';
import { Links, List } from '../lists.ts';
import { linkedBytes, perEntry } from '../metadata.ts';
import { none } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/**
 * As dnsmasq: where there is no room, all that has expired goes, and only if that is nothing the least recently used. What
 * comes with a TTL of 0 is not kept. Denials are entries like others.
 */
export class AsDnsmasq extends SizedPolicy {
	/** What has expired dnsmasq finds by going over the whole table. */
	readonly metadata = perEntry(linkedBytes);
	readonly #queue: List;
	readonly #byExpiry: KeyHeap;
	#nowMs = Number.NEGATIVE_INFINITY;

	constructor(options: PolicyOptions) {
		super(options);
		this.#queue = new List(new Links(this.keys), this.sizes);
		this.#byExpiry = new KeyHeap(this.keys);
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.#queue.renew(key);
		return true;
	}

	put(key: number, size: number, expiresMs: number): void {
		if (size > this.capacity || expiresMs <= this.#nowMs) return;
		if (this.isFullFor(size)) this.#sweep();
		while (this.isFullFor(size)) this.remove(this.#queue.tail);
		this.add(key, size);
		this.#queue.push(key);
		this.#byExpiry.add(key, expiresMs);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#queue.take(key);
		this.#byExpiry.take(key);
		this.drop(key);
	}

	advance(nowMs: number): void {
		this.#nowMs = nowMs;
	}

	#sweep(): void {
		const heap = this.#byExpiry;
		while (heap.top !== none && heap.priorityOf(heap.top) <= this.#nowMs) this.remove(heap.top);
	}
}
