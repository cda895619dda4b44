import type { TraceQuery } from '../trace-query.ts';
import type { Asked, Sink } from './decoder.ts';
import { Duplicates } from './duplicates.ts';
import type { Notes } from './notes.ts';
import { TimeOrder } from './time-order.ts';

/** Held back at most, whatever the waiting time: some 50 MiB. Then the earliest leave before their time. */
export const heldMax = 131_072;

export interface OutletOptions {
	/** A query leaves when one has come that was asked so much later; 0: at once; infinity: only when too many are held. */
	readonly waitMs: number;
	/** Queries without a time wait as well, until too many are held: they may still get their reply. */
	readonly holdUntimed: boolean;
	/** Queries that repeat one within so many milliseconds are passed over; 0: none are. */
	readonly duplicatesWithinMs: number;
	/** Told of each query that leaves: from then on it does not change. */
	readonly onLeave?: (asked: Asked) => void;
}

/**
 * Where queries leave a reader, in order of their time as far as the waiting allows: traces are written in the order in
 * which replies came, or in none.
 */
export class Outlet implements Sink {
	readonly #notes: Notes;
	readonly #options: OutletOptions;
	readonly #held = new TimeOrder();
	readonly #duplicates: Duplicates | undefined;
	#ready: TraceQuery[] = [];
	#newestMs = Number.NEGATIVE_INFINITY;
	#leftMs = Number.NEGATIVE_INFINITY;

	constructor(notes: Notes, options: OutletOptions) {
		this.#notes = notes;
		this.#options = options;
		if (options.duplicatesWithinMs > 0) this.#duplicates = new Duplicates(options.duplicatesWithinMs);
	}

	take(asked: Asked): void {
		const { waitMs, holdUntimed } = this.#options;
		const { atMs } = asked.query;
		const untimed = Number.isNaN(atMs);
		if (waitMs === 0 || (untimed && !holdUntimed)) {
			this.#leave(asked);
			return;
		}
		this.#held.add(asked, untimed ? this.#newestMs : atMs);
		this.passTime(atMs);
		if (this.#held.size > heldMax) this.#leave(this.#held.removeEarliest());
	}

	/** The trace has come to a time, which may lie before the newest; NaN changes nothing. */
	passTime(nowMs: number): void {
		if (!(nowMs > this.#newestMs)) return;
		this.#newestMs = nowMs;
		const dueMs = nowMs - this.#options.waitMs;
		while (this.#held.earliestMs <= dueMs) this.#leave(this.#held.removeEarliest());
	}

	/** The trace is over: nothing waits any more. */
	end(): void {
		while (this.#held.size > 0) this.#leave(this.#held.removeEarliest());
	}

	/** What has left since the last call. */
	drain(): readonly TraceQuery[] {
		const ready = this.#ready;
		if (ready.length > 0) this.#ready = [];
		return ready;
	}

	#leave(asked: Asked): void {
		this.#options.onLeave?.(asked);
		if (this.#duplicates?.has(asked)) {
			this.#notes.passOver('duplicates');
			return;
		}
		const { atMs } = asked.query;
		if (atMs < this.#leftMs) this.#notes.outOfOrder++;
		else if (atMs > this.#leftMs) this.#leftMs = atMs;
		this.#ready.push(asked.query);
	}
}
