import type { Clock } from '../util/clock.ts';

/**
 * What the main thread knows of each shard's event loop, in shared memory: four 64-bit floats a shard, written by the
 * shard alone.
 *
 *   when it last turned (ms of the shared clock, 0: not yet) | beats | lag of the last beat (ms) | highest lag (ms)
 *
 * A shard beats by a timer, so a beat says that timers run: that no callback has held the thread since.
 */
const cellsPerShard = 4;
const cell = { turnedMs: 0, beats: 1, lagMs: 2, lagMaxMs: 3 } as const;

export const beatEveryMs = 250;
/** The highest lag is that of the last one to two windows of so many beats. */
const windowBeats = 40;

export function createPulses(shards: number): SharedArrayBuffer {
	return new SharedArrayBuffer(shards * cellsPerShard * 8);
}

/** A shard's own pulse. */
export class Pulse {
	readonly #cells: Float64Array;
	readonly #clock: Clock;
	readonly #timer: NodeJS.Timeout;
	#windowMaxMs = 0;
	#formerMaxMs = 0;

	constructor(memory: SharedArrayBuffer, shard: number, clock: Clock) {
		this.#cells = new Float64Array(memory, shard * cellsPerShard * 8, cellsPerShard);
		this.#clock = clock;
		this.#cells.fill(0);
		this.#cells[cell.turnedMs] = clock.nowMs();
		this.#timer = setInterval(() => this.beat(), beatEveryMs);
	}

	beat(): void {
		const cells = this.#cells;
		const nowMs = this.#clock.nowMs();
		const lagMs = Math.max(0, nowMs - cells[cell.turnedMs] - beatEveryMs);
		cells[cell.turnedMs] = nowMs;
		cells[cell.beats] += 1;
		cells[cell.lagMs] = lagMs;
		this.#windowMaxMs = Math.max(this.#windowMaxMs, lagMs);
		cells[cell.lagMaxMs] = Math.max(this.#windowMaxMs, this.#formerMaxMs);
		if (cells[cell.beats] % windowBeats !== 0) return;
		this.#formerMaxMs = this.#windowMaxMs;
		this.#windowMaxMs = 0;
	}

	stop(): void {
		clearInterval(this.#timer);
	}
}

export interface PulseReading {
	/** When the shard's event loop last turned, in the shared clock's milliseconds; 0: not since its start. */
	readonly turnedMs: number;
	readonly beats: number;
	readonly lagMs: number;
	/** Of the last 10 to 20 seconds. */
	readonly lagMaxMs: number;
}

export function readPulse(memory: SharedArrayBuffer, shard: number): PulseReading {
	const cells = new Float64Array(memory, shard * cellsPerShard * 8, cellsPerShard);
	return {
		turnedMs: cells[cell.turnedMs],
		beats: cells[cell.beats],
		lagMs: cells[cell.lagMs],
		lagMaxMs: cells[cell.lagMaxMs],
	};
}

/** After a shard died: its successor has not turned yet. */
export function stillPulse(memory: SharedArrayBuffer, shard: number): void {
	new Float64Array(memory, shard * cellsPerShard * 8, cellsPerShard).fill(0);
}
