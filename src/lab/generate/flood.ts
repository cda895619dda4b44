import { rrType } from '../../wire/iana.ts';
import { AnswerMaker, type AnswerModel, usualAnswers } from './answer-model.ts';
import { batchesOf, type DnsStream } from './dns-stream.ts';
import { NumberedNames } from './numbered-names.ts';

export interface FloodOptions {
	/** Names that are asked for all the time, in turn; each once before the flood begins. */
	readonly hotNames: number;
	/** Names that do not exist, each asked for once. */
	readonly floodNames: number;
	/** Of those between two requests for hot names. */
	readonly floodPerHot: number;
	readonly ratePerSec: number;
	readonly answers?: AnswerModel;
	readonly seed: number;
}

export interface FloodStream extends DnsStream {
	/** Of the requests, those that come before the flood. */
	readonly before: number;
	/** Those for hot names during the flood. */
	readonly hot: number;
}

/** A flood of random names that are NXDOMAIN, over names that are asked for in turn at an even rate. */
export function floodStream(options: FloodOptions): FloodStream {
	const { hotNames, floodNames, floodPerHot, ratePerSec, seed } = options;
	const names = new NumberedNames(hotNames + floodNames, [rrType.A]);
	const model = options.answers ?? { ...usualAnswers, ttlSec: 3600, deniedShare: 0, negativeTtlSec: 3600 };
	const maker = new AnswerMaker(names, model, seed);
	const hot = Math.ceil(floodNames / floodPerHot);
	const requests = hotNames + floodNames + hot;
	return {
		names,
		requests,
		before: hotNames,
		hot,
		*batches() {
			let request = 0;
			let flooded = 0;
			let turn = 0;
			const next = (): number => (request++ * 1000) / ratePerSec;
			yield* batchesOf(requests, (builder) => {
				if (request < hotNames) return maker.add(builder, next(), request - 1, false);
				maker.add(builder, next(), hotNames + flooded, true);
				if (flooded++ % floodPerHot === 0) maker.add(builder, next(), turn++ % hotNames, false);
			});
		},
	};
}
