/**
 * Many rounds made into one row for each target. Void rounds say nothing of the server and stay out of the row, unless
 * all are void: then the row shows what there is, and is void itself.
 */
import type { LoadResult, Measured, Round, SearchResult, TargetResult } from '../result.ts';
import { type Figure, figuresOf, type LatencyFigures, type Losses } from './latency.ts';
import { addedMaps, addedUp, offeredOf, sentOf, unansweredOf } from './measured.ts';

/** Over rounds. */
export interface Spread<Value = number> {
	readonly median: Value;
	readonly min: Value;
	readonly max: Value;
}

/** What one round came to. */
export interface RoundFigures {
	readonly round: Round;
	readonly answeredPerSec: number | undefined;
	readonly latency: LatencyFigures | undefined;
	/** What got no answer of what was offered, from 0 to 1. */
	readonly loss: number | undefined;
	readonly cpuUsPerQuery: number | undefined;
}

export interface Spreads {
	readonly answeredPerSec: Spread | undefined;
	/** At-least values are put in order as what they are at least. */
	readonly p50: Spread<Figure> | undefined;
	readonly p99: Spread<Figure> | undefined;
	readonly loss: Spread | undefined;
}

export interface Summary {
	readonly target: string;
	readonly transport: TargetResult['transport'];
	/** Those that were meant to count: of a search, the trials at the highest rate that was kept. */
	readonly rounds: readonly Round[];
	/** All that ran. */
	readonly everyRound: readonly Round[];
	/** Those that the figures are from. */
	readonly counted: readonly RoundFigures[];
	/** No round says anything of the server. */
	readonly void: boolean;
	readonly interrupted: boolean;
	readonly measured: Measured;
	readonly seconds: number;
	readonly cpuSec: number;
	readonly ownDrops: number;
	readonly errorCodes: ReadonlyMap<string, number>;
	/** Queries a second that were asked for, where the rounds say it and agree. */
	readonly offeredPerSec: number | undefined;
	readonly sent: number;
	/** Undefined: no time was measured. */
	readonly sentPerSec: number | undefined;
	readonly answeredPerSec: number | undefined;
	/** Undefined: nothing was sent. */
	readonly cpuUsPerQuery: number | undefined;
	/** The generator's use of a core, 1 for all of one, of as many as it had workers. */
	readonly cpuShare: number | undefined;
	/** From when a query was due; undefined: nothing was answered or lost. */
	readonly latency: LatencyFigures | undefined;
	/** From when it was sent. */
	readonly sinceSent: LatencyFigures | undefined;
	/** From when it was due to when it was sent. */
	readonly lag: LatencyFigures | undefined;
	readonly spreads: Spreads;
	readonly search: SearchResult | undefined;
	readonly timeoutUs: number;
}

/** One for each target, in the order of the command line. */
export function summarize({ targets, searches, setting }: LoadResult): Summary[] {
	return targets.map((target, place) =>
		summaryOf(target, searches[place], setting.timeoutSec * 1e6, Math.max(1, setting.workers)),
	);
}

/** All that ran against a target: the trials of a search, or its rounds. */
export function everyRound(target: TargetResult, search: SearchResult | undefined): readonly Round[] {
	const trials = search?.trials.map(({ round }) => round) ?? [];
	return [...new Set([...trials, ...target.rounds])];
}

/** Where a search names no rounds that speak for it, its trials at the highest rate that was kept do. */
function roundsOf(target: TargetResult, search: SearchResult | undefined): readonly Round[] {
	if (target.rounds.length > 0 || search === undefined) return target.rounds;
	const best = search.trials.filter(({ kept, rateQps }) => kept && rateQps === search.bestQps);
	return best.map(({ round }) => round);
}

