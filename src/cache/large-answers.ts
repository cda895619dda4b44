import { LRUCache } from 'lru-cache';
import { type Answer, noSlot } from './answer.ts';
import { type FlushScope, isInScope } from './flush-scope.ts';
import type { CacheKey } from './key.ts';
import { ticksPerSec } from './layout.ts';

/**
 * Answers too large for the shared cache, one store a shard: rare (zone-sized TXT sets, DNSKEY and RRSIG heaps), so
 * they may cost an object each. Bounded in octets; the bound is part of the process's cache size.
 */
export class LargeAnswers {
	readonly #store: LRUCache<string, LargeAnswer>;

	/** @param maxBytes of bodies, TTL offsets and what an entry costs beside; an answer above it is not stored */
	constructor(maxBytes: number) {
		this.#store = new LRUCache({ maxSize: Math.max(1, Math.floor(maxBytes)), sizeCalculation: sizeOf });
	}

	get isEmpty(): boolean {
		return this.#store.size === 0;
	}

	/** Fills `answer` and returns true if the key's answer is there and not expired longer than `staleTicks`. */
	lookup(key: CacheKey, nowTicks: number, staleTicks: number, answer: Answer): boolean {
		const large = this.#store.get(textOf(key));
		if (large === undefined) return false;
		if (nowTicks >= large.storedAtTicks + large.lifetimeTicks + staleTicks) return false;
		answer.reset(large.flags, large.extendedRcode, large.kind);
		answer.slot = noSlot;
		answer.octets = large.body;
		answer.bodyBytes = large.body.length;
		answer.ttlOffsets.set(large.ttlOffsets);
		answer.answerCount = large.answerCount;
		answer.authorityCount = large.authorityCount;
		answer.additionalCount = large.additionalCount;
		answer.storedAtTicks = large.storedAtTicks;
		answer.lifetimeTicks = large.lifetimeTicks;
		answer.ageSec = Math.max(0, Math.floor((nowTicks - large.storedAtTicks) / ticksPerSec));
		return true;
	}

	/** Counts a hit, as `CacheReader.countVisit` does for the shared cache; 0 if the answer is not there any more. */
	countVisit(key: CacheKey, nowTicks: number, durationSec: number): number {
		const large = this.#store.peek(textOf(key));
		if (large === undefined) return 0;
		const gapSec = (nowTicks - large.visitedAtTicks) / ticksPerSec;
		large.visits = gapSec > durationSec ? 1 : large.visits + 1;
		large.visitedAtTicks = nowTicks;
		return large.visits;
	}

	/** A newer answer to the same question is as popular as the one before. */
	insert(key: CacheKey, answer: Answer, nowTicks: number): void {
		const text = textOf(key);
		const before = this.#store.peek(text);
		this.#store.set(text, {
			body: answer.octets.slice(answer.bodyStart, answer.bodyStart + answer.bodyBytes),
			ttlOffsets: answer.ttlOffsets.slice(0, answer.recordCount),
			answerCount: answer.answerCount,
			authorityCount: answer.authorityCount,
			additionalCount: answer.additionalCount,
			flags: answer.flags,
			extendedRcode: answer.extendedRcode,
			kind: answer.kind,
			storedAtTicks: nowTicks,
			lifetimeTicks: answer.lifetimeTicks,
			visits: before?.visits ?? 0,
			visitedAtTicks: before?.visitedAtTicks ?? nowTicks,
		});
	}

	remove(key: CacheKey): void {
		if (!this.isEmpty) this.#store.delete(textOf(key));
	}

	/** Forgets what a flush names; returns how many answers that were. */
	flush(scope: FlushScope): number {
		let count = 0;
		for (const text of [...this.#store.keys()]) {
			const octets = Uint8Array.from(text, (character) => character.charCodeAt(0));
			const [word0, word1] = new Int32Array(octets.buffer, 0, 2);
			if (isInScope(scope, word0, word1, octets, 8) && this.#store.delete(text)) count++;
		}
		return count;
	}
}

interface LargeAnswer {
	readonly body: Uint8Array;
	readonly ttlOffsets: Uint16Array;
	readonly answerCount: number;
	readonly authorityCount: number;
	readonly additionalCount: number;
	readonly flags: number;
	readonly extendedRcode: number;
	readonly kind: number;
	readonly storedAtTicks: number;
	readonly lifetimeTicks: number;
	/** Hits without a gap longer than `prefetch` allows, and the latest of them. */
	visits: number;
	visitedAtTicks: number;
}

/** What the store's own objects cost beside the octets, roughly. */
const overheadBytes = 512;

function sizeOf(large: LargeAnswer): number {
	return large.body.length + 2 * large.ttlOffsets.length + overheadBytes;
}

function textOf(key: CacheKey): string {
	return Buffer.from(key.octets.buffer, 0, 8 + key.qnameBytes).toString('latin1');
}
