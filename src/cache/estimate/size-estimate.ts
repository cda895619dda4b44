import type { Answer } from '../answer.ts';
import type { CacheKey } from '../key.ts';
import type { CacheLayout } from '../layout.ts';
import type { WriterIdentity } from '../seqlock.ts';
import { Miniature, type MiniatureParts } from './miniature.ts';
import { type EstimatePlan, estimatedSizes } from './plan.ts';
import { acquiredLock, releaseLock, tryLock } from './try-lock.ts';
import { type CacheTotals, EstimateWindow, windowCells } from './window.ts';

/** Octets in front of the miniatures: the lock and a word of padding, then the counts. */
const headBytes = 8 + 8 * windowCells;

/** Memory for an estimate; none without a plan. */
export function createEstimateMemory(plan: EstimatePlan | undefined, layout: CacheLayout): SharedArrayBuffer {
	const bytes = plan?.buckets.reduce((sum, buckets) => sum + Miniature.bytes(buckets, layout), headBytes);
	return new SharedArrayBuffer(bytes ?? 0);
}

export interface SizeEstimateParts extends MiniatureParts {
	readonly plan: EstimatePlan;
	readonly writer: WriterIdentity;
	totals(): CacheTotals;
	/** Another thread had the lock, and what was to be noted is not. */
	dropped(): void;
}

/**
 * What the hit ratio would be if the cache had another size: miniatures of it at several sizes, without answers, are run on some
 * of the keys, in memory that the shards share.
 *
 * For keys whose hash is below `sampledBelow` (which the caller compares, since all others cost nothing more) each query is told
 * by `asked`, and each answer that is stored by `stored`. A miniature that misses where the cache hits takes over the answer that
 * was found, with its whole lifetime; one that misses where the cache misses gets the answer when it is stored, and none if it is
 * not.
 */
export class SizeEstimate {
	readonly sampledBelow: number;
	readonly #parts: SizeEstimateParts;
	readonly #lock: Int32Array;
	readonly #miniatures: readonly Miniature[];
	readonly #window: EstimateWindow;

	constructor(parts: SizeEstimateParts) {
		const { memory, plan, layout } = parts;
		this.#parts = parts;
		this.sampledBelow = plan.sampledBelow;
		this.#lock = new Int32Array(memory, 0, 1);
		this.#window = new EstimateWindow(new Float64Array(memory, 8, windowCells), plan.rate, parts.totals);
		let start = headBytes;
		this.#miniatures = plan.buckets.map((buckets) => {
			const miniature = new Miniature(parts, start, buckets);
			start += Miniature.bytes(buckets, layout);
			return miniature;
		});
	}

	/**
	 * A query was looked up.
	 *
	 * @param isFound it was answered with `answer`, fresh or a failure that is held
	 * @param staleTicks how long after its time an answer would have been served at once
	 */
	asked(key: CacheKey, answer: Answer, isFound: boolean, nowTicks: number, staleTicks: number): void {
		if (!this.#enter()) return;
		const window = this.#window;
		const miniatures = this.#miniatures;
		window.look(nowTicks);
		for (let size = 0; size < miniatures.length; size++) {
			const miniature = miniatures[size];
			const isHit = miniature.visit(key, nowTicks, staleTicks);
			if (!isHit) window.miss(size);
			// What is answered with an expired answer is asked for anew.
			if (isFound && (!isHit || staleTicks > 0)) miniature.insertUnlessFresh(key, answer, nowTicks);
		}
		releaseLock(this.#lock);
	}

	/** An answer was stored. Miniatures that could still serve an older one would not have asked for it. */
	stored(key: CacheKey, answer: Answer, nowTicks: number): void {
		if (!this.#enter()) return;
		this.#window.store();
		this.#insert(key, answer, nowTicks);
		releaseLock(this.#lock);
	}

	/** So was something that the totals do not count. */
	storedBeside(key: CacheKey, answer: Answer, nowTicks: number): void {
		if (!this.#enter()) return;
		this.#insert(key, answer, nowTicks);
		releaseLock(this.#lock);
	}

	#insert(key: CacheKey, answer: Answer, nowTicks: number): void {
		for (const miniature of this.#miniatures) miniature.insertUnlessFresh(key, answer, nowTicks);
	}

	/** An answer was asked for anew before its time was over; it will be as it was. */
	renewed(key: CacheKey, answer: Answer, nowTicks: number): void {
		if (!this.#enter()) return;
		for (const miniature of this.#miniatures) miniature.renew(key, answer.lifetimeTicks, nowTicks);
		releaseLock(this.#lock);
	}

	/** By `estimatedSizes`; empty: nothing was asked yet. Undefined: another thread has the lock at this moment. */
	hitRatios(nowTicks: number): readonly number[] | undefined {
		if (!this.#enter()) return undefined;
		this.#window.fold(nowTicks);
		const ratios = estimatedSizes.map((_, size) => this.#window.hitRatio(size));
		releaseLock(this.#lock);
		return ratios.some(Number.isNaN) ? [] : ratios;
	}

	/** What the miniature of the cache's own size says by itself. */
	ownHitRatio(): number {
		return this.#window.ownHitRatio();
	}

	#enter(): boolean {
		const state = tryLock(this.#lock, this.#parts.writer);
		if (state === acquiredLock.no) {
			this.#parts.dropped();
			return false;
		}
		if (state === acquiredLock.broken) this.#clear();
		return true;
	}

	/** Whoever died in here may have left anything behind. */
	#clear(): void {
		new Uint8Array(this.#parts.memory, 8).fill(0);
		this.#window.restart();
	}
}
