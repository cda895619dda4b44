import { Bucket } from './bucket.ts';
import { type FlushScope, isInScope } from './flush-scope.ts';
import { cutType } from './key.ts';
import { bucketWord, type CacheLayout, entryHeaderWords, entryKind, offsetMask } from './layout.ts';
import { acquired, acquireWrite, beginRead, isWhole, releaseWrite, type WriterIdentity } from './seqlock.ts';

/** Entries that a flush took out, by kind. */
export interface Flushed {
	positive: number;
	negative: number;
	failure: number;
	/** NXDOMAINs that stood for all names below theirs (RFC 8020); each has a `negative` one beside it. */
	cut: number;
}

export function nothingFlushed(): Flushed {
	return { positive: 0, negative: 0, failure: 0, cut: 0 };
}

/**
 * Takes entries out of the shared cache by name, bucket by bucket. A name's entries are anywhere, since type, flags and
 * server block are part of what is hashed; so every bucket is looked at, without its lock, as a reader does. The lock is
 * taken only where something was found, or a writer was faster, and for a few microseconds, as an insertion does.
 */
export class CacheFlusher {
	readonly #words: Int32Array;
	readonly #octets: Uint8Array;
	readonly #layout: CacheLayout;
	readonly #writer: WriterIdentity;
	readonly #bucket: Bucket;

	constructor(words: Int32Array, layout: CacheLayout, writer: WriterIdentity) {
		this.#words = words;
		this.#octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
		this.#layout = layout;
		this.#writer = writer;
		this.#bucket = new Bucket(words, layout);
	}

	get bucketCount(): number {
		return this.#layout.bucketCount;
	}

	/**
	 * Takes what `scope` names out of one bucket and counts it in `flushed`. False if another writer had the bucket
	 * all the time: it is to be tried again.
	 */
	flush(bucket: number, scope: FlushScope, flushed: Flushed): boolean {
		const words = this.#words;
		const base = bucket * this.#layout.bucketWords;
		const seq = beginRead(words, base);
		if (!(seq & 1) && !this.#holdsAny(base, scope) && isWhole(words, base, seq)) return true;
		const state = acquireWrite(words, base, this.#writer);
		if (state === acquired.no) return false;
		this.#bucket.open(base);
		if (state === acquired.broken) this.#bucket.clear();
		else this.#drop(base, scope, flushed);
		this.#bucket.close();
		releaseWrite(words, base);
		return true;
	}

	/** Reads what may be torn: `isInScope` reads nowhere that a wrong number could lead to harm. */
	#holdsAny(base: number, scope: FlushScope): boolean {
		const count = this.#words[base + bucketWord.countAndHand] & 0xffff;
		if (count > this.#layout.maxEntries) return true;
		for (let index = 0; index < count; index++) if (this.#isInScope(base, index, scope)) return true;
		return false;
	}

	#isInScope(base: number, index: number, scope: FlushScope): boolean {
		const words = this.#words;
		const slot = words[base + this.#layout.slotsAt + index];
		if (slot === 0) return false;
		const key = base + (slot & offsetMask) + entryHeaderWords;
		return isInScope(scope, words[key], words[key + 1], this.#octets, (key + 2) << 2);
	}

	#drop(base: number, scope: FlushScope, flushed: Flushed): void {
		const bucket = this.#bucket;
		for (let index = 0; index < bucket.count; index++) {
			if (!this.#isInScope(base, index, scope)) continue;
			const offset = this.#words[base + this.#layout.slotsAt + index] & offsetMask;
			const qtype = this.#words[base + offset + entryHeaderWords] >>> 16;
			if (qtype === cutType) flushed.cut++;
			else if (bucket.kind(index) === entryKind.positive) flushed.positive++;
			else if (bucket.kind(index) === entryKind.negative) flushed.negative++;
			else flushed.failure++;
			bucket.drop(index);
		}
	}
}
