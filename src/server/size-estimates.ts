import { estimatedSizes } from '../cache/estimate/plan.ts';
import type { SizeEstimate } from '../cache/estimate/size-estimate.ts';
import { toTicks } from '../cache/layout.ts';
import { mainWriter, type SharedState } from '../engine/shared-state.ts';
import { openEstimate } from '../engine/size-estimate.ts';
import type { SizeEstimateRow } from '../metrics/registry/source.ts';
import type { Clock } from '../util/clock.ts';

/** A shard is done within microseconds. */
const readTries = 1000;

/** Reads the estimate for other sizes from the main thread, between the shards that feed it. */
export class SizeEstimates {
	readonly #clock: Clock;
	readonly #estimate: SizeEstimate | undefined;
	#last: readonly SizeEstimateRow[] = [];

	constructor(shared: SharedState, clock: Clock) {
		this.#clock = clock;
		// It takes nothing in, so how long answers are wanted does not matter.
		this.#estimate = openEstimate(shared, mainWriter(shared), 0, () => {});
	}

	/** By size; empty before anything was asked, and for a cache that is too small. */
	rows(): readonly SizeEstimateRow[] {
		const nowTicks = toTicks(this.#clock.nowMs());
		let ratios: readonly number[] | undefined;
		for (let tries = 0; tries < readTries && ratios === undefined; tries++) {
			ratios = this.#estimate?.hitRatios(nowTicks);
		}
		if (ratios !== undefined && ratios.length > 0) {
			this.#last = ratios.map((hitRatio, place) => ({ size: estimatedSizes[place], hitRatio }));
		}
		return this.#last;
	}
}
