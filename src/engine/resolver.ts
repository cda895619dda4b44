import { Answer } from '../cache/answer.ts';
import type { AnswerMaker } from '../cache/cacheability.ts';
import { entryKind, toTicks } from '../cache/layout.ts';
import { firstPlace, nextUpstream } from '../forward/selection.ts';
import {
	maxUpstreams,
	type Outstanding,
	type UpstreamStates,
	upstreamStride,
} from '../forward/upstream-state.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import type { UpstreamSeries } from '../metrics/hot/upstream-series.ts';
import type { Random } from '../util/random.ts';
import { at, readUint16 } from '../wire/header.ts';
import { ede, rcode, rcodeName } from '../wire/iana.ts';
import type { Ask, AskOwner, AskTable } from './asks.ts';
import { boundsOf, type Forward, forwardAfter } from './compile.ts';
import { decodeHandOver, encodeHandOver } from './hand-over.ts';
import type { HealthProbes } from './health-probes.ts';
import type { EngineIo } from './io.ts';
import type { Pending } from './pending.ts';
import { ReplyCheck, verdict } from './reply-check.ts';
import type { AnswerStore } from './store.ts';
import { newQueryRoom, writeUpstreamQuery } from './upstream-query.ts';

/** Queries to one upstream by one transport for one question (RFC 9520 §3.1). */
const maxTries = 3;

/** How a question ends; `Misses` is it. */
export interface Outcome {
	finish(pending: Pending, answer: Answer): void;
	answered(pending: Pending, answer: Answer, nowMs: number): void;
	/** @param code all twelve bits of the RCODE; SERVFAIL unless given */
	fail(pending: Pending, edeCode: number, cause: string, nowMs: number, code?: number): void;
	/** The times of a question have changed. */
	schedule(pending: Pending, nowMs: number): void;
}

export interface ResolverParts {
	readonly io: EngineIo;
	readonly asks: AskTable;
	readonly states: UpstreamStates;
	readonly outstanding: Outstanding;
	readonly probes: HealthProbes;
	readonly store: AnswerStore;
	readonly maker: AnswerMaker;
	readonly random: Random;
	readonly counters: Counters;
	readonly series: UpstreamSeries;
}

/**
 * Gets one question answered by the upstreams of its forward: which to ask, again or another one, by UDP or TCP, with
 * EDNS or without; and which replies to believe. A query that timed out stays open, so that its late answer still
 * counts, until the question ends.
 */
export class Resolver implements AskOwner<Pending> {
	readonly #parts: ResolverParts;
	readonly #check: ReplyCheck;
	readonly #answer = new Answer();
	readonly #query = newQueryRoom();
	#outcome!: Outcome;

	constructor(parts: ResolverParts) {
		this.#parts = parts;
		this.#check = new ReplyCheck(parts.counters);
	}

	setOutcome(outcome: Outcome): void {
		this.#outcome = outcome;
	}

	/** Begins with a question's first forward. It may end at once. */
	start(pending: Pending, nowMs: number): void {
		const forward = this.#forwardOf(pending);
		if (forward.count === 0) {
			if (pending.spare !== undefined) this.#useSpare(pending, nowMs);
			else this.#outcome.fail(pending, ede.noReachableAuthority, 'no upstream is known', nowMs);
			return;
		}
		const { maxConcurrent } = forward.options;
		if (maxConcurrent > 0 && !this.#parts.outstanding.tryAdd(forward.number, maxConcurrent)) {
			this.#parts.counters.add(counter.refused_max_concurrent);
			if (pending.spare !== undefined) {
				this.#useSpare(pending, nowMs);
				return;
			}
			this.#answer.reset(rcode.REFUSED, 0, entryKind.positive);
			this.#answer.edeCode = ede.other;
			this.#outcome.answered(pending, this.#answer, nowMs);
			return;
		}
		if (maxConcurrent > 0) pending.countedForward = forward.number;
		for (let place = 0; place < maxUpstreams; place++) pending.tries[place] = 0;
		pending.overTcp = forward.options.forceTcp;
		pending.startPlace = firstPlace(forward, this.#parts.states, this.#parts.random);
		this.#tryNext(pending, nowMs);
	}

	/** Takes back everything that is under way for a question. */
	stop(pending: Pending): void {
		let ask = pending.firstAsk;
		pending.firstAsk = undefined;
		while (ask !== undefined) {
			const next: Ask<Pending> | undefined = ask.sibling;
			this.#parts.asks.settle(ask);
			ask = next;
		}
		pending.tryMs = Number.POSITIVE_INFINITY;
		if (pending.countedForward >= 0) this.#parts.outstanding.remove(pending.countedForward);
		pending.countedForward = -1;
	}

	/** The read timeout of the youngest try is over. */
	tryTimedOut(pending: Pending, nowMs: number): void {
		for (let ask = pending.firstAsk; ask !== undefined; ask = ask.sibling) {
			if (ask.timedOut) continue;
			ask.timedOut = true;
			this.#parts.counters.add(counter.upstream_timeouts);
			this.#upstreamFailed(ask.upstream, pending, nowMs);
		}
		this.#parts.counters.add(counter.upstream_retries);
		this.#tryNext(pending, nowMs);
	}

	#forwardOf(pending: Pending): Forward {
		return pending.block.forwards[pending.forwardPlace];
	}

