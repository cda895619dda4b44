/**
 * The figures of a histogram of latencies. What was lost stands in it at the timeout, and would have taken longer or
 * forever: a figure that falls among what was lost, or behind it, is the least that it can be, and is marked so.
 */
import type { Histogram } from 'hdr-histogram-js';

export interface Figure {
	readonly us: number;
	/** It is this much or more: queries without an answer are part of it. */
	readonly atLeast: boolean;
}

export interface LatencyFigures {
	/** Values behind the figures. */
	readonly count: number;
	readonly p50: Figure;
	readonly p90: Figure;
	readonly p95: Figure;
	readonly p99: Figure;
	readonly p999: Figure;
	readonly max: Figure;
	readonly mean: Figure;
}

export const figureNames = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const;
export type FigureName = (typeof figureNames)[number];

/** What a histogram of latencies does not say itself. */
export interface Losses {
	/** Queries without an answer, recorded at the timeout. */
	readonly lost: number;
	/** Answers after the timeout. */
	readonly late: number;
	/** Undefined: not known, and a mark is at most a thousandth too high. */
	readonly timeoutUs: number | undefined;
}

export const noLosses: Losses = { lost: 0, late: 0, timeoutUs: undefined };

/** The value that `percent` of all are not above; undefined if there are none. */
export function percentileOf(histogram: Histogram, percent: number, losses: Losses): Figure | undefined {
	const { totalCount, maxValue } = histogram;
	if (totalCount === 0) return undefined;
	const us = Math.min(histogram.getValueAtPercentile(percent), maxValue);
	const rank = Math.max(1, Math.ceil((percent / 100) * totalCount - rankError));
	const atLeast = losses.lost > 0 && rank > totalCount - losses.lost - losses.late;
	return { us: atLeast ? downToTimeout(us, losses) : us, atLeast };
}

/** Ranks are products of fractions: 0.999 of 1000 must not become 999.0000000001 and so the 1000th. */
const rankError = 1e-6;

/** A bucket that holds the timeout ends a little above it. */
function downToTimeout(us: number, { timeoutUs }: Losses): number {
	if (timeoutUs === undefined || us < timeoutUs) return us;
	return us < timeoutUs * (1 + bucketWidth) ? timeoutUs : us;
}

const bucketWidth = 1 / 1000;

/** Undefined if nothing was recorded. */
export function figuresOf(histogram: Histogram, losses: Losses): LatencyFigures | undefined {
	const { totalCount, maxValue } = histogram;
	if (totalCount === 0) return undefined;
	const at = (percent: number): Figure => percentileOf(histogram, percent, losses)!;
	const atLeast = losses.lost > 0;
	return {
		count: totalCount,
		p50: at(50),
		p90: at(90),
		p95: at(95),
		p99: at(99),
		p999: at(99.9),
		max: { us: atLeast ? downToTimeout(maxValue, losses) : maxValue, atLeast },
		mean: { us: histogram.mean, atLeast },
	};
}
