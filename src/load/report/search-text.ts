import type { Trial } from '../result.ts';
import { percentileOf } from './latency.ts';
import { offeredOf, unansweredOf } from './measured.ts';
import type { Paint } from './paint.ts';
import { figureText, percentText, plainText, rateText } from './quantity-text.ts';
import type { Summary } from './summary.ts';

/** One trial of a search, for a table. */
export interface TrialRow {
	readonly rate: string;
	readonly p99: string;
	readonly loss: string;
	readonly kept: boolean;
	/** Why not; empty: kept. */
	readonly reasons: string;
}

export function trialRow({ rateQps, round, kept, reasons }: Trial, timeoutUs: number): TrialRow {
	const { slots, latencyUs } = round.measured;
	return {
		rate: rateText(rateQps),
		p99: figureText(percentileOf(latencyUs, 99, { lost: slots.lost, late: slots.late, timeoutUs })),
		loss: percentText(unansweredOf(slots), offeredOf(slots)),
		kept,
		reasons: plainText(reasons.join('; ')),
	};
}

/** The search of a target: every trial, and the highest rate that kept the objective. */
export function searchLines({ target, search, timeoutUs }: Summary, paint: Paint): string[] {
	if (search === undefined) return [];
	const rows = search.trials.map((trial) => trialRow(trial, timeoutUs));
	const width = (of: (row: TrialRow) => string): number => Math.max(0, ...rows.map((row) => of(row).length));
	const widths = [width(({ rate }) => rate), width(({ p99 }) => p99), width(({ loss }) => loss)];
	const lines = rows.map(({ rate, p99, loss, kept, reasons }) => {
		const mark = kept ? paint('good', '✓') : paint('bad', '✗');
		const figures = `${rate.padStart(widths[0])}  p99 ${p99.padStart(widths[1])}  lost ${loss.padStart(widths[2])}`;
		return `  ${mark} ${figures}${reasons === '' ? '' : `  ${reasons}`}`;
	});
	const best = search.bestQps === 0 ? 'no rate kept it' : `highest rate ${rateText(search.bestQps)}`;
	return [
		paint('head', `search at ${plainText(target)} for ${plainText(search.objective)}: ${best}`),
		...lines,
	];
}
