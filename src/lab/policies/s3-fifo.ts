import { Ghosts } from '../ghosts.ts';
import { Links, List } from '../lists.ts';
import { bitBytes, entryNumberBytes, rememberedBytes } from '../metadata.ts';
import { type Column, none } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Of the capacity. */
const smallShare = 0.1;
const rememberedShare = 0.9;
/** Two bits count hits. */
const hitsMax = 3;

/**
 * S3-FIFO (Yang et al., SOSP 2023): three FIFO queues. Newcomers wait in a small one; those that were hit often enough go on
 * to the main one, the others are remembered, and come straight into the main one when they are asked for again. In the main
 * one each hit, of up to three, lets an entry come around once more.
 *
 * Programs of the authors refuse what is as large as the small queue, which in a small cache can be many an answer, or
 * all. Here it waits there alone.
 */
export class S3Fifo extends SizedPolicy {
	/** A place in a ring, the hits, which queue. */
	readonly metadata = {
		perEntryBytes: entryNumberBytes + 3 * bitBytes,
		perGhostBytes: rememberedBytes,
		ghostsPerEntry: rememberedShare,
		fixedBytes: 0,
	};
	readonly #hitsToStay: number;
	readonly #mainMax: number;
	readonly #small: List;
	readonly #main: List;
	readonly #ghosts: Ghosts;
	readonly #hits: Column<Uint8Array<ArrayBuffer>>;
	readonly #isMain: Column<Uint8Array<ArrayBuffer>>;

	/**
	 * @param hitsToStay for going on to the main queue. The paper's "more than 1" and libCacheSim's threshold 2 are both 2;
	 * 1 is common too
	 */
	constructor(options: PolicyOptions, hitsToStay: number) {
		super(options);
		const { capacity } = options;
		const links = new Links(this.keys);
		this.#hitsToStay = hitsToStay;
		this.#mainMax = capacity - Math.floor(capacity * smallShare);
		this.#small = new List(links, this.sizes);
		this.#main = new List(links, this.sizes);
		this.#ghosts = new Ghosts(this.keys, Math.floor(capacity * rememberedShare), links);
		this.#hits = this.keys.uint8();
		this.#isMain = this.keys.uint8();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		const hits = this.#hits.values;
		if (hits[key] < hitsMax) hits[key]++;
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		const isMain = this.#ghosts.take(key);
		while (this.isFullFor(size)) {
			if (this.#main.held > this.#mainMax || this.#small.count === 0) this.#evictMain();
			else this.#evictSmall();
		}
		this.add(key, size);
		this.#enter(key, isMain);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		(this.#isMain.values[key] ? this.#main : this.#small).take(key);
		this.drop(key);
	}

	#enter(key: number, isMain: boolean): void {
		this.#hits.values[key] = 0;
		this.#isMain.values[key] = isMain ? 1 : 0;
		(isMain ? this.#main : this.#small).push(key);
	}

	/** Lets those go on that were hit often enough, until one was not. */
	#evictSmall(): void {
		for (let key = this.#small.tail; key !== none; key = this.#small.tail) {
			if (this.#hits.values[key] < this.#hitsToStay) {
				const size = this.sizes.values[key];
				this.remove(key);
				this.#ghosts.add(key, size);
				return;
			}
			this.#small.take(key);
			this.#enter(key, true);
		}
	}

	#evictMain(): void {
		const hits = this.#hits.values;
		while (hits[this.#main.tail] > 0) {
			hits[this.#main.tail]--;
			this.#main.renew(this.#main.tail);
		}
		this.remove(this.#main.tail);
	}
}
