import type { LoadResult } from '../result.ts';
import { type Comparison, compare } from './comparison.ts';
import type { TargetJudgement } from './judgement.ts';
import { countText, figureText, percentText, plainText, rateText, ratioText } from './quantity-text.ts';
import type { Spread, Summary } from './summary.ts';

export interface Verdict {
	readonly mood: 'good' | 'bad' | 'void';
	/** One line. */
	readonly text: string;
}

/** What a run came to. */
export function verdictOf(
	result: LoadResult,
	summaries: readonly Summary[],
	judgements: readonly TargetJudgement[],
): Verdict {
	const voids = summaries.filter((summary) => summary.void);
	const sound = judgements.filter((judgement) => !judgement.void);
	const broken = sound.filter(({ kept }) => !kept);
	const own = [
		...(result.interrupted ? ['interrupted'] : []),
		...voids.map(({ target, rounds }) => `void: ${target} was not measured, ${rounds[0].void[0]}`),
		...(sound.length > 0 ? [thresholdPart(sound.length, broken.length)] : []),
	].join('; ');
	// A target stays as it was named, even where it begins a sentence.
	const text = [
		...(own === '' ? [] : [own.charAt(0).toUpperCase() + own.slice(1)]),
		...mainParts(summaries),
	].join('; ');
	return {
		mood: broken.length > 0 ? 'bad' : voids.length > 0 ? 'void' : 'good',
		text: text === '' ? 'Nothing was measured.' : plainText(`${text}.`),
	};
}

function thresholdPart(count: number, broken: number): string {
	if (broken > 0) return `${broken} of ${count} thresholds broken`;
	return count === 1 ? 'the threshold is kept' : `all ${count} thresholds kept`;
}

function mainParts(summaries: readonly Summary[]): string[] {
	const searched = summaries.filter(({ search }) => search !== undefined);
	if (searched.length > 0) return searched.map(searchPart);
	const sound = summaries.filter((summary) => !summary.void);
	const comparisons = sound.length === summaries.length ? compare(summaries) : [];
	return [
		...sound.slice(0, comparisons.length > 0 ? 1 : sound.length).map(answeredPart),
		...comparisons.map(comparedPart),
	];
}

function searchPart({ target, search }: Summary): string {
	const { bestQps, objective } = search!;
	if (bestQps === 0) return `${target} kept ${objective} at no rate that was tried`;
	return `${target} keeps ${objective} up to ${rateText(bestQps)}`;
}

function answeredPart({ target, measured: { slots }, answeredPerSec, latency }: Summary): string {
	if (slots.due === 0) return `${target} was asked nothing`;
	const share = percentText(slots.answered, slots.due);
	return (
		`${target} answered ${share} of ${countText(slots.due)} queries in time, ${rateText(answeredPerSec)}, ` +
		`p99 ${figureText(latency?.p99)}`
	);
}

function comparedPart({ target, ratios: { answeredPerSec, p99 } }: Comparison): string {
	const rate = answeredPerSec ? timesText('that rate', answeredPerSec) : 'no rate to compare';
	const latency = p99 ? timesText('that p99', p99) : 'no p99 to compare';
	return `${target}: ${rate}, ${latency}`;
}

/** With how far rounds differ, where they do: a median of 2 from 0.5 to 8 is no difference. */
function timesText(what: string, { median, min, max }: Spread): string {
	const [low, high] = [ratioText(min), ratioText(max)];
	return `${ratioText(median)} × ${what}${low === high ? '' : ` (${low} to ${high})`}`;
}
