/**
 * Targets side by side: round i of one is held against round i of the first, since the two ran one after the other and
 * had the same of whatever else the machine was doing. Rounds that are void have no partner.
 */
import type { Figure } from './latency.ts';
import { type RoundFigures, type Spread, type Summary, spreadOf } from './summary.ts';

/** 1: as much as the first target; 2: twice as much. */
export interface Ratios {
	readonly answeredPerSec: Spread | undefined;
	/** Of what is known exactly: undefined if there is an at-least value in every pair. */
	readonly p50: Spread | undefined;
	readonly p99: Spread | undefined;
}

export interface Comparison {
	readonly target: string;
	readonly base: string;
	/** Pairs of rounds. */
	readonly pairs: number;
	readonly ratios: Ratios;
}

/** One for each target but the first. */
export function compare(summaries: readonly Summary[]): Comparison[] {
	const [base, ...others] = summaries;
	return others.map((other) => {
		const pairs = pairsOf(base, other);
		return {
			target: other.target,
			base: base.target,
			pairs: pairs.length,
			ratios: {
				answeredPerSec: spreadOf(pairs.map(([a, b]) => quotient(b.answeredPerSec, a.answeredPerSec))),
				p50: spreadOf(pairs.map(([a, b]) => quotient(exact(b.latency?.p50), exact(a.latency?.p50)))),
				p99: spreadOf(pairs.map(([a, b]) => quotient(exact(b.latency?.p99), exact(a.latency?.p99)))),
			},
		};
	});
}

function pairsOf(base: Summary, other: Summary): (readonly [RoundFigures, RoundFigures])[] {
	return sound(base).flatMap((ours) =>
		sound(other)
			.filter(({ round }) => round.number === ours.round.number)
			.map((theirs) => [ours, theirs] as const),
	);
}

function sound({ counted }: Summary): RoundFigures[] {
	return counted.filter(({ round }) => round.void.length === 0);
}

function exact(figure: Figure | undefined): number | undefined {
	return figure === undefined || figure.atLeast ? undefined : figure.us;
}

function quotient(part: number | undefined, whole: number | undefined): number | undefined {
	return part === undefined || whole === undefined || whole === 0 ? undefined : part / whole;
}
