import type { Answer } from './answer.ts';
import { Bucket } from './bucket.ts';
import { entryWords } from './entry.ts';
import type { CacheEvents } from './events.ts';
import { dropExpired } from './expiry.ts';
import type { CacheKey } from './key.ts';
import { bucketWord, type CacheLayout, entryKind, maxSharedBodyBytes, unknownSeq } from './layout.ts';
import type { EvictionPolicy } from './policy/policy.ts';
import { acquired, acquireWrite, releaseWrite, type WriterIdentity } from './seqlock.ts';

/** Changes the shared cache: each call holds the lock of one bucket for a few microseconds. */
export class CacheWriter {
	readonly #words: Int32Array;
	readonly #layout: CacheLayout;
	readonly #writer: WriterIdentity;
	readonly #policy: EvictionPolicy;
	readonly #events: CacheEvents;
	readonly #bucket: Bucket;
	/** How long after its expiry an entry can still be wanted, over all server blocks. */
	readonly #longestStaleTicks: number;
	/** Counts an entry that is about to go. */
	readonly #evicting: (index: number) => void;
	/** What the last insertion replaced was protected. */
	#replacesProtected = false;

	constructor(
		words: Int32Array,
		layout: CacheLayout,
		writer: WriterIdentity,
		policy: EvictionPolicy,
		longestStaleTicks: number,
		events: CacheEvents,
	) {
		this.#words = words;
		this.#layout = layout;
		this.#writer = writer;
		this.#policy = policy;
		this.#longestStaleTicks = longestStaleTicks;
		this.#events = events;
		this.#bucket = new Bucket(words, layout);
		this.#evicting = (index) => events.evicted(this.#bucket.kind(index));
	}

	/**
	 * Stores an answer. It takes the place of what stood for its key: a positive or negative answer of both (but see
	 * `keepPositive`) and of a failure; a failure only of an earlier failure, so that it never hides an answer.
	 *
	 * @param keepPositive a negative answer leaves a positive one in place, if that may still be served as stale
	 * @param absentAt see `CacheReader.absentAt`: saves looking for what it replaces
	 * @returns false if it was not stored: too large, or another writer held the bucket
	 */
	insert(
		key: CacheKey,
		answer: Answer,
		nowTicks: number,
		keepPositive: boolean,
		absentAt: number = unknownSeq,
	): boolean {
		const bucket = this.#bucket;
		const size = entryWords(key, answer);
		const { spareWords } = this.#layout;
		if (answer.bodyBytes > maxSharedBodyBytes || size + 1 + spareWords > bucket.capacityWords) return false;
		const base = this.#layout.bucketBase(key.hashHigh);
		if (!this.#openForWriting(base)) return false;
		// The lock is held: its number was one less before.
		const absent = ((this.#words[base + bucketWord.seq] - 1) | 0) === absentAt;
		const replaced = absent ? -1 : this.#dropReplaced(key, answer.kind, keepPositive);
		const visits = replaced < 0 ? 0 : bucket.visits(replaced);
		const visitTime = replaced < 0 ? 0 : bucket.visitTime(replaced);
		const isProtected =
			replaced < 0 ? this.#policy.protectsNewcomer(bucket, key.hashLow) : this.#replacesProtected;
		const offset = bucket.roomFor(size) || this.#makeRoom(size, answer.kind !== entryKind.positive, nowTicks);
		bucket.put(offset, size, key, answer, nowTicks, visits, visitTime, isProtected);
		bucket.close();
		releaseWrite(this.#words, base);
		return true;
	}

	/** Failures in a row that stand for a key, and the end of the last one's hold in ticks. */
	failureHistory(key: CacheKey): { failures: number; expiresAt: number } | undefined {
		const base = this.#layout.bucketBase(key.hashHigh);
		if (!this.#openForWriting(base)) return undefined;
		let history: { failures: number; expiresAt: number } | undefined;
		const bucket = this.#bucket;
		for (let index = bucket.find(key, 0); index >= 0 && !history; index = bucket.find(key, index + 1)) {
			if (bucket.kind(index) !== entryKind.failure) continue;
			history = { failures: bucket.failures(index), expiresAt: bucket.expiresAt(index) };
		}
		releaseWrite(this.#words, base);
		return history;
	}

	/** Forgets whatever stands for a key; false if another writer held the bucket. */
	remove(key: CacheKey): boolean {
		const base = this.#layout.bucketBase(key.hashHigh);
		if (!this.#openForWriting(base)) return false;
		const bucket = this.#bucket;
		for (let index = bucket.find(key, 0); index >= 0; index = bucket.find(key, index + 1)) bucket.drop(index);
		bucket.close();
		releaseWrite(this.#words, base);
		return true;
	}

	#openForWriting(base: number): boolean {
		const state = acquireWrite(this.#words, base, this.#writer);
		if (state === acquired.no) {
			this.#events.contended();
			return false;
		}
		this.#bucket.open(base);
		if (state === acquired.broken) {
			this.#bucket.clear();
			this.#bucket.close();
		}
		return true;
	}

	/** Returns the slot of an entry that was dropped, -1 if there was none: its visits and its place live on in its successor. */
	#dropReplaced(key: CacheKey, kind: number, keepPositive: boolean): number {
		const bucket = this.#bucket;
		let replaced = -1;
		this.#replacesProtected = false;
		for (let index = bucket.find(key, 0); index >= 0; index = bucket.find(key, index + 1)) {
			const old = bucket.kind(index);
			if (kind === entryKind.failure && old !== entryKind.failure) continue;
			if (kind === entryKind.negative && old === entryKind.positive && keepPositive) continue;
			this.#replacesProtected ||= bucket.isProtected(index);
			bucket.drop(index);
			replaced = index;
		}
		return replaced;
	}

	/**
	 * Makes room for an entry of `size` words and returns its offset. First goes what nobody can be served any more,
	 * then what the policy says, until one of them leaves a gap that is long enough or all gaps together are.
	 */
	#makeRoom(size: number, denial: boolean, nowTicks: number): number {
		const bucket = this.#bucket;
		const deadBefore = nowTicks - this.#longestStaleTicks;
		if (bucket.earliestExpiry < deadBefore) dropExpired(bucket, deadBefore, this.#evicting);
		const enoughWords = size + 1 + this.#layout.spareWords;
		for (;;) {
			const offset = bucket.roomFor(size);
			if (offset > 0) return offset;
			if (bucket.freeWords >= enoughWords && !bucket.isFull) bucket.gather();
			else this.#evict(denial, size + 1);
		}
	}

	#evict(denial: boolean, neededWords: number): void {
		const bucket = this.#bucket;
		const victim = this.#policy.chooseVictim(bucket, denial, neededWords);
		this.#evicting(victim);
		bucket.drop(victim);
	}

	/** Entries and the octets they occupy, by kind. Walks the whole cache: for metrics, not for a query. */
	usage(): { entries: [number, number, number]; usedBytes: number } {
		const entries: [number, number, number] = [0, 0, 0];
		let usedBytes = 0;
		for (let i = 0; i < this.#layout.bucketCount; i++) {
			this.#bucket.open(i * this.#layout.bucketWords);
			usedBytes += 4 * (this.#bucket.capacityWords - this.#bucket.freeWords);
			for (let index = 0; index < this.#bucket.count; index++) {
				if (!this.#bucket.isDead(index)) entries[this.#bucket.kind(index) % 3]++;
			}
		}
		return { entries, usedBytes };
	}
}
