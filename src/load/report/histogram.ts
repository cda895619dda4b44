/**
 * What the library for histograms leaves to its user: adding up without touching the parts, walking over the buckets, and
 * taking out what was lost. Values are whole microseconds; a bucket is at most a thousandth as wide as its values are high.
 */
import { type Histogram, JsHistogram } from 'hdr-histogram-js';
import { PetrelError } from '../../util/errors.ts';
import { emptyHistogram } from '../measure/histograms.ts';

/** Values from `fromUs` to `toUs`, both included. */
export interface Bucket {
	readonly fromUs: number;
	readonly toUs: number;
	readonly count: number;
}

/** A new one that holds what all of them hold. */
export function merged(histograms: readonly Histogram[]): Histogram {
	const sum = emptyHistogram();
	for (const histogram of histograms) sum.add(histogram);
	return sum;
}

function readable(histogram: Histogram): JsHistogram {
	if (histogram instanceof JsHistogram) return histogram;
	throw new PetrelError('PETREL_INTERNAL', 'A histogram in WebAssembly cannot be listed by its buckets.');
}

/** Every bucket that is not empty, from the lowest. */
export function bucketsOf(histogram: Histogram): Bucket[] {
	const source = readable(histogram);
	const buckets: Bucket[] = [];
	let left = source.totalCount;
	for (let index = 0; left > 0 && index < source.countsArrayLength; index++) {
		const count = source.getCountAtIndex(index);
		if (count === 0) continue;
		const fromUs = source.valueFromIndex(index);
		buckets.push({ fromUs, toUs: source.highestEquivalentValue(fromUs), count });
		left -= count;
	}
	return buckets;
}

/**
 * The buckets of replies alone, where a histogram holds `lost` queries at the timeout.
 *
 * @param lateToo whether replies after the timeout are among them
 */
export function replyBuckets(
	histogram: Histogram,
	lost: number,
	timeoutUs: number,
	lateToo: boolean,
): Bucket[] {
	const buckets: Bucket[] = [];
	for (const bucket of bucketsOf(histogram)) {
		if (bucket.fromUs > timeoutUs && !lateToo) break;
		const holdsLost = bucket.fromUs <= timeoutUs && timeoutUs <= bucket.toUs;
		const count = holdsLost ? bucket.count - lost : bucket.count;
		if (count > 0) buckets.push({ ...bucket, count });
	}
	return buckets;
}

export interface Moments {
	readonly count: number;
	readonly minUs: number;
	readonly maxUs: number;
	readonly meanUs: number;
	readonly deviationUs: number;
}

/** To a bucket's width. All 0 where there is none. */
export function momentsOf(buckets: readonly Bucket[]): Moments {
	if (buckets.length === 0) return { count: 0, minUs: 0, maxUs: 0, meanUs: 0, deviationUs: 0 };
	let count = 0;
	let sum = 0;
	for (const bucket of buckets) {
		count += bucket.count;
		sum += bucket.count * middleOf(bucket);
	}
	const meanUs = sum / count;
	const squares = buckets.reduce(
		(total, bucket) => total + bucket.count * (middleOf(bucket) - meanUs) ** 2,
		0,
	);
	return {
		count,
		minUs: buckets[0].fromUs,
		maxUs: buckets[buckets.length - 1].toUs,
		meanUs,
		deviationUs: Math.sqrt(squares / count),
	};
}

function middleOf({ fromUs, toUs }: Bucket): number {
	return (fromUs + toUs) / 2;
}