	#tryNext(pending: Pending, nowMs: number): void {
		const { states, random } = this.#parts;
		const forward = this.#forwardOf(pending);
		for (;;) {
			const upstream = nextUpstream(forward, states, pending.tries, pending.startPlace, maxTries, random);
			if (upstream < 0) {
				this.#outOfTries(pending, nowMs);
				return;
			}
			// One that is down is asked only where all are.
			if (states.isDown(upstream, forward.maxFails)) this.#parts.counters.add(counter.upstreams_all_down);
			pending.tries[upstream % upstreamStride]++;
			const plain = states.refusesEdns(upstream, toTicks(nowMs));
			if (this.#send(pending, upstream, pending.overTcp, plain, nowMs)) return;
			this.#upstreamFailed(upstream, pending, nowMs);
		}
	}

	/** Nobody is left to ask: what is under way may still come, what was put aside is better than nothing. */
	#outOfTries(pending: Pending, nowMs: number): void {
		pending.tryMs = Number.POSITIVE_INFINITY;
		if (pending.spare !== undefined) this.#useSpare(pending, nowMs);
		else if (pending.firstAsk === undefined) {
			const cause = pending.lastCause || 'no upstream could be reached';
			this.#outcome.fail(pending, ede.networkError, cause, nowMs);
		}
	}

	#useSpare(pending: Pending, nowMs: number): void {
		const answer = this.#answer;
		decodeHandOver(pending.spare!, answer);
		this.#conclude(pending, (answer.flags & 0xf) | (answer.extendedRcode << 4), nowMs);
	}

	#send(pending: Pending, upstream: number, overTcp: boolean, plain: boolean, nowMs: number): boolean {
		const { block, key } = pending;
		const length = writeUpstreamQuery(this.#query, key, block.query, block.bufsizeBytes, plain);
		const ask = this.#parts.asks.send(this, pending, upstream, overTcp, plain, this.#query.octets, length);
		if (ask === undefined) return false;
		this.#parts.series.asked(upstream, ask.number);
		this.#parts.series.connected(upstream, overTcp, this.#parts.io.socketReused);
		pending.addAsk(ask);
		pending.tryMs = nowMs + this.#forwardOf(pending).options.readTimeoutMs;
		this.#outcome.schedule(pending, nowMs);
		return true;
	}

	#drop(pending: Pending, ask: Ask<Pending>): void {
		pending.removeAsk(ask);
		this.#parts.asks.settle(ask);
	}

	#upstreamFailed(upstream: number, pending: Pending, nowMs: number): void {
		const forward = this.#forwardOf(pending);
		if (forward.number !== Math.floor(upstream / upstreamStride)) return;
		this.#parts.probes.upstreamFailed(forward, upstream, nowMs);
	}

	onLost(ask: Ask<Pending>, cause: string, nowMs: number): void {
		const pending = ask.subject;
		// Another ask of the same question was lost with the same connection, and that was its end.
		if (pending.done) return;
		this.#drop(pending, ask);
		this.#upstreamFailed(ask.upstream, pending, nowMs);
		for (let other = pending.firstAsk; other !== undefined; other = other.sibling) {
			if (!other.timedOut) return;
		}
		this.#parts.counters.add(counter.upstream_retries);
		pending.lastCause = cause;
		this.#tryNext(pending, nowMs);
	}

	onReply(ask: Ask<Pending>, octets: Uint8Array, start: number, length: number, nowMs: number): void {
		const pending = ask.subject;
		const result = this.#check.inspect(pending.key, ask.plain, octets, start, length);
		if (result === verdict.ignored) return;
		this.#parts.counters.add(counter.upstream_replies);
		this.#parts.series.answered(ask.upstream, this.#check.rcode, ask.number);
		this.#parts.probes.upstreamAnswered(this.#forwardOf(pending), ask.upstream);
		if (result === verdict.ednsRefused) this.#askWithoutEdns(pending, ask, nowMs);
		else if (result === verdict.truncated) this.#answeredTruncated(pending, ask, nowMs);
		else this.#judge(pending, ask, nowMs);
	}

	#askWithoutEdns(pending: Pending, ask: Ask<Pending>, nowMs: number): void {
		this.#parts.counters.add(counter.upstream_without_edns);
		const { upstream, overTcp } = ask;
		pending.ednsRefusedBy = upstream;
		this.#drop(pending, ask);
		if (!this.#send(pending, upstream, overTcp, true, nowMs)) this.#tryNext(pending, nowMs);
	}

	/** TC: the same upstream once more, by TCP, for everybody who waits. A truncated answer is never used. */
	#answeredTruncated(pending: Pending, ask: Ask<Pending>, nowMs: number): void {
		this.#parts.counters.add(counter.upstream_truncated);
		const { upstream, overTcp, plain } = ask;
		this.#drop(pending, ask);
		if (!overTcp && pending.overTcp && pending.firstAsk !== undefined) return;
		const again = !overTcp && this.#send(pending, upstream, true, plain, nowMs);
		pending.overTcp = true;
		if (!again) this.#tryNext(pending, nowMs);
	}

	/** A well-formed answer to the question: use it, or look for a better one first. */
	#judge(pending: Pending, ask: Ask<Pending>, nowMs: number): void {
		const { maker, counters } = this.#parts;
		const { block, key } = pending;
		const answer = this.#answer;
		const forward = this.#forwardOf(pending);
		const { view, rcode: code } = this.#check;
		// It was the OPT, not the question, that was not liked: worth remembering.
		if (ask.plain && pending.ednsRefusedBy === ask.upstream && code !== rcode.FORMERR) {
			this.#parts.states.setRefusesEdns(ask.upstream, toTicks(nowMs));
		}
		const expand = block.cache?.options.nxdomainCut === true && code === rcode.NXDOMAIN;
		const made = maker.make(view, key, boundsOf(block), answer, expand);
		// Answers of which none belongs to the question are no NODATA.
		const sentAnswers = readUint16(view.octets, view.start + at.ancount) > 0;
		if (!made || (code === rcode.NOERROR && sentAnswers && answer.answerCount === 0)) {
			counters.add(counter.upstream_ignored_malformed);
			return;
		}
		const further = forward.failover.has(code) || forward.next.has(code);
		if (further && this.#lookFurther(pending, ask, forward, code, nowMs)) return;
		this.#conclude(pending, code, nowMs);
	}

	/** Ends a question with what an upstream said: it stands in the resolver's answer. */
	#conclude(pending: Pending, code: number, nowMs: number): void {
		const { block, key } = pending;
		const answer = this.#answer;
		const useful = code === rcode.NOERROR || code === rcode.NXDOMAIN;
		// An error that nobody waits for ends a refresh; it is held, or every hit would ask again.
		const held = block.cache?.options.serveStale !== undefined || pending.firstWaiter === undefined;
		if (answer.kind === entryKind.failure || (held && !useful)) {
			this.#outcome.fail(pending, -1, `upstream answered ${rcodeName(code)}`, nowMs, code);
			return;
		}
		this.#parts.store.store(block, key, answer, toTicks(nowMs), pending.absentAt);
		this.#outcome.answered(pending, answer, nowMs);
	}

	/** `failover`: the next upstream; then `next`: the next forward. False: there is none, so this answer it is. */
	#lookFurther(pending: Pending, ask: Ask<Pending>, forward: Forward, code: number, nowMs: number): boolean {
		const { states, random, counters } = this.#parts;
		const { upstream } = ask;
		pending.spare = encodeHandOver(0, 0, this.#answer);
		this.#drop(pending, ask);
		if (forward.failover.has(code)) {
			pending.tries[upstream % upstreamStride] = maxTries;
			if (nextUpstream(forward, states, pending.tries, pending.startPlace, maxTries, random) >= 0) {
				counters.add(counter.upstream_failover);
				this.#tryNext(pending, nowMs);
				return true;
			}
		}
		const { key, block } = pending;
		const next = forward.next.has(code)
			? forwardAfter(block, pending.forwardPlace, key.qname, key.qnameBytes)
			: -1;
		if (next < 0) return false;
		counters.add(counter.upstream_next);
		this.stop(pending);
		pending.forwardPlace = next;
		this.start(pending, nowMs);
		return true;
	}
}
