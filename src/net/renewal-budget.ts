/**
 * How many new sockets may be opened: a token bucket, full at first, that fills with `perSec` tokens a second
 * and holds as many. Time is handed in, in milliseconds.
 */
export class RenewalBudget {
	readonly #perSec: number;
	#tokens: number;
	#filledMs: number;

	constructor(perSec: number, nowMs: number) {
		this.#perSec = perSec;
		this.#tokens = perSec;
		this.#filledMs = nowMs;
	}

	/** Takes a token; false if there is none. */
	take(nowMs: number): boolean {
		const earned = ((nowMs - this.#filledMs) / 1000) * this.#perSec;
		this.#tokens = Math.min(this.#perSec, this.#tokens + earned);
		this.#filledMs = nowMs;
		if (this.#tokens < 1) return false;
		this.#tokens--;
		return true;
	}
}
