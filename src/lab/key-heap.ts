import { type Column, grown, none, type PerKey } from './per-key.ts';

/** Keys with a priority each, the least at the top; of equal ones that which got its priority first. A binary heap. */
export class KeyHeap {
	readonly #priorities: Column<Float64Array<ArrayBuffer>>;
	/** By key: when it got its priority, in priorities that were given. */
	readonly #turns: Column<Float64Array<ArrayBuffer>>;
	/** By key: where in the heap it is. */
	readonly #places: Column<Uint32Array<ArrayBuffer>>;
	#heap: Int32Array<ArrayBuffer> = new Int32Array(1024);
	#count = 0;
	#turn = 0;

	constructor(keys: PerKey) {
		this.#priorities = keys.float64();
		this.#turns = keys.float64();
		this.#places = keys.uint32();
	}

	/** The key to go first, or `none`. */
	get top(): number {
		return this.#count > 0 ? this.#heap[0] : none;
	}

	/** Of a key that is in the heap. */
	priorityOf(key: number): number {
		return this.#priorities.values[key];
	}

	/** Puts in a key that is not in the heap. */
	add(key: number, priority: number): void {
		if (this.#count === this.#heap.length) this.#heap = grown(this.#heap, 2 * this.#count);
		this.#rank(key, priority);
		this.#rise(key, this.#count++);
	}

	/** Gives another priority to a key that is in the heap. */
	change(key: number, priority: number): void {
		this.#rank(key, priority);
		this.#settle(key, this.#places.values[key]);
	}

	/** Takes out a key that is in the heap. */
	take(key: number): void {
		const place = this.#places.values[key];
		const last = this.#heap[--this.#count];
		if (last !== key) this.#settle(last, place);
	}

	#rank(key: number, priority: number): void {
		this.#priorities.values[key] = priority;
		this.#turns.values[key] = this.#turn++;
	}

	/** Moves a key from a place where it may be wrong, up or down. */
	#settle(key: number, place: number): void {
		if (place > 0 && this.#goesBefore(key, this.#heap[(place - 1) >> 1])) this.#rise(key, place);
		else this.#sink(key, place);
	}

	#rise(key: number, place: number): void {
		while (place > 0) {
			const above = (place - 1) >> 1;
			const other = this.#heap[above];
			if (!this.#goesBefore(key, other)) break;
			this.#set(other, place);
			place = above;
		}
		this.#set(key, place);
	}

	#sink(key: number, place: number): void {
		for (;;) {
			let below = 2 * place + 1;
			if (below >= this.#count) break;
			if (below + 1 < this.#count && this.#goesBefore(this.#heap[below + 1], this.#heap[below])) below++;
			const other = this.#heap[below];
			if (!this.#goesBefore(other, key)) break;
			this.#set(other, place);
			place = below;
		}
		this.#set(key, place);
	}

	#set(key: number, place: number): void {
		this.#heap[place] = key;
		this.#places.values[key] = place;
	}

	#goesBefore(one: number, other: number): boolean {
		const priorities = this.#priorities.values;
		if (priorities[one] !== priorities[other]) return priorities[one] < priorities[other];
		return this.#turns.values[one] < this.#turns.values[other];
	}
}
