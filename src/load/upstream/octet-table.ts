import { clearBehind } from '../../wire/views.ts';

/** The longest key, a whole number of words; a name has at most 255 octets (RFC 1035 §2.3.4). */
export const keyBytesMax = 256;
/** What may be written behind a key before `seal`: three octets that come along with a name (`copyName`). */
const roomBytes = keyBytesMax + 4;

/** A key on its way into an `OctetTable`: octets, the same as words, and their hash. One object, filled anew. */
export class OctetKey {
	readonly octets = new Uint8Array(roomBytes);
	readonly words = new Int32Array(this.octets.buffer);
	length = 0;
	/** FNV-1a of the octets, 32 bits, as a signed number. */
	hash = 0;

	/** To be called when `length` octets are written: `length` is at most `keyBytesMax`. */
	seal(length: number): void {
		const { octets } = this;
		clearBehind(this.words, length);
		let hash = 0x811c9dc5 | 0;
		for (let i = 0; i < length; i++) hash = Math.imul(hash ^ octets[i], 0x01000193);
		this.length = length;
		this.hash = hash;
	}

	/** Copies `length` octets of `from` and seals them. */
	set(from: Uint8Array, start: number, length: number): void {
		for (let i = 0; i < length; i++) this.octets[i] = from[start + i];
		this.seal(length);
	}
}

export interface OctetTableOptions {
	/** More keys are not taken. */
	readonly maxKeys: number;
	/** Nor keys that would need more octets than this for all together; each is rounded up to a word. */
	readonly maxBytes: number;
	/** Room for so many keys from the start, so that the table need not grow for them. */
	readonly expectedKeys?: number;
}

/** Octets of a key, as a guess, where room is made before there are any. */
const typicalBytes = 40;
const minKeys = 16;

/**
 * Strings of octets, numbered 0, 1, 2 in the order in which they came. Nothing is allocated for a key, but when the table
 * doubles. A hash proves nothing: whole keys are compared, by words.
 *
 *   slots   [hash, number + 1] [0, 0] [hash, number + 1] ...   open addressing, at most half of them taken
 *   starts  word of `arena` where key 0 begins, key 1 ...; lengths in octets
 *   arena   keys, each from a word on, zeros behind it
 */
export class OctetTable {
	readonly #maxKeys: number;
	readonly #maxWords: number;
	#slots: Int32Array;
	#mask: number;
	#starts: Uint32Array;
	#lengths: Uint16Array;
	#arena: Int32Array;
	#used = 0;
	#size = 0;

	constructor(options: OctetTableOptions) {
		const keys = Math.min(options.maxKeys, Math.max(minKeys, options.expectedKeys ?? 0));
		this.#maxKeys = options.maxKeys;
		this.#maxWords = options.maxBytes >>> 2;
		const slots = slotsFor(keys);
		this.#slots = new Int32Array(2 * slots);
		this.#mask = slots - 1;
		this.#starts = new Uint32Array(keys);
		this.#lengths = new Uint16Array(keys);
		this.#arena = new Int32Array(Math.min(this.#maxWords, (keys * typicalBytes) >>> 2));
	}

	/** Keys in the table. */
	get size(): number {
		return this.#size;
	}

	/** The number of a key; -1 if it is not there. */
	find(key: OctetKey): number {
		const slots = this.#slots;
		const mask = this.#mask;
		const hash = key.hash;
		for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
			const next = slots[2 * slot + 1];
			if (next === 0) return -1;
			if (slots[2 * slot] === hash && this.#equals(next - 1, key)) return next - 1;
		}
	}

	/** Adds a key that is not there and returns its number; -1 if there is no room. */
	add(key: OctetKey): number {
		const words = (key.length + 3) >>> 2;
		if (this.#size === this.#maxKeys || this.#used + words > this.#maxWords) return -1;
		if (this.#used + words > this.#arena.length) this.#growArena(words);
		if (this.#size === this.#starts.length) this.#growKeys();
		const number = this.#size++;
		this.#starts[number] = this.#used;
		this.#lengths[number] = key.length;
		for (let i = 0; i < words; i++) this.#arena[this.#used + i] = key.words[i];
		this.#used += words;
		this.#place(key.hash, number + 1);
		return number;
	}

	/** The octets of key `number`: a copy. */
	octets(number: number): Uint8Array {
		const start = 4 * this.#starts[number];
		return new Uint8Array(this.#arena.buffer, start, this.#lengths[number]).slice();
	}

	clear(): void {
		this.#slots.fill(0);
		this.#used = 0;
		this.#size = 0;
	}

	#equals(number: number, key: OctetKey): boolean {
		if (this.#lengths[number] !== key.length) return false;
		const start = this.#starts[number];
		const words = (key.length + 3) >>> 2;
		for (let i = 0; i < words; i++) if (this.#arena[start + i] !== key.words[i]) return false;
		return true;
	}

	#place(hash: number, value: number): void {
		let slot = spread(hash) & this.#mask;
		while (this.#slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
		this.#slots[2 * slot] = hash;
		this.#slots[2 * slot + 1] = value;
	}

	#growArena(words: number): void {
		const length = Math.min(this.#maxWords, Math.max(2 * this.#arena.length, this.#used + words));
		const arena = new Int32Array(length);
		arena.set(this.#arena);
		this.#arena = arena;
	}

	#growKeys(): void {
		const keys = Math.min(this.#maxKeys, 2 * this.#starts.length);
		const starts = new Uint32Array(keys);
		starts.set(this.#starts);
		this.#starts = starts;
		const lengths = new Uint16Array(keys);
		lengths.set(this.#lengths);
		this.#lengths = lengths;
		const before = this.#slots;
		const slots = slotsFor(keys);
		this.#slots = new Int32Array(2 * slots);
		this.#mask = slots - 1;
		for (let i = 0; i < before.length; i += 2) if (before[i + 1] !== 0) this.#place(before[i], before[i + 1]);
	}
}

/** A power of two, at least twice as many as keys. */
function slotsFor(keys: number): number {
	return 2 ** Math.ceil(Math.log2(2 * keys));
}

/** The lower bits of FNV-1a differ too little for names that count up: the last step of MurmurHash3 mixes them. */
function spread(hash: number): number {
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return hash ^ (hash >>> 16);
}
