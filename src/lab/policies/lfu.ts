import { Links, List } from '../lists.ts';
import { entryNumberBytes, linkedBytes, perEntry } from '../metadata.ts';
import type { Column } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Keys that were asked for equally often, the one that came to be so last at the head. */
interface Level {
	readonly number: number;
	readonly list: List;
	frequency: number;
	/** The next level with a higher frequency, and with a lower one. */
	above: Level | undefined;
	below: Level | undefined;
}

/**
 * What was asked for least often goes first; of equals that which was longest so. Only what is held is counted: a key that
 * comes back begins anew. Keys of a frequency are a list, and the lists are linked by frequency, so that nothing is sought
 * (Shah, Mitra, Matani 2010). There are never many levels: the sum of their frequencies is at most the number of requests.
 */
export class Lfu extends SizedPolicy {
	/** Links, and the level's number. */
	readonly metadata = perEntry(linkedBytes + entryNumberBytes);
	readonly #links: Links;
	/** By key: the number of its level. */
	readonly #levelOf: Column<Uint32Array<ArrayBuffer>>;
	readonly #levels: Level[] = [];
	/** Levels that are out of use. */
	readonly #spare: Level[] = [];
	#lowest: Level | undefined;

	constructor(options: PolicyOptions) {
		super(options);
		this.#links = new Links(this.keys);
		this.#levelOf = this.keys.uint32();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		const level = this.#levels[this.#levelOf.values[key]];
		const frequency = level.frequency + 1;
		const higher = level.above?.frequency === frequency ? level.above : this.#open(frequency, level);
		this.#leave(key, level);
		this.#enter(key, higher);
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		while (this.isFullFor(size)) this.remove(this.#lowest!.list.tail);
		this.add(key, size);
		this.#enter(key, this.#lowest?.frequency === 1 ? this.#lowest : this.#open(1, undefined));
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#leave(key, this.#levels[this.#levelOf.values[key]]);
		this.drop(key);
	}

	#enter(key: number, level: Level): void {
		level.list.push(key);
		this.#levelOf.values[key] = level.number;
	}

	#leave(key: number, level: Level): void {
		level.list.take(key);
		if (level.list.count > 0) return;
		if (level.below) level.below.above = level.above;
		else this.#lowest = level.above;
		if (level.above) level.above.below = level.below;
		this.#spare.push(level);
	}

	/** A new level right above another one; undefined: below all. */
	#open(frequency: number, below: Level | undefined): Level {
		const above = below ? below.above : this.#lowest;
		const level = this.#spare.pop() ?? this.#makeLevel();
		level.frequency = frequency;
		level.above = above;
		level.below = below;
		if (above) above.below = level;
		if (below) below.above = level;
		else this.#lowest = level;
		return level;
	}

	#makeLevel(): Level {
		const list = new List(this.#links, this.sizes);
		const level = { number: this.#levels.length, list, frequency: 0, above: undefined, below: undefined };
		this.#levels.push(level);
		return level;
	}
}
