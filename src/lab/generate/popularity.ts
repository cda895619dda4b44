import { rrType } from '../../wire/iana.ts';
import { keyOf, unitAt } from '../../workload/hash.ts';
import { Zipf } from '../../workload/zipf.ts';
import { AnswerMaker, type AnswerModel, usualAnswers } from './answer-model.ts';
import { batchesOf, type DnsStream, Draws } from './dns-stream.ts';
import { NumberedNames } from './numbered-names.ts';

export interface PopularityOptions {
	readonly requests: number;
	/** Of random arrivals. */
	readonly ratePerSec: number;
	/** That are asked for at any time. */
	readonly names: number;
	/** Of Zipf's law. */
	readonly exponent: number;
	/** Each name is asked for all of these, evenly. By default A and AAAA. */
	readonly types?: readonly number[];
	readonly answers?: AnswerModel;
	readonly seed: number;
	readonly shift?: DailyShift;
}

/** How the popularity of names changes. */
export interface DailyShift {
	readonly dayMs: number;
	/** Of the places by popularity, those that go to a name that was never asked for, a day. */
	readonly newPerDay: number;
}

const salt = { draws: 10, turns: 11 } as const;

/**
 * Names by Zipf's law, at random times. With a shift other names are popular by night than by day, one going over into
 * the other, and from time to time a new name takes the place of an old one.
 */
export function popularityStream(options: PopularityOptions): DnsStream {
	const { requests, ratePerSec, names: places, seed, shift } = options;
	const types = options.types ?? [rrType.A, rrType.AAAA];
	const days = shift === undefined ? 0 : (requests / ratePerSec) * (1000 / shift.dayMs);
	// Twice what is to be expected of random times, and a part of a day.
	const generations = shift === undefined ? 1 : Math.ceil((2 * days + 1) * shift.newPerDay) + 2;
	const names = new NumberedNames(places * generations, types);
	const maker = new AnswerMaker(names, options.answers ?? usualAnswers, seed);
	const zipf = new Zipf(places, options.exponent);
	const turns = keyOf(seed, salt.turns);
	return {
		names,
		requests,
		*batches() {
			const draws = new Draws(keyOf(seed, salt.draws), ratePerSec);
			yield* batchesOf(requests, (builder) => {
				const atMs = draws.arrive();
				const rank = zipf.draw(draws.random);
				const name = shift === undefined ? rank : nameAt(rank, atMs, places, shift, draws.unit(), turns);
				const type = Math.floor(draws.unit() * types.length);
				maker.add(builder, atMs, name * types.length + type);
			});
		},
	};
}

/** The name that stands at a place by popularity. */
function nameAt(
	rank: number,
	atMs: number,
	places: number,
	{ dayMs, newPerDay }: DailyShift,
	unit: number,
	turns: number,
): number {
	const day = atMs / dayMs;
	const isNight = unit < (1 - Math.cos(2 * Math.PI * day)) / 2;
	const place = isNight ? (rank + (places >> 1)) % places : rank;
	const generation = Math.floor(day * newPerDay + unitAt(turns, place));
	return generation * places + place;
}
