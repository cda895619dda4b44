import type { LabCache } from './lab-cache.ts';
import { MemoryTally } from './tally.ts';

/** Looks over a trace of known length. */
const looksAimedAt = 256;
/** Requests between two looks: at least so many, and without a known length so many. */
const gapMin = 64;
const gapUnknown = 4096;

/** Looks at what a cache holds now and then. */
export class MemoryWatch {
	readonly #cache: LabCache;
	readonly #isAskedOnce: (key: number) => boolean;
	readonly #gap: number;
	#left: number;
	/** When memory was looked at last, or the first request came. */
	#lastMs = Number.NaN;
	tally: MemoryTally = new MemoryTally();

	/** @param requests how many there will be, where that is known */
	constructor(cache: LabCache, requests: number | undefined, isAskedOnce: (key: number) => boolean) {
		this.#cache = cache;
		this.#isAskedOnce = isAskedOnce;
		this.#gap = requests === undefined ? gapUnknown : Math.max(gapMin, Math.floor(requests / looksAimedAt));
		this.#left = this.#gap;
	}

	/** Forgets what was seen. */
	restart(nowMs: number): void {
		this.tally = new MemoryTally();
		this.#lastMs = nowMs;
	}

	/** A request came. */
	tick(nowMs: number): void {
		if (Number.isNaN(this.#lastMs)) this.#lastMs = nowMs;
		if (--this.#left <= 0) this.look(nowMs);
	}

	look(nowMs: number): void {
		const look = this.#cache.measure(nowMs, this.#isAskedOnce);
		const { tally } = this;
		const weight = Number.isNaN(this.#lastMs) ? 0 : nowMs - this.#lastMs;
		for (const [sums, times] of [
			[tally.plain, 1],
			[tally.overTime, weight],
		] as const) {
			sums.weight += times;
			sums.bytes += look.bytes * times;
			sums.expiredBytes += look.expiredBytes * times;
			sums.onceBytes += look.onceBytes * times;
		}
		tally.looks++;
		tally.peakBytes = Math.max(tally.peakBytes, look.bytes);
		this.#lastMs = nowMs;
		this.#left = this.#gap;
	}
}
