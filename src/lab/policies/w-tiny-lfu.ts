import { type Random, seededRandom } from '../../util/random.ts';
import { FrequencySketch, sketchBytesPerEntry } from '../frequency-sketch.ts';
import { Links, List } from '../lists.ts';
import { bitBytes, linkedBytes, perEntry } from '../metadata.ts';
import { type Column, none } from '../per-key.ts';
import type { PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Of the capacity, and of what is not the window. */
const mainShare = 0.99;
const protectedShare = 0.8;
/** So many capacities are asked for between two halvings. */
const capacitiesPerPeriod = 10;
/** From this frequency on a candidate that lost is admitted once in so many times. */
const warmFrequency = 6;
const warmLuck = 128;
/** Entries of size 1 that the sketch is made for before they are there. */
const entriesAtOnceMax = 2 ** 20;

const inWindow = 0;
const onProbation = 1;
const isProtected = 2;

/**
 * W-TinyLFU (Einziger, Friedman, Manes, ACM Transactions on Storage 13(4), 2017): newcomers pass through a small LRU
 * window. What leaves it comes into the main part if it was asked for more often than what would go for it, by a sketch of
 * frequencies whose counters are halved from time to time. The main part is a segmented LRU: a hit on probation leads among
 * the protected, whose last goes back on probation.
 *
 * As in Caffeine: counts are those of the sketch alone, without a Bloom filter before it; a hit and a newcomer count, a miss
 * that leaves nothing to keep does not; and a candidate that loses though it is popular is admitted at times, so that nobody
 * who makes hashes collide can keep it out.
 *
 * Sizes: shares are sums of sizes, and so is the time between halvings. A candidate must have been asked for more often than
 * all together that would go for it. What is larger than the window does not pass through it; what is larger than the
 * protected part stays on probation.
 */
export class WTinyLfu extends SizedPolicy {
	/** Links, one of three lists, and the sketch. */
	readonly metadata = perEntry(linkedBytes + 2 * bitBytes + sketchBytesPerEntry);
	readonly #random: Random;
	readonly #windowMax: number;
	readonly #mainMax: number;
	readonly #protectedMax: number;
	readonly #lists: readonly [List, List, List];
	/** By key: in which list it is. */
	readonly #listOf: Column<Uint8Array<ArrayBuffer>>;
	#sketch: FrequencySketch | undefined;
	/** Sizes of what was asked for since counters were halved, and half of it before. */
	#asked = 0;

	/**
	 * @param sketchEntries for how many entries the sketch is made at first. Left out: where the first size is 1, the
	 * capacity, and few otherwise. It widens as entries come
	 */
	constructor(options: PolicyOptions, sketchEntries?: number) {
		super(options);
		const links = new Links(this.keys);
		this.#random = seededRandom(options.seed);
		this.#mainMax = Math.floor(options.capacity * mainShare);
		this.#windowMax = options.capacity - this.#mainMax;
		this.#protectedMax = Math.floor(this.#mainMax * protectedShare);
		this.#lists = [new List(links, this.sizes), new List(links, this.sizes), new List(links, this.sizes)];
		this.#listOf = this.keys.uint8();
		if (sketchEntries !== undefined) this.#sketch = new FrequencySketch(sketchEntries);
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		const size = this.sizes.values[key];
		this.#count(key, size);
		const list = this.#listOf.values[key];
		if (list !== onProbation || size > this.#protectedMax) {
			this.#lists[list].renew(key);
			return true;
		}
		this.#lists[onProbation].take(key);
		this.#enter(key, isProtected);
		const guarded = this.#lists[isProtected];
		while (guarded.held > this.#protectedMax) {
			const last = guarded.tail;
			guarded.take(last);
			this.#enter(last, onProbation);
		}
		return true;
	}

	put(key: number, size: number): void {
		if (size > this.capacity) return;
		this.#count(key, size);
		if (size > this.#windowMax) {
			if (!this.#isAdmitted(key, size)) return;
			this.add(key, size);
			this.#enter(key, onProbation);
			return;
		}
		const newcomers = this.#lists[inWindow];
		while (newcomers.held + size > this.#windowMax) {
			const candidate = newcomers.tail;
			newcomers.take(candidate);
			if (this.#isAdmitted(candidate, this.sizes.values[candidate])) this.#enter(candidate, onProbation);
			else this.drop(candidate);
		}
		this.add(key, size);
		this.#enter(key, inWindow);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.#lists[this.#listOf.values[key]].take(key);
		this.drop(key);
	}

	#enter(key: number, list: number): void {
		this.#listOf.values[key] = list;
		this.#lists[list].push(key);
	}

	#count(key: number, size: number): void {
		const entries = size === 1 ? Math.min(this.capacity, entriesAtOnceMax) : 0;
		this.#sketch ??= new FrequencySketch(entries);
		if (this.entries > this.#sketch.entries) this.#sketch.widen();
		this.#sketch.add(key);
		this.#asked += size;
		if (this.#asked < this.capacity * capacitiesPerPeriod) return;
		this.#asked /= 2;
		this.#sketch.halve();
	}

	/** Whether a candidate comes into the main part. What has to go for it is gone then. */
	#isAdmitted(key: number, size: number): boolean {
		if (size > this.#mainMax) return false;
		const main = this.#lists[onProbation].held + this.#lists[isProtected].held;
		const needed = main + size - this.#mainMax;
		if (needed <= 0) return true;
		if (!this.#wins(this.#sketch!.estimate(key), needed)) return false;
		for (let freed = 0; freed < needed; ) {
			const victim = this.#firstVictim;
			freed += this.sizes.values[victim];
			this.remove(victim);
		}
		return true;
	}

	#wins(frequency: number, needed: number): boolean {
		let rivals = 0;
		let victim = this.#firstVictim;
		for (let freed = 0; freed < needed; ) {
			freed += this.sizes.values[victim];
			rivals += this.#sketch!.estimate(victim);
			const isLastOnProbation = victim === this.#lists[onProbation].head;
			victim = isLastOnProbation
				? this.#lists[isProtected].tail
				: this.#lists[onProbation].youngerThan(victim);
		}
		return frequency > rivals || (frequency >= warmFrequency && this.#random.nextUint32() % warmLuck === 0);
	}

	/** What goes first from the main part, which is not empty. */
	get #firstVictim(): number {
		const last = this.#lists[onProbation].tail;
		return last === none ? this.#lists[isProtected].tail : last;
	}
}