function summaryOf(
	target: TargetResult,
	search: SearchResult | undefined,
	timeoutUs: number,
	workers: number,
): Summary {
	const rounds = roundsOf(target, search);
	const sound = rounds.filter((round) => round.void.length === 0);
	const from = sound.length > 0 ? sound : rounds;
	const measured = addedUp(from.map((round) => round.measured));
	const { slots } = measured;
	const seconds = total(from, (round) => round.seconds);
	const cpuSec = total(from, (round) => round.cpuSec);
	const sent = sentOf(slots);
	const losses: Losses = { lost: slots.lost, late: slots.late, timeoutUs };
	const counted = from.map((round) => figuresOfRound(round, timeoutUs));
	return {
		target: target.target,
		transport: target.transport,
		rounds,
		everyRound: everyRound(target, search),
		counted,
		void: rounds.length > 0 && sound.length === 0,
		interrupted: rounds.some(({ interrupted }) => interrupted),
		measured,
		seconds,
		cpuSec,
		ownDrops: total(from, ({ ownDrops }) => ownDrops),
		errorCodes: addedMaps(from.map(({ errorCodes }) => errorCodes)),
		offeredPerSec: agreed(from.map(({ offeredQps }) => offeredQps)),
		sent,
		sentPerSec: ratio(sent, seconds),
		answeredPerSec: ratio(slots.answered, seconds),
		cpuUsPerQuery: ratio(cpuSec * 1e6, sent),
		cpuShare: ratio(cpuSec, seconds * workers),
		latency: figuresOf(measured.latencyUs, losses),
		sinceSent: figuresOf(measured.sinceSentUs, losses),
		lag: figuresOf(measured.lagUs, { lost: 0, late: 0, timeoutUs: undefined }),
		spreads: spreadsOf(counted),
		search,
		timeoutUs,
	};
}

function total(rounds: readonly Round[], of: (round: Round) => number): number {
	return rounds.reduce((sum, round) => sum + of(round), 0);
}

/** Undefined: there is nothing to divide by. */
export function ratio(part: number, whole: number): number | undefined {
	return whole > 0 ? part / whole : undefined;
}

function agreed(values: readonly (number | undefined)[]): number | undefined {
	return values.every((value) => value === values[0]) ? values[0] : undefined;
}

function figuresOfRound(round: Round, timeoutUs: number): RoundFigures {
	const { slots, latencyUs } = round.measured;
	return {
		round,
		answeredPerSec: ratio(slots.answered, round.seconds),
		latency: figuresOf(latencyUs, { lost: slots.lost, late: slots.late, timeoutUs }),
		loss: ratio(unansweredOf(slots), offeredOf(slots)),
		cpuUsPerQuery: ratio(round.cpuSec * 1e6, sentOf(slots)),
	};
}

function spreadsOf(rounds: readonly RoundFigures[]): Spreads {
	return {
		answeredPerSec: spreadOf(rounds.map(({ answeredPerSec }) => answeredPerSec)),
		p50: figureSpreadOf(rounds.map(({ latency }) => latency?.p50)),
		p99: figureSpreadOf(rounds.map(({ latency }) => latency?.p99)),
		loss: spreadOf(rounds.map(({ loss }) => loss)),
	};
}

/** Of what is known; undefined if nothing is. */
export function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
	return spreadBetween(
		values.filter((value) => value !== undefined).sort((a, b) => a - b),
		(a, b) => (a + b) / 2,
	);
}

function figureSpreadOf(figures: readonly (Figure | undefined)[]): Spread<Figure> | undefined {
	return spreadBetween(
		figures.filter((figure) => figure !== undefined).sort((a, b) => a.us - b.us),
		(a, b) => ({ us: (a.us + b.us) / 2, atLeast: a.atLeast || b.atLeast }),
	);
}

/** @param middle of two, where there is no median among the values */
function spreadBetween<Value>(
	ascending: readonly Value[],
	middle: (a: Value, b: Value) => Value,
): Spread<Value> | undefined {
	const { length } = ascending;
	if (length === 0) return undefined;
	const half = length >> 1;
	const median = length % 2 === 1 ? ascending[half] : middle(ascending[half - 1], ascending[half]);
	return { median, min: ascending[0], max: ascending[length - 1] };
}
