import { Answer } from '../../cache/answer.ts';
import { CacheKey } from '../../cache/key.ts';
import { LargeAnswers } from '../../cache/large-answers.ts';
import { CacheLayout, maxSharedBodyBytes, toTicks, unknownSeq } from '../../cache/layout.ts';
import { defaultEvictionPolicy } from '../../cache/policy/index.ts';
import type { EvictionPolicy } from '../../cache/policy/policy.ts';
import { CacheReader, found } from '../../cache/reader.ts';
import { WriterIdentity } from '../../cache/seqlock.ts';
import { CacheWriter } from '../../cache/writer.ts';
import { keyOf } from '../../workload/hash.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import {
	type CacheCounts,
	holding,
	type LabCache,
	type MemoryLook,
	type Prefetch,
} from '../simulate/lab-cache.ts';
import { AnswerForge } from './lab-answer.ts';
import { lookAt } from './look.ts';

export interface LiveCacheOptions {
	/** Octets of the shared memory; rounded down to whole buckets, and at least one. */
	readonly bytes: number;
	readonly names: KeyNames;
	/** For the secret of the hash, which decides who shares a bucket. */
	readonly seed: number;
	/** How long after its time an answer may be served. */
	readonly staleMs?: number | undefined;
	/** Octets for answers too large for the shared memory. By default there are none, and such answers are not kept. */
	readonly largeBytes?: number | undefined;
	/** By default the one that serves. */
	readonly policy?: EvictionPolicy | undefined;
	readonly bucketBytes?: number | undefined;
}

/**
 * The cache that serves, in the laboratory: the same reader, writer, buckets and policy, over answers of the right size, in
 * the time of the trace. Times have its resolution, a tenth of a second. Its memory is all that it has: what it needs
 * itself comes out of the same octets.
 */
export class LiveCache implements LabCache {
	readonly #names: KeyNames;
	readonly #layout: CacheLayout;
	readonly #words: Int32Array;
	readonly #reader: CacheReader;
	readonly #writer: CacheWriter;
	readonly #large: LargeAnswers;
	readonly #hasLarge: boolean;
	readonly #staleTicks: number;
	readonly #key: CacheKey;
	/** The key that `#key` is made for. */
	#keyNumber = -1;
	readonly #forge = new AnswerForge();
	readonly #found = new Answer();
	/** What was found last lies in the shared memory. */
	#isShared = false;
	readonly #body = new Uint8Array(maxSharedBodyBytes);
	readonly counts = { stored: 0, evicted: 0, cleaned: 0, notAdmitted: 0 } satisfies CacheCounts;
	/** As of the last look. */
	held = 0;
	entries = 0;

	constructor(options: LiveCacheOptions) {
		const { names, seed, staleMs = 0, largeBytes = 0, policy = defaultEvictionPolicy.policy } = options;
		this.#names = names;
		this.#layout = new CacheLayout(options.bytes, options.bucketBytes);
		this.#words = new Int32Array(new SharedArrayBuffer(this.#layout.sizeBytes));
		this.#staleTicks = toTicks(staleMs);
		this.#key = new CacheKey([keyOf(seed, 0), keyOf(seed, 1)]);
		this.#large = new LargeAnswers(largeBytes);
		this.#hasLarge = largeBytes > 0;
		const events = {
			evicted: () => {
				this.counts.evicted++;
			},
			readRetried: () => {},
			contended: () => {},
		};
		const writer = new WriterIdentity(new Int32Array(new SharedArrayBuffer(4)), 0);
		this.#reader = new CacheReader(this.#words, this.#layout, events);
		this.#writer = new CacheWriter(this.#words, this.#layout, writer, policy, this.#staleTicks, events);
	}

	/** Octets of the shared memory. */
	get capacityBytes(): number {
		return this.#layout.sizeBytes;
	}

	find(number: number, nowMs: number): number {
		const key = this.#keyOf(number);
		const nowTicks = toTicks(nowMs);
		const answer = this.#found;
		const result = this.#reader.lookup(key, nowTicks, this.#staleTicks, this.#body, 0, answer);
		this.#isShared = result !== found.nothing;
		if (result === found.fresh) return holding.fresh;
		if (result !== found.nothing) return holding.stale;
		if (!this.#large.isEmpty && this.#large.lookup(key, nowTicks, this.#staleTicks, answer)) {
			return nowTicks < answer.storedAtTicks + answer.lifetimeTicks ? holding.fresh : holding.stale;
		}
		return this.#reader.absentAt(key) === unknownSeq ? holding.dead : holding.nothing;
	}

	store(number: number, isDenial: boolean, bodyBytes: number, lifetimeMs: number, nowMs: number): void {
		const key = this.#keyOf(number);
		const answer = this.#forge.make(number, key.qtype, isDenial, bodyBytes, lifetimeMs);
		const nowTicks = toTicks(nowMs);
		this.counts.stored++;
		if (answer.bodyBytes > maxSharedBodyBytes) {
			this.#writer.remove(key);
			if (this.#hasLarge) this.#large.insert(key, answer, nowTicks);
			else this.counts.notAdmitted++;
			return;
		}
		this.#large.remove(key);
		if (!this.#writer.insert(key, answer, nowTicks, false)) this.counts.notAdmitted++;
	}

	end(number: number): void {
		const key = this.#keyOf(number);
		this.#writer.remove(key);
		this.#large.remove(key);
	}

	isPrefetchDue(number: number, { amount, durationSec, percentage }: Prefetch, nowMs: number): boolean {
		const answer = this.#found;
		const nowTicks = toTicks(nowMs);
		const visits = this.#isShared
			? this.#reader.countVisit(answer, nowTicks, durationSec)
			: this.#large.countVisit(this.#keyOf(number), nowTicks, durationSec);
		const leftTicks = answer.storedAtTicks + answer.lifetimeTicks - nowTicks;
		return visits >= amount && leftTicks <= (answer.lifetimeTicks * percentage) / 100;
	}

	measure(nowMs: number, isAskedOnce: (key: number) => boolean): MemoryLook {
		const look = lookAt(this.#words, this.#layout, toTicks(nowMs), isAskedOnce);
		this.entries = look.entries;
		this.held = look.bytes;
		return look;
	}

	#keyOf(number: number): CacheKey {
		const key = this.#key;
		if (number === this.#keyNumber) return key;
		const names = this.#names;
		const nameBytes = names.writeName(number, key.qname, 0);
		key.seal(0, names.qtype(number), names.qclass(number), names.flags(number), nameBytes);
		this.#keyNumber = number;
		return key;
	}
}
