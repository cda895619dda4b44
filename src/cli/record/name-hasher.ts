import { createHash, createHmac } from 'node:crypto';

/** What labels of host and service names are made of, apart from case. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789-_';
const alphabetOctets = Buffer.from(alphabet);
/** Longer labels are made of the letters and digits alone. */
const wordOctets = alphabetOctets.subarray(0, 36);
/** Up to so many characters all labels are permuted: 38 ** 3 of them. */
const permutedChars = 3;
/** Labels that are remembered. */
const rememberedMax = 65_536;

const placeOf = new Int8Array(256).fill(-1);
for (const [place, octet] of alphabetOctets.entries()) placeOf[octet] = place;
for (let octet = 0x41; octet <= 0x5a; octet++) placeOf[octet] = placeOf[octet + 0x20];

/**
 * Puts another name in the place of each, label by label, under a key: a label becomes the same one wherever it stands, whatever
 * its case, and keeps its length. So zones stay zones, a search list's suffixes stay at the ends of names, and names keep
 * their size; without the key nobody can try out which name was meant.
 *
 * Labels of up to three usual characters are permuted among each other: no two become one. Longer ones, and those with other
 * octets, are written anew from an HMAC-SHA-512: of four characters two in 1.7 million become one, of more ever fewer.
 */
export class NameHasher {
	readonly #key: Uint8Array;
	readonly #permutations: (Uint32Array | undefined)[] = [];
	readonly #remembered = new Map<string, Uint8Array>();

	/** @param key at least 16 octets that nobody can guess */
	constructor(key: Uint8Array) {
		this.#key = key;
	}

	/** The wire name that stands for `qname`, as long as that. */
	hash(qname: Uint8Array): Uint8Array {
		const hashed = Uint8Array.from(qname);
		for (let at = 0; qname[at] > 0; at += qname[at] + 1) {
			hashed.set(this.#label(qname.subarray(at + 1, at + 1 + qname[at])), at + 1);
		}
		return hashed;
	}

	/** An address in fd00::/8, which is nobody's (RFC 4193), for a client. */
	client(address: string): string {
		const digest = createHmac('sha256', this.#key).update(address).digest();
		const groups = [0, 2, 4, 6].map((at) => digest.readUInt16BE(at).toString(16));
		return `fd00::${groups.join(':')}`;
	}

	#label(label: Uint8Array): Uint8Array {
		const text = Buffer.from(label).toString('latin1').replace(/[A-Z]/g, lowerCase);
		const remembered = this.#remembered.get(text);
		if (remembered !== undefined) return remembered;
		const hashed = this.#permuted(label) ?? this.#digest(text);
		if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
		this.#remembered.set(text, hashed);
		return hashed;
	}

	/** Undefined: the label is too long, or not of the alphabet. */
	#permuted(label: Uint8Array): Uint8Array | undefined {
		if (label.length > permutedChars) return undefined;
		let number = 0;
		for (const octet of label) {
			if (placeOf[octet] < 0) return undefined;
			number = number * alphabet.length + placeOf[octet];
		}
		this.#permutations[label.length] ??= permutation(this.#key, label.length);
		let turned = this.#permutations[label.length]![number];
		const hashed = new Uint8Array(label.length);
		for (let i = label.length - 1; i >= 0; i--) {
			hashed[i] = alphabetOctets[turned % alphabet.length];
			turned = Math.floor(turned / alphabet.length);
		}
		return hashed;
	}

	#digest(text: string): Uint8Array {
		// 64 octets, one more than a label can have.
		const digest = createHmac('sha512', this.#key).update(text, 'latin1').digest();
		return digest.subarray(0, text.length).map((octet) => wordOctets[octet % wordOctets.length]);
	}
}

function lowerCase(letter: string): string {
	return letter.toLowerCase();
}

/** All labels of so many characters in an order that only the key tells (Fisher and Yates). */
function permutation(key: Uint8Array, chars: number): Uint32Array {
	const size = alphabet.length ** chars;
	const order = Uint32Array.from({ length: size }, (_, i) => i);
	const octets = createHash('shake256', { outputLength: size * 4 })
		.update(key)
		.update(Uint8Array.of(chars))
		.digest();
	for (let i = size - 1; i > 0; i--) {
		const other = octets.readUInt32LE(i * 4) % (i + 1);
		const value = order[i];
		order[i] = order[other];
		order[other] = value;
	}
	return order;
}
