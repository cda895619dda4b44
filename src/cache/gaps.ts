import { bucketWord, gapCount } from './layout.ts';

/**
 * Words between the entries of a bucket that nobody uses (layout.ts), the few that entries left which were dropped last. Where
 * there are more, the smallest is forgotten until entries are gathered.
 */
export class Gaps {
	readonly #words: Int32Array;
	#at = 0;
	/** A gap of 0 words is none. */
	readonly #offsets = new Int32Array(gapCount);
	readonly #sizes = new Int32Array(gapCount);

	constructor(words: Int32Array) {
		this.#words = words;
	}

	/** @param base of the bucket, in words */
	open(base: number): void {
		this.#at = base + bucketWord.gaps;
		for (let i = 0; i < gapCount; i++) {
			const gap = this.#words[this.#at + i];
			this.#offsets[i] = gap & 0xffff;
			this.#sizes[i] = gap >>> 16;
		}
	}

	close(): void {
		for (let i = 0; i < gapCount; i++) this.#words[this.#at + i] = this.#offsets[i] | (this.#sizes[i] << 16);
	}

	clear(): void {
		this.#sizes.fill(0);
	}

	/** Words that are free now; they become one with a neighbor on one side, or both. */
	add(offset: number, size: number): void {
		let start = offset;
		let end = offset + size;
		let place = 0;
		for (let i = 0; i < gapCount; i++) {
			const isBehind = this.#offsets[i] === end;
			const isBefore = this.#offsets[i] + this.#sizes[i] === start;
			if (this.#sizes[i] > 0 && (isBehind || isBefore)) {
				if (isBehind) end += this.#sizes[i];
				else start = this.#offsets[i];
				this.#sizes[i] = 0;
			}
			if (this.#sizes[i] < this.#sizes[place]) place = i;
		}
		if (this.#sizes[place] > end - start) return;
		this.#offsets[place] = start;
		this.#sizes[place] = end - start;
	}

	/** Where so many words fit, at the far end of the smallest gap that has them; 0: nowhere. */
	placeFor(size: number): number {
		let best = -1;
		for (let i = 0; i < gapCount; i++) {
			if (this.#sizes[i] >= size && (best < 0 || this.#sizes[i] < this.#sizes[best])) best = i;
		}
		return best < 0 ? 0 : this.#offsets[best] + this.#sizes[best] - size;
	}

	/** Words at the far end of a gap are used now. */
	take(offset: number, size: number): void {
		for (let i = 0; i < gapCount; i++) {
			if (this.#sizes[i] >= size && this.#offsets[i] + this.#sizes[i] === offset + size) {
				this.#sizes[i] -= size;
				return;
			}
		}
	}

	/** If a gap begins there: its words, which are a gap no more; else 0. */
	takeWhole(offset: number): number {
		for (let i = 0; i < gapCount; i++) {
			const size = this.#sizes[i];
			if (size === 0 || this.#offsets[i] !== offset) continue;
			this.#sizes[i] = 0;
			return size;
		}
		return 0;
	}
}
