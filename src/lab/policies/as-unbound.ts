import { Links, List } from '../lists.ts';
import { linkedBytes, perEntry } from '../metadata.ts';
import type { PolicyOptions } from '../policy.ts';
import { shardOf } from '../shards.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** The default of `msg-cache-slabs`. */
const slabCount = 4;

/**
 * As Unbound's message cache: LRU in each of four slabs, which are chosen by hash and have a fourth of the memory each. An
 * expired entry goes when it is looked up or when its turn comes.
 *
 * Unbound keeps an answer that is larger than a slab, alone in it; here it is not taken in. A capacity below four is one slab.
 */
export class AsUnbound extends SizedPolicy {
	readonly metadata = perEntry(linkedBytes);
	readonly #slabs: readonly List[];
	readonly #slabMax: number;

	constructor(options: PolicyOptions) {
		super(options);
		const links = new Links(this.keys);
		const count = options.capacity < slabCount ? 1 : slabCount;
		this.#slabMax = Math.floor(options.capacity / count);
		this.#slabs = Array.from({ length: count }, () => new List(links, this.sizes));
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.#slabOf(key).renew(key);
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.#slabMax) return;
		const slab = this.#slabOf(key);
		while (slab.held + size > this.#slabMax) this.remove(slab.tail);
		this.add(key, size);
		slab.push(key);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#slabOf(key).take(key);
		this.drop(key);
	}

	#slabOf(key: number): List {
		return this.#slabs[shardOf(key, this.#slabs.length)];
	}
}
