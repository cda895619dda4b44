import { Answer } from '../../cache/answer.ts';
import { type EstimatePlan, nothingSampled, planEstimate, samplePlace } from '../../cache/estimate/plan.ts';
import { createEstimateMemory, SizeEstimate } from '../../cache/estimate/size-estimate.ts';
import { CacheKey } from '../../cache/key.ts';
import { CacheLayout, toTicks } from '../../cache/layout.ts';
import { defaultEvictionPolicy } from '../../cache/policy/index.ts';
import { WriterIdentity } from '../../cache/seqlock.ts';
import { keyOf } from '../../workload/hash.ts';
import { AnswerForge } from '../live-cache/lab-answer.ts';
import { LiveCache, type LiveCacheOptions } from '../live-cache/live-cache.ts';
import { type Column, PerKey } from '../per-key.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import { holding, type LabCache, type MemoryLook, type Prefetch } from '../simulate/lab-cache.ts';

export interface EstimatedCacheOptions extends LiveCacheOptions {
	/** By default that of a server with a cache of this size. */
	readonly plan?: EstimatePlan | undefined;
}

const noAnswer = new Answer();

/**
 * The cache that serves together with its estimate for other sizes (cache/estimate/), in the time of a trace: both are told what
 * a server tells them, by the same hash.
 */
export class EstimatedCache implements LabCache {
	/** Undefined: the cache is too small for one. */
	readonly estimate: SizeEstimate | undefined;
	readonly #cache: LiveCache;
	readonly #names: KeyNames;
	readonly #staleTicks: number;
	readonly #key: CacheKey;
	readonly #forge = new AnswerForge();
	readonly #sampledBelow: number;
	readonly #keys: PerKey = new PerKey();
	/** Of what was stored last, by key: octets, above them whether it is a denial, and its lifetime. */
	readonly #bytes: Column<Uint32Array<ArrayBuffer>> = this.#keys.uint32();
	readonly #denials: Column<Uint8Array<ArrayBuffer>> = this.#keys.uint8();
	readonly #lifetimesMs: Column<Float64Array<ArrayBuffer>> = this.#keys.float64();
	/** All requests. */
	#requests = 0;
	#hits = 0;

	constructor(options: EstimatedCacheOptions) {
		const { names, seed, staleMs = 0, policy = defaultEvictionPolicy.policy } = options;
		this.#cache = new LiveCache(options);
		this.#names = names;
		this.#staleTicks = toTicks(staleMs);
		this.#key = new CacheKey([keyOf(seed, 0), keyOf(seed, 1)]);
		const layout = new CacheLayout(options.bytes, options.bucketBytes);
		const plan = options.plan ?? planEstimate(layout);
		this.#sampledBelow = plan?.sampledBelow ?? nothingSampled;
		if (plan === undefined) return;
		this.estimate = new SizeEstimate({
			memory: createEstimateMemory(plan, layout),
			plan,
			layout,
			policy,
			longestStaleTicks: this.#staleTicks,
			writer: new WriterIdentity(new Int32Array(new SharedArrayBuffer(4)), 0),
			totals: () => ({ requests: this.#requests, hits: this.#hits, stores: this.counts.stored }),
			dropped: () => {},
		});
	}

	get counts(): LabCache['counts'] {
		return this.#cache.counts;
	}

	get held(): number {
		return this.#cache.held;
	}

	get entries(): number {
		return this.#cache.entries;
	}

	find(number: number, nowMs: number): number {
		const state = this.#cache.find(number, nowMs);
		if (this.#isSampled(number)) {
			const isFound = state === holding.fresh;
			const answer = isFound ? this.#answer(number) : noAnswer;
			this.estimate!.asked(this.#key, answer, isFound, toTicks(nowMs), this.#staleTicks);
		}
		this.#requests++;
		if (state === holding.fresh || state === holding.stale) this.#hits++;
		return state;
	}

	store(number: number, isDenial: boolean, bodyBytes: number, lifetimeMs: number, nowMs: number): void {
		this.#cache.store(number, isDenial, bodyBytes, lifetimeMs, nowMs);
		if (!this.#isSampled(number)) return;
		this.#keys.reach(number);
		this.#bytes.values[number] = bodyBytes;
		this.#denials.values[number] = isDenial ? 1 : 0;
		this.#lifetimesMs.values[number] = lifetimeMs;
		this.estimate!.stored(this.#key, this.#answer(number), toTicks(nowMs));
	}

	end(number: number): void {
		this.#cache.end(number);
	}

	isPrefetchDue(number: number, prefetch: Prefetch, nowMs: number): boolean {
		const isDue = this.#cache.isPrefetchDue(number, prefetch, nowMs);
		if (isDue && this.#isSampled(number)) {
			this.estimate!.renewed(this.#key, this.#answer(number), toTicks(nowMs));
		}
		return isDue;
	}

	measure(nowMs: number, isAskedOnce: (key: number) => boolean): MemoryLook {
		return this.#cache.measure(nowMs, isAskedOnce);
	}

	/** As `SizeEstimate.hitRatios`. */
	hitRatios(nowMs: number): readonly number[] | undefined {
		return this.estimate?.hitRatios(toTicks(nowMs));
	}

	#isSampled(number: number): boolean {
		const key = this.#key;
		const names = this.#names;
		const nameBytes = names.writeName(number, key.qname, 0);
		key.seal(0, names.qtype(number), names.qclass(number), names.flags(number), nameBytes);
		return samplePlace(key) < this.#sampledBelow;
	}

	/** What was stored last. */
	#answer(number: number): Answer {
		return this.#forge.make(
			number,
			this.#names.qtype(number),
			this.#denials.values[number] === 1,
			this.#bytes.values[number],
			this.#lifetimesMs.values[number],
		);
	}
}
