import type { HistogramSample } from './control-target.ts';

/** Histograms of these bounds added up; none at all make an empty one. */
export function addedUp(histograms: readonly HistogramSample[], bounds: readonly number[]): HistogramSample {
	const counts = new Array<number>(bounds.length + 1).fill(0);
	for (const histogram of histograms)
		for (const [bucket, count] of histogram.counts.entries()) counts[bucket] += count;
	return { bounds_ms: bounds, counts };
}
