import { type TtlBounds, unbounded } from '../../cache/cacheability.ts';
import { perEntry } from '../metadata.ts';
import { PerKey } from '../per-key.ts';
import { entryCharge } from '../simulate/charge.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import { outcome, type Requests } from '../simulate/requests.ts';
import type { SourceNote } from './report.ts';

const asked = { once: 1, often: 2 } as const;
const isKept = 1;

/** What a source is, whatever the cache: counted as its requests pass. */
export class Census {
	readonly #bounds: TtlBounds;
	readonly #places: PerKey = new PerKey();
	readonly #asked = this.#places.uint8();
	/** Whether any answer to the key could be kept, and octets of the largest of those. */
	readonly #kept = this.#places.uint8();
	readonly #sizes = this.#places.uint32();
	readonly #counts = { negative: 0, failure: 0, uncacheable: 0 };
	#lastMs = 0;
	/** Numbers of keys are below it. */
	#end = 0;
	requests = 0;

	constructor(bounds: TtlBounds = unbounded) {
		this.#bounds = bounds;
	}

	add(batch: Requests): void {
		const { count, keys, outcomes, ttlsSec, sizes, atMs } = batch;
		for (let i = 0; i < count; i++) this.#add(keys[i], outcomes[i], ttlsSec[i], sizes[i]);
		if (count > 0) this.#lastMs = atMs[count - 1];
		this.requests += count;
	}

	#add(key: number, result: number, ttlSec: number, bytes: number): void {
		this.#places.reach(key);
		if (key >= this.#end) this.#end = key + 1;
		const times = this.#asked.values;
		if (times[key] < asked.often) times[key]++;
		const isNegative = result === outcome.negative;
		if (isNegative) this.#counts.negative++;
		if (result === outcome.failure) this.#counts.failure++;
		else if (!(isNegative || result === outcome.positive) || !this.#lasts(isNegative, ttlSec)) {
			this.#counts.uncacheable++;
		} else {
			this.#kept.values[key] = isKept;
			if (bytes > this.#sizes.values[key]) this.#sizes.values[key] = bytes;
		}
	}

	#lasts(isNegative: boolean, ttlSec: number): boolean {
		const { denialMinSec, denialMaxSec, successMinSec, successMaxSec } = this.#bounds;
		return isNegative
			? Math.min(Math.max(ttlSec, denialMinSec), denialMaxSec) > 0
			: Math.min(Math.max(ttlSec, successMinSec), successMaxSec) > 0;
	}

	/** @param names of a DNS source: then entries are charged for their names and for being found */
	result(
		names: KeyNames | undefined,
	): Pick<SourceNote, 'requests' | 'keys' | 'onceKeys' | 'durationSec' | 'footprint' | 'shares'> {
		const charge =
			names === undefined ? (_key: number, bytes: number) => bytes : entryCharge(names, perEntry(0));
		const footprint = { entries: 0, bytes: 0 };
		let keys = 0;
		let onceKeys = 0;
		for (let key = 0; key < this.#end; key++) {
			if (this.#asked.values[key] > 0) keys++;
			if (this.#asked.values[key] === asked.once) onceKeys++;
			if (this.#kept.values[key] !== isKept) continue;
			footprint.entries++;
			footprint.bytes += charge(key, this.#sizes.values[key]);
		}
		const { negative, failure, uncacheable } = this.#counts;
		const share = (count: number): number => count / this.requests;
		return {
			requests: this.requests,
			keys,
			onceKeys,
			durationSec: this.#lastMs / 1000,
			footprint,
			shares: { negative: share(negative), failure: share(failure), uncacheable: share(uncacheable) },
		};
	}
}
