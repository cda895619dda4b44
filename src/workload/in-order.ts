import { type Order, serials } from './order.ts';
import type { QuerySet } from './query-set.ts';
import type { SourcePlace } from './workload.ts';

/**
 * Walks through a set: thread w of W takes the queries k = w, w + W, w + 2 W … of the set repeated for ever, or once. So
 * the threads together ask what one alone would. k is the serial number.
 */
export class InOrder implements Order {
	readonly #count: number;
	readonly #workers: number;
	readonly #repeat: boolean;
	readonly #dueMs: Float64Array | undefined;
	/** From one pass to the next: as long as between two queries, on average, lies between the last and the first. */
	readonly #passMs: number;
	#place: number;
	#pass = 0;
	dueMs = 0;

	constructor(set: QuerySet, timed: boolean, repeat: boolean, { worker, workers }: SourcePlace) {
		this.#count = set.count;
		this.#workers = workers;
		this.#repeat = repeat;
		this.#place = worker - workers;
		this.#dueMs = timed && set.dueMs ? new Float64Array(set.dueMs) : undefined;
		const lastMs = this.#dueMs?.[set.count - 1] ?? 0;
		this.#passMs = lastMs + lastMs / Math.max(1, set.count - 1);
	}

	next(): number {
		let place = this.#place + this.#workers;
		while (place >= this.#count) {
			if (!this.#repeat) return -1;
			place -= this.#count;
			this.#pass++;
		}
		this.#place = place;
		if (this.#dueMs !== undefined) this.dueMs = this.#dueMs[place] + this.#pass * this.#passMs;
		return place;
	}

	nextSerial(): number {
		const place = this.next();
		return place < 0 ? -1 : (this.#pass * this.#count + place) % serials;
	}

	placeOf(serial: number): number {
		return serial % this.#count;
	}
}
