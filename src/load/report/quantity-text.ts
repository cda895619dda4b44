/** Quantities as a person reads them and as thresholds are written: "1.23ms", "0.02%", "99,980/s". */
import type { Figure } from './latency.ts';
import type { Spread } from './summary.ts';

/** For what there is none of: nothing was measured, or nothing can be divided by. */
export const nothing = '-';

export function countText(count: number): string {
	return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** "99,980/s"; below 10 with one decimal. */
export function rateText(perSec: number | undefined): string {
	if (perSec === undefined) return nothing;
	const whole = Number.isInteger(perSec) || perSec >= 9.95;
	return `${whole ? countText(perSec) : perSec.toFixed(1)}/s`;
}

/** Three digits: "412µs", "1.23ms", "2s". */
export function durationText(us: number): string {
	if (us < 999.5) return `${threeDigits(us)}µs`;
	if (us < 999_500) return `${threeDigits(us / 1000)}ms`;
	return `${threeDigits(us / 1e6)}s`;
}

function threeDigits(value: number): string {
	return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** "≥2s" where what was lost is part of it. */
export function figureText(figure: Figure | undefined): string {
	if (figure === undefined) return nothing;
	return `${figure.atLeast ? '≥' : ''}${durationText(figure.us)}`;
}

/** "0.02%". Little is not rounded to nothing, and what is not quite all not to all: "0.0004%", "99.9996%". */
export function percentText(part: number, whole: number): string {
	if (whole === 0) return nothing;
	const percent = (part / whole) * 100;
	if (percent === 0 || percent === 100) return `${percent}%`;
	const rest = Math.min(percent, Math.abs(100 - percent));
	const digits = rest >= 0.005 ? 2 : Math.min(10, Math.ceil(-Math.log10(rest)));
	return `${percent.toFixed(digits)}%`;
}

/** "42%", without digits behind it: for what is no more exact. */
export function wholePercentText(part: number, whole: number): string {
	return whole === 0 ? nothing : `${Math.round((part / whole) * 100)}%`;
}

/** "1.02" */
export function ratioText(ratio: number): string {
	return ratio >= 100 ? countText(ratio) : ratio.toPrecision(3);
}

/** "1.02 (0.98 to 1.07)" */
export function spreadText<Value>(spread: Spread<Value> | undefined, text: (value: Value) => string): string {
	if (spread === undefined) return nothing;
	return `${text(spread.median)} (${text(spread.min)} to ${text(spread.max)})`;
}

/** "61 octets" */
export function octetsText(octets: number): string {
	return `${countText(octets)} octets`;
}

/** "3 rounds", "1 round" */
export function countedText(count: number, one: string, many = `${one}s`): string {
	return `${countText(count)} ${count === 1 ? one : many}`;
}

/** On one line, without what a terminal would take for a command. */
export function plainText(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

const steps = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * A line of blocks, each as high as its part of `max`, at most `columns` of them: neighbors are put together by `pick`.
 * What is undefined is a gap.
 */
export function sparkText(
	values: readonly (number | undefined)[],
	columns: number,
	max: number,
	pick: (values: readonly number[]) => number,
): string {
	const perColumn = Math.max(1, Math.ceil(values.length / columns));
	let line = '';
	for (let at = 0; at < values.length; at += perColumn) {
		const some = values.slice(at, at + perColumn).filter((value) => value !== undefined);
		if (some.length === 0) line += ' ';
		else line += steps[stepOf(pick(some), max)];
	}
	return line;
}

function stepOf(value: number, max: number): number {
	if (!(max > 0)) return 0;
	return Math.min(steps.length - 1, Math.max(0, Math.ceil((value / max) * steps.length) - 1));
}
