import { assert } from '../../util/assert.ts';
import { scatter } from '../../workload/hash.ts';
import { grown } from '../per-key.ts';
import type { RequestId } from './request.ts';

const firstPlaces = 4096;
/** The largest count that an Int32 holds as a number of a key, with one place for "no key". */
const keysMax = 2 ** 31 - 2;
const lowEnd = 0x1_0000_0000;
const idEnd = 1n << 64n;
/** A Map holds 2^24 entries, and no more. */
const textsMax = 2 ** 23;

/**
 * Numbers ids from 0 on, in the order in which they first appear. Ids that are numbers lie in typed arrays, in a table with
 * open addressing that is never more than half full: 24 octets each at most. A bigint and a number of the same value are the
 * same id; a text never is.
 */
export class Numbering {
	/** Numbers of keys + 1; 0: no key. */
	#table: Uint32Array<ArrayBuffer> = new Uint32Array(firstPlaces);
	/** The ids by number, 32 bits each. Those of texts mean nothing. */
	#lows: Uint32Array<ArrayBuffer> = new Uint32Array(firstPlaces / 2);
	#highs: Uint32Array<ArrayBuffer> = new Uint32Array(firstPlaces / 2);
	/** All but the last are full. */
	readonly #texts: Map<string, number>[] = [new Map()];
	#inTable = 0;
	#count = 0;

	/** Ids so far. */
	get count(): number {
		return this.#count;
	}

	/** The number of an id, which gets the next one if it has none. */
	of(id: RequestId): number {
		if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) {
			return this.#ofNumber(id % lowEnd, Math.floor(id / lowEnd));
		}
		if (typeof id === 'bigint' && id >= 0n && id < idEnd) {
			return this.#ofNumber(Number(id & 0xffff_ffffn), Number(id >> 32n));
		}
		return this.#ofText(String(id));
	}

	#ofNumber(low: number, high: number): number {
		if (2 * this.#inTable >= this.#table.length) this.#widen();
		const place = this.#placeOf(low, high);
		const found = this.#table[place];
		if (found > 0) return found - 1;
		const number = this.#next();
		this.#lows[number] = low;
		this.#highs[number] = high;
		this.#table[place] = number + 1;
		this.#inTable++;
		return number;
	}

	#ofText(text: string): number {
		for (const texts of this.#texts) {
			const found = texts.get(text);
			if (found !== undefined) return found;
		}
		if (this.#texts[0].size >= textsMax) this.#texts.unshift(new Map());
		const number = this.#next();
		this.#texts[0].set(text, number);
		return number;
	}

	#next(): number {
		assert(this.#count < keysMax, 'a trace has fewer than 2^31 ids');
		if (this.#count === this.#lows.length) {
			this.#lows = grown(this.#lows, 2 * this.#count);
			this.#highs = grown(this.#highs, 2 * this.#count);
		}
		return this.#count++;
	}

	/** Where the id is in the table, or where it should be. */
	#placeOf(low: number, high: number): number {
		const mask = this.#table.length - 1;
		let place = scatter(low ^ scatter(high)) & mask;
		for (;;) {
			const found = this.#table[place];
			if (found === 0 || (this.#lows[found - 1] === low && this.#highs[found - 1] === high)) return place;
			place = (place + 1) & mask;
		}
	}

	#widen(): void {
		const narrow = this.#table;
		this.#table = new Uint32Array(2 * narrow.length);
		for (const entry of narrow) {
			if (entry > 0) this.#table[this.#placeOf(this.#lows[entry - 1], this.#highs[entry - 1])] = entry;
		}
	}
}
