import { Answer } from '../cache/answer.ts';
import type { CacheKey } from '../cache/key.ts';
import { entryKind, maxSharedBodyBytes, toTicks } from '../cache/layout.ts';
import { found } from '../cache/reader.ts';
import type { Claims } from '../forward/claims.ts';
import { counter } from '../metrics/hot/counters.ts';
import type { TimerWheel } from '../util/timer-wheel.ts';
import { corednsName, corednsType } from '../wire/coredns-text.ts';
import { ede, rcode } from '../wire/iana.ts';
import { cause as causes } from './causes.ts';
import type { Block } from './compile.ts';
import type { Asker } from './compose.ts';
import { decodeHandOver, encodeHandOver } from './hand-over.ts';
import { checkEveryMs, OpenQuestions } from './open-questions.ts';
import { type Pending, type PendingOwner, role } from './pending.ts';
import type { Resolver } from './resolver.ts';
import type { AnswerStore } from './store.ts';
import { type WaiterParts, Waiters } from './waiters.ts';

export interface MissParts extends WaiterParts {
	readonly claims: Claims;
	readonly store: AnswerStore;
	readonly wheel: TimerWheel;
	readonly secret: readonly [number, number];
	readonly shard: number;
}

/**
 * Questions that the cache does not answer, from the first client that asks to the reply of the last. A question is
 * asked once over all shards: the shard that gets the claim asks (resolver.ts does), the others wait for its answer,
 * which is handed to them whether it is stored or not. All that wait on this shard hang on one `Pending`.
 */
export class Misses implements PendingOwner {
	readonly #parts: MissParts;
	readonly #resolver: Resolver;
	readonly #open: OpenQuestions;
	readonly #waiters: Waiters;
	readonly #answer = new Answer();
	readonly #body = new Uint8Array(maxSharedBodyBytes);

	constructor(parts: MissParts, resolver: Resolver) {
		this.#parts = parts;
		this.#resolver = resolver;
		this.#open = new OpenQuestions(parts.claims, parts.counters, parts.secret, this);
		this.#waiters = new Waiters(parts);
	}

	/** Clients that wait for an answer. */
	get waiterCount(): number {
		return this.#waiters.count;
	}

	/**
	 * Adds a client, already retained by the caller, to its question, and sees to it that the question is asked.
	 *
	 * @param staleAfterMs when the client gets the stale answer that the cache holds; Infinity: there is none
	 * @returns false if there is no room for it
	 */
	wait(
		block: Block,
		key: CacheKey,
		asker: Asker,
		listener: number,
		overTcp: boolean,
		client: number,
		staleAfterMs: number,
		nowMs: number,
	): boolean {
		const waiter = this.#waiters.take(asker, listener, overTcp, client);
		if (waiter === undefined) return false;
		const pending = this.#open.join(block, key, nowMs);
		const { mustAsk } = this.#open;
		pending.addWaiter(waiter);
		const staleMs = pending.staleSent ? nowMs : nowMs + staleAfterMs;
		if (staleMs < pending.staleMs) pending.staleMs = staleMs;
		try {
			// The caller has just looked, and found no answer: unless the bucket was changed since, there is none.
			if (mustAsk) this.#begin(pending, !this.#parts.store.isUnchangedSinceLookup(key), nowMs);
		} finally {
			// A fault on the way costs the query that it hits; whoever waits has an answer in time all the same.
			this.schedule(pending, nowMs);
		}
		return true;
	}

