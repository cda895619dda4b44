import type { Histogram } from '../hot/series-sums.ts';
import type { MetricsSource, SeriesSizes } from './source.ts';

export type Labels = Readonly<Record<string, string | number>>;

/** A line of the exposition, in the form that prom-client prints. */
export interface Sample {
	readonly value: number;
	readonly labels?: Labels;
	/** Labels that many samples have in common: they are put into words once. */
	readonly sharedLabels?: Labels;
	/** Of a histogram's parts; else the metric's own. */
	readonly metricName?: string;
}

/** Everything about one metric: what is exposed, what is documented and how much of it there can be. */
export interface MetricSpec {
	readonly name: string;
	readonly type: 'counter' | 'gauge' | 'histogram';
	/** A sentence without its full stop. */
	readonly help: string;
	readonly labels: readonly string[];
	/** For the documentation: where it is not what its name says, or not what CoreDNS has. */
	readonly note?: string;
	/** Only label sets that occurred. */
	samples(source: MetricsSource): Sample[];
	/** Of its series, whatever happens. */
	seriesMax(sizes: SeriesSizes): number;
}

/** One number for every set of labels: values of rows with equal labels are added up. */
export function summed<Row>(
	rows: readonly Row[],
	labelsOf: (row: Row) => Labels,
	amountOf: (row: Row) => number,
): Sample[] {
	const sums = new Map<string, { labels: Labels; value: number }>();
	for (const row of rows) {
		const value = amountOf(row);
		if (value === 0) continue;
		const labels = labelsOf(row);
		const key = JSON.stringify(labels);
		const sum = sums.get(key);
		if (sum) sum.value += value;
		else sums.set(key, { labels, value });
	}
	return [...sums.values()];
}

/** One histogram for every set of labels. */
export function summedHistograms<Row>(
	name: string,
	rows: readonly Row[],
	labelsOf: (row: Row) => Labels,
	histogramOf: (row: Row) => Histogram,
): Sample[] {
	const sums = new Map<
		string,
		{ labels: Labels; histogram: { bounds: readonly number[]; counts: number[]; sum: number } }
	>();
	for (const row of rows) {
		const { bounds, counts, sum } = histogramOf(row);
		if (!counts.some((count) => count > 0)) continue;
		const labels = labelsOf(row);
		const key = JSON.stringify(labels);
		const before = sums.get(key);
		if (before === undefined) {
			sums.set(key, { labels, histogram: { bounds, counts: [...counts], sum } });
			continue;
		}
		for (const [i, count] of counts.entries()) before.histogram.counts[i] += count;
		before.histogram.sum += sum;
	}
	return [...sums.values()].flatMap(({ labels, histogram }) => histogramSamples(name, labels, histogram));
}

export function histogramSamples(name: string, labels: Labels, { bounds, counts, sum }: Histogram): Sample[] {
	const samples: Sample[] = [];
	const bucket = `${name}_bucket`;
	let count = 0;
	for (const [i, bound] of bounds.entries()) {
		count += counts[i];
		samples.push({
			metricName: bucket,
			labels: { le: boundText(bound) },
			sharedLabels: labels,
			value: count,
		});
	}
	count += counts[bounds.length];
	samples.push({ metricName: bucket, labels: { le: '+Inf' }, sharedLabels: labels, value: count });
	samples.push({ metricName: `${name}_sum`, sharedLabels: labels, value: sum });
	samples.push({ metricName: `${name}_count`, sharedLabels: labels, value: count });
	return samples;
}

/** As Go writes it: 1e+06 has no place among these bounds, so plain numbers are the same text in both. */
function boundText(bound: number): string {
	return String(Number(bound.toPrecision(12)));
}

/** Series of one histogram. */
export function histogramSeries(bounds: readonly number[]): number {
	return bounds.length + 3;
}

/** The same values in other units: milliseconds to seconds. */
export function inSeconds({ bounds, counts, sum }: Histogram): Histogram {
	return { bounds: bounds.map((ms) => ms / 1000), counts, sum: sum / 1000 };
}

/**
 * A histogram with the last bounds only: what was below them goes into the first bucket that is left.
 */
export function withCoarserBounds({ bounds, counts, sum }: Histogram, coarse: readonly number[]): Histogram {
	const left = bounds.length - coarse.length;
	const first = counts.slice(0, left + 1).reduce((all, count) => all + count, 0);
	return { bounds: coarse, counts: [first, ...counts.slice(left + 1)], sum };
}
