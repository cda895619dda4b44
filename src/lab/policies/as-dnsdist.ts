import { KeyHeap } from '../key-heap.ts';
import { perEntry } from '../metadata.ts';
import { type Column, none } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { entriesThatFit, shardOf } from '../shards.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Defaults of dnsdist. */
const shardCount = 20;
const cleaningGapMs = 60_000;

/**
 * As dnsdist's packet cache, which by default evicts nothing: twenty shards, bound by entries, and what comes to a full one
 * is not taken in. Room is made once a minute, when what has expired is cleaned up. Until then an expired entry keeps its
 * place; and if the shard is full, not even a new answer to the same question may have that place.
 */
export class AsDnsdist extends SizedPolicy {
	/** A place in a hash table, which is the index. */
	readonly metadata = perEntry(0);
	/** What is held, by when it expires. */
	readonly #byExpiry: KeyHeap;
	/** Places that are taken in each shard, by what is held or was removed. */
	readonly #taken: Uint32Array = new Uint32Array(shardCount);
	/** By key: the size of what was removed, since it had expired, and keeps its place; 0: there is no such thing. */
	readonly #removedSizes: Column<Uint32Array<ArrayBuffer>>;
	readonly #removed = new Set<number>();
	#removedHeld = 0;
	#cleaningMs = Number.NaN;

	constructor(options: PolicyOptions) {
		super(options);
		this.#byExpiry = new KeyHeap(this.keys);
		this.#removedSizes = this.keys.uint32();
	}

	get(key: number): boolean {
		return this.has(key);
	}

	put(key: number, size: number, expiresMs: number): void {
		if (size > this.capacity) return;
		const shard = shardOf(key, shardCount);
		const most = Math.max(1, Math.floor(entriesThatFit(this) / shardCount));
		if (this.#taken[shard] >= most) return;
		const own = this.#removedSizes.values[key] ?? 0;
		if (this.held + this.#removedHeld - own + size > this.capacity) return;
		if (own > 0) this.#giveUpPlace(key);
		this.add(key, size);
		this.#taken[shard]++;
		this.#byExpiry.add(key, expiresMs);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		const size = this.sizes.values[key];
		this.#byExpiry.take(key);
		this.drop(key);
		this.#removedSizes.values[key] = size;
		this.#removed.add(key);
		this.#removedHeld += size;
	}

	advance(nowMs: number): void {
		if (Number.isNaN(this.#cleaningMs)) this.#cleaningMs = nowMs + cleaningGapMs;
		if (nowMs < this.#cleaningMs) return;
		this.#cleaningMs = nowMs + cleaningGapMs;
		for (const key of this.#removed) this.#giveUpPlace(key);
		const heap = this.#byExpiry;
		for (let key = heap.top; key !== none && heap.priorityOf(key) <= nowMs; key = heap.top) {
			heap.take(key);
			this.drop(key);
			this.#taken[shardOf(key, shardCount)]--;
		}
	}

	#giveUpPlace(key: number): void {
		this.#removed.delete(key);
		this.#removedHeld -= this.#removedSizes.values[key];
		this.#removedSizes.values[key] = 0;
		this.#taken[shardOf(key, shardCount)]--;
	}
}
