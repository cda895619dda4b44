import { type Column, PerKey } from '../per-key.ts';
import type { KeyNames } from '../simulate/key-names.ts';

/** The names of the keys of a sample, which have numbers of their own. */
export class SampledNames implements KeyNames {
	readonly #all: KeyNames;
	readonly #places: PerKey = new PerKey();
	/** By number in the sample: the number among all. */
	readonly #numbers: Column<Uint32Array<ArrayBuffer>> = this.#places.uint32();
	count = 0;

	constructor(all: KeyNames) {
		this.#all = all;
	}

	/** Gives a key its number in the sample. */
	add(key: number): number {
		this.#places.reach(this.count);
		this.#numbers.values[this.count] = key;
		return this.count++;
	}

	nameBytes(number: number): number {
		return this.#all.nameBytes(this.#numbers.values[number]);
	}

	writeName(number: number, octets: Uint8Array, at: number): number {
		return this.#all.writeName(this.#numbers.values[number], octets, at);
	}

	qtype(number: number): number {
		return this.#all.qtype(this.#numbers.values[number]);
	}

	qclass(number: number): number {
		return this.#all.qclass(this.#numbers.values[number]);
	}

	flags(number: number): number {
		return this.#all.flags(this.#numbers.values[number]);
	}
}
