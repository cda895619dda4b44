import type { Histogram } from 'hdr-histogram-js';
import { type Chart, type ChartSeries, type ChartTable, seriesColor } from '../../../page/chart.ts';
import { type Losses, percentileOf } from '../latency.ts';
import { plainText } from '../quantity-text.ts';
import type { Summary } from '../summary.ts';

/** Points for each ten times that a percentile is rarer. */
const pointsPerDecade = 24;

/**
 * Latency by percentile, to as rare a percentile as there are values for. What falls among the lost is a series of its
 * own, since it is the least that it can be.
 */
export function percentileChart(summaries: readonly Summary[]): Chart | undefined {
	const some = summaries
		.map((summary, place) => ({ summary, place }))
		.filter(({ summary }) => summary.latency !== undefined);
	if (some.length === 0) return undefined;
	const curves = some.flatMap(({ summary, place }) => curvesOf(summary, place, summaries.length > 1));
	return {
		title: 'Latency by percentile',
		caption:
			'Read: so many percent of the queries took no longer. Dashed: at least so long, since queries without an answer are among them.',
		x: 'percentile',
		y: 'duration',
		xLog: true,
		yLog: true,
		tables: curves.map(({ table }) => table),
		series: curves.map(({ series }) => series),
		shades: [],
		limits: [],
	};
}

interface Curve {
	readonly table: ChartTable;
	readonly series: ChartSeries;
}

function curvesOf({ target, measured, timeoutUs }: Summary, place: number, named: boolean): Curve[] {
	const losses: Losses = { lost: measured.slots.lost, late: measured.slots.late, timeoutUs };
	const { exact, atLeast } = pointsOf(measured.latencyUs, losses);
	const color = seriesColor(place);
	const curves: Curve[] = [
		{ table: tableOf(exact), series: { label: named ? plainText(target) : 'from due', color, look: 'line' } },
	];
	if (atLeast.length > 1) {
		const label = named ? `${plainText(target)} or more` : 'or more';
		curves.push({ table: tableOf(atLeast), series: { label, color, look: 'dashed' } });
	}
	// Below the others; and beside other targets it would only confuse.
	if (!named) {
		const sent = pointsOf(measured.sinceSentUs, losses);
		curves.unshift({
			table: tableOf([...sent.exact, ...sent.atLeast.slice(1)]),
			series: { label: 'from sent', color: 'due', look: 'thin' },
		});
	}
	return curves;
}

type Point = readonly [x: number, us: number];

function pointsOf(histogram: Histogram, losses: Losses): { exact: Point[]; atLeast: Point[] } {
	const exact: Point[] = [];
	const atLeast: Point[] = [];
	const decades = Math.log10(Math.max(10, histogram.totalCount));
	const last = Math.ceil(decades * pointsPerDecade);
	for (let step = 0; step <= last; step++) {
		const x = 10 ** Math.min(decades, step / pointsPerDecade);
		const figure = percentileOf(histogram, 100 - 100 / x, losses)!;
		const point: Point = [x, Math.max(1, figure.us)];
		if (!figure.atLeast) exact.push(point);
		else if (atLeast.length > 0) atLeast.push(point);
		else atLeast.push(...exact.slice(-1), point);
	}
	return { exact, atLeast };
}

function tableOf(points: readonly Point[]): ChartTable {
	return { x: points.map(([x]) => x), ys: [points.map(([, us]) => us)] };
}
