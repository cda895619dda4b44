import { bucketOf } from '../../metrics/hot/series-layout.ts';
import type { Histogram } from '../../metrics/hot/series-sums.ts';

/** CoreDNS's upper bounds, in seconds. */
export const healthBoundsSec: readonly number[] = [0.000_25, 0.0025, 0.025, 0.25, 2.5];

/** How long the requests to the own health endpoint took. */
export class HealthDurations {
	failures = 0;
	readonly #counts: number[] = new Array(healthBoundsSec.length + 1).fill(0);
	#sum = 0;

	observe(durationSec: number): void {
		this.#counts[bucketOf(healthBoundsSec, durationSec)]++;
		this.#sum += durationSec;
	}

	/** In seconds. */
	get histogram(): Histogram {
		return { bounds: healthBoundsSec, counts: [...this.#counts], sum: this.#sum };
	}
}
