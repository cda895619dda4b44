import type { Clock } from '../util/clock.ts';

/** Longer than this and `setTimeout` would fire at once. */
const delayMaxMs = 0x7fff_ffff;

/**
 * One timer for everything that an engine waits for. It is moved only to an earlier time: deadlines are mostly set
 * further out than the one that is armed, so a query usually touches no timer. When it rings too early, it is set anew.
 */
export class Alarm {
	readonly #clock: Clock;
	readonly #onDue: () => number;
	#timer: NodeJS.Timeout | undefined;
	#armedMs = Number.POSITIVE_INFINITY;
	readonly #ring = (): void => this.#onRing();

	/** `onDue` runs what is due and returns the next deadline in the clock's milliseconds, Infinity for none. */
	constructor(clock: Clock, onDue: () => number) {
		this.#clock = clock;
		this.#onDue = onDue;
	}

	/** Whether it would ring later than `deadlineMs`: `arm` has something to do. */
	isLater(deadlineMs: number): boolean {
		return this.#armedMs > deadlineMs;
	}

	/** Sees to it that `onDue` runs at or after `deadlineMs`. */
	arm(deadlineMs: number, nowMs: number): void {
		if (deadlineMs >= this.#armedMs) return;
		clearTimeout(this.#timer);
		this.#armedMs = deadlineMs;
		const delayMs = Math.min(delayMaxMs, Math.max(1, Math.ceil(deadlineMs - nowMs)));
		this.#timer = setTimeout(this.#ring, delayMs);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#armedMs = Number.NEGATIVE_INFINITY;
	}

	#onRing(): void {
		const nowMs = this.#clock.nowMs();
		const armedMs = this.#armedMs;
		this.#armedMs = Number.POSITIVE_INFINITY;
		const nextMs = nowMs < armedMs ? armedMs : this.#onDue();
		this.arm(nextMs, nowMs);
	}
}
