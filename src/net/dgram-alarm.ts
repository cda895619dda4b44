import type { Clock } from '../util/clock.ts';
import type { Alarm } from './alarm.ts';

/** A timer may be a millisecond late and is set in whole ones: so near to its time the alarm looks at the clock instead. */
const spinMs = 2;
/** The longest that a timer takes. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * An alarm without a timer of its own: a timer of the event loop to shortly before its time, and from there a look at the
 * clock in every turn, which costs a whole CPU for those two milliseconds.
 */
export class DgramAlarm implements Alarm {
	readonly #clock: Clock;
	readonly #onRing: (nowMs: number) => void;
	/** Infinity: it is not to ring. */
	#atMs = Number.POSITIVE_INFINITY;
	#timer: NodeJS.Timeout | undefined;
	#immediate: NodeJS.Immediate | undefined;
	#closed = false;

	constructor(clock: Clock, onRing: (nowMs: number) => void) {
		this.#clock = clock;
		this.#onRing = onRing;
	}

	set(atMs: number): void {
		if (Number.isNaN(atMs)) {
			throw Object.assign(new TypeError('an alarm was set to NaN'), { code: 'ERR_INVALID_ARG_TYPE' });
		}
		if (this.#closed || atMs === this.#atMs) return;
		this.#stopWaiting();
		this.#atMs = atMs;
		if (atMs !== Number.POSITIVE_INFINITY) this.#wait(this.#clock.nowMs());
	}

	clear(): void {
		this.set(Number.POSITIVE_INFINITY);
	}

	close(): void {
		this.clear();
		this.#closed = true;
	}

	#wait(nowMs: number): void {
		const leftMs = this.#atMs - nowMs;
		if (leftMs <= spinMs) this.#immediate = setImmediate(this.#look);
		else this.#timer = setTimeout(this.#look, Math.min(Math.floor(leftMs) - 1, maxTimerMs));
	}

	#stopWaiting(): void {
		clearTimeout(this.#timer);
		clearImmediate(this.#immediate);
	}

	readonly #look = (): void => {
		const nowMs = this.#clock.nowMs();
		if (nowMs < this.#atMs) {
			this.#wait(nowMs);
			return;
		}
		this.#atMs = Number.POSITIVE_INFINITY;
		this.#onRing(nowMs);
	};
}
