import { unbounded } from '../../cache/cacheability.ts';
import { PerKey } from '../per-key.ts';
import { holding, type LabCache } from './lab-cache.ts';
import { MemoryWatch } from './memory-watch.ts';
import { noExpirySec, outcome, type Requests } from './requests.ts';
import { resultOf, type SimulationResult } from './result.ts';
import { failureHoldSec, type SimulationSettings, staleMsOf } from './settings.ts';
import { Tally } from './tally.ts';

/** Of a key, and what its last answer was. */
const last = {
	never: 0,
	notKept: 1,
	positive: 2,
	negative: 3,
} as const;
/** Times that a key was asked for, counted as far as it matters. */
const askedMany = 2;

/**
 * Runs requests through a cache and counts. An upstream answers at once, with what the trace has for the request that
 * asks it; so the time of an answer is set when it is fetched and no hit prolongs it. Two requests at one time are one after
 * the other: the second finds what the first brought.
 *
 * What is kept is what petrel keeps: positive answers and denials whose TTL, within bounds, is above 0. What is held and
 * cannot be served is dropped when it is asked for, and what comes then is a newcomer to the policy.
 */
export class Simulation {
	readonly #cache: LabCache;
	readonly #settings: SimulationSettings;
	readonly #watch: MemoryWatch;
	#tally = new Tally();
	/** Requests until counting begins. */
	#warmupLeft: number;
	/** What the cache had counted until then. */
	#countsBefore: LabCache['counts'];
	readonly #keys: PerKey;
	readonly #asked;
	readonly #last;
	/** When the answer that was kept last can be used no more. */
	readonly #overMs;
	/** Until when a key that failed is not refreshed. */
	readonly #heldMs;
	readonly #staleMs: number;
	#nowMs = 0;

	/** @param cache empty, and told of `staleMsOf(settings)` */
	constructor(cache: LabCache, settings: SimulationSettings = {}) {
		this.#cache = cache;
		this.#settings = settings;
		this.#keys = new PerKey(settings.keys);
		this.#asked = this.#keys.uint8();
		this.#last = this.#keys.uint8();
		this.#overMs = this.#keys.float64();
		this.#heldMs = this.#keys.float64();
		this.#staleMs = staleMsOf(settings);
		this.#warmupLeft = settings.warmupRequests ?? 0;
		this.#countsBefore = { ...cache.counts };
		this.#watch = new MemoryWatch(cache, settings.requests, (key) => this.#asked.values[key] === 1);
	}

	/** Runs requests; they follow those that were run before. */
	run(requests: Requests): void {
		const { count, atMs, keys, outcomes, ttlsSec, sizes, rttsUs } = requests;
		for (let i = 0; i < count; i++) {
			this.#request(keys[i], atMs[i], outcomes[i], ttlsSec[i], sizes[i], rttsUs[i]);
			if (this.#warmupLeft > 0 && --this.#warmupLeft === 0) this.#endWarmup();
		}
	}

	/** What was counted until now. Looks at memory once more. */
	result(): SimulationResult {
		this.#watch.look(this.#nowMs);
		this.#notePeak();
		const { counts } = this.#cache;
		const before = this.#countsBefore;
		return resultOf(this.#tally, this.#watch.tally, {
			stored: counts.stored - before.stored,
			evicted: counts.evicted - before.evicted,
			cleaned: counts.cleaned - before.cleaned,
			notAdmitted: counts.notAdmitted - before.notAdmitted,
		});
	}

