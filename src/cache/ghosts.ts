import { type CacheLayout, ghostCount, tagMask } from './layout.ts';

/**
 * Tags of keys whose entries were evicted from a bucket before anybody asked again, the last few (layout.ts). Whoever comes
 * back while its tag is here came too early to be seen twice. One of 65,536 keys has no tag to remember; as few are taken for
 * another.
 */
export class Ghosts {
	readonly #tags: Uint16Array;
	readonly #layout: CacheLayout;
	#start = 0;
	/** Where the next one is put, in [0, ghostCount). */
	next = 0;

	constructor(words: Int32Array, layout: CacheLayout) {
		this.#tags = new Uint16Array(words.buffer, words.byteOffset, 2 * words.length);
		this.#layout = layout;
	}

	/** @param base of the bucket, in words */
	open(base: number, next: number): void {
		this.#start = 2 * (base + this.#layout.ghostsAt);
		this.next = next % ghostCount;
	}

	clear(): void {
		this.#tags.fill(0, this.#start, this.#start + ghostCount);
		this.next = 0;
	}

	/** @param slot its upper half is the tag */
	remember(slot: number): void {
		this.#tags[this.#start + this.next] = slot >>> 16;
		this.next = this.next + 1 === ghostCount ? 0 : this.next + 1;
	}

	/** Whether a key is remembered, which it is no more then. */
	recall(hashLow: number): boolean {
		if ((hashLow & tagMask) === 0) return false;
		const tag = hashLow >>> 16;
		const end = this.#start + ghostCount;
		for (let i = this.#start; i < end; i++) {
			if (this.#tags[i] !== tag) continue;
			this.#tags[i] = 0;
			return true;
		}
		return false;
	}
}
