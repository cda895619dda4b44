import { percentileOf } from './latency.ts';
import { sentOf } from './measured.ts';
import { durationText, rateText, sparkText } from './quantity-text.ts';
import { ratio, type Summary } from './summary.ts';

/** How answers a second and p99 went over the rounds, without their warm-up: a gap is between two rounds. */
export function sparkLines(summary: Summary, columns: number): string[] {
	const rates: (number | undefined)[] = [];
	const p99s: (number | undefined)[] = [];
	for (const { round } of summary.counted) {
		if (rates.length > 0) {
			rates.push(undefined);
			p99s.push(undefined);
		}
		for (const { fromSec, toSec, warmup, measured } of round.intervals) {
			if (warmup || sentOf(measured.slots) === 0) continue;
			const { lost, late } = measured.slots;
			rates.push(ratio(measured.slots.answered, toSec - fromSec));
			p99s.push(percentileOf(measured.latencyUs, 99, { lost, late, timeoutUs: summary.timeoutUs })?.us);
		}
	}
	if (rates.filter((rate) => rate !== undefined).length < 2) return [];
	const highest = (values: readonly number[]): number => Math.max(...values);
	const mean = (values: readonly number[]): number =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	const top = (values: readonly (number | undefined)[]): number => highest(values.map((value) => value ?? 0));
	return [
		`answered  ${sparkText(rates, columns, top(rates), mean)}  at most ${rateText(top(rates))}`,
		`p99       ${sparkText(p99s, columns, top(p99s), highest)}  at most ${durationText(top(p99s))}`,
	];
}
