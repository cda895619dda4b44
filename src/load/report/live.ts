import type { Interval, Measured } from '../result.ts';
import { type Losses, percentileOf } from './latency.ts';
import { sentOf } from './measured.ts';
import { countText, figureText, plainText, rateText } from './quantity-text.ts';

/** What the live line shows. */
export interface Live {
	/** What is under way: a target, "round 2 of 5"; may be empty. */
	readonly label: string;
	/** Since the round began, its warm-up included. */
	readonly elapsedSec: number;
	/** Of the whole round; undefined: it has no end by time. */
	readonly totalSec: number | undefined;
	/** What ended since the last line. */
	readonly recent: Measured;
	readonly recentSec: number;
	/** Since the round began. */
	readonly lost: number;
}

/** One line for a terminal, at most `columns` wide: what matters least is left out first. */
export function renderLive(
	{ label, elapsedSec, totalSec, recent, recentSec, lost }: Live,
	columns: number,
): string {
	const { slots, latencyUs } = recent;
	const p = (percent: number): string => figureText(percentileOf(latencyUs, percent, lossesOf(slots)));
	const elapsed =
		totalSec === undefined ? secText(elapsedSec) : `${secText(elapsedSec)} of ${secText(totalSec)}`;
	/** The last of these goes first. */
	const byWeight = [
		elapsed,
		`answered ${perSecText(slots.answered, recentSec)}`,
		`lost ${countText(lost)}`,
		`p99 ${p(99)}`,
		`sent ${perSecText(sentOf(slots), recentSec)}`,
		`p50 ${p(50)}`,
		plainText(label),
	];
	const inOrder = [6, 0, 4, 1, 2, 5, 3];
	for (let kept = byWeight.length; kept > 0; kept--) {
		const line = inOrder
			.filter((place) => place < kept && byWeight[place] !== '')
			.map((place) => byWeight[place])
			.join('  ');
		if (line.length <= columns || kept === 1) return line.slice(0, Math.max(0, columns));
	}
	return '';
}

/** One line for an interval of a round, as it ends. */
export function renderInterval({ fromSec, toSec, warmup, measured }: Interval): string {
	const { slots, latencyUs, rcodes } = measured;
	const sec = toSec - fromSec;
	const p = (percent: number): string => figureText(percentileOf(latencyUs, percent, lossesOf(slots)));
	const parts = [
		`${toSec.toFixed(1)}s`,
		`sent ${perSecText(sentOf(slots), sec)}`,
		`answered ${perSecText(slots.answered, sec)}`,
		`late ${countText(slots.late)}`,
		`lost ${countText(slots.lost)}`,
	];
	if (slots.sendErrors > 0) parts.push(`send errors ${countText(slots.sendErrors)}`);
	if (slots.notOffered > 0) parts.push(`not offered ${countText(slots.notOffered)}`);
	const failed = failuresOf(rcodes);
	if (failed > 0) parts.push(`failed ${countText(failed)}`);
	parts.push(`p50 ${p(50)}`, `p99 ${p(99)}`, `max ${p(100)}`);
	if (warmup) parts.push('(warm-up)');
	return parts.join('  ');
}

/** Replies with an RCODE other than NOERROR and NXDOMAIN. */
function failuresOf(rcodes: ReadonlyMap<number, number>): number {
	let failed = 0;
	for (const [code, count] of rcodes) if (code !== 0 && code !== 3) failed += count;
	return failed;
}

function lossesOf({ lost, late }: Measured['slots']): Losses {
	return { lost, late, timeoutUs: undefined };
}

function perSecText(count: number, sec: number): string {
	return rateText(sec > 0 ? count / sec : undefined);
}

function secText(sec: number): string {
	return `${Math.round(sec)}s`;
}
