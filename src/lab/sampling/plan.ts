import { PetrelError } from '../../util/errors.ts';
import type { Capacity } from '../simulate/open-policy.ts';

/**
 * Curves from some of the keys (Waldspurger et al.: SHARDS, FAST 2015; miniature simulations, ATC 2017). A hash of the key says
 * whether it is looked at: all requests for it then, or none. What a cache of size C does with all keys, one of size C × rate
 * does, about, with that part of them, whatever its policy, since an entry that is not looked at leaves its room to none that is.
 *
 * Several samples without a key in common say more than one: how far they are apart tells how far off all may be.
 *
 *   const plan = planSamples({ share: 0.1, capacities, seed });
 *   const split = new SampleSplit(plan, hashOfNames(names), { names, warmupRequests });
 *   for await (const batch of trace) split.add(batch);
 *   const results = split.samples.map((sample) => …)    each through a cache of `scaled(plan, capacity)`
 *   const { result, sampled } = combineSamples(split.counts, results);
 */
export interface SamplePlan {
	/** Of the keys, the share that is in each sample: (0, 1]. */
	readonly rate: number;
	readonly samples: number;
	/** Other seeds, other keys. */
	readonly seed: number;
}

export interface SampleWish {
	/** Of the keys, the share to look at, all samples together: (0, 1]. */
	readonly share: number;
	/** By default 8. */
	readonly samples?: number | undefined;
	readonly seed: number;
	/** Of the caches that there will be: the smallest decides whether the share has to be larger. */
	readonly capacities: readonly Capacity[];
	/** As for `scaled`: the rate is raised until the smallest cache has a whole number of units. */
	readonly unitBytes?: number | undefined;
}

/** Fewer are less apart than they should be too often: popularity is skewed, and its spread has to be seen. */
const usualSamples = 8;
/**
 * A cache of a sample has at least so much: below it chance decides which few keys fill a bucket, and a policy's smaller queues
 * have no place.
 */
export const sampledEntriesMin = 128;
export const sampledBytesMin = 65_536;

/**
 * Samples that together have the share that is wanted, or more where a cache would be too small otherwise.
 *
 * @throws PETREL_CONFIG if not even all keys, shared out among the samples, leave the smallest cache large enough
 */
export function planSamples(wish: SampleWish): SamplePlan {
	const { share, samples = usualSamples, seed, capacities } = wish;
	if (!(share > 0 && share <= 1)) {
		throw new PetrelError('PETREL_CONFIG', `a sample of ${share} of the keys: must be above 0 and at most 1`);
	}
	const tooSmall = capacities.find((capacity) => smallestRate(capacity) * samples > 1);
	if (tooSmall !== undefined) {
		const [size, least] =
			tooSmall.unit === 'entries'
				? [`${tooSmall.entries} entries`, `${samples * sampledEntriesMin} entries`]
				: [`${tooSmall.bytes} octets`, `${samples * sampledBytesMin} octets`];
		throw new PetrelError(
			'PETREL_CONFIG',
			`a cache of ${size} is too small for ${samples} samples: from ${least} on they mean something; run it over the whole trace`,
		);
	}
	const rate = Math.max(share / samples, ...capacities.map(smallestRate));
	return { rate: Math.min(1 / samples, inUnits(rate, wish)), samples, seed };
}

/** The same rate or a little more. */
function inUnits(rate: number, { capacities, unitBytes = 1 }: SampleWish): number {
	const sizes = capacities.flatMap((capacity) => (capacity.unit === 'bytes' ? [capacity.bytes] : []));
	const units = Math.floor(Math.min(...sizes) / unitBytes);
	return sizes.length === 0 || unitBytes === 1 ? rate : Math.ceil(rate * units - 1e-9) / units;
}

/** The least rate at which a sample's cache in place of this one is large enough; above 1: none. */
export function smallestRate(capacity: Capacity): number {
	return capacity.unit === 'entries'
		? sampledEntriesMin / capacity.entries
		: sampledBytesMin / capacity.bytes;
}

/**
 * The capacity of a sample's cache.
 *
 * @param unitBytes what a cache of octets is made of, rounded to the nearest: the live cache has whole buckets
 */
export function scaled({ rate }: SamplePlan, capacity: Capacity, unitBytes = 1): Capacity {
	if (capacity.unit === 'entries') {
		return { unit: 'entries', entries: Math.max(1, Math.round(capacity.entries * rate)) };
	}
	const units = Math.floor(capacity.bytes / unitBytes) * rate;
	return { unit: 'bytes', bytes: Math.max(1, Math.round(units)) * unitBytes };
}
