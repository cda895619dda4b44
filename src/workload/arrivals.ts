import { PetrelError } from '../util/errors.ts';
import type { Random } from '../util/random.ts';

/**
 * When queries are due, whatever the server does. The slots of a run are numbered from 0; thread w of W has the slots w,
 * w + W, w + 2 W … so that together they keep the rate evenly. Times follow from the slot's number and do not drift.
 */
export interface Arrivals {
	/** When the next slot of this thread is due, in milliseconds from the start, less than the end; Infinity: no more. */
	next(): number;
	/** How many slots this thread has before `untilMs`: exactly for a schedule, on average for random times. */
	count(untilMs: number): number;
}

function checkRate(ratePerSec: number, what: string): void {
	if (ratePerSec > 0 && Number.isFinite(ratePerSec)) return;
	throw new PetrelError(
		'PETREL_CONFIG',
		`${what} is ${ratePerSec} queries a second; write a number above 0, such as 1000`,
	);
}

/** Of the slots below `slots`, how many one thread has. */
function shareOf(slots: number, worker: number, workers: number): number {
	return Math.max(0, Math.ceil((slots - worker) / workers));
}

/** Slots whose times follow from their numbers, and do not fall as the number grows. */
abstract class Schedule implements Arrivals {
	readonly #endMs: number;
	readonly #worker: number;
	readonly #workers: number;
	#slot: number;

	constructor(endMs: number, worker: number, workers: number) {
		this.#endMs = endMs;
		this.#worker = this.#slot = worker;
		this.#workers = workers;
	}

	/** When a slot is due, in milliseconds; NaN: never. */
	protected abstract dueMs(slot: number): number;
	/** The slots due before a time, but for rounding. */
	protected abstract slotsBefore(ms: number): number;

	next(): number {
		const dueMs = this.dueMs(this.#slot);
		if (!(dueMs < this.#endMs)) return Number.POSITIVE_INFINITY;
		this.#slot += this.#workers;
		return dueMs;
	}

	count(untilMs: number): number {
		const endMs = Math.min(untilMs, this.#endMs);
		let slots = Math.ceil(this.slotsBefore(endMs));
		if (!Number.isFinite(slots)) return slots;
		while (slots > 0 && !(this.dueMs(slots - 1) < endMs)) slots--;
		while (this.dueMs(slots) < endMs) slots++;
		return shareOf(slots, this.#worker, this.#workers);
	}
}

class Even extends Schedule {
	readonly #ratePerSec: number;

	constructor(ratePerSec: number, endMs: number, worker: number, workers: number) {
		super(endMs, worker, workers);
		this.#ratePerSec = ratePerSec;
	}

	protected dueMs(slot: number): number {
		return (slot * 1000) / this.#ratePerSec;
	}

	protected slotsBefore(ms: number): number {
		return (ms * this.#ratePerSec) / 1000;
	}
}

/** In t seconds r0 t + (r1 - r0) t² / (2 D) slots have been due; slot k is due when that is k. */
class Ramp extends Schedule {
	readonly #fromPerSec: number;
	/** (r1 - r0) / (2 D) */
	readonly #bend: number;

	constructor(fromPerSec: number, toPerSec: number, endMs: number, worker: number, workers: number) {
		super(endMs, worker, workers);
		this.#fromPerSec = fromPerSec;
		this.#bend = ((toPerSec - fromPerSec) * 1000) / (2 * endMs);
	}

	/** The smaller root, in the form that takes no difference of near numbers. NaN where a falling ramp never comes. */
	protected dueMs(slot: number): number {
		const from = this.#fromPerSec;
		return slot === 0 ? 0 : (2000 * slot) / (from + Math.sqrt(from * from + 4 * this.#bend * slot));
	}

	protected slotsBefore(ms: number): number {
		const sec = ms / 1000;
		return this.#fromPerSec * sec + this.#bend * sec * sec;
	}
}

class Poisson implements Arrivals {
	readonly #meanGapMs: number;
	readonly #endMs: number;
	readonly #random: Random;
	#dueMs = 0;

	constructor(ratePerSec: number, endMs: number, random: Random) {
		this.#meanGapMs = 1000 / ratePerSec;
		this.#endMs = endMs;
		this.#random = random;
	}

	next(): number {
		// (0, 1], so that the logarithm is finite.
		const unit = (this.#random.nextUint32() + 1) / 0x1_0000_0000;
		this.#dueMs -= Math.log(unit) * this.#meanGapMs;
		return this.#dueMs < this.#endMs ? this.#dueMs : Number.POSITIVE_INFINITY;
	}

	count(untilMs: number): number {
		return Math.min(untilMs, this.#endMs) / this.#meanGapMs;
	}
}

/**
 * Slot k is due k / rate after the start.
 *
 * @param ratePerSec of all threads together
 * @param endMs no slot is due from then on; may be Infinity
 */
export function evenArrivals(ratePerSec: number, endMs: number, worker: number, workers: number): Arrivals {
	checkRate(ratePerSec, 'the rate');
	return new Even(ratePerSec, endMs, worker, workers);
}

/** The rate goes evenly from one value, at the start, to the other at the end. Either may be 0. */
export function rampArrivals(
	fromPerSec: number,
	toPerSec: number,
	endMs: number,
	worker: number,
	workers: number,
): Arrivals {
	checkRate(Math.max(fromPerSec, toPerSec), 'the higher end of the ramp');
	if (!(Math.min(fromPerSec, toPerSec) >= 0 && endMs > 0 && Number.isFinite(endMs))) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`the ramp goes from ${fromPerSec} to ${toPerSec} queries a second in ${endMs / 1000} s; write rates from 0 on and a time`,
		);
	}
	return new Ramp(fromPerSec, toPerSec, endMs, worker, workers);
}

/**
 * Independent of each other: the gaps are exponentially distributed.
 *
 * @param ratePerSec of this thread
 * @param random of this thread
 */
export function poissonArrivals(ratePerSec: number, endMs: number, random: Random): Arrivals {
	checkRate(ratePerSec, 'the rate');
	return new Poisson(ratePerSec, endMs, random);
}
