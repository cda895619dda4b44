import { type Random, randomBelow, seededRandom } from '../../util/random.ts';
import { perEntry } from '../metadata.ts';
import type { Column } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { entriesThatFit, shardOf } from '../shards.ts';
import { SizedPolicy } from '../sized-policy.ts';

const shardCount = 256;
/** CoreDNS makes no shard smaller. */
const shardEntriesMin = 4;

/**
 * As CoreDNS's `cache` (plugin/pkg/cache): 256 shards, chosen by hash, bound by entries. A newcomer to a full one puts out
 * what a loop over a Go map gives first, which is taken as any entry of the shard. So entries go before the cache as a whole
 * is full; and what has expired stays until it is drawn or fetched anew.
 *
 * Where fewer than 1,024 entries fit, CoreDNS would hold more than was asked for. Here the whole is bounded too: then an entry
 * of the same shard goes, or, if there is none, of the next shard that has one.
 *
 * CoreDNS keeps denials in a second cache of the same size: see `SplitNegative`.
 */
export class AsCoreDns extends SizedPolicy {
	/** Go's map is the index, and a place of it is drawn. */
	readonly metadata = perEntry(0);
	readonly #random: Random;
	/** The keys of each, in no order. */
	readonly #shards: readonly number[][];
	/** By key: where in its shard it is. */
	readonly #places: Column<Uint32Array<ArrayBuffer>>;

	constructor(options: PolicyOptions) {
		super(options);
		this.#random = seededRandom(options.seed);
		this.#shards = Array.from({ length: shardCount }, () => []);
		this.#places = this.keys.uint32();
	}

	get(key: number): boolean {
		return this.has(key);
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		const number = shardOf(key, shardCount);
		const shard = this.#shards[number];
		const most = Math.max(shardEntriesMin, Math.floor(entriesThatFit(this) / shardCount));
		if (shard.length >= most) this.#evictFrom(shard);
		while (this.isFullFor(size)) this.#evictFrom(this.#nextWithEntries(number));
		this.add(key, size);
		this.#places.values[key] = shard.length;
		shard.push(key);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.drop(key);
		const shard = this.#shards[shardOf(key, shardCount)];
		const last = shard.pop()!;
		if (last === key) return;
		const place = this.#places.values[key];
		shard[place] = last;
		this.#places.values[last] = place;
	}

	#evictFrom(shard: readonly number[]): void {
		this.remove(shard[randomBelow(this.#random, shard.length)]);
	}

	#nextWithEntries(number: number): readonly number[] {
		while (this.#shards[number].length === 0) number = (number + 1) % shardCount;
		return this.#shards[number];
	}
}