	/**
	 * Asks a question anew in the background, unless somebody is at it or was since the answer that the caller saw.
	 *
	 * @param seenAtTicks when the answer that is to be refreshed was stored
	 */
	refresh(block: Block, key: CacheKey, seenAtTicks: number, nowMs: number): boolean {
		const { store } = this.#parts;
		const pending = this.#open.claim(block, key, nowMs);
		if (pending === undefined) return false;
		pending.flushes = store.flushes;
		const result = store.lookup(block, key, toTicks(nowMs), this.#body, 0, this.#answer);
		const refreshed = result !== found.nothing && this.#answer.storedAtTicks !== seenAtTicks;
		if (refreshed || (result !== found.nothing && this.#answer.failureHeld) || result === found.staleHeld) {
			this.finish(pending, this.#answer);
			return false;
		}
		try {
			this.#resolver.start(pending, nowMs);
		} finally {
			this.schedule(pending, nowMs);
		}
		return true;
	}

	/** Asks, unless (`look`) an answer is there: another shard may have stored it before this one had the claim. */
	#begin(pending: Pending, look: boolean, nowMs: number): void {
		const { store } = this.#parts;
		const { block, key } = pending;
		pending.flushes = store.flushes;
		if (look && block.cache !== undefined) {
			const result = store.lookup(block, key, toTicks(nowMs), this.#body, 0, this.#answer);
			if (result === found.fresh || result === found.failure) {
				this.finish(pending, this.#answer);
				return;
			}
		}
		pending.absentAt = store.absentAt(key);
		this.#resolver.start(pending, nowMs);
	}

	/** Sees to it that a question is looked at when the earliest of its times has come. */
	schedule(pending: Pending, nowMs: number): void {
		if (!pending.done) this.#parts.wheel.setAtLatest(pending, pending.nextDueMs(), nowMs);
	}

	/** Called by the wheel at the earliest of a question's times, or before. */
	pendingDue(pending: Pending, nowMs: number): void {
		try {
			if (nowMs >= pending.staleMs) this.#answerStale(pending, nowMs);
			if (nowMs >= pending.endMs) {
				if (pending.firstAsk !== undefined) pending.noteLost(pending.firstAsk, causes.timeout);
				this.fail(pending, ede.noReachableAuthority, causes.timeout, nowMs);
				return;
			}
			if (nowMs >= pending.checkMs) this.#checkHolder(pending, nowMs);
			if (nowMs >= pending.tryMs) this.#resolver.tryTimedOut(pending, nowMs);
		} finally {
			this.schedule(pending, nowMs);
		}
	}

	#checkHolder(pending: Pending, nowMs: number): void {
		const { claims, counters } = this.#parts;
		if (claims.isHeld(pending.place, pending.generation)) {
			pending.checkMs = nowMs + checkEveryMs;
			pending.holderLost = false;
			return;
		}
		// Let go a moment ago: the answer is on its way. Still not here a round later: it got lost.
		if (pending.holderLost) {
			counters.add(counter.claims_taken_over);
			pending.checkMs = Number.POSITIVE_INFINITY;
			pending.role = role.alone;
			this.#begin(pending, true, nowMs);
			return;
		}
		pending.holderLost = true;
		pending.checkMs = nowMs + checkEveryMs;
	}

	#answerStale(pending: Pending, nowMs: number): void {
		pending.staleMs = Number.POSITIVE_INFINITY;
		pending.staleSent = true;
		const { block, key } = pending;
		const result = this.#parts.store.lookup(block, key, toTicks(nowMs), this.#body, 0, this.#answer);
		if (result === found.nothing || result === found.failure) return;
		this.#waiters.answer(pending.takeWaiters(), this.#answer, pending.block, pending.key);
	}

	/**
	 * Ends a question with an answer: here and, if it was claimed, on every shard that waits.
	 *
	 * @param answer not kept; stored by the caller if at all
	 */
	finish(pending: Pending, answer: Answer): void {
		if (pending.done) return;
		pending.done = true;
		this.#parts.wheel.cancel(pending);
		this.#resolver.stop(pending);
		const shards = this.#open.close(pending) & ~(1 << this.#parts.shard);
		if (shards !== 0) this.#handOver(pending, answer, shards);
		this.#waiters.answer(pending.takeWaiters(), answer, pending.block, pending.key);
		this.#open.recycle(pending);
	}

	/** @param shards who gets the answer, a bit each */
	#handOver(pending: Pending, answer: Answer, shards: number): void {
		const { io, counters } = this.#parts;
		const octets = encodeHandOver(pending.place, pending.generation, answer);
		for (let to = 0, left = shards; left !== 0; to++, left >>>= 1) {
			if (!(left & 1)) continue;
			counters.add(counter.handovers_sent);
			io.handOver(to, octets);
		}
	}

	/** Ends a question with an answer, unless a stale one is better: than an error, with `prefer_positive` than a denial. */
	answered(pending: Pending, answer: Answer, nowMs: number): void {
		const { store } = this.#parts;
		const { block, key } = pending;
		const code = answer.flags & 0xf;
		const error = code !== rcode.NOERROR && code !== rcode.NXDOMAIN;
		const denied = answer.isDenial && block.cache?.options.preferPositive;
		let kept = false;
		if (block.cache?.options.serveStale !== undefined && (error || denied)) {
			const before = store.lookup(block, key, toTicks(nowMs), this.#body, 0, this.#answer);
			kept = (before === found.stale || before === found.staleHeld) && (error || !this.#answer.isDenial);
		}
		this.finish(pending, kept ? this.#answer : answer);
	}

	/** Ends a question without an answer: a stale one if there is, else SERVFAIL. The failure is held. */
	fail(
		pending: Pending,
		edeCode: number,
		cause: string,
		nowMs: number,
		theirs: number = rcode.SERVFAIL,
	): void {
		if (pending.done) return;
		const code = pending.translation?.changes.rcode(theirs) ?? theirs;
		if (pending.role === role.waiting) {
			// The shard that asks holds the failure; this one only lets its clients go.
			this.#sendFailure(pending, edeCode, code);
			return;
		}
		this.report(pending, cause, code);
		const { store, counters } = this.#parts;
		const { block, key } = pending;
		const answer = this.#answer;
		const nowTicks = toTicks(nowMs);
		const stale = block.cache?.options.serveStale;
		if (stale !== undefined) {
			const before = store.lookup(block, key, nowTicks, this.#body, 0, answer);
			const usable = before === found.stale || before === found.staleHeld;
			answer.reset(code & 0xf, code >>> 4, entryKind.failure);
			const holdSec = usable ? stale.recheckSec : 0;
			store.storeFailure(block, key, answer, nowTicks, holdSec, pending.flushes);
			if (usable) {
				store.lookup(block, key, nowTicks, this.#body, 0, answer);
				this.finish(pending, answer);
				return;
			}
		} else {
			answer.reset(code & 0xf, code >>> 4, entryKind.failure);
			store.storeFailure(block, key, answer, nowTicks, 0, pending.flushes);
		}
		counters.add(counter.servfail_upstreams);
		this.#sendFailure(pending, edeCode, code);
	}

	/** Says in the log why a question failed. */
	report(pending: Pending, cause: string, code: number): void {
		const { block, key } = pending;
		if (!block.logsErrors) return;
		this.#parts.io.log({
			kind: 'resolution-failed',
			block: block.number,
			qname: corednsName(key.qname, 0),
			qtype: corednsType(key.qtype),
			rcode: code,
			cause,
			upstream: cause === pending.lastCause ? pending.lastUpstream : -1,
			overTcp: pending.lastOverTcp,
		});
	}

	#sendFailure(pending: Pending, edeCode: number, code: number): void {
		this.#answer.reset(code & 0xf, code >>> 4, entryKind.failure);
		this.#answer.edeCode = edeCode;
		this.finish(pending, this.#answer);
	}

	/** Another shard's answer to a question that waits here. */
	handedOver(octets: Uint8Array): void {
		this.#parts.counters.add(counter.handovers_received);
		const { place, generation } = decodeHandOver(octets, this.#answer);
		const pending = this.#open.find(place, generation);
		if (pending !== undefined && pending.role === role.waiting) this.finish(pending, this.#answer);
	}
}
