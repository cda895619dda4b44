import { toTicks } from '../cache/layout.ts';

/**
 * When a turn begins and ends, in milliseconds of the process's clock: two cells that whoever drives the engine writes
 * before `beginTurn` and `endTurn`. Cells, since a number with a fraction is an object of its own wherever it is an argument
 * or a result.
 */
export const turnCell = { begin: 0, end: 1 } as const;

/**
 * The engine's time: set once a turn, the same for all that happens in the turn. Both are whole numbers. (From 2^31 on, after 24 days, milliseconds are one
 * again: `ms` is for misses and timers only.)
 */
export class Now {
	/** Milliseconds of the process's clock, begun. */
	ms = 0;
	/** The time in the cache's unit. */
	ticks = 0;

	readonly #times: Float64Array;

	constructor(times: Float64Array) {
		this.#times = times;
		this.beginTurn();
	}

	beginTurn(): void {
		const ms = Math.floor(this.#times[turnCell.begin]);
		this.ms = ms;
		this.ticks = toTicks(ms);
	}
}
