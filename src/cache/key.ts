import { maxNameBytes } from '../wire/name.ts';
import { clearBehind } from '../wire/views.ts';
import { KeyedHash } from './hash.ts';

/**
 * The key of a cached answer: what two queries must have in common to get the same octets (RFC 4035 §3.2.2 for CD).
 * Whole server blocks are apart, since their upstreams and rules differ.
 *
 *   word 0          word 1                              words 2...
 *   block | qtype   qclass | flags | octets of qname    qname in lower case, zero-padded to a word
 *   16      16      16       8       8
 *
 *   flags: bit 0 DO, bit 1 CD, bit 2: `dns64` may make the answer
 */
export const maxKeyWords = 2 + Math.ceil(maxNameBytes / 4);

export const keyFlag = { dnssecOk: 1, checkingDisabled: 2, translated: 4 } as const;
/** The QTYPE under which an NXDOMAIN is kept for all types and names below (RFC 8020); no query asks for it. */
export const cutType = 0;

export class CacheKey {
	readonly words: Int32Array = new Int32Array(maxKeyWords + 1);
	readonly octets: Uint8Array = new Uint8Array(this.words.buffer);
	/** Where the lower-case qname is to be written. */
	readonly qname: Uint8Array = this.octets.subarray(8);
	wordCount = 0;
	hashHigh = 0;
	hashLow = 0;
	readonly #hash: KeyedHash;

	constructor(secret: readonly [number, number]) {
		this.#hash = new KeyedHash(secret);
	}

	/** Completes the key of a name that stands in `qname`, and hashes it. */
	seal(block: number, qtype: number, qclass: number, flags: number, qnameBytes: number): void {
		const { words } = this;
		words[0] = (block & 0xffff) | (qtype << 16);
		words[1] = qclass | (flags << 16) | (qnameBytes << 24);
		const wordCount = 2 + ((qnameBytes + 3) >> 2);
		clearBehind(words, qnameBytes + 8);
		this.wordCount = wordCount;
		this.#hash.update(words, wordCount, qnameBytes);
		this.hashHigh = this.#hash.high;
		this.hashLow = this.#hash.low;
	}

	/** Becomes a copy of another key. */
	copyFrom(other: CacheKey): void {
		for (let i = 0; i < other.wordCount; i++) this.words[i] = other.words[i];
		this.wordCount = other.wordCount;
		this.hashHigh = other.hashHigh;
		this.hashLow = other.hashLow;
	}

	get block(): number {
		return this.words[0] & 0xffff;
	}

	get qtype(): number {
		return this.words[0] >>> 16;
	}

	get qclass(): number {
		return this.words[1] & 0xffff;
	}

	get flags(): number {
		return (this.words[1] >>> 16) & 0xff;
	}

	get qnameBytes(): number {
		return this.words[1] >>> 24;
	}
}
