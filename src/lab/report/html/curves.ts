/** Miss-ratio curves: how many requests miss, by the size of the cache. */
import { type Chart, type ChartSeries, seriesColor, seriesColors } from '../../../page/chart.ts';
import type { StudyPolicy, StudyReport } from '../../study/report.ts';
import { hitRatioOf, runsOfPolicy } from '../best.ts';

/** Server profiles are a group of their own. */
const serverPrefix = 'as-';

/** A chart for each unit of which there are two sizes at least: a curve needs them. */
export function missRatioCharts(report: StudyReport): Chart[] {
	const charts = (['bytes', 'entries'] as const).map((unit) => chartOf(report, unit));
	return charts.filter((chart) => chart !== undefined);
}

function chartOf(report: StudyReport, unit: 'bytes' | 'entries'): Chart | undefined {
	const places = report.sizes.flatMap((size, place) => (size.unit === unit ? [place] : []));
	const there = report.policies.filter(({ name }) =>
		runsOfPolicy(report, name).some((run) => places.includes(run.size) && run.result !== undefined),
	);
	if (places.length < 2 || there.length === 0) return undefined;
	const live = there.find(({ isLive }) => isLive);
	// Drawn last, above the others.
	const shown = there.toSorted((a, b) => Number(a === live) - Number(b === live));
	const bound = missPercent(report.unlimitedHitRatio);
	return {
		title: unit === 'bytes' ? 'Misses by memory' : 'Misses by entries',
		caption:
			'of all requests. The lower line misses less; a name in the legend switches its line off. The axis does not begin at 0.',
		x: unit === 'bytes' ? 'octets' : 'entries',
		y: 'percent',
		xLog: true,
		yLog: false,
		isClose: true,
		tables: [
			{
				x: places.map((place) => report.sizes[place].amount),
				ys: [
					...shown.map(({ name }) => {
						const runs = runsOfPolicy(report, name);
						return places.map((place) => missPercent(hitRatioOf(runs.find(({ size }) => size === place))));
					}),
					...(bound === null ? [] : [places.map(() => bound)]),
				],
			},
		],
		series: [
			...shown.map((policy) => ({
				label: policy.name,
				color: seriesColor(report.policies.indexOf(policy)),
				look: policy === live ? ('strong' as const) : lookOf(policy, report.policies.indexOf(policy)),
			})),
			...(bound === null ? [] : [{ label: 'unlimited, same TTLs', color: 'due', look: 'dashed' } as const]),
		],
		shades: [],
		limits: [],
	};
}

/** Eight colors do for eight lines; behind them the look changes. */
function lookOf({ name, needsFuture }: StudyPolicy, place: number): ChartSeries['look'] {
	if (needsFuture) return 'dashed';
	if (name.startsWith(serverPrefix)) return 'thin';
	return place < seriesColors ? 'line' : place < 2 * seriesColors ? 'dotted' : 'dash-dot';
}

/** null: a gap. */
function missPercent(hitRatio: number): number | null {
	return Number.isFinite(hitRatio) ? 100 * (1 - hitRatio) : null;
}
