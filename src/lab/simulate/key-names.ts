/**
 * What the numbers of keys stand for. A key is what two queries must have in common to get the same answer: the name in
 * small letters, QTYPE, QCLASS, and DO (src/cache/key.ts).
 */
export interface KeyNames {
	/** Numbers are below it. */
	readonly count: number;
	/** Octets of the key's name in wire form. */
	nameBytes(key: number): number;
	/** Writes the name to `octets[at...]`; returns its octets. */
	writeName(key: number, octets: Uint8Array, at: number): number;
	qtype(key: number): number;
	qclass(key: number): number;
	/** Values of `keyFlag`. */
	flags(key: number): number;
}

/** Octets of a key beside its name: QTYPE, QCLASS, flags. */
export const keyHeadBytes = 5;

/**
 * Keys one behind the other. From `packNames` it lies in memory that threads share: a structured clone holds the same octets.
 *
 *   octets    | qtype | qclass | flags | name in small letters | next key …
 *   starts    where key i begins; where the last one ends stands behind
 */
export interface PackedNames {
	readonly count: number;
	readonly octets: Uint8Array;
	readonly starts: Uint32Array;
}

export class NamesInMemory implements KeyNames {
	protected octets: Uint8Array;
	protected starts: Uint32Array;
	protected keys: number;

	constructor({ count, octets, starts }: PackedNames) {
		this.keys = count;
		this.octets = octets;
		this.starts = starts;
	}

	get count(): number {
		return this.keys;
	}

	nameBytes(key: number): number {
		return this.starts[key + 1] - this.starts[key] - keyHeadBytes;
	}

	writeName(key: number, octets: Uint8Array, at: number): number {
		const start = this.starts[key] + keyHeadBytes;
		const end = this.starts[key + 1];
		for (let i = start; i < end; i++) octets[at + i - start] = this.octets[i];
		return end - start;
	}

	qtype(key: number): number {
		const start = this.starts[key];
		return (this.octets[start] << 8) | this.octets[start + 1];
	}

	qclass(key: number): number {
		const start = this.starts[key];
		return (this.octets[start + 2] << 8) | this.octets[start + 3];
	}

	flags(key: number): number {
		return this.octets[this.starts[key] + 4];
	}
}

/** Writes a key's QTYPE, QCLASS and flags. */
export function writeKeyHead(
	octets: Uint8Array,
	at: number,
	qtype: number,
	qclass: number,
	flags: number,
): void {
	octets[at] = qtype >>> 8;
	octets[at + 1] = qtype;
	octets[at + 2] = qclass >>> 8;
	octets[at + 3] = qclass;
	octets[at + 4] = flags;
}

/** All that `names` knows, for other threads. At most 4 GiB. */
export function packNames(names: KeyNames): PackedNames {
	const { count } = names;
	const starts = new Uint32Array(new SharedArrayBuffer(4 * (count + 1)));
	for (let key = 0; key < count; key++) starts[key + 1] = starts[key] + keyHeadBytes + names.nameBytes(key);
	const octets = new Uint8Array(new SharedArrayBuffer(starts[count]));
	for (let key = 0; key < count; key++) {
		writeKeyHead(octets, starts[key], names.qtype(key), names.qclass(key), names.flags(key));
		names.writeName(key, octets, starts[key] + keyHeadBytes);
	}
	return { count, octets, starts };
}
