/**
 * A cache policy of one's own: hyperbolic caching (Blankstein, Sen, Freedman, USENIX ATC 2017). What goes is, of sixteen entries
 * drawn at random, the one that was asked for least often for its age. README.md says what each method has to do.
 */
import { perEntry } from '../../src/lab/metadata.ts';
import type { PolicyOptions } from '../../src/lab/policy.ts';
import { SizedPolicy } from '../../src/lab/sized-policy.ts';
import { type Random, randomBelow, seededRandom } from '../../src/util/random.ts';

export class Hyperbolic extends SizedPolicy {
	/** In a server: a count and a time. */
	readonly metadata = perEntry(8);
	readonly #random: Random;
	/** Keys that are held, in no order, so that one can be drawn. */
	readonly #held: number[] = [];
	/** By key: its place in `#held`, requests since it came, and the request that brought it. */
	readonly #places = this.keys.uint32();
	readonly #counts = this.keys.uint32();
	readonly #births = this.keys.float64();
	#now = 0;

	constructor(options: PolicyOptions) {
		super(options);
		this.#random = seededRandom(options.seed);
	}

	get(key: number): boolean {
		this.#now++;
		if (!this.has(key)) return false;
		this.#counts.values[key]++;
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.remove(this.#worst());
		this.add(key, size);
		this.#places.values[key] = this.#held.push(key) - 1;
		this.#counts.values[key] = 1;
		this.#births.values[key] = this.#now;
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.drop(key);
		const last = this.#held.pop()!;
		if (last === key) return;
		this.#places.values[last] = this.#places.values[key];
		this.#held[this.#places.values[last]] = last;
	}

	#worst(): number {
		const rate = (key: number): number =>
			this.#counts.values[key] / (this.#now - this.#births.values[key] + 1);
		const drawn = Array.from({ length: 16 }, () => this.#held[randomBelow(this.#random, this.entries)]);
		return drawn.reduce((worst, key) => (rate(key) < rate(worst) ? key : worst));
	}
}
