import { toTicks } from '../cache/layout.ts';

/**
 * The engine's time: set once a turn, the same for all that happens in the turn. It is read from here and not handed
 * from function to function on the way of a hit, because a number with a fraction is an object of its own wherever it
 * is an argument; what a hit needs is `ticks`, a small integer.
 */
export class Now {
	readonly #ms = new Float64Array(1);
	/** The time in the cache's unit. */
	ticks = 0;

	constructor(nowMs: number) {
		this.set(nowMs);
	}

	/** Milliseconds of the process's clock, with a fraction. */
	get ms(): number {
		return this.#ms[0];
	}

	set(nowMs: number): void {
		this.#ms[0] = nowMs;
		this.ticks = toTicks(nowMs);
	}
}
