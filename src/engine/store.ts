import { type Answer, noSlot } from '../cache/answer.ts';
import type { FlushScope } from '../cache/flush-scope.ts';
import { CacheKey, cutType } from '../cache/key.ts';
import type { LargeAnswers } from '../cache/large-answers.ts';
import { entryKind, maxFailures, maxSharedBodyBytes, ticksPerSec } from '../cache/layout.ts';
import { type CacheReader, found } from '../cache/reader.ts';
import type { CacheWriter } from '../cache/writer.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import { ede, rcode } from '../wire/iana.ts';
import { isWithin, labelCount } from '../wire/name.ts';
import type { Block } from './compile.ts';
import type { EstimateFeed } from './size-estimate.ts';

/** RFC 9520 §3.2: a failure is held for at most five minutes; after as long without one the count starts anew. */
const maxHoldSec = 300;
/** Together some tenths of a millisecond, for a case that hardly comes. */
const removeTries = 8;

/**
 * The answers that are kept, seen through the settings of a server block: what is stored and for how long, what is
 * found, where the shared cache and this shard's large answers are one.
 */
export class AnswerStore {
	readonly #reader: CacheReader;
	readonly #writer: CacheWriter;
	readonly #large: LargeAnswers;
	readonly estimate: EstimateFeed;
	readonly #counters: Counters;
	readonly #cutKey: CacheKey;
	/** Apexes of all zones that the configuration names. */
	readonly #apexes: readonly Uint8Array[];
	/** By block: every answer to its names is wanted, so that no name need be looked at. */
	readonly #wantsAll: readonly boolean[];
	/** Word 0: see `SharedState.flushes`. */
	readonly #flushes: Int32Array;

