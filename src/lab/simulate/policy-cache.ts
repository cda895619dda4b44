import { ticksPerSec, toTicks, visitTimeSec } from '../../cache/layout.ts';
import { unitAt } from '../../workload/hash.ts';
import { type Column, PerKey } from '../per-key.ts';
import type { Policy } from '../policy.ts';
import { type CacheCounts, holding, type LabCache, type MemoryLook, type Prefetch } from './lab-cache.ts';

export interface PolicyCacheOptions {
	/** Octets that an entry is charged. */
	readonly entryBytes: (key: number, bodyBytes: number) => number;
	/** Whether the capacity is in octets; else each entry is 1. */
	readonly inBytes: boolean;
	/** How long after its time an answer may be served. */
	readonly staleMs?: number | undefined;
	/**
	 * Whether an answer can still be used in the very moment when its time is over. False by default, as in petrel: a TTL of
	 * n seconds lasts for less than n seconds. libCacheSim says true.
	 */
	readonly lastsToTheEnd?: boolean | undefined;
	/** How many keys there will be, where that is known. */
	readonly keys?: number | undefined;
	/** Told, for a policy that asks, what the answer is that is about to be put in. */
	readonly coming?: ComingAnswer | undefined;
}

export interface ComingAnswer {
	isDenial: boolean;
}

/** Entries that a look goes over, about. */
const sampleMax = 4096;
/** Hits that are counted for prefetching, at most. */
const visitsMax = 127;

/**
 * A policy with the times of its entries beside it. Expired entries are found when they are looked up, and removed from the
 * policy then: until that they take room, unless the policy cleans up itself. An answer that takes the place of one that can
 * still be served keeps its place in the policy, and what that knows of it.
 */
export class PolicyCache implements LabCache {
	readonly #policy: Policy;
	readonly #options: PolicyCacheOptions;
	readonly #staleMs: number;
	readonly #keys: PerKey;
	/** By key, of what was stored last: when its time is over. 0: nothing ever was; below it: it was ended. */
	readonly #expiresMs: Column<Float64Array<ArrayBuffer>>;
	readonly #lifetimeMs: Column<Float64Array<ArrayBuffer>>;
	readonly #bytes: Column<Uint32Array<ArrayBuffer>>;
	/** As the live cache counts them: hits in a row, and when the last one was. */
	readonly #visits: Column<Uint8Array<ArrayBuffer>>;
	readonly #visitTimes: Column<Uint8Array<ArrayBuffer>>;
	/** Keys that were held, each once, and some that are no more. */
	readonly #listed: number[] = [];
	readonly #isListed: Column<Uint8Array<ArrayBuffer>>;
	#nowMs = Number.NEGATIVE_INFINITY;
	readonly counts = { stored: 0, evicted: 0, cleaned: 0, notAdmitted: 0 } satisfies CacheCounts;

	constructor(policy: Policy, options: PolicyCacheOptions) {
		this.#policy = policy;
		this.#options = options;
		this.#staleMs = options.staleMs ?? 0;
		this.#keys = new PerKey(options.keys);
		this.#expiresMs = this.#keys.float64();
		this.#lifetimeMs = this.#keys.float64();
		this.#bytes = this.#keys.uint32();
		this.#visits = this.#keys.uint8();
		this.#visitTimes = this.#keys.uint8();
		this.#isListed = this.#keys.uint8();
	}

	get held(): number {
		return this.#policy.held;
	}

	get entries(): number {
		return this.#policy.entries;
	}

