/**
 * Time, handed in. Nothing outside this file reads a clock, so the engine runs as well under virtual time.
 *
 * One time base for all threads: milliseconds of the machine's monotonic clock since `originMs`, which the main
 * thread picks at start and hands to its shards. `performance.now()` alone would not do: it starts anew in every worker.
 */
export interface Clock {
	/** Milliseconds since the process's origin, monotonic, with a fraction. Does not allocate. */
	nowMs(): number;
}

function monotonicMs(): number {
	const [sec, nanosec] = process.hrtime();
	return sec * 1000 + nanosec / 1e6;
}

/** An origin for `systemClock`: a monotonic reading one second in the past, so that 0 never means "now". */
export function newClockOrigin(): number {
	return monotonicMs() - 1000;
}

/** The real clock. Every thread that is given the same `originMs` reads the same time. */
export function systemClock(originMs: number): Clock {
	const offsetMs = monotonicMs() - performance.now() - originMs;
	return { nowMs: () => performance.now() + offsetMs };
}

/** Microseconds of CLOCK_MONOTONIC, for those who compare with other processes. */
export function monotonicUsec(): bigint {
	return process.hrtime.bigint() / 1000n;
}

/** Milliseconds since 1970 at the 0 of a clock, as the machine's calendar has it now. */
export function epochMsOf(clock: Clock): number {
	return Date.now() - clock.nowMs();
}

/** The time of day in milliseconds since 1970, for people: it may jump, so nothing is measured with it. */
export function wallClockMs(): number {
	return Date.now();
}

/** ISO 8601 in UTC. */
export function timeText(wallMs: number): string {
	return new Date(wallMs).toISOString();
}

/** A clock that moves only when told to. */
export class VirtualClock implements Clock {
	#nowMs: number;

	constructor(startMs = 1000) {
		this.#nowMs = startMs;
	}

	nowMs(): number {
		return this.#nowMs;
	}

	advance(byMs: number): void {
		this.#nowMs += byMs;
	}
}
