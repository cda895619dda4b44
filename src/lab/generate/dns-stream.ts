import { type Random, seededRandom } from '../../util/random.ts';
import { unitOf } from '../../workload/hash.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import { RequestBuilder, type Requests } from '../simulate/requests.ts';

/** Requests that are made up, the same for the same seed. */
export interface DnsStream {
	readonly names: KeyNames;
	/** How many there will be. */
	readonly requests: number;
	/** From the first on, each time that it is called; some thousands at a time. */
	batches(): Iterable<Requests>;
}

/** Requests a batch. */
const batchRequests = 8192;

/**
 * Batches of what `step` adds, until there are `requests`. A step may add more than one; of the last one only so many are
 * taken as there are to be.
 */
export function* batchesOf(
	requests: number,
	step: (builder: RequestBuilder) => void,
): Generator<Requests, void, void> {
	for (let left = requests; left > 0; ) {
		const builder = new RequestBuilder(Number.POSITIVE_INFINITY, batchRequests);
		while (builder.count < Math.min(left, batchRequests)) step(builder);
		const batch = builder.take();
		yield batch.count > left ? { ...batch, count: left } : batch;
		left -= batch.count;
	}
}

/** Random draws and times of one run through a stream. */
export class Draws {
	readonly #random: Random;
	readonly #gapMs: number;
	nowMs = 0;

	/** @param ratePerSec of random arrivals (Poisson) */
	constructor(seed: number, ratePerSec: number) {
		this.#random = seededRandom(seed);
		this.#gapMs = 1000 / ratePerSec;
	}

	get random(): Random {
		return this.#random;
	}

	/** A number in [0, 1). */
	unit(): number {
		return unitOf(this.#random.nextUint32(), this.#random.nextUint32());
	}

	/** Waits for the next arrival. */
	arrive(): number {
		this.nowMs -= Math.log1p(-this.unit()) * this.#gapMs;
		return this.nowMs;
	}
}
