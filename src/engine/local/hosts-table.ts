/**
 * Names and addresses of a hosts file as octets in shared memory: the main thread reads the file once, every shard looks
 * up in what it made of it. Nobody writes after that; a file that changes becomes another table.
 *
 *   word  0            1               2        3         4
 *         | name slots | address slots | pairs  | reverse | slots of names … | slots of addresses … |
 *
 *   then, octet by octet, in no order:
 *   | name octets: 1 | name | IPv4 count: 2 | IPv6 count: 2 | IPv4 addresses | IPv6 addresses |
 *   | address octets: 1 | address | count: 2 | places of names: 4 each |
 *
 * A slot holds the place of an entry, in octets from the start; 0: it is free. Slots are a power of two, at most half of
 * them taken; an entry stands in the first free one from its hash on. The hash needs no secret: what is in the table comes
 * from whoever configures petrel.
 */
const headerWords = 4;
const word = { nameSlots: 0, addressSlots: 1, pairs: 2, reversePairs: 3 } as const;

/** More addresses of a name, or names of an address, do not fit into a message. */
const perEntryMax = 4000;

export interface HostsPair {
	/** 4 or 16 octets. */
	readonly address: Uint8Array;
	/** An uncompressed wire name in lower case. */
	readonly name: Uint8Array;
}

interface NameEntry {
	readonly name: Uint8Array;
	readonly v4: Uint8Array[];
	readonly v6: Uint8Array[];
	at: number;
}

interface AddressEntry {
	readonly address: Uint8Array;
	readonly names: NameEntry[];
}

/** Whether a name is `*` and what is below it: it stands for others, and is itself no name of an address. */
function isWildcard(name: Uint8Array): boolean {
	return name[0] === 1 && name[1] === 0x2a;
}

/** Makes a table. Pairs keep their order; one that stands twice counts once. */
export function buildHostsTable(pairs: Iterable<HostsPair>): SharedArrayBuffer {
	const names = new Map<string, NameEntry>();
	const addresses = new Map<string, AddressEntry>();
	let pairCount = 0;
	let reverseCount = 0;
	for (const { address, name } of pairs) {
		const nameKey = keyOf(name);
		let entry = names.get(nameKey);
		if (!entry) names.set(nameKey, (entry = { name, v4: [], v6: [], at: 0 }));
		const list = address.length === 4 ? entry.v4 : entry.v6;
		if (list.length >= perEntryMax || list.some((other) => equal(other, address))) continue;
		list.push(address);
		pairCount++;
		if (isWildcard(name)) continue;
		const addressKey = keyOf(address);
		let owner = addresses.get(addressKey);
		if (!owner) addresses.set(addressKey, (owner = { address, names: [] }));
		if (owner.names.length >= perEntryMax) continue;
		owner.names.push(entry);
		reverseCount++;
	}
	return new TableWriter([...names.values()], [...addresses.values()]).write(pairCount, reverseCount);
}

