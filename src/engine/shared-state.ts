import { planEstimate } from '../cache/estimate/plan.ts';
import { createEstimateMemory } from '../cache/estimate/size-estimate.ts';
import { CacheLayout } from '../cache/layout.ts';
import { defaultEvictionPolicy } from '../cache/policy/index.ts';
import { WriterIdentity } from '../cache/seqlock.ts';
import type { Model } from '../config/model.ts';
import { createClaimMemory, maxShards } from '../forward/claims.ts';
import { createUpstreamMemory, Outstanding } from '../forward/upstream-state.ts';
import { createCounterMemory } from '../metrics/hot/counters.ts';
import { createQuerySeriesMemory } from '../metrics/hot/series-layout.ts';
import { createUpstreamSeriesMemory } from '../metrics/hot/upstream-series.ts';
import { assert } from '../util/assert.ts';
import type { Random } from '../util/random.ts';
import { createRotationMemory } from './rotation.ts';

/**
 * Everything that the shards of one process share: plain data and SharedArrayBuffers, so that it can be posted to a
 * worker. The main thread makes it once; what each part looks like stands where the part is.
 */
export interface SharedState {
	readonly shards: number;
	/** The whole budget: the shared cache and all shards' large answers. */
	readonly cacheBytes: number;
	/** Of `evictionPolicies`. */
	readonly evictionPolicy: string;
	readonly cache: SharedArrayBuffer;
	/** For the estimate of what other sizes would hit (size-estimate.ts); may be empty. */
	readonly estimate: SharedArrayBuffer;
	readonly claims: SharedArrayBuffer;
	readonly upstreams: SharedArrayBuffer;
	readonly outstanding: SharedArrayBuffer;
	/** One row a shard, and one for the main thread. */
	readonly counters: SharedArrayBuffer;
	/** What is counted of each query by label, one part a shard. */
	readonly querySeries: SharedArrayBuffer;
	readonly upstreamSeries: SharedArrayBuffer;
	/** See `createRotationMemory`. */
	readonly rotations: SharedArrayBuffer;
	/** A word a shard, raised when its worker has died (seqlock.ts), and one for the main thread. */
	readonly epochs: SharedArrayBuffer;
	/**
	 * One word: how often the cache was flushed. The main thread raises it before it takes anything out; an answer whose
	 * question was asked before that is not kept (`AnswerStore.store`), since it may be what the flush was about.
	 */
	readonly flushes: SharedArrayBuffer;
	/** A word a server block: 1 when a forwarding loop was found. */
	readonly loops: SharedArrayBuffer;
	/** 64 random bits a server block, in hexadecimal: the name of its loop probe. */
	readonly loopNonces: readonly string[];
	/** Key of every hash of this process. */
	readonly secret: readonly [number, number];
}

/** Keys under way at once over all shards; more are asked without coalescing. */
const claimCapacity = 8192;
/** Share of the budget that answers too large for the shared cache may have. */
export const largeShare = 1 / 8;

export function createSharedState(options: {
	shards: number;
	cacheBytes: number;
	evictionPolicy?: string;
	model: Model;
	random: Random;
}): SharedState {
	const { shards, cacheBytes, evictionPolicy = defaultEvictionPolicy.name, model, random } = options;
	assert(shards >= 1 && shards <= maxShards, `1 to ${maxShards} shards`);
	const layout = cacheLayout(cacheBytes);
	return {
		...ofModel(model, shards, random),
		shards,
		cacheBytes,
		evictionPolicy,
		cache: new SharedArrayBuffer(layout.sizeBytes),
		estimate: createEstimateMemory(planEstimate(layout), layout),
		claims: createClaimMemory(claimCapacity),
		counters: createCounterMemory(shards + 1),
		querySeries: createQuerySeriesMemory(shards),
		upstreamSeries: createUpstreamSeriesMemory(shards),
		rotations: createRotationMemory(),
		epochs: new SharedArrayBuffer((shards + 1) * 4),
		flushes: new SharedArrayBuffer(4),
		secret: [random.nextUint32(), random.nextUint32()],
	};
}

/** The state for another model: the same cache, claims and counts, and all that belongs to blocks and forwards anew. */
export function stateForModel(state: SharedState, model: Model, random: Random): SharedState {
	return { ...state, ...ofModel(model, state.shards, random) };
}

type StateOfModel = Pick<SharedState, 'upstreams' | 'outstanding' | 'loops' | 'loopNonces'>;

function ofModel(model: Model, shards: number, random: Random): StateOfModel {
	const forwards = model.blocks.reduce((sum, block) => sum + block.forwards.length, 0);
	return {
		upstreams: createUpstreamMemory(forwards),
		outstanding: Outstanding.createMemory(forwards, shards),
		loops: new SharedArrayBuffer(Math.max(1, model.blocks.length) * 4),
		loopNonces: model.blocks.map(() => hex(random.nextUint32()) + hex(random.nextUint32())),
	};
}

function hex(word: number): string {
	return word.toString(16).padStart(8, '0');
}

/** The shared cache's layout for a whole budget of `cacheBytes`. */
export function cacheLayout(cacheBytes: number): CacheLayout {
	return new CacheLayout(cacheBytes * (1 - largeShare));
}

/** The main thread as a writer of the shared cache: it takes entries out. */
export function mainWriter(state: SharedState): WriterIdentity {
	return new WriterIdentity(new Int32Array(state.epochs), state.shards);
}

/**
 * Says that a shard's worker has died: locks and claims that it held are anybody's from now on. Its successor, made
 * afterwards, has an identity of its own.
 */
export function endShard(state: SharedState, shard: number): void {
	Atomics.add(new Int32Array(state.epochs), shard, 1);
}

/** Strikes off what a shard that died had under way at the upstreams of a model. */
export function clearOutstanding(state: SharedState, shard: number): void {
	Outstanding.clearShard(state.outstanding, state.shards, shard);
}
