import { PetrelError } from '../../util/errors.ts';
import { lowerCase } from '../../wire/name.ts';
import { scatter } from '../../workload/hash.ts';
import { keyHeadBytes, NamesInMemory, writeKeyHead } from './key-names.ts';

/**
 * Numbers keys in the order in which they come first, and keeps what each stands for: some 60 octets a key with a name of
 * 30. The numbers lie in a hash table with linear probing.
 */
export class NameTable extends NamesInMemory {
	/** Number + 1, or 0. */
	#places = new Int32Array(4096);

	constructor() {
		super({ count: 0, octets: new Uint8Array(65_536), starts: new Uint32Array(1025) });
	}

	/**
	 * The number of a key, its own from now on.
	 *
	 * @param name in wire form, in any case
	 */
	number(name: Uint8Array, qtype: number, qclass: number, flags: number): number {
		const start = this.starts[this.keys];
		const bytes = keyHeadBytes + name.length;
		if (start + bytes > this.octets.length) this.#growOctets(start + bytes);
		const { octets } = this;
		writeKeyHead(octets, start, qtype, qclass, flags);
		for (let i = 0; i < name.length; i++) octets[start + keyHeadBytes + i] = lowerCase(name[i]);
		const mask = this.#places.length - 1;
		let place = hashOf(octets, start, start + bytes) & mask;
		for (; this.#places[place] !== 0; place = (place + 1) & mask) {
			if (this.#equals(this.#places[place] - 1, start, bytes)) return this.#places[place] - 1;
		}
		return this.#keep(place, start + bytes);
	}

	/** The key's octets stand behind the last one's already. */
	#keep(place: number, end: number): number {
		const key = this.keys++;
		this.#places[place] = key + 1;
		if (this.keys + 1 > this.starts.length) {
			const longer = new Uint32Array(2 * this.starts.length);
			longer.set(this.starts);
			this.starts = longer;
		}
		this.starts[this.keys] = end;
		if (2 * this.keys > this.#places.length) this.#growPlaces();
		return key;
	}

	#equals(key: number, start: number, bytes: number): boolean {
		const { octets, starts } = this;
		const other = starts[key];
		if (starts[key + 1] - other !== bytes) return false;
		for (let i = 0; i < bytes; i++) if (octets[other + i] !== octets[start + i]) return false;
		return true;
	}

	#growOctets(needed: number): void {
		if (needed > 0xffff_ffff) {
			throw new PetrelError(
				'PETREL_CONFIG',
				`the trace has more than ${this.keys.toLocaleString('en')} names and types, which fill 4 GiB; take a part of it`,
			);
		}
		const longer = new Uint8Array(Math.min(0xffff_ffff, 2 * needed));
		longer.set(this.octets);
		this.octets = longer;
	}

	#growPlaces(): void {
		const mask = 2 * this.#places.length - 1;
		this.#places = new Int32Array(mask + 1);
		for (let key = 0; key < this.keys; key++) {
			let place = hashOf(this.octets, this.starts[key], this.starts[key + 1]) & mask;
			while (this.#places[place] !== 0) place = (place + 1) & mask;
			this.#places[place] = key + 1;
		}
	}
}

/** FNV-1a, its bits scattered. */
function hashOf(octets: Uint8Array, start: number, end: number): number {
	let hash = 0x811c9dc5;
	for (let i = start; i < end; i++) hash = Math.imul(hash ^ octets[i], 0x01000193);
	return scatter(hash);
}
