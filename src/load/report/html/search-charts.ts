import type { Chart, ChartSeries, ChartTable } from '../../../page/chart.ts';
import type { Trial } from '../../result.ts';
import { percentileOf } from '../latency.ts';
import { offeredOf, unansweredOf } from '../measured.ts';
import { ratio, type Summary } from '../summary.ts';
import { parseThresholds, type Threshold } from '../thresholds.ts';

/** A search for the highest rate: p99 and loss of each trial by its rate, kept or not. */
export function searchCharts({ target, search, timeoutUs }: Summary, named: boolean): Chart[] {
	if (search === undefined || search.trials.length === 0) return [];
	const where = named ? ` at ${target}` : '';
	const objective = objectiveOf(search.objective);
	const limits = (metric: string): number[] =>
		objective.filter((threshold) => threshold.metric === metric).map(({ limit }) => limit);
	const p99 = ({ round: { measured } }: Trial): number | undefined => {
		const { lost, late } = measured.slots;
		const figure = percentileOf(measured.latencyUs, 99, { lost, late, timeoutUs });
		return figure && Math.max(1, figure.us);
	};
	const loss = ({ round: { measured } }: Trial): number | undefined => {
		const share = ratio(unansweredOf(measured.slots), offeredOf(measured.slots));
		return share === undefined ? undefined : share * 100;
	};
	const common = { x: 'rate', xLog: false, shades: [], series: trialSeries } as const;
	return [
		{
			...common,
			title: `Search: p99 by rate${where}`,
			caption: `Every trial for ${search.objective}; the dashed line is its limit.`,
			y: 'duration',
			yLog: true,
			tables: trialTables(search.trials, p99),
			limits: limits('p99'),
		},
		{
			...common,
			title: `Search: loss by rate${where}`,
			caption: 'Queries without an answer, of those sent.',
			y: 'percent',
			yLog: false,
			tables: trialTables(search.trials, loss),
			limits: limits('loss').map((limit) => limit * 100),
		},
	];
}

const trialSeries: readonly ChartSeries[] = [
	{ label: 'kept', color: 'good', look: 'points' },
	{ label: 'not kept', color: 'lost', look: 'rings' },
];

function trialTables(trials: readonly Trial[], of: (trial: Trial) => number | undefined): ChartTable[] {
	return [true, false].map((kept) => {
		const points = trials
			.filter((trial) => trial.kept === kept)
			.map((trial) => [trial.rateQps, of(trial) ?? null] as const)
			.sort(([a], [b]) => a - b);
		return { x: apart(points.map(([rate]) => rate)), ys: [points.map(([, value]) => value)] };
	});
}

/** Trials at one rate are drawn beside each other: a table has each x once. */
function apart(ascending: readonly number[]): number[] {
	const xs: number[] = [];
	for (const x of ascending) xs.push(Math.max(x, (xs.at(-1) ?? Number.NEGATIVE_INFINITY) * (1 + 1e-6)));
	return xs;
}

/** It was parsed before the search; whoever wrote a result by hand gets charts without limits. */
function objectiveOf(text: string): readonly Threshold[] {
	try {
		return parseThresholds(text);
	} catch {
		return [];
	}
}
