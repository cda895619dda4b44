import { type OctetKey, OctetTable } from './octet-table.ts';

/** Octets of all names together that are counted one by one. */
const maxNameBytes = 64 * 1024 * 1024;
const minCells = 16;

/** One number for type and transport: twice the type, and one more for TCP. */
export type CountKey = number;

/**
 * Counts by name and key in typed arrays: a cell a pair, the first cell of name n is number n, further ones hang on it.
 *
 *   cells   name 0   name 1   name 2 ... | (further cells) ...
 *   next    → the next cell of the same name; 0: none
 *
 * Names have few types and two transports, so that a walk along them is short.
 */
export class NameTally {
	readonly #names: OctetTable;
	readonly #maxNames: number;
	#first: Cells;
	#more: Cells;
	#moreSize = 1;
	#pairs = 0;

	/** @param maxNames so many names have counts of their own, and so many further cells are there */
	constructor(maxNames: number, expectedNames = 0) {
		this.#maxNames = maxNames;
		this.#names = new OctetTable({ maxKeys: maxNames, maxBytes: maxNameBytes, expectedKeys: expectedNames });
		this.#first = new Cells(Math.min(maxNames, Math.max(minCells, expectedNames)));
		this.#more = new Cells(minCells);
	}

	get names(): number {
		return this.#names.size;
	}

	/** Different pairs of name and type. */
	get pairs(): number {
		return this.#pairs;
	}

	/** Counts one; false if there is no room for the name or for one more key of it. */
	count(name: OctetKey, key: CountKey): boolean {
		const number = this.#names.find(name);
		return number < 0 ? this.#begin(name, key) : this.#countAt(number, key);
	}

	#begin(name: OctetKey, key: CountKey): boolean {
		const number = this.#names.add(name);
		if (number < 0) return false;
		if (number === this.#first.size) {
			this.#first = this.#first.resized(Math.min(this.#maxNames, 2 * this.#first.size));
		}
		this.#first.set(number, key);
		this.#pairs++;
		return true;
	}

	#countAt(number: number, key: CountKey): boolean {
		let cells = this.#first;
		let sameType = false;
		for (let at = number; ; ) {
			const other = cells.keys[at];
			if (other === key) {
				cells.counts[at]++;
				return true;
			}
			if (other === (key ^ 1)) sameType = true;
			at = cells.next[at];
			if (at === 0) break;
			cells = this.#more;
		}
		return this.#addCell(number, key, sameType);
	}

	/** Hangs a further cell behind the first. */
	#addCell(number: number, key: CountKey, sameType: boolean): boolean {
		if (this.#moreSize > this.#maxNames) return false;
		if (this.#moreSize === this.#more.size) this.#more = this.#more.resized(2 * this.#more.size);
		const cell = this.#moreSize++;
		this.#more.set(cell, key);
		this.#more.next[cell] = this.#first.next[number];
		this.#first.next[number] = cell;
		if (!sameType) this.#pairs++;
		return true;
	}

	/** The number of a name; -1 if it was not counted. */
	find(name: OctetKey): number {
		return this.#names.find(name);
	}

	/** A name as octets in wire form. */
	nameOf(number: number): Uint8Array {
		return this.#names.octets(number);
	}

	/** Calls `visit` for every key of a name. */
	visit(number: number, visit: (key: CountKey, count: number) => void): void {
		visit(this.#first.keys[number], this.#first.counts[number]);
		for (let at = this.#first.next[number]; at !== 0; at = this.#more.next[at]) {
			visit(this.#more.keys[at], this.#more.counts[at]);
		}
	}

	/** The sum of a name's counts. */
	totalOf(number: number): number {
		let total = this.#first.counts[number];
		for (let at = this.#first.next[number]; at !== 0; at = this.#more.next[at])
			total += this.#more.counts[at];
		return total;
	}

	clear(): void {
		this.#names.clear();
		this.#moreSize = 1;
		this.#pairs = 0;
	}
}

class Cells {
	readonly size: number;
	readonly keys: Int32Array;
	/** Whole numbers, exact up to 2^53. */
	readonly counts: Float64Array;
	readonly next: Int32Array;

	constructor(size: number) {
		this.size = size;
		this.keys = new Int32Array(size);
		this.counts = new Float64Array(size);
		this.next = new Int32Array(size);
	}

	/** A cell that was counted once. */
	set(at: number, key: CountKey): void {
		this.keys[at] = key;
		this.counts[at] = 1;
		this.next[at] = 0;
	}

	resized(size: number): Cells {
		const cells = new Cells(size);
		cells.keys.set(this.keys);
		cells.counts.set(this.counts);
		cells.next.set(this.next);
		return cells;
	}
}