function keyOf(octets: Uint8Array): string {
	return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

class TableWriter {
	readonly #names: readonly NameEntry[];
	readonly #addresses: readonly AddressEntry[];
	readonly #nameSlots: number;
	readonly #addressSlots: number;

	constructor(names: readonly NameEntry[], addresses: readonly AddressEntry[]) {
		this.#names = names;
		this.#addresses = addresses;
		this.#nameSlots = slotsFor(names.length);
		this.#addressSlots = slotsFor(addresses.length);
	}

	write(pairCount: number, reverseCount: number): SharedArrayBuffer {
		const start = 4 * (headerWords + this.#nameSlots + this.#addressSlots);
		let size = start;
		for (const { name, v4, v6 } of this.#names) size += 5 + name.length + 4 * v4.length + 16 * v6.length;
		for (const { address, names } of this.#addresses) size += 3 + address.length + 4 * names.length;
		const memory = new SharedArrayBuffer(size);
		const octets = new Uint8Array(memory);
		const view = new DataView(memory);
		const words = new Int32Array(memory, 0, start >> 2);
		words[word.nameSlots] = this.#nameSlots;
		words[word.addressSlots] = this.#addressSlots;
		words[word.pairs] = pairCount;
		words[word.reversePairs] = reverseCount;
		let at = start;
		for (const entry of this.#names) {
			entry.at = at;
			take(words, headerWords, this.#nameSlots, hashOf(entry.name, 0, entry.name.length), at);
			octets[at++] = entry.name.length;
			octets.set(entry.name, at);
			at += entry.name.length;
			view.setUint16(at, entry.v4.length);
			view.setUint16(at + 2, entry.v6.length);
			at += 4;
			for (const address of [...entry.v4, ...entry.v6]) {
				octets.set(address, at);
				at += address.length;
			}
		}
		for (const { address, names } of this.#addresses) {
			const slots = headerWords + this.#nameSlots;
			take(words, slots, this.#addressSlots, hashOf(address, 0, address.length), at);
			octets[at++] = address.length;
			octets.set(address, at);
			at += address.length;
			view.setUint16(at, names.length);
			at += 2;
			for (const name of names) {
				view.setUint32(at, name.at);
				at += 4;
			}
		}
		return memory;
	}
}

function slotsFor(entries: number): number {
	return 2 ** Math.ceil(Math.log2(Math.max(1, 2 * entries)));
}

function take(words: Int32Array, first: number, slots: number, hash: number, place: number): void {
	let slot = hash & (slots - 1);
	while (words[first + slot] !== 0) slot = (slot + 1) & (slots - 1);
	words[first + slot] = place;
}

/** FNV-1a. */
function hashOf(octets: Uint8Array, start: number, length: number): number {
	let hash = 0x811c9dc5 | 0;
	for (let i = 0; i < length; i++) hash = Math.imul(hash ^ octets[start + i], 0x01000193);
	return hash ^ (hash >>> 15);
}

/** Looks up in a table. Places that it gives out are octets of `octets`; 0: there is nothing. Allocates nothing. */
export class HostsTable {
	readonly octets: Uint8Array;
	readonly #words: Int32Array;
	readonly #view: DataView;

	constructor(memory: SharedArrayBuffer) {
		this.octets = new Uint8Array(memory);
		this.#view = new DataView(memory);
		this.#words = new Int32Array(memory, 0, memory.byteLength >> 2);
	}

	/** Pairs of a name and an address. */
	get pairs(): number {
		return this.#words[word.pairs];
	}

	/** Those of them that PTR answers are made from. */
	get reversePairs(): number {
		return this.#words[word.reversePairs];
	}

	/** The entry of a name. */
	findName(name: Uint8Array, nameBytes: number): number {
		return this.#find(headerWords, this.#words[word.nameSlots], name, nameBytes);
	}

	/** The entry of an address. */
	findAddress(address: Uint8Array, addressBytes: number): number {
		const first = headerWords + this.#words[word.nameSlots];
		return this.#find(first, this.#words[word.addressSlots], address, addressBytes);
	}

	/** How many addresses of a family an entry of a name has. */
	addressCount(entry: number, addressBytes: number): number {
		const counts = entry + 1 + this.octets[entry];
		return this.#view.getUint16(addressBytes === 4 ? counts : counts + 2);
	}

	/** Where the first address of a family stands; the others follow it. */
	addressesAt(entry: number, addressBytes: number): number {
		const behind = entry + 5 + this.octets[entry];
		return addressBytes === 4 ? behind : behind + 4 * this.addressCount(entry, 4);
	}

	/** How many names an entry of an address has. */
	nameCount(entry: number): number {
		return this.#view.getUint16(entry + 1 + this.octets[entry]);
	}

	/** Where a name of an entry of an address stands; the octet before it is its length. */
	nameAt(entry: number, index: number): number {
		return this.#view.getUint32(entry + 3 + this.octets[entry] + 4 * index) + 1;
	}

	#find(first: number, slots: number, key: Uint8Array, keyBytes: number): number {
		let slot = hashOf(key, 0, keyBytes) & (slots - 1);
		for (;;) {
			const place = this.#words[first + slot];
			if (place === 0 || this.#holds(place, key, keyBytes)) return place;
			slot = (slot + 1) & (slots - 1);
		}
	}

	#holds(place: number, key: Uint8Array, keyBytes: number): boolean {
		const { octets } = this;
		if (octets[place] !== keyBytes) return false;
		for (let i = 0; i < keyBytes; i++) if (octets[place + 1 + i] !== key[i]) return false;
		return true;
	}
}

/**
 * Writes the name with `*` in place of the first label to `target`, which has room for every name. Returns its length, 0
 * for the root and names of one label, which have no such name.
 */
export function wildcardOf(name: Uint8Array, nameBytes: number, target: Uint8Array): number {
	const rest = name[0] + 1;
	if (nameBytes <= rest + 1) return 0;
	target[0] = 1;
	target[1] = 0x2a;
	for (let i = rest; i < nameBytes; i++) target[2 + i - rest] = name[i];
	return 2 + nameBytes - rest;
}
