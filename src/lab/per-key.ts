/**
 * Typed arrays with a place for each key. Those of one policy are of one length and grow together, to twice as much when a
 * key comes that has no place. A new place holds 0.
 */
export type Numbers =
	| Uint8Array<ArrayBuffer>
	| Int32Array<ArrayBuffer>
	| Uint32Array<ArrayBuffer>
	| Float64Array<ArrayBuffer>;

/** One number for each key. `values` is another array after the places have grown: never keep it over a `reach`. */
export interface Column<A extends Numbers> {
	values: A;
}

/** Where a key would stand: there is none. */
export const none = -1;

const firstKeys = 1024;

export class PerKey {
	#length: number;
	readonly #columns: Column<Numbers>[] = [];

	/** @param keys how many there will be, where that is known */
	constructor(keys = firstKeys) {
		this.#length = Math.max(1, keys);
	}

	uint8(): Column<Uint8Array<ArrayBuffer>> {
		return this.#add(new Uint8Array(this.#length));
	}

	int32(): Column<Int32Array<ArrayBuffer>> {
		return this.#add(new Int32Array(this.#length));
	}

	uint32(): Column<Uint32Array<ArrayBuffer>> {
		return this.#add(new Uint32Array(this.#length));
	}

	float64(): Column<Float64Array<ArrayBuffer>> {
		return this.#add(new Float64Array(this.#length));
	}

	/** Sees to it that the key has a place. Reading at a key without one gives undefined. */
	reach(key: number): void {
		if (key >= this.#length) this.#grow(key);
	}

	#add<A extends Numbers>(values: A): Column<A> {
		const column = { values };
		this.#columns.push(column);
		return column;
	}

	#grow(key: number): void {
		this.#length = Math.max(key + 1, 2 * this.#length);
		for (const column of this.#columns) column.values = grown(column.values, this.#length);
	}
}

/** A longer copy, filled up with 0. */
export function grown<A extends Numbers>(values: A, length: number): A {
	const longer = new (values.constructor as new (length: number) => A)(length);
	longer.set(values);
	return longer;
}
