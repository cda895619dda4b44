import { type Column, grown } from '../per-key.ts';
import type { Metadata, PolicyOptions } from '../policy.ts';
import { SizedPolicy } from '../sized-policy.ts';

/** Garbage is collected from this part of the capacity on, and this part of what is held goes. */
const fullShare = 0.8;
const freedShare = 0.1;
const collectionGapMs = 1000;
/** Loads are numbers of 16 bits. An access adds 5 for an answer of usual size, more for smaller ones and less for larger. */
const loadMax = 65_535;
const usualLoad = 5;
const usualBytes = 166;
/** A load of 65,536 loses so much in a second: half of it is left after five hours. */
const decayPerMs = usualLoad / 2 / 65_536 / 1000;
const categoryCount = 98;
/** What has expired is in categories from this one on, what is alive in those below. */
const firstExpired = 65;

/**
 * As Knot Resolver 6: a collector looks once a second whether the cache is at four fifths, puts entries into categories by
 * how often an octet of them was asked for, in quarters of a power of two, and drops whole categories, the least asked first
 * and what has expired before all else, until a tenth of the octets is free.
 *
 * Simplified: counts are exact and decay smoothly, where Knot has a sketch that keys share (KRU) and rounds at random; they
 * stay when an entry goes, as the sketch does. The collector runs when the next entry comes, and at once if that does not
 * fit, where Knot would have the database refuse it. An entry of size 1 counts as one of usual size.
 */
export class AsKnotResolver extends SizedPolicy {
	readonly metadata: Metadata;
	/** By key, whether it is held or not, as it was at the time beside it. */
	readonly #loads: Column<Float64Array<ArrayBuffer>>;
	readonly #loadTimesMs: Column<Float64Array<ArrayBuffer>>;
	readonly #expiresMs: Column<Float64Array<ArrayBuffer>>;
	/** The keys that are held, in no order, from 0 to `entries`, and by key where it is. */
	#held: Int32Array<ArrayBuffer> = new Int32Array(1024);
	readonly #places: Column<Uint32Array<ArrayBuffer>>;
	#nowMs = 0;
	#collectionMs = Number.NEGATIVE_INFINITY;
	/** A second has passed since the collector looked. */
	#isDue = true;

	constructor(options: PolicyOptions) {
		super(options);
		this.metadata = {
			perEntryBytes: 0,
			perGhostBytes: 0,
			ghostsPerEntry: 0,
			fixedBytes: sketchBytes(options.capacity),
		};
		this.#loads = this.keys.float64();
		this.#loadTimesMs = this.keys.float64();
		this.#expiresMs = this.keys.float64();
		this.#places = this.keys.uint32();
	}

	get(key: number): boolean {
		if (!this.has(key)) return false;
		this.#count(key, this.sizes.values[key]);
		return true;
	}

	put(key: number, size: number, expiresMs: number): void {
		if (size > this.capacity) return;
		if (this.#isDue && this.held >= this.capacity * fullShare) this.#collect();
		this.#isDue = false;
		while (this.isFullFor(size)) this.#collect();
		if (this.entries === this.#held.length) this.#held = grown(this.#held, 2 * this.entries);
		this.#held[this.entries] = key;
		this.add(key, size);
		this.#places.values[key] = this.entries - 1;
		this.#expiresMs.values[key] = expiresMs;
		this.#count(key, size);
	}

	remove(key: number): void {
		if (!this.has(key)) return;
		this.drop(key);
		const last = this.#held[this.entries];
		const place = this.#places.values[key];
		this.#held[place] = last;
		this.#places.values[last] = place;
	}

	advance(nowMs: number): void {
		this.#nowMs = nowMs;
		if (nowMs < this.#collectionMs) return;
		this.#collectionMs = nowMs + collectionGapMs;
		this.#isDue = true;
	}

	#count(key: number, size: number): void {
		const price = size === 1 ? usualLoad : (usualLoad * usualBytes) / size;
		this.#loads.values[key] = Math.min(loadMax, this.#loadOf(key) + price);
		this.#loadTimesMs.values[key] = this.#nowMs;
	}

	#loadOf(key: number): number {
		return this.#loads.values[key] * Math.exp((this.#loadTimesMs.values[key] - this.#nowMs) * decayPerMs);
	}

	/** From 0, the last to go, to 97. */
	#categoryOf(key: number): number {
		const load = Math.floor(this.#loadOf(key));
		const category = 64 - Math.min(load, Math.floor(4 * Math.log2(load + 1)));
		return this.#expiresMs.values[key] <= this.#nowMs ? firstExpired + (category >>> 1) : category;
	}

	#collect(): void {
		const bytes = new Float64Array(categoryCount);
		for (let place = 0; place < this.entries; place++) {
			const key = this.#held[place];
			bytes[this.#categoryOf(key)] += this.sizes.values[key];
		}
		let lowest = categoryCount;
		for (let left = this.held * freedShare; left > 0; left -= bytes[lowest]) lowest--;
		// From the end: a key that is removed leaves its place to one that was looked at.
		for (let place = this.entries - 1; place >= 0; place--) {
			if (this.#categoryOf(this.#held[place]) >= lowest) this.remove(this.#held[place]);
		}
	}
}

/** Knot's sketch beside a cache of so many octets: eight octets for each 128, their number a power of two. */
function sketchBytes(capacity: number): number {
	return 8 * 2 ** Math.ceil(Math.log2(Math.max(1, capacity / 128)));
}
