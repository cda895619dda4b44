/** Charts whose x is the time since the run began. */

import {
	type Chart,
	type ChartSeries,
	type ChartTable,
	type Shade,
	seriesColor,
} from '../../../page/chart.ts';
import type { LoadResult, Measured, Round } from '../../result.ts';
import { noLosses, percentileOf } from '../latency.ts';
import { plainText } from '../quantity-text.ts';
import type { Summary } from '../summary.ts';
import type { Threshold } from '../thresholds.ts';

/** What is drawn of an interval. */
interface Point {
	readonly sec: number;
	readonly due: number;
	readonly answered: number;
	readonly lost: number;
	readonly late: number;
	/** Of latency, in microseconds; null: there was none. */
	readonly p50: number | null;
	readonly p99: number | null;
	readonly max: number | null;
	readonly lag50: number | null;
	readonly lag99: number | null;
}

type Row = Point | { readonly sec: number };

/** Nearer to 0 there is nothing on a logarithmic axis. */
const usMin = 1;

export function chartsOverTime(
	result: LoadResult,
	summaries: readonly Summary[],
	thresholds: readonly Threshold[],
): Chart[] {
	const beginMs = Math.min(
		...summaries.flatMap(({ everyRound }) => everyRound.map(({ startedWallMs }) => startedWallMs)),
	);
	const timeoutUs = result.setting.timeoutSec * 1e6;
	const rows = summaries.map(({ everyRound }) =>
		everyRound.flatMap((round) => rowsOf(round, (round.startedWallMs - beginMs) / 1000, timeoutUs)),
	);
	if (rows.every((some) => some.length === 0)) return [];
	const shades = summaries.flatMap(({ everyRound }) =>
		everyRound.flatMap((round) => shadesOf(round, (round.startedWallMs - beginMs) / 1000)),
	);
	const common = { x: 'seconds', xLog: false, shades } as const;
	const p99Limits = thresholds.filter(({ metric, unit }) => metric === 'p99' && unit === 'us');
	return [
		{ ...common, ...rateChart(summaries, rows), yLog: false, limits: [] },
		{ ...common, ...latencyChart(summaries, rows), yLog: true, limits: p99Limits.map(({ limit }) => limit) },
		{ ...common, ...lagChart(summaries, rows), yLog: true, limits: [] },
	];
}

function rowsOf({ intervals }: Round, beginSec: number, timeoutUs: number): Row[] {
	if (intervals.length === 0) return [];
	const points = intervals.map(({ fromSec, toSec, measured }) =>
		pointOf(measured, beginSec + (fromSec + toSec) / 2, toSec - fromSec, timeoutUs),
	);
	// Rounds are not joined by a line.
	return [...points, { sec: beginSec + intervals[intervals.length - 1].toSec }];
}

function pointOf(measured: Measured, sec: number, lengthSec: number, timeoutUs: number): Point {
	const { slots, latencyUs, lagUs } = measured;
	const { lost, late } = slots;
	const latency = (percent: number): number | null =>
		positive(percentileOf(latencyUs, percent, { lost, late, timeoutUs })?.us);
	const lag = (percent: number): number | null => positive(percentileOf(lagUs, percent, noLosses)?.us);
	return {
		sec,
		due: slots.due / lengthSec,
		answered: slots.answered / lengthSec,
		lost,
		late,
		p50: latency(50),
		p99: latency(99),
		max: latency(100),
		lag50: lag(50),
		lag99: lag(99),
	};
}

function positive(us: number | undefined): number | null {
	return us === undefined ? null : Math.max(usMin, us);
}

function shadesOf({ intervals, void: reasons }: Round, beginSec: number): Shade[] {
	const shade = (some: Round['intervals'], kind: Shade['kind']): Shade[] =>
		some.length === 0
			? []
			: [{ from: beginSec + some[0].fromSec, to: beginSec + some[some.length - 1].toSec, kind }];
	const warmup = intervals.filter((interval) => interval.warmup);
	const measured = intervals.filter((interval) => !interval.warmup);
	return [...shade(warmup, 'warmup'), ...(reasons.length > 0 ? shade(measured, 'void') : [])];
}

function table(rows: readonly Row[], columns: readonly Exclude<keyof Point, 'sec'>[]): ChartTable {
	const sorted = [...rows].sort((a, b) => a.sec - b.sec);
	return {
		x: sorted.map(({ sec }) => sec),
		ys: columns.map((column) => sorted.map((row) => ('due' in row ? row[column] : null))),
	};
}

type Content = Pick<Chart, 'title' | 'caption' | 'y' | 'tables' | 'series'>;

function rateChart(summaries: readonly Summary[], rows: readonly (readonly Row[])[]): Content {
	const all = rows.flat();
	const any = (column: 'lost' | 'late'): boolean => all.some((row) => 'due' in row && row[column] > 0);
	const marked = (['lost', 'late'] as const).filter(any);
	return {
		title: 'Rate over time',
		caption:
			'Queries that were due and answers in time, a second. Ticks below: queries lost or late in that second.',
		y: 'rate',
		tables: [table(all, ['due', ...marked]), ...rows.map((some) => table(some, ['answered']))],
		series: [
			{ label: 'due', color: 'due', look: 'dashed' },
			...marked.map((name): ChartSeries => ({ label: name, color: name, look: 'marks' })),
			...summaries.map(({ target }, place): ChartSeries => {
				return { label: labelOf(summaries, target, 'answered'), color: seriesColor(place), look: 'line' };
			}),
		],
	};
}

function latencyChart(summaries: readonly Summary[], rows: readonly (readonly Row[])[]): Content {
	return {
		title: 'Latency over time',
		caption: 'From when queries were due to their answers; what was lost counts at the timeout.',
		y: 'duration',
		tables: rows.map((some) => table(some, ['p50', 'p99', 'max'])),
		series: summaries.flatMap(({ target }, place): ChartSeries[] => [
			{ label: labelOf(summaries, target, 'p50'), color: seriesColor(place), look: 'thin' },
			{ label: 'p99', color: seriesColor(place), look: 'line' },
			{ label: 'max', color: seriesColor(place), look: 'points' },
		]),
	};
}

function lagChart(summaries: readonly Summary[], rows: readonly (readonly Row[])[]): Content {
	return {
		title: "The generator's lag over time",
		caption:
			'From when queries were due to when they were sent: the part of the latency that is not the server’s.',
		y: 'duration',
		tables: rows.map((some) => table(some, ['lag50', 'lag99'])),
		series: summaries.flatMap(({ target }, place): ChartSeries[] => [
			{ label: labelOf(summaries, target, 'p50'), color: seriesColor(place), look: 'thin' },
			{ label: 'p99', color: seriesColor(place), look: 'line' },
		]),
	};
}

/** The first series of a target names it; the others have its color. */
function labelOf(summaries: readonly Summary[], target: string, what: string): string {
	return summaries.length > 1 ? `${plainText(target)} ${what}` : what;
}
