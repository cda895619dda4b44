import { scatter } from '../workload/hash.ts';

const rows = 4;
/** In each row; Caffeine's sketch has as many. */
const countersPerEntry = 4;
const countersPerWord = 8;
const counterMax = 15;
/** In all rows, of four bits each. */
export const sketchBytesPerEntry = (rows * countersPerEntry) / 2;

/**
 * How often keys came, in four bits each, by a count-min sketch (Cormode, Muthukrishnan 2005): a key has a counter in each
 * of four rows and shares it with others; the least of the four is the estimate, never too low while counters are below 15,
 * where they stay.
 *
 *   row r, counter (first + r * second) modulo width     first = scatter(key), second = scatter(first), made odd
 */
export class FrequencySketch {
	/** Eight counters a word, row after row. */
	#words: Uint32Array<ArrayBuffer>;
	/** Counters in a row, less one: a power of two, so this masks. */
	#mask: number;

	/** @param entries that the cache holds: there are 16 to 32 counters for each */
	constructor(entries: number) {
		let width = 64;
		while (width < entries * countersPerEntry) width *= 2;
		this.#mask = width - 1;
		this.#words = new Uint32Array((rows * width) / countersPerWord);
	}

	/** How many entries it is wide enough for. */
	get entries(): number {
		return (this.#mask + 1) / countersPerEntry;
	}

	add(key: number): void {
		const words = this.#words;
		const width = this.#mask + 1;
		const first = scatter(key);
		const step = scatter(first) | 1;
		for (let row = 0, hash = first; row < rows; row++, hash += step) {
			const counter = row * width + (hash & this.#mask);
			const shift = (counter & 7) << 2;
			if (((words[counter >>> 3] >>> shift) & counterMax) < counterMax) words[counter >>> 3] += 1 << shift;
		}
	}

	/** In [0, 15]. */
	estimate(key: number): number {
		const words = this.#words;
		const width = this.#mask + 1;
		const first = scatter(key);
		const step = scatter(first) | 1;
		let least = counterMax;
		for (let row = 0, hash = first; row < rows; row++, hash += step) {
			const counter = row * width + (hash & this.#mask);
			const count = (words[counter >>> 3] >>> ((counter & 7) << 2)) & counterMax;
			if (count < least) least = count;
		}
		return least;
	}

	/** Halves all counters, rounding down. */
	halve(): void {
		const words = this.#words;
		for (let word = 0; word < words.length; word++) words[word] = (words[word] >>> 1) & 0x7777_7777;
	}

	/** Makes it twice as wide. No estimate changes: keys that parted take along what they had together. */
	widen(): void {
		const old = this.#words;
		const rowWords = old.length / rows;
		this.#words = new Uint32Array(2 * old.length);
		for (let row = 0; row < rows; row++) {
			const words = old.subarray(row * rowWords, (row + 1) * rowWords);
			this.#words.set(words, 2 * row * rowWords);
			this.#words.set(words, (2 * row + 1) * rowWords);
		}
		this.#mask = 2 * this.#mask + 1;
	}
}