	#endWarmup(): void {
		this.#tally = new Tally();
		this.#watch.restart(this.#nowMs);
		this.#countsBefore = { ...this.#cache.counts };
		this.#notePeak();
	}

	#request(key: number, nowMs: number, result: number, ttlSec: number, bytes: number, rttUs: number): void {
		this.#nowMs = nowMs;
		this.#keys.reach(key);
		const tally = this.#tally;
		tally.requests++;
		tally.bytes += bytes;
		tally.rttUs += rttUs;
		const state = this.#cache.find(key, nowMs);
		if (state === holding.fresh) this.#hit(key, nowMs, result, ttlSec, bytes, rttUs);
		else if (state !== holding.stale || !this.#serveStale(key, nowMs, result, ttlSec, bytes)) {
			this.#countMiss(key, nowMs, state);
			tally.missBytes += bytes;
			this.#keep(key, nowMs, result, ttlSec, bytes, state === holding.stale);
		}
		if (this.#asked.values[key] < askedMany) this.#asked.values[key]++;
		this.#watch.tick(nowMs);
	}

	#hit(key: number, nowMs: number, result: number, ttlSec: number, bytes: number, rttUs: number): void {
		const tally = this.#tally;
		const isPositive = this.#last.values[key] === last.positive;
		if (isPositive) tally.positiveHits++;
		else tally.negativeHits++;
		tally.hitBytes += bytes;
		tally.hitRttUs += rttUs;
		const { prefetch } = this.#settings;
		if (prefetch === undefined || !isPositive) return;
		if (!this.#cache.isPrefetchDue(key, prefetch, nowMs) || nowMs < this.#heldMs.values[key]) return;
		tally.prefetches++;
		this.#keep(key, nowMs, result, ttlSec, bytes, true);
	}

	/** False: the upstream has to be asked, and answers. */
	#serveStale(key: number, nowMs: number, result: number, ttlSec: number, bytes: number): boolean {
		const isDue = nowMs >= this.#heldMs.values[key];
		const isFailure = result === outcome.failure;
		if (isDue && this.#settings.serveStale?.mode === 'verify' && !isFailure) return false;
		this.#tally.staleHits++;
		if (!isDue) return true;
		this.#tally.refreshes++;
		this.#keep(key, nowMs, result, ttlSec, bytes, true);
		return true;
	}

	#countMiss(key: number, nowMs: number, state: number): void {
		const { misses } = this.#tally;
		if (this.#asked.values[key] === 0) misses.first++;
		else if (this.#last.values[key] === last.notKept) misses.uncacheable++;
		else if (state !== holding.nothing) misses.expired++;
		else if (nowMs >= this.#overMs.values[key]) misses.capacityThenExpired++;
		else misses.capacity++;
	}

	/**
	 * Does with an answer what petrel does: keeps it, lets it end what was kept before, or passes it on.
	 *
	 * @param isHeld an earlier answer is there and could be served
	 */
	#keep(key: number, nowMs: number, result: number, ttlSec: number, bytes: number, isHeld: boolean): void {
		const isDenial = result === outcome.negative;
		if (isDenial || result === outcome.positive) {
			const lifetimeMs = this.#lifetimeMs(isDenial, ttlSec);
			if (lifetimeMs > 0) {
				this.#cache.store(key, isDenial, bytes, lifetimeMs, nowMs);
				this.#last.values[key] = isDenial ? last.negative : last.positive;
				this.#overMs.values[key] = nowMs + lifetimeMs + this.#staleMs;
				this.#notePeak();
				return;
			}
			if (isHeld) this.#cache.end(key);
			this.#last.values[key] = last.notKept;
		} else if (!isHeld) {
			this.#last.values[key] = last.notKept;
		} else if (result === outcome.failure) {
			const holdSec = this.#settings.serveStale?.recheckSec ?? failureHoldSec;
			this.#heldMs.values[key] = nowMs + holdSec * 1000;
		}
	}

	#lifetimeMs(isDenial: boolean, ttlSec: number): number {
		const { bounds = unbounded } = this.#settings;
		const minSec = isDenial ? bounds.denialMinSec : bounds.successMinSec;
		const maxSec = isDenial ? bounds.denialMaxSec : bounds.successMaxSec;
		const boundedSec = Math.min(Math.max(ttlSec, minSec), maxSec);
		return boundedSec === noExpirySec ? Number.POSITIVE_INFINITY : boundedSec * 1000;
	}

	#notePeak(): void {
		const { held, entries } = this.#cache;
		if (held > this.#tally.peakHeld) this.#tally.peakHeld = held;
		if (entries > this.#tally.peakEntries) this.#tally.peakEntries = entries;
	}
}
