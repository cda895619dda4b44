import { keyOf, scatter, unitAt } from '../../workload/hash.ts';
import { estimateBodyBytes } from '../simulate/answer-size.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import { outcome, type RequestBuilder } from '../simulate/requests.ts';

/** What upstreams answer in a stream that is made up. It depends on key and seed alone: repeated questions agree. */
export interface AnswerModel {
	/** Of positive answers; `measured`: as the answers to clients in a recorded trace, 1,220 s in the middle. */
	readonly ttlSec: number | 'measured';
	readonly negativeTtlSec: number;
	/** Of the names, those that do not exist: [0, 1]. */
	readonly deniedShare: number;
	/** How long an upstream takes; `measured`: as in that trace, 1 ms in the middle. */
	readonly rttUs: number | 'measured';
}

export const usualAnswers: AnswerModel = {
	ttlSec: 'measured',
	negativeTtlSec: 60,
	deniedShare: 0.05,
	rttUs: 'measured',
};

/** A distribution by some of its quantiles, [share, value], straight between them. */
type Quantiles = readonly (readonly [number, number])[];

const ttlQuantiles: Quantiles = [
	[0, 0],
	[0.05, 0],
	[0.25, 173],
	[0.5, 1220],
	[0.75, 1785],
	[0.95, 3600],
	[1, 86_400],
];

/** Of the logarithm of microseconds. */
const rttQuantiles: Quantiles = [
	[0, Math.log(200)],
	[0.5, Math.log(1000)],
	[0.95, Math.log(21_000)],
	[0.99, Math.log(135_000)],
	[1, Math.log(2_000_000)],
];

function valueAt(quantiles: Quantiles, unit: number): number {
	let i = 1;
	while (i < quantiles.length - 1 && quantiles[i][0] < unit) i++;
	const [fromShare, from] = quantiles[i - 1];
	const [toShare, to] = quantiles[i];
	return from + ((unit - fromShare) / (toShare - fromShare)) * (to - from);
}

const salt = { denied: 1, ttl: 2, rtt: 3, size: 4 } as const;

/** Adds requests with the answers of a model. */
export class AnswerMaker {
	readonly #names: KeyNames;
	readonly #model: AnswerModel;
	readonly #deniedKey: number;
	readonly #ttlKey: number;
	readonly #rttKey: number;
	readonly #sizeKey: number;

	constructor(names: KeyNames, model: AnswerModel, seed: number) {
		this.#names = names;
		this.#model = model;
		this.#deniedKey = keyOf(seed, salt.denied);
		this.#ttlKey = keyOf(seed, salt.ttl);
		this.#rttKey = keyOf(seed, salt.rtt);
		this.#sizeKey = keyOf(seed, salt.size);
	}

	/** @param isDenial left out: as the model says */
	add(builder: RequestBuilder, atMs: number, key: number, isDenial: boolean = this.#isDenied(key)): void {
		const { ttlSec, negativeTtlSec } = this.#model;
		const positiveSec =
			ttlSec === 'measured' ? Math.floor(valueAt(ttlQuantiles, unitAt(this.#ttlKey, key))) : ttlSec;
		const hash = scatter(key ^ this.#sizeKey);
		const bodyBytes = estimateBodyBytes(this.#names.qtype(key), isDenial, hash);
		const result = isDenial ? outcome.negative : outcome.positive;
		builder.add(atMs, key, result, isDenial ? negativeTtlSec : positiveSec, bodyBytes, this.#rttUs(key));
	}

	#isDenied(key: number): boolean {
		const { deniedShare } = this.#model;
		return deniedShare > 0 && unitAt(this.#deniedKey, key) < deniedShare;
	}

	#rttUs(key: number): number {
		const { rttUs } = this.#model;
		if (rttUs !== 'measured') return rttUs;
		return Math.round(Math.exp(valueAt(rttQuantiles, unitAt(this.#rttKey, key))));
	}
}
