import type { Answer } from '../answer.ts';
import { entryWords } from '../entry.ts';
import { dropExpired } from '../expiry.ts';
import type { CacheKey } from '../key.ts';
import { type CacheLayout, entryKind, maxSharedBodyBytes, visitedAgainBit, visitedBit } from '../layout.ts';
import type { EvictionPolicy } from '../policy/policy.ts';
import { MiniatureBucket, miniatureBucketBytes } from './miniature-bucket.ts';

export interface MiniatureParts {
	/** Zero at the beginning. */
	readonly memory: SharedArrayBuffer;
	/** Of the cache itself. */
	readonly layout: CacheLayout;
	readonly policy: EvictionPolicy;
	readonly longestStaleTicks: number;
}

/**
 * A small shared cache without answers: it does to its buckets what `CacheReader` and `CacheWriter` do to theirs, by the same
 * policy. Whoever calls holds the lock of the estimate.
 */
export class Miniature {
	readonly #parts: MiniatureParts;
	readonly #buckets: number;
	readonly #bucket: MiniatureBucket;
	/** What was replaced last was protected. */
	#replacesProtected = false;

	/** @param start of its memory: a multiple of four */
	constructor(parts: MiniatureParts, start: number, buckets: number) {
		this.#parts = parts;
		this.#buckets = buckets;
		this.#bucket = new MiniatureBucket(parts.memory, start, buckets, parts.layout);
	}

	/** Octets that one takes, a multiple of four. */
	static bytes(buckets: number, layout: CacheLayout): number {
		return Math.ceil((buckets * miniatureBucketBytes(layout)) / 4) * 4;
	}

	/** Whether a query for the key would be answered, fresh or within `staleTicks` after; that is noted as a visit then. */
	visit(key: CacheKey, nowTicks: number, staleTicks: number): boolean {
		const bucket = this.#bucket;
		bucket.lookInto(this.#bucketOf(key));
		const tag = key.hashLow;
		let visited = -1;
		for (let index = bucket.find(tag, 0); index >= 0; index = bucket.find(tag, index + 1)) {
			const isFailure = bucket.isFailure(index);
			const usableTicks = bucket.expiresAt(index) + (isFailure ? 0 : staleTicks);
			if (nowTicks < usableTicks && (visited < 0 || !isFailure)) visited = index;
		}
		if (visited < 0) return false;
		const visits = bucket.visits(visited);
		bucket.setVisits(visited, visits | (visits & visitedBit ? visitedAgainBit : visitedBit));
		return true;
	}

	/**
	 * Stores what would be stored of an answer (`CacheWriter.insert`), unless there is one whose time is not over: who has that does
	 * not ask.
	 */
	insertUnlessFresh(key: CacheKey, answer: Answer, nowTicks: number): void {
		const { layout, policy } = this.#parts;
		const { kind } = answer;
		const bucket = this.#bucket;
		const tag = key.hashLow;
		bucket.open(this.#bucketOf(key));
		const first = bucket.find(tag, 0);
		if (first >= 0 && this.#isFresh(tag, first, kind, nowTicks)) return;
		const size = entryWords(key, answer);
		if (answer.bodyBytes > maxSharedBodyBytes || size + 1 + layout.spareWords > bucket.capacityWords) {
			this.#remove(tag);
			return;
		}
		const replaced = first < 0 ? -1 : this.#dropReplaced(tag, first, kind);
		const visits = replaced < 0 ? 0 : bucket.visits(replaced);
		const isProtected = replaced < 0 ? policy.protectsNewcomer(bucket, tag) : this.#replacesProtected;
		const offset = bucket.roomFor(size) || this.#makeRoom(size, kind !== entryKind.positive, nowTicks);
		bucket.put(offset, size, tag, kind, nowTicks + answer.lifetimeTicks, visits, isProtected);
		bucket.close();
	}

	/** A failure counts as long as it is not an answer that is meant. */
	#isFresh(tag: number, first: number, kind: number, nowTicks: number): boolean {
		const bucket = this.#bucket;
		for (let index = first; index >= 0; index = bucket.find(tag, index + 1)) {
			if (nowTicks >= bucket.expiresAt(index)) continue;
			if (kind === entryKind.failure || !bucket.isFailure(index)) return true;
		}
		return false;
	}

	/** A positive answer that is held lasts for so long from now on. */
	renew(key: CacheKey, lifetimeTicks: number, nowTicks: number): void {
		const bucket = this.#bucket;
		bucket.lookInto(this.#bucketOf(key));
		const tag = key.hashLow;
		for (let index = bucket.find(tag, 0); index >= 0; index = bucket.find(tag, index + 1)) {
			if (!bucket.isDenial(index)) bucket.setExpiresAt(index, nowTicks + lifetimeTicks);
		}
	}

	#bucketOf({ hashHigh }: CacheKey): number {
		return Math.floor(((hashHigh >>> 0) / 0x1_0000_0000) * this.#buckets);
	}

	/** What is too large for the shared cache takes the place of what was there. */
	#remove(tag: number): void {
		const bucket = this.#bucket;
		for (let index = bucket.find(tag, 0); index >= 0; index = bucket.find(tag, index + 1)) bucket.drop(index);
		bucket.close();
	}

	#dropReplaced(tag: number, first: number, kind: number): number {
		const bucket = this.#bucket;
		let replaced = -1;
		this.#replacesProtected = false;
		for (let index = first; index >= 0; index = bucket.find(tag, index + 1)) {
			if (kind === entryKind.failure && !bucket.isFailure(index)) continue;
			this.#replacesProtected ||= bucket.isProtected(index);
			bucket.drop(index);
			replaced = index;
		}
		return replaced;
	}

	#makeRoom(size: number, denial: boolean, nowTicks: number): number {
		const { layout, policy, longestStaleTicks } = this.#parts;
		const bucket = this.#bucket;
		const deadBefore = nowTicks - longestStaleTicks;
		if (bucket.earliestExpiry < deadBefore) dropExpired(bucket, deadBefore, undefined);
		const enoughWords = size + 1 + layout.spareWords;
		for (;;) {
			const offset = bucket.roomFor(size);
			if (offset > 0) return offset;
			if (bucket.freeWords >= enoughWords && !bucket.isFull) bucket.gather();
			else bucket.drop(policy.chooseVictim(bucket, denial, size + 1));
		}
	}
}
