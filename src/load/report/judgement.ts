import { PetrelError } from '../../util/errors.ts';
import type { LoadResult } from '../result.ts';
import { findMetric, type Judged, type Reading } from './metrics.ts';
import { countText, durationText, percentText, rateText } from './quantity-text.ts';
import { type Summary, summarize } from './summary.ts';
import type { Operator, Threshold } from './thresholds.ts';

export interface Judgement {
	readonly kept: boolean;
	/** In the unit of the threshold; undefined: nothing was measured that it could be held against. */
	readonly value: number | undefined;
	/** What was measured, for a person: "1.23ms", "≥2s", "0.02% (580 of 2,999,980)". */
	readonly text: string;
}

/** One threshold at one target. */
export interface TargetJudgement extends Judgement {
	readonly threshold: Threshold;
	readonly target: string;
	/** The figures say nothing of the server, so that the threshold is neither kept nor broken. */
	readonly void: boolean;
}

/**
 * Holds a threshold against what was measured. What is only known to be at least so much is never below a limit, nor
 * equal to one: what was lost may have taken any time.
 */
export function judge(threshold: Threshold, judged: Judged): Judgement {
	const metric = findMetric(threshold.metric);
	if (!metric) throw new PetrelError('PETREL_INTERNAL', `No metric is named ${threshold.metric}.`);
	const reading = metric.read(judged);
	const value = reading && valueIn(reading, threshold.unit);
	if (reading === undefined || value === undefined) {
		return { kept: false, value: undefined, text: 'nothing was measured' };
	}
	const atLeast = reading.kind === 'duration' && reading.atLeast;
	const kept = holds(value, threshold.operator, threshold.limit, atLeast);
	return { kept, value, text: textOf(reading, threshold.unit) };
}

function valueIn(reading: Reading, unit: Threshold['unit']): number | undefined {
	if (reading.kind === 'duration') return reading.us;
	if (reading.kind === 'rate') return reading.perSec;
	if (unit === 'count') return reading.count;
	return reading.whole > 0 ? reading.count / reading.whole : undefined;
}

function holds(value: number, operator: Operator, limit: number, atLeast: boolean): boolean {
	switch (operator) {
		case '<':
			return value < limit && !atLeast;
		case '<=':
			return value <= limit && !atLeast;
		case '>':
			return value > limit;
		case '>=':
			return value >= limit;
		case '==':
			return value === limit && !atLeast;
		case '!=':
			return value !== limit && (!atLeast || value > limit);
	}
}

function textOf(reading: Reading, unit: Threshold['unit']): string {
	if (reading.kind === 'duration') return `${reading.atLeast ? '≥' : ''}${durationText(reading.us)}`;
	if (reading.kind === 'rate') return rateText(reading.perSec);
	const { count, whole } = reading;
	if (unit === 'count') return countText(count);
	return `${percentText(count, whole)} (${countText(count)} of ${countText(whole)})`;
}

/** How a judgement is shown. */
export function lookOf(judgement: TargetJudgement): 'good' | 'bad' | 'void' {
	if (judgement.void) return 'void';
	return judgement.kept ? 'good' : 'bad';
}

/** Every threshold at every target, in the order in which they were given. */
export function judgeAll(result: LoadResult, thresholds: readonly Threshold[]): TargetJudgement[] {
	return judgeSummaries(summarize(result), thresholds);
}

export function judgeSummaries(
	summaries: readonly Summary[],
	thresholds: readonly Threshold[],
): TargetJudgement[] {
	return thresholds.flatMap((threshold) =>
		summaries.map((summary) => ({
			threshold,
			target: summary.target,
			void: summary.void,
			...judge(threshold, summary),
		})),
	);
}
