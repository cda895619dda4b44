import { type Random as RandomSource, randomBelow, seededRandom } from '../../util/random.ts';
import { perEntry } from '../metadata.ts';
import { type Column, grown } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Any entry may go, each as likely as another whatever its size. */
export class Random extends SizedPolicy {
	/** A place of the index is drawn. */
	readonly metadata = perEntry(0);
	readonly #random: RandomSource;
	/** The keys that are held, in no order, from 0 to `entries`. */
	#held: Int32Array<ArrayBuffer> = new Int32Array(1024);
	/** By key: where in `#held` it is. */
	readonly #places: Column<Uint32Array<ArrayBuffer>>;

	constructor(options: PolicyOptions) {
		super(options);
		this.#random = seededRandom(options.seed);
		this.#places = this.keys.uint32();
	}

	get(key: number): boolean {
		return this.has(key);
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.remove(this.#held[randomBelow(this.#random, this.entries)]);
		if (this.entries === this.#held.length) this.#held = grown(this.#held, 2 * this.entries);
		this.#place(key, this.entries);
		this.add(key, size);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.drop(key);
		const last = this.#held[this.entries];
		this.#place(last, this.#places.values[key]);
	}

	#place(key: number, place: number): void {
		this.keys.reach(key);
		this.#held[place] = key;
		this.#places.values[key] = place;
	}
}
