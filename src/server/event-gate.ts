import type { Clock } from '../util/clock.ts';

/** Events that one shard may report in one window; the rest are counted and reported as a number. */
export const eventsPerWindowMax = 50;
const windowMs = 1000;

/** Keeps a flood of failing queries from becoming a flood of log lines. */
export class EventGate {
	readonly #clock: Clock;
	readonly #onSuppressed: (count: number) => void;
	#windowEndMs = 0;
	#passedCount = 0;
	#suppressedCount = 0;
	#timer: NodeJS.Timeout | undefined;

	/** `onSuppressed` is told, once a window, how many events were held back. */
	constructor(clock: Clock, onSuppressed: (count: number) => void) {
		this.#clock = clock;
		this.#onSuppressed = onSuppressed;
	}

	/** Whether one more event may be reported now. */
	pass(): boolean {
		const nowMs = this.#clock.nowMs();
		if (nowMs >= this.#windowEndMs) {
			this.#windowEndMs = nowMs + windowMs;
			this.#passedCount = 0;
		}
		if (this.#passedCount < eventsPerWindowMax) {
			this.#passedCount++;
			return true;
		}
		this.#suppressedCount++;
		this.#timer ??= setTimeout(() => this.#tell(), windowMs);
		return false;
	}

	close(): void {
		clearTimeout(this.#timer);
		this.#tell();
	}

	#tell(): void {
		this.#timer = undefined;
		if (this.#suppressedCount > 0) this.#onSuppressed(this.#suppressedCount);
		this.#suppressedCount = 0;
	}
}
