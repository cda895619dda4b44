import { Ghosts } from '../ghosts.ts';
import { Links, List } from '../lists.ts';
import { bitBytes, linkedBytes, rememberedBytes } from '../metadata.ts';
import { type Column, none } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Of the capacity: what newcomers may take before the other queue gives way, and the sizes of remembered keys. */
const newcomersShare = 0.25;
const rememberedShare = 0.5;

/**
 * 2Q, the full version (Johnson, Shasha, VLDB 1994): newcomers wait in a FIFO queue (A1in), where a hit means nothing since
 * requests come in bursts; what went from there is remembered (A1out), and when it is asked for again it comes into an LRU
 * queue (Am).
 */
export class TwoQueue extends SizedPolicy {
	/** Which queue is a bit. */
	readonly metadata = {
		perEntryBytes: linkedBytes + bitBytes,
		perGhostBytes: rememberedBytes,
		ghostsPerEntry: rememberedShare,
		fixedBytes: 0,
	};
	readonly #newcomersMax: number;
	readonly #newcomers: List;
	readonly #main: List;
	readonly #ghosts: Ghosts;
	readonly #isMain: Column<Uint8Array<ArrayBuffer>>;

	constructor(options: PolicyOptions) {
		super(options);
		const links = new Links(this.keys);
		this.#newcomersMax = Math.floor(options.capacity * newcomersShare);
		this.#newcomers = new List(links, this.sizes);
		this.#main = new List(links, this.sizes);
		this.#ghosts = new Ghosts(this.keys, Math.floor(options.capacity * rememberedShare), links);
		this.#isMain = this.keys.uint8();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		if (this.#isMain.values[key]) this.#main.renew(key);
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		const isMain = this.#ghosts.take(key);
		while (this.isFullFor(size)) this.#evict();
		this.add(key, size);
		this.#isMain.values[key] = isMain ? 1 : 0;
		(isMain ? this.#main : this.#newcomers).push(key);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		(this.#isMain.values[key] ? this.#main : this.#newcomers).take(key);
		this.drop(key);
	}

	#evict(): void {
		if (this.#newcomers.held <= this.#newcomersMax && this.#main.tail !== none) {
			this.remove(this.#main.tail);
			return;
		}
		const key = this.#newcomers.tail;
		const size = this.sizes.values[key];
		this.remove(key);
		this.#ghosts.add(key, size);
	}
}
