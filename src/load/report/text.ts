/** The report that a terminal gets: thresholds first, then one line that says it all, then the figures, then caveats. */
import type { LoadResult } from '../result.ts';
import { caveatsOf } from './caveats.ts';
import { compare } from './comparison.ts';
import { judgeSummaries, lookOf, type TargetJudgement } from './judgement.ts';
import { type Paint, painter } from './paint.ts';
import {
	countedText,
	figureText,
	percentText,
	plainText,
	rateText,
	ratioText,
	spreadText,
} from './quantity-text.ts';
import { searchLines } from './search-text.ts';
import { settingRows } from './setting-rows.ts';
import { sparkLines } from './spark-lines.ts';
import { type Summary, summarize } from './summary.ts';
import { datagramSum, slotSum, sumText } from './sums.ts';
import { tableLines } from './table-lines.ts';
import type { Threshold } from './thresholds.ts';
import { verdictOf } from './verdict.ts';

export interface TextOptions {
	readonly color: boolean;
	readonly thresholds: readonly Threshold[];
	/** Of the terminal. Tables keep to it; sentences do not. */
	readonly columns?: number;
}

const columnsDefault = 100;

export function renderText(result: LoadResult, options: TextOptions): string {
	const { color, thresholds, columns = columnsDefault } = options;
	const paint = painter(color);
	const summaries = summarize(result);
	const judgements = judgeSummaries(summaries, thresholds);
	const verdict = verdictOf(result, summaries, judgements);
	const blocks: string[][] = [
		thresholdLines(judgements, summaries.length > 1, paint),
		[paint(verdict.mood, verdict.text)],
		...tableLines(summaries, columns).map((block) => headed(block, paint)),
		summaries.flatMap((summary) => sumLines(summary, summaries.length > 1)),
		spreadLines(summaries, paint),
		comparisonLines(summaries, paint),
		sparkBlock(summaries, Math.max(10, columns - 36), paint),
		summaries.flatMap((summary) => searchLines(summary, paint)),
		settingRows(result.setting).map(([label, text]) => paint('faint', `${label.padEnd(10)}  ${text}`)),
		caveatsOf(result, summaries).map((text) => paint('void', `! ${plainText(text)}`)),
	];
	return `${blocks
		.filter((block) => block.length > 0)
		.map((block) => block.join('\n'))
		.join('\n\n')}\n`;
}

/** What begins at the margin is a head. */
function headed(lines: readonly string[], paint: Paint): string[] {
	return lines.map((line, place) => (place === 0 || !line.startsWith(' ') ? paint('head', line) : line));
}

function thresholdLines(judgements: readonly TargetJudgement[], named: boolean, paint: Paint): string[] {
	const width = Math.max(0, ...judgements.map(({ threshold }) => threshold.text.length));
	const names = judgements.map(({ target }) => (named ? `${plainText(target)}  ` : ''));
	const nameWidth = Math.max(0, ...names.map((name) => name.length));
	return judgements.map((judgement, place) => {
		const look = lookOf(judgement);
		const mark = { good: '✓', bad: '✗', void: '?' }[look];
		const note = look === 'void' ? ' (void)' : '';
		const head = paint(look, `${mark} ${judgement.threshold.text.padEnd(width)}`);
		return `${head}  ${names[place].padEnd(nameWidth)}${judgement.text}${note}`;
	});
}

function sumLines({ target, measured }: Summary, named: boolean): string[] {
	const prefix = named ? `${plainText(target)}: ` : '';
	return [
		`${prefix}${sumText(slotSum(measured.slots))}`,
		`${prefix}${sumText(datagramSum(measured.datagrams))}`,
	];
}

function spreadLines(summaries: readonly Summary[], paint: Paint): string[] {
	const several = summaries.filter(({ counted }) => counted.length > 1);
	if (several.length === 0) return [];
	const lines = several.flatMap(({ target, counted, spreads }) => [
		`${plainText(target)}, ${countedText(counted.length, 'round')}`,
		`  answered  ${spreadText(spreads.answeredPerSec, rateText)}`,
		`  p50       ${spreadText(spreads.p50, figureText)}`,
		`  p99       ${spreadText(spreads.p99, figureText)}`,
		`  loss      ${spreadText(spreads.loss, (loss) => percentText(loss, 1))}`,
	]);
	return [paint('head', 'round by round: median (lowest to highest)'), ...lines];
}

function comparisonLines(summaries: readonly Summary[], paint: Paint): string[] {
	const comparisons = compare(summaries).filter(({ pairs }) => pairs > 0);
	if (comparisons.length === 0) return [];
	const lines = comparisons.flatMap(({ target, pairs, ratios }) => [
		`${plainText(target)}, ${countedText(pairs, 'pair')} of rounds`,
		`  answered  ${spreadText(ratios.answeredPerSec, ratioText)}`,
		`  p50       ${spreadText(ratios.p50, ratioText)}`,
		`  p99       ${spreadText(ratios.p99, ratioText)}`,
	]);
	return [paint('head', `times ${plainText(comparisons[0].base)}: median (lowest to highest)`), ...lines];
}

function sparkBlock(summaries: readonly Summary[], columns: number, paint: Paint): string[] {
	const lines = summaries.flatMap((summary) => {
		const sparks = sparkLines(summary, columns);
		return sparks.length > 0 && summaries.length > 1 ? [plainText(summary.target), ...sparks] : sparks;
	});
	return lines.length === 0 ? [] : [paint('head', 'over time'), ...lines];
}
