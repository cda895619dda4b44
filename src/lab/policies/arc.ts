import { Links, List } from '../lists.ts';
import { bitBytes, linkedBytes, rememberedBytes } from '../metadata.ts';
import type { Column } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/**
 * What becomes of ARC where entries have sizes, which its paper does not know. With sizes of 1 there is no difference as long
 * as nothing expires.
 *
 * libcachesim: as that program does it. The share moves by as many octets as it would move by pages, one as a rule: for
 *   answers of hundreds of octets it hardly ever moves. One ghost goes for each entry that goes, whatever their sizes: the
 *   lists may be longer than the paper says.
 * scaled: the share moves by as many sizes of what came back, and the bounds of the lists hold.
 */
export type ArcSizes = 'libcachesim' | 'scaled';

/**
 * ARC (Megiddo, Modha, FAST 2003): two LRU lists, of what was asked for once and of what was asked for more often. What went
 * from each is remembered. A key that comes back from there shows that its list was too short, and the share that `once`
 * should have moves.
 *
 *   newest ... once .... oldest | newest ... onceGhosts .... oldest     together at most the capacity
 *   newest ... often ... oldest | newest ... oftenGhosts ... oldest     all four together at most twice the capacity
 */
export class Arc extends SizedPolicy {
	/** Links, and which list. Ghosts go from the middle of theirs, too. */
	readonly metadata = {
		perEntryBytes: linkedBytes + bitBytes,
		perGhostBytes: rememberedBytes + linkedBytes + bitBytes,
		ghostsPerEntry: 1,
		fixedBytes: 0,
	};
	readonly #isScaled: boolean;
	readonly #once: List;
	readonly #often: List;
	readonly #onceGhosts: List;
	readonly #oftenGhosts: List;
	/** By key; 0: it is not remembered. */
	readonly #ghostSizes: Column<Uint32Array<ArrayBuffer>>;
	/** By key: it is in `often` or `oftenGhosts`, if anywhere. */
	readonly #isOften: Column<Uint8Array<ArrayBuffer>>;
	/** What `once` should hold, in [0, capacity]: the paper's p. */
	#onceTarget = 0;

	constructor(options: PolicyOptions, sizes: ArcSizes) {
		super(options);
		const links = new Links(this.keys);
		this.#isScaled = sizes === 'scaled';
		this.#ghostSizes = this.keys.uint32();
		this.#isOften = this.keys.uint8();
		this.#once = new List(links, this.sizes);
		this.#often = new List(links, this.sizes);
		this.#onceGhosts = new List(links, this.#ghostSizes);
		this.#oftenGhosts = new List(links, this.#ghostSizes);
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		const isOften = this.#isOften.values;
		if (isOften[key]) {
			this.#often.renew(key);
		} else {
			this.#once.take(key);
			this.#often.push(key);
			isOften[key] = 1;
		}
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		if (this.#ghostSizes.values[key] > 0) this.#putGhost(key, size);
		else this.#putNew(key, size);
		if (this.#isScaled) this.#shortenGhosts();
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		(this.#isOften.values[key] ? this.#often : this.#once).take(key);
		this.drop(key);
	}

	#putNew(key: number, size: number): void {
		while (this.isFullFor(size)) {
			if (this.#isScaled) this.#replace(false);
			else this.#makeRoom(size);
		}
		this.add(key, size);
		this.#isOften.values[key] = 0;
		this.#once.push(key);
	}

	#putGhost(key: number, size: number): void {
		const wasOften = this.#isOften.values[key] === 1;
		this.#learn(wasOften, this.#isScaled ? size : 1);
		this.#forget(wasOften ? this.#oftenGhosts : this.#onceGhosts, key);
		while (this.isFullFor(size)) this.#replace(wasOften);
		this.add(key, size);
		this.#isOften.values[key] = 1;
		this.#often.push(key);
	}

	#learn(wasOften: boolean, unit: number): void {
		const once = this.#onceGhosts.held;
		const often = this.#oftenGhosts.held;
		if (wasOften) this.#onceTarget = Math.max(0, this.#onceTarget - unit * Math.max(1, once / often));
		else this.#onceTarget = Math.min(this.capacity, this.#onceTarget + unit * Math.max(1, often / once));
	}

	/** The paper's case IV: forgets a ghost where lists have reached their bounds, and evicts an entry. */
	#makeRoom(size: number): void {
		const once = this.#once.held + this.#onceGhosts.held;
		if (once + size > this.capacity) {
			if (this.#onceGhosts.count === 0) {
				this.remove(this.#once.tail);
				return;
			}
			this.#forget(this.#onceGhosts, this.#onceGhosts.tail);
		} else if (this.#oftenGhosts.count > 0) {
			const all = once + this.#often.held + this.#oftenGhosts.held;
			if (all >= 2 * this.capacity) this.#forget(this.#oftenGhosts, this.#oftenGhosts.tail);
		}
		this.#replace(false);
	}

	/** Evicts from the list that is longer than its share. */
	#replace(oftenWasTooShort: boolean): void {
		const once = this.#once.held;
		const isTooLong = once > this.#onceTarget || (once === this.#onceTarget && oftenWasTooShort);
		const fromOnce = (once > 0 && isTooLong) || this.#often.count === 0;
		const key = (fromOnce ? this.#once : this.#often).tail;
		const size = this.sizes.values[key];
		this.remove(key);
		this.#ghostSizes.values[key] = size;
		(fromOnce ? this.#onceGhosts : this.#oftenGhosts).push(key);
	}

	#shortenGhosts(): void {
		const ghosts = this.#onceGhosts;
		while (ghosts.count > 0 && this.#once.held + ghosts.held > this.capacity)
			this.#forget(ghosts, ghosts.tail);
		const others = this.#oftenGhosts;
		while (others.count > 0 && this.held + ghosts.held + others.held > 2 * this.capacity)
			this.#forget(others, others.tail);
	}

	#forget(ghosts: List, key: number): void {
		ghosts.take(key);
		this.#ghostSizes.values[key] = 0;
	}
}
