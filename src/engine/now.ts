import { toTicks } from '../cache/layout.ts';

/**
 * The engine's time: set once a turn, the same for all that happens in the turn. Both are whole numbers: a number with
 * a fraction is an object of its own wherever it is an argument. (From 2^31 on, after 24 days, milliseconds are one
 * again: `ms` is for misses and timers only.)
 */
export class Now {
	/** Milliseconds of the process's clock, begun. */
	ms = 0;
	/** The time in the cache's unit. */
	ticks = 0;

	constructor(nowMs: number) {
		this.set(nowMs);
	}

	set(nowMs: number): void {
		this.ms = Math.floor(nowMs);
		this.ticks = toTicks(nowMs);
	}
}
