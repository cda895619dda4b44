/** Estimates of how often keys came, as the TinyLFU paper wants them: from 0 to 15, and all halved now and then. */
export interface Frequencies {
	add(key: number): void;
	estimate(key: number): number;
	halve(): void;
}

/** What a sketch would tell if no keys shared counters. */
export class ExactFrequencies implements Frequencies {
	readonly #counts = new Map<number, number>();

	add(key: number): void {
		this.#counts.set(key, Math.min(15, this.estimate(key) + 1));
	}

	estimate(key: number): number {
		return this.#counts.get(key) ?? 0;
	}

	halve(): void {
		for (const [key, count] of this.#counts) this.#counts.set(key, Math.floor(count / 2));
	}
}

/** A count-min sketch with a number for each counter. */
export class PlainSketch implements Frequencies {
	readonly #rows: number[][];
	readonly #hash: (value: number) => number;

	/** @param hash 32 bits, one to one: where it puts a key is no part of the algorithm */
	constructor(width: number, hash: (value: number) => number) {
		this.#rows = Array.from({ length: 4 }, () => new Array<number>(width).fill(0));
		this.#hash = hash;
	}

	add(key: number): void {
		this.#rows.forEach((row, number) => {
			const place = this.#place(key, number);
			row[place] = Math.min(15, row[place] + 1);
		});
	}

	estimate(key: number): number {
		return Math.min(...this.#rows.map((row, number) => row[this.#place(key, number)]));
	}

	halve(): void {
		for (const row of this.#rows) {
			for (let place = 0; place < row.length; place++) row[place] = Math.floor(row[place] / 2);
		}
	}

	/** Double hashing, as the sketch's description says. */
	#place(key: number, number: number): number {
		const first = this.#hash(key);
		const second = this.#hash(first) | 1;
		const width = this.#rows[0].length;
		return (((first + number * second) % width) + width) % width;
	}
}
