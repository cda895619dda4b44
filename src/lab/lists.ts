import { type Column, none, type PerKey } from './per-key.ts';

/**
 * Doubly linked lists of keys, the youngest at the head. Lists that share links cost eight octets a key together, since a
 * key is in one of them at a time: of those of a cache and what it remembers of evicted keys, for instance.
 */
export class Links {
	readonly older: Column<Int32Array<ArrayBuffer>>;
	readonly younger: Column<Int32Array<ArrayBuffer>>;

	constructor(keys: PerKey) {
		this.older = keys.int32();
		this.younger = keys.int32();
	}
}

export class List {
	readonly #links: Links;
	readonly #sizes: Column<Uint32Array<ArrayBuffer>>;
	/** `none` in an empty list, as is `tail`. */
	head = none;
	tail = none;
	count = 0;
	/** Sum of the sizes of its keys. */
	held = 0;

	/** @param sizes by key; a size does not change while the key is in the list */
	constructor(links: Links, sizes: Column<Uint32Array<ArrayBuffer>>) {
		this.#links = links;
		this.#sizes = sizes;
	}

	/** The key that was put in just after this one, or `none`. */
	youngerThan(key: number): number {
		return this.#links.younger.values[key];
	}

	/** Puts in a key that is in no list. */
	push(key: number): void {
		this.count++;
		this.held += this.#sizes.values[key];
		this.#linkAtHead(key);
	}

	/** Takes out a key that is in this list. */
	take(key: number): void {
		this.count--;
		this.held -= this.#sizes.values[key];
		this.#unlink(key);
	}

	/** Makes the youngest of a key that is in this list. */
	renew(key: number): void {
		if (key === this.head) return;
		this.#unlink(key);
		this.#linkAtHead(key);
	}

	#linkAtHead(key: number): void {
		const older = this.#links.older.values;
		const younger = this.#links.younger.values;
		older[key] = this.head;
		younger[key] = none;
		if (this.head === none) this.tail = key;
		else younger[this.head] = key;
		this.head = key;
	}

	#unlink(key: number): void {
		const older = this.#links.older.values;
		const younger = this.#links.younger.values;
		const before = older[key];
		const after = younger[key];
		if (before === none) this.tail = after;
		else younger[before] = after;
		if (after === none) this.head = before;
		else older[after] = before;
	}
}
