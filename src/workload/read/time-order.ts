import type { Asked } from './decoder.ts';

/** Queries that are held back, the earliest first; of those with the same time the one that came first. A binary heap. */
export class TimeOrder {
	readonly #heap: Asked[] = [];
	readonly #times: number[] = [];
	/** Which one it was, to keep the order of equals. */
	readonly #serials: number[] = [];
	#serial = 0;

	get size(): number {
		return this.#heap.length;
	}

	/** When the earliest was asked; infinity if there is none. */
	get earliestMs(): number {
		return this.#times.length > 0 ? this.#times[0] : Number.POSITIVE_INFINITY;
	}

	add(asked: Asked, atMs: number): void {
		const serial = this.#serial++;
		let at = this.#heap.length;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			// What is equal came before.
			if (this.#times[parent] <= atMs) break;
			this.#move(parent, at);
			at = parent;
		}
		this.#put(at, asked, atMs, serial);
	}

	/** There must be one. */
	removeEarliest(): Asked {
		const earliest = this.#heap[0];
		const last = this.#heap.pop()!;
		const lastMs = this.#times.pop()!;
		const lastSerial = this.#serials.pop()!;
		if (this.#heap.length > 0) this.#sink(last, lastMs, lastSerial);
		return earliest;
	}

	/** Puts what was last in place of the first, and as far down as it belongs. */
	#sink(asked: Asked, atMs: number, serial: number): void {
		const size = this.#heap.length;
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= size) break;
			if (child + 1 < size && this.#isBefore(child + 1, this.#times[child], this.#serials[child])) child++;
			if (!this.#isBefore(child, atMs, serial)) break;
			this.#move(child, at);
			at = child;
		}
		this.#put(at, asked, atMs, serial);
	}

	#isBefore(place: number, atMs: number, serial: number): boolean {
		const placeMs = this.#times[place];
		return placeMs < atMs || (placeMs === atMs && this.#serials[place] < serial);
	}

	#move(from: number, to: number): void {
		this.#put(to, this.#heap[from], this.#times[from], this.#serials[from]);
	}

	#put(at: number, asked: Asked, atMs: number, serial: number): void {
		this.#heap[at] = asked;
		this.#times[at] = atMs;
		this.#serials[at] = serial;
	}
}
