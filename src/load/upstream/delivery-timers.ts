/** Deliveries that wait for their time, so that all can be forgotten at once. */

/** So many may wait; more are dropped, as a full queue on the way would. */
export const maxWaiting = 100_000;

export class DeliveryTimers {
	readonly #timers = new Set<NodeJS.Timeout>();
	#dropped = 0;

	/** Deliveries that were dropped because `maxWaiting` were under way. */
	get dropped(): number {
		return this.#dropped;
	}

	/** Calls `deliver` after `afterMs` milliseconds; at once when that is 0. */
	after(afterMs: number, deliver: () => void): void {
		if (afterMs <= 0) {
			deliver();
			return;
		}
		if (this.#timers.size >= maxWaiting) {
			this.#dropped++;
			return;
		}
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			deliver();
		}, afterMs);
		this.#timers.add(timer);
	}

	/** Forgets all deliveries that have not happened. */
	clear(): void {
		for (const timer of this.#timers) clearTimeout(timer);
		this.#timers.clear();
	}
}