	find(key: number, nowMs: number): number {
		const policy = this.#policy;
		if (nowMs !== this.#nowMs) this.#advance(nowMs);
		this.#keys.reach(key);
		const expiresMs = this.#expiresMs.values[key];
		const isFresh = this.#isBefore(nowMs, expiresMs);
		const isUsable = isFresh || (expiresMs > 0 && this.#isBefore(nowMs, expiresMs + this.#staleMs));
		if (!isUsable && policy.has(key)) {
			policy.remove(key);
			return holding.dead;
		}
		if (policy.get(key)) return isFresh ? holding.fresh : holding.stale;
		// Of what is replaced, dead or alive, hits go on being counted.
		this.#visits.values[key] = 0;
		return holding.nothing;
	}

	#isBefore(nowMs: number, expiresMs: number): boolean {
		return nowMs < expiresMs || (nowMs === expiresMs && this.#options.lastsToTheEnd === true);
	}

	#advance(nowMs: number): void {
		this.#nowMs = nowMs;
		const policy = this.#policy;
		if (policy.advance === undefined) return;
		const before = policy.entries;
		policy.advance(nowMs);
		this.counts.cleaned += before - policy.entries;
	}

	store(key: number, isDenial: boolean, bodyBytes: number, lifetimeMs: number, nowMs: number): void {
		const policy = this.#policy;
		this.#expiresMs.values[key] = nowMs + lifetimeMs;
		this.#lifetimeMs.values[key] = lifetimeMs;
		this.counts.stored++;
		if (policy.has(key)) {
			// Only those that go by the clock would have to be told of the new time.
			if (policy.advance === undefined) return;
			policy.remove(key);
		}
		const bytes = Math.ceil(this.#options.entryBytes(key, bodyBytes));
		this.#bytes.values[key] = bytes;
		if (this.#options.coming !== undefined) this.#options.coming.isDenial = isDenial;
		const before = policy.entries;
		policy.put(key, this.#options.inBytes ? bytes : 1, nowMs + lifetimeMs + this.#staleMs);
		const isIn = policy.has(key);
		this.counts.evicted += before - policy.entries + (isIn ? 1 : 0);
		if (!isIn) this.counts.notAdmitted++;
		else if (this.#isListed.values[key] === 0) {
			this.#isListed.values[key] = 1;
			this.#listed.push(key);
		}
	}

	/** It is found dead by the next request for it. */
	end(key: number): void {
		this.#expiresMs.values[key] = Number.NEGATIVE_INFINITY;
	}

	isPrefetchDue(key: number, { amount, durationSec, percentage }: Prefetch, nowMs: number): boolean {
		const visits = this.#visits.values;
		const times = this.#visitTimes.values;
		const time = Math.floor(toTicks(nowMs) / (ticksPerSec * visitTimeSec)) & 0xff;
		const gapSec = ((time - times[key]) & 0xff) * visitTimeSec;
		visits[key] = Math.min(visitsMax, (gapSec > durationSec ? 0 : visits[key]) + 1);
		times[key] = time;
		const leftMs = this.#expiresMs.values[key] - nowMs;
		return visits[key] >= amount && leftMs <= (this.#lifetimeMs.values[key] * percentage) / 100;
	}

	/** Where there are many entries, some of them stand for all. */
	measure(nowMs: number, isAskedOnce: (key: number) => boolean): MemoryLook {
		const look = { bytes: 0, expiredBytes: 0, onceBytes: 0 };
		const listed = this.#listed;
		const step = Math.max(1, this.#policy.entries / sampleMax);
		let seen = 0;
		for (let at = 0; at < listed.length; ) {
			const key = listed[Math.floor(at)];
			const isHeld = this.#policy.has(key);
			if (isHeld) {
				const bytes = this.#bytes.values[key];
				seen++;
				look.bytes += bytes;
				if (!this.#isBefore(nowMs, this.#expiresMs.values[key])) look.expiredBytes += bytes;
				if (isAskedOnce(key)) look.onceBytes += bytes;
			} else this.#unlist(Math.floor(at));
			// Uneven steps: traces have a rhythm, of A and AAAA for one. The key that took the place of one that is gone is
			// looked at where all are; where some are, it would be one of the youngest.
			if (step > 1) at += step * (0.5 + unitAt(0, seen));
			else if (isHeld) at++;
		}
		// Where octets are what is held their sum is known, however the entries that were looked at came out.
		const known = this.#options.inBytes ? this.#policy.held / look.bytes : this.#policy.entries / seen;
		const scale = seen === 0 ? 0 : known;
		return {
			bytes: look.bytes * scale,
			expiredBytes: look.expiredBytes * scale,
			onceBytes: look.onceBytes * scale,
		};
	}

	/** Forgets a key that is held no more; the last one of the list takes its place. */
	#unlist(place: number): void {
		this.#isListed.values[this.#listed[place]] = 0;
		const last = this.#listed.pop()!;
		if (place < this.#listed.length) this.#listed[place] = last;
	}
}
