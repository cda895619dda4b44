import { missesWithExpiry, missesWithoutExpiry } from './expected-misses.ts';
import type { HitRatioDraw, PopularityDraw, Workload } from './workload.ts';
import { zipfWeights } from './zipf.ts';

/** A run, as far as it matters to a cache that holds everything until it expires. */
export interface RunTerms {
	/** Asked while it is measured, by all threads. */
	readonly queries: number;
	readonly ratePerSec: number;
	/** Of what is measured. */
	readonly durationSec: number;
	/** Of every answer, from when it came in. Left out: nothing expires. */
	readonly ttlSec?: number;
	/** How long was asked before, at the same rate, unmeasured. The cache is empty when that begins; by default 0. */
	readonly warmupSec?: number;
}

/** Names whose popularity differs by less than that are taken together, at their average. */
const bucketWidth = 0.002;

/**
 * The share of queries that a cache without any limit answers itself, expected; each name and type is an entry. Undefined
 * where it does not follow from the workload: for queries in order, whose repetitions nobody has counted.
 *
 * Where entries expire it is taken that queries come at random times; at a steady rate the draws make them nearly that.
 */
export function predictHitRatio(workload: Workload, terms: RunTerms): number | undefined {
	const { draw } = workload;
	if (workload.prefix) return 0;
	if (draw.kind === 'in-order' || !(terms.queries > 0)) return undefined;
	return draw.kind === 'hit-ratio' ? ofKnown(draw, terms) : ofPopularity(draw, terms);
}

/** Entries that are asked for alike: how many, and the share of the queries that each of them gets. */
interface Bucket {
	readonly entries: number;
	readonly share: number;
}

function ofPopularity(draw: PopularityDraw, terms: RunTerms): number {
	const buckets = bucketsOf(draw);
	const misses = missesWhileMeasured(terms, (untilSec) => {
		let sum = 0;
		for (const { entries, share } of buckets) sum += entries * missesOf(share, untilSec, terms);
		return sum;
	});
	return 1 - misses / terms.queries;
}

/** Of what is counted from the start on, that which falls into the measured part. */
function missesWhileMeasured(terms: RunTerms, missesUntil: (sec: number) => number): number {
	const warmupSec = terms.warmupSec ?? 0;
	return missesUntil(warmupSec + terms.durationSec) - (warmupSec > 0 ? missesUntil(warmupSec) : 0);
}

function missesOf(share: number, untilSec: number, terms: RunTerms): number {
	if (expires(terms)) return missesWithExpiry(share * terms.ratePerSec, untilSec, ttlOf(terms));
	return missesWithoutExpiry(share, (terms.queries / terms.durationSec) * untilSec);
}

function ttlOf({ ttlSec = Number.POSITIVE_INFINITY }: RunTerms): number {
	return ttlSec;
}

/** Whether anything does before the run is over. */
function expires(terms: RunTerms): boolean {
	return ttlOf(terms) < (terms.warmupSec ?? 0) + terms.durationSec;
}

function bucketsOf(draw: PopularityDraw): Bucket[] {
	const weights = zipfWeights(draw.names, draw.exponent);
	const lookups = draw.lookups && new Uint32Array(draw.lookups);
	const entriesOf = (name: number): number =>
		lookups ? lookups[name + 1] - lookups[name] : draw.typesPerName;
	// A lookup asks for each of its entries, a draw of a name for one of its types.
	let queriesWeight = 0;
	for (let name = 0; name < draw.names; name++)
		queriesWeight += weights[name] * (lookups ? entriesOf(name) : 1);
	const perEntry = lookups ? queriesWeight : queriesWeight * draw.typesPerName;
	const buckets: Bucket[] = [];
	for (let name = 0; name < draw.names; ) {
		const least = weights[name] * (1 - bucketWidth);
		let entries = 0;
		let weight = 0;
		for (; name < draw.names && weights[name] >= least; name++) {
			entries += entriesOf(name);
			weight += weights[name] * entriesOf(name);
		}
		buckets.push({ entries, share: weight / entries / perEntry });
	}
	return buckets;
}

/** Known entries are in the cache from when they were asked first; what is new is never there. */
function ofKnown(draw: HitRatioDraw, terms: RunTerms): number {
	const { queries, durationSec, warmupSec = 0 } = terms;
	const priming = Math.min(queries, Math.max(0, draw.known - (queries / durationSec) * warmupSec));
	const aimedAt = draw.hitRatio * (queries - priming);
	if (!expires(terms)) return aimedAt / queries;
	const ttlSec = ttlOf(terms);
	const entryRate = (draw.hitRatio * terms.ratePerSec) / draw.known;
	const expired = missesWhileMeasured(
		terms,
		(untilSec) => draw.known * missesWithExpiry(entryRate, untilSec - ttlSec, ttlSec),
	);
	return Math.max(0, aimedAt - expired) / queries;
}
