import { rrType } from '../../wire/iana.ts';
import { keyOf } from '../../workload/hash.ts';
import { Zipf } from '../../workload/zipf.ts';
import { AnswerMaker, type AnswerModel, usualAnswers } from './answer-model.ts';
import { batchesOf, type DnsStream, Draws } from './dns-stream.ts';
import { NumberedNames } from './numbered-names.ts';

export interface OneTimeOptions {
	readonly requests: number;
	/** Of random arrivals. */
	readonly ratePerSec: number;
	/** Popular ones. */
	readonly names: number;
	/** Of Zipf's law. */
	readonly exponent: number;
	/** Of the requests, those for a name that is asked for this once: [0, 1]. */
	readonly onceShare: number;
	/** Left out: nobody scans. */
	readonly scan?: Scan;
	readonly answers?: AnswerModel;
	readonly seed: number;
}

/** Somebody goes through as many names one after the other, again and again. */
export interface Scan {
	readonly names: number;
	/** From the beginning of one to that of the next. */
	readonly everyRequests: number;
}

const salt = { draws: 20 } as const;

/** Names by Zipf's law, among names that nobody asks for again, and scans: what one pass of a policy is to see through. */
export function oneTimeStream(options: OneTimeOptions): DnsStream {
	const { requests, ratePerSec, names: popular, onceShare, scan, seed } = options;
	const firstOnce = popular + (scan?.names ?? 0);
	const names = new NumberedNames(firstOnce + requests, [rrType.A]);
	const maker = new AnswerMaker(names, options.answers ?? usualAnswers, seed);
	const zipf = new Zipf(popular, options.exponent);
	return {
		names,
		requests,
		*batches() {
			const draws = new Draws(keyOf(seed, salt.draws), ratePerSec);
			let request = 0;
			let once = firstOnce;
			yield* batchesOf(requests, (builder) => {
				const atMs = draws.arrive();
				const place = scan === undefined ? -1 : request++ % scan.everyRequests;
				if (scan !== undefined && place < scan.names) maker.add(builder, atMs, popular + place);
				else if (draws.unit() < onceShare) maker.add(builder, atMs, once++);
				else maker.add(builder, atMs, zipf.draw(draws.random));
			});
		},
	};
}
