import { addTo } from '../../metrics/hot/cells.ts';
import { ticksPerSec } from '../layout.ts';
import { estimatedSizes, ownSize } from './plan.ts';

/**
 * What was counted lately: what is as old as the half-life weighs half as much as what is new. A half-life is ten minutes, or
 * so many queries that were looked at, whichever is longer: with few of them chance would move the gauge.
 */
export const halfLifeSec = 600;
export const halfLifeLooks = 4096;
/** Counts are taken over so often, at most. */
const foldTicks = ticksPerSec;

const sizes = estimatedSizes.length;
const own = estimatedSizes.indexOf(ownSize);

/** Cells: weighted sums first, then what totals were when they were last taken over, and what was counted since. */
const cell = {
	requests: 0,
	hits: 1,
	stores: 2,
	sampledStores: 3,
	misses: 4,
	requestsThen: 4 + sizes,
	hitsThen: 5 + sizes,
	storesThen: 6 + sizes,
	thenTicks: 7 + sizes,
	newLooks: 8 + sizes,
	newStores: 9 + sizes,
	newMisses: 10 + sizes,
} as const;
export const windowCells: number = 10 + 2 * sizes;

/**
 * Answers that are taken to have been stored at exactly the rate at which keys are looked at, beside those that were: while there
 * are few, their share of all says nothing.
 */
const takenForGranted = 32;

/** Of the cache itself, since the start. */
export interface CacheTotals {
	/** Queries that were looked up. */
	readonly requests: number;
	/** Those of them that it answered. */
	readonly hits: number;
	/** Answers that were put in. */
	readonly stores: number;
}

/** The counts of an estimate, in shared memory. Whoever calls holds its lock. */
export class EstimateWindow {
	readonly #cells: Float64Array;
	readonly #rate: number;
	readonly #totals: () => CacheTotals;

	/** @param cells `windowCells` of them, zero at the beginning */
	constructor(cells: Float64Array, rate: number, totals: () => CacheTotals) {
		this.#cells = cells;
		this.#rate = rate;
		this.#totals = totals;
	}

	/** Counts from now on, with cells that are zero. */
	restart(): void {
		const { requests, hits, stores } = this.#totals();
		this.#cells[cell.requestsThen] = requests;
		this.#cells[cell.hitsThen] = hits;
		this.#cells[cell.storesThen] = stores;
	}

	/** A query for a key that is looked at. */
	look(nowTicks: number): void {
		addTo(this.#cells, cell.newLooks, 1);
		if (nowTicks - this.#cells[cell.thenTicks] >= foldTicks) this.fold(nowTicks);
	}

	/** That query would have been a miss at a size, given by its place. */
	miss(size: number): void {
		addTo(this.#cells, cell.newMisses + size, 1);
	}

	/** An answer to a key that is looked at was put into the cache. */
	store(): void {
		addTo(this.#cells, cell.newStores, 1);
	}

	/** Takes over what was counted since the last time. */
	fold(nowTicks: number): void {
		const cells = this.#cells;
		const { requests, hits, stores } = this.#totals();
		const weight = this.#weight(nowTicks - cells[cell.thenTicks]);
		for (let sum = 0; sum < cell.requestsThen; sum++) cells[sum] *= weight;
		cells[cell.requests] += requests - cells[cell.requestsThen];
		cells[cell.hits] += hits - cells[cell.hitsThen];
		cells[cell.stores] += stores - cells[cell.storesThen];
		cells[cell.sampledStores] += cells[cell.newStores];
		for (let size = 0; size < sizes; size++) cells[cell.misses + size] += cells[cell.newMisses + size];
		cells[cell.requestsThen] = requests;
		cells[cell.hitsThen] = hits;
		cells[cell.storesThen] = stores;
		cells[cell.thenTicks] = nowTicks;
		cells.fill(0, cell.newLooks, windowCells);
	}

	/** What is left of the weight of what was counted until the last time. */
	#weight(ticks: number): number {
		const byTime = Math.max(0, ticks) / (halfLifeSec * ticksPerSec);
		const byLooks = this.#cells[cell.newLooks] / halfLifeLooks;
		return 2 ** -Math.min(byTime, byLooks);
	}

	/**
	 * The hit ratio at a size, given by its place; as of the last `fold`, NaN if nothing was asked until then.
	 *
	 * It is the cache's own, which is known, and by how much more or less the miniature of that size has missed than the one of
	 * the cache's own size. What both get wrong, a key that much is asked for above all, is not in it. Each of these misses
	 * stands for as many as there are answers that were put in, to one for a key that is looked at.
	 */
	hitRatio(size: number): number {
		const cells = this.#cells;
		const fewer = cells[cell.misses + own] - cells[cell.misses + size];
		const each =
			(cells[cell.stores] + takenForGranted / this.#rate) / (cells[cell.sampledStores] + takenForGranted);
		return Math.min(1, Math.max(0, (cells[cell.hits] + fewer * each) / cells[cell.requests]));
	}

	/** What the miniature of the cache's own size says by itself, to be held against what is known. */
	ownHitRatio(): number {
		const cells = this.#cells;
		return 1 - cells[cell.misses + own] / this.#rate / cells[cell.requests];
	}
}