	constructor(
		reader: CacheReader,
		writer: CacheWriter,
		large: LargeAnswers,
		estimate: EstimateFeed,
		blocks: readonly Block[],
		secret: readonly [number, number],
		counters: Counters,
		flushes: Int32Array,
	) {
		this.#flushes = flushes;
		this.#reader = reader;
		this.#writer = writer;
		this.#large = large;
		this.estimate = estimate;
		this.#counters = counters;
		this.#cutKey = new CacheKey(secret);
		this.#wantsAll = blocks.map(wantsAll);
		this.#apexes = blocks.flatMap((block) => [
			...block.zones,
			...block.forwards.map((forward) => forward.from),
		]);
	}

	/**
	 * Looks a question up: a value of `found`, `answer` filled as `CacheReader.lookup` does (for a large answer, with
	 * octets of its own) and made ready to be sent: stale answers with their TTL and EDE, failures with theirs.
	 */
	lookup(
		block: Block,
		key: CacheKey,
		nowTicks: number,
		target: Uint8Array,
		targetStart: number,
		answer: Answer,
	): number {
		const cache = block.cache!;
		let result = this.#reader.lookup(key, nowTicks, cache.staleTicks, target, targetStart, answer);
		if ((result === found.nothing || result === found.failure) && !this.#large.isEmpty) {
			result = this.#lookupLarge(key, nowTicks, cache.staleTicks, answer, result);
		}
		if (result === found.fresh) {
			if (cache.options.keepTtl) answer.ageSec = 0;
		} else if (result === found.failure) {
			answer.edeCode = ede.cachedError;
		} else if (result !== found.nothing) {
			answer.fixedTtlSec = cache.options.serveStale!.replyTtlSec;
			answer.edeCode = (answer.flags & 0xf) === rcode.NXDOMAIN ? ede.staleNxdomain : ede.staleAnswer;
		}
		return result;
	}

	/** @param otherwise what the shared cache found: nothing, or a failure, which must not hide an answer */
	#lookupLarge(
		key: CacheKey,
		nowTicks: number,
		staleTicks: number,
		answer: Answer,
		otherwise: number,
	): number {
		if (!this.#large.lookup(key, nowTicks, staleTicks, answer)) return otherwise;
		this.#counters.add(counter.hits_large);
		answer.failureHeld = otherwise === found.failure;
		if (nowTicks < answer.storedAtTicks + answer.lifetimeTicks) return found.fresh;
		return answer.failureHeld ? found.staleHeld : found.stale;
	}

	/** Whether a look-up would find what the last one found, which was for this key. False if that is not known. */
	isUnchangedSinceLookup(key: CacheKey): boolean {
		return this.#reader.isUnchangedSinceLookup(key);
	}

	/**
	 * Looks for an NXDOMAIN at or above a name (RFC 8020), below the apex that the name was matched by.
	 *
	 * @param apexLabels labels of that apex; names at or above it are not looked at
	 */
	lookupCut(
		key: CacheKey,
		apexLabels: number,
		nowTicks: number,
		target: Uint8Array,
		targetStart: number,
		answer: Answer,
	): boolean {
		const cut = this.#cutKey;
		let at = 0;
		for (let labels = labelCount(key.qname, 0); labels > apexLabels; labels--) {
			const nameBytes = key.qnameBytes - at;
			for (let i = 0; i < nameBytes; i++) cut.qname[i] = key.qname[at + i];
			cut.seal(key.block, cutType, key.qclass, key.flags, nameBytes);
			if (this.#reader.lookup(cut, nowTicks, 0, target, targetStart, answer) === found.fresh) return true;
			at += key.qname[at] + 1;
		}
		return false;
	}

	/** How many hits in a row an answer had, for prefetching. */
	countVisit(key: CacheKey, answer: Answer, nowTicks: number, durationSec: number): number {
		if (answer.slot === noSlot) return this.#large.countVisit(key, nowTicks, durationSec);
		return this.#reader.countVisit(answer, nowTicks, durationSec);
	}

	/** See `CacheReader.absentAt`. */
	absentAt(key: CacheKey): number {
		return this.#reader.absentAt(key);
	}

	/**
	 * Stores a positive or negative answer, if the block's settings and its lifetime allow.
	 *
	 * @param absentAt what `absentAt` said after a look-up for the key
	 * @param flushes what `flushes` was before the question was asked: a flush since then wants it asked anew
	 */
	store(
		block: Block,
		key: CacheKey,
		answer: Answer,
		nowTicks: number,
		absentAt: number,
		flushes: number,
	): void {
		if (this.#isOutrun(flushes)) return;
		this.#keep(block, key, answer, nowTicks, absentAt);
		// A flush that began just now may have passed the bucket before the answer came in.
		if (this.#isOutrun(flushes)) this.#forget(key);
	}

	/** How often the cache was flushed, over all shards. */
	get flushes(): number {
		return Atomics.load(this.#flushes, 0);
	}

	#isOutrun(flushes: number): boolean {
		if (this.flushes === flushes) return false;
		this.#counters.add(counter.cache_outrun_by_flush);
		return true;
	}

	#forget(key: CacheKey): void {
		this.#removeSurely(key);
		this.#large.remove(key);
		const cut = this.#cutKey;
		cut.qname.set(key.qname.subarray(0, key.qnameBytes));
		cut.seal(key.block, cutType, key.qclass, key.flags, key.qnameBytes);
		this.#removeSurely(cut);
	}

	/** Nothing else would take out what a flush has passed by; a writer that holds a bucket mostly is out at once. */
	#removeSurely(key: CacheKey): void {
		for (let tries = 0; tries < removeTries; tries++) if (this.#writer.remove(key)) return;
	}

	/** Forgets the large answers that a flush names; the shared cache is flushed once for all shards. */
	flushLarge(scope: FlushScope): number {
		return this.#large.flush(scope);
	}

	#keep(block: Block, key: CacheKey, answer: Answer, nowTicks: number, absentAt: number): void {
		if (!this.#isWanted(block, key, answer)) {
			this.#counters.add(counter.cache_not_stored);
			this.#supersede(block, key, answer);
			return;
		}
		if (answer.bodyBytes > maxSharedBodyBytes) {
			this.#writer.remove(key);
			this.#large.insert(key, answer, nowTicks);
			this.#counters.add(counter.cache_inserted_large);
			return;
		}
		this.#large.remove(key);
		const negative = answer.kind === entryKind.negative;
		const inserted = this.#writer.insert(
			key,
			answer,
			nowTicks,
			block.cache!.options.preferPositive,
			absentAt,
		);
		if (inserted) {
			this.#counters.add(negative ? counter.cache_inserted_negative : counter.cache_inserted_positive);
			this.estimate.stored(key, answer, nowTicks);
		} else this.#counters.add(counter.cache_not_stored);
		if (negative && this.mayCut(block, key, answer)) this.#storeCut(key, answer, nowTicks);
	}

	/** An answer that is not kept still ends an older one that `serve_stale` or `prefetch` would go on serving. */
	#supersede(block: Block, key: CacheKey, answer: Answer): void {
		const options = block.cache?.options;
		if (options === undefined || (options.serveStale === undefined && options.prefetch === undefined)) return;
		const code = answer.flags & 0xf;
		if (answer.extendedRcode > 0 || (code !== rcode.NOERROR && code !== rcode.NXDOMAIN)) return;
		if (answer.isDenial && options.preferPositive) return;
		this.#writer.remove(key);
		this.#large.remove(key);
	}

	#isWanted(block: Block, key: CacheKey, answer: Answer): boolean {
		const cache = block.cache;
		if (cache === undefined || answer.lifetimeTicks === 0) return false;
		if (this.#wantsAll[block.number]) return true;
		if (cache.zones.find(key.qname, key.qnameBytes) === undefined) return false;
		const disabled = answer.kind === entryKind.negative ? cache.disableDenial : cache.disableSuccess;
		return disabled.find(key.qname, key.qnameBytes) === undefined;
	}

	/**
	 * Whether an answer says that nothing exists at and below its question's name, and no zone of the configuration
	 * lies there. Such an answer must stand without compression: it will be sent behind longer questions.
	 */
	mayCut(block: Block, key: CacheKey, answer: Answer): boolean {
		if (!block.cache?.options.nxdomainCut) return false;
		// Names below may be rewritten to names elsewhere.
		if (block.translator?.rewriter !== undefined) return false;
		if (answer.flags !== rcode.NXDOMAIN || answer.extendedRcode > 0 || answer.answerCount > 0) return false;
		const name = key.qname.subarray(0, key.qnameBytes);
		return !this.#apexes.some((apex) => isWithin(apex, 0, apex.length, name));
	}

	#storeCut(key: CacheKey, answer: Answer, nowTicks: number): void {
		const cut = this.#cutKey;
		cut.qname.set(key.qname.subarray(0, key.qnameBytes));
		cut.seal(key.block, cutType, key.qclass, key.flags, key.qnameBytes);
		if (this.#writer.insert(cut, answer, nowTicks, false)) this.estimate.storedBeside(cut, answer, nowTicks);
	}

	/**
	 * Holds a failure, twice as long as the last one in a row (RFC 9520 §3.2), without hiding an answer.
	 *
	 * @param atLeastSec a shorter hold is made so long; for the recheck time of stale answers
	 * @param flushes as for `store`
	 */
	storeFailure(
		block: Block,
		key: CacheKey,
		answer: Answer,
		nowTicks: number,
		atLeastSec: number,
		flushes: number,
	): void {
		if (this.#isOutrun(flushes)) return;
		const firstSec = block.cache?.options.servfailSec ?? 0;
		if (block.cache === undefined || Math.max(firstSec, atLeastSec) === 0) return;
		if (block.cache.zones.find(key.qname, key.qnameBytes) === undefined) return;
		const history = this.#writer.failureHistory(key);
		const inARow = history !== undefined && nowTicks - history.expiresAt < maxHoldSec * ticksPerSec;
		answer.failures = inARow ? Math.min(maxFailures, history.failures + 1) : 1;
		const holdSec = Math.max(firstSec * 2 ** (answer.failures - 1), atLeastSec);
		answer.lifetimeTicks = Math.min(holdSec, maxHoldSec) * ticksPerSec;
		if (this.#writer.insert(key, answer, nowTicks, true)) {
			this.#counters.add(counter.cache_inserted_failure);
			this.estimate.stored(key, answer, nowTicks);
		}
		if (this.#isOutrun(flushes)) this.#forget(key);
	}
}

function wantsAll({ cache, zones }: Block): boolean {
	if (cache === undefined) return false;
	const { disableSuccess, disableDenial } = cache.options;
	const whole = zones.every((zone) => cache.zones.find(zone, zone.length) !== undefined);
	return whole && disableSuccess.length + disableDenial.length === 0;
}
