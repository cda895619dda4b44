import type { QuerySource } from '../../workload/query-source.ts';

/** When the next query is due, and which. Two kinds: by a schedule, and by what is under way. */
export interface Slots {
	readonly kind: 'open' | 'closed';
	/** When the next slot is due, in ms from the round's start. Infinity: not before another has ended, or never. */
	readonly nextMs: number;
	/** There will be no more. */
	readonly over: boolean;
	/** Takes the next slot: the number of its query; -1: the source has no more, and all is over. */
	take(): number;
	/** A slot that was taken is answered, has timed out, or failed. */
	ended(): void;
	stop(): void;
}

/** Due times from outside: `Infinity` ends them. */
export interface Times {
	next(): number;
}

/** The open loop: whatever the server does, slots are due. */
export class ScheduledSlots implements Slots {
	readonly kind = 'open';
	nextMs: number;
	readonly #source: QuerySource;
	readonly #times: Times;
	#left: number;

	/** @param maxSlots the most there will be */
	constructor(source: QuerySource, times: Times, maxSlots: number) {
		this.#source = source;
		this.#times = times;
		this.#left = maxSlots;
		this.nextMs = maxSlots > 0 ? times.next() : Number.POSITIVE_INFINITY;
	}

	get over(): boolean {
		return this.nextMs === Number.POSITIVE_INFINITY;
	}

	take(): number {
		const number = this.#source.next();
		this.nextMs = number < 0 || --this.#left <= 0 ? Number.POSITIVE_INFINITY : this.#times.next();
		return number;
	}

	ended(): void {}

	stop(): void {
		this.nextMs = Number.POSITIVE_INFINITY;
	}
}

/** A trace with its own timing: the source says when its queries are due. */
export class TimedSlots implements Slots {
	readonly kind = 'open';
	nextMs = 0;
	readonly #source: QuerySource;
	readonly #speed: number;
	readonly #endMs: number;
	#left: number;
	#number = -1;

	/** @param speed 2: twice as fast as it was */
	constructor(source: QuerySource, speed: number, endMs: number, maxSlots: number) {
		this.#source = source;
		this.#speed = speed;
		this.#endMs = endMs;
		this.#left = maxSlots;
		this.#advance();
	}

	get over(): boolean {
		return this.nextMs === Number.POSITIVE_INFINITY;
	}

	take(): number {
		const number = this.#number;
		this.#left--;
		this.#advance();
		return number;
	}

	ended(): void {}

	stop(): void {
		this.nextMs = Number.POSITIVE_INFINITY;
	}

	#advance(): void {
		this.#number = this.#left > 0 ? this.#source.next() : -1;
		const dueMs = this.#source.dueMs / this.#speed;
		this.nextMs = this.#number < 0 || dueMs >= this.#endMs ? Number.POSITIVE_INFINITY : dueMs;
	}
}

/** The closed loop: `window` are under way; each that ends makes room for the next, which is due at once. */
export class WindowSlots implements Slots {
	readonly kind = 'closed';
	readonly #source: QuerySource;
	#free: number;
	#left: number;
	#over = false;

	constructor(source: QuerySource, window: number, maxSlots: number) {
		this.#source = source;
		this.#free = window;
		this.#left = maxSlots;
	}

	get nextMs(): number {
		return this.#free > 0 && !this.over ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
	}

	get over(): boolean {
		return this.#over || this.#left <= 0;
	}

	take(): number {
		const number = this.#source.next();
		if (number < 0) this.#over = true;
		else {
			this.#free--;
			this.#left--;
		}
		return number;
	}

	ended(): void {
		this.#free++;
	}

	stop(): void {
		this.#over = true;
	}
}
