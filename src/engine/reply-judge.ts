import type { Answer } from '../cache/answer.ts';
import type { AnswerMaker } from '../cache/cacheability.ts';
import { entryKind, toTicks } from '../cache/layout.ts';
import { nextUpstream } from '../forward/selection.ts';
import { type UpstreamStates, upstreamStride } from '../forward/upstream-state.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import type { Random } from '../util/random.ts';
import { at, readUint16 } from '../wire/header.ts';
import { rcode, rcodeName } from '../wire/iana.ts';
import type { ResponseView } from '../wire/response.ts';
import type { Ask } from './asks.ts';
import { type Forward, firstForward, forwardAfter } from './compile.ts';
import { decodeHandOver, encodeHandOver } from './hand-over.ts';
import type { Pending } from './pending.ts';
import type { AnswerStore } from './store.ts';

/** Queries to one upstream by one transport for one question (RFC 9520 §3.1). */
export const maxTries = 3;

/** How a question ends; `Misses` is it. */
export interface Outcome {
	finish(pending: Pending, answer: Answer): void;
	answered(pending: Pending, answer: Answer, nowMs: number): void;
	/** @param code all twelve bits of the RCODE; SERVFAIL unless given */
	fail(pending: Pending, edeCode: number, cause: string, nowMs: number, code?: number): void;
	report(pending: Pending, cause: string, code: number): void;
	/** The times of a question have changed. */
	schedule(pending: Pending, nowMs: number): void;
}

/** How a question goes on; `Resolver` is it. */
export interface Asking {
	/** Takes back one query that is under way. */
	drop(pending: Pending, ask: Ask<Pending>): void;
	/** Takes back all. */
	stop(pending: Pending): void;
	/** Asks the next upstream of the forward in use. */
	tryNext(pending: Pending, nowMs: number): void;
	/** Begins with the forward in use. */
	start(pending: Pending, nowMs: number): void;
}

export interface JudgeParts {
	readonly states: UpstreamStates;
	readonly store: AnswerStore;
	readonly maker: AnswerMaker;
	readonly random: Random;
	readonly counters: Counters;
}

/**
 * What a well-formed response is good for: it is the answer, or one is to be had elsewhere (`failover`, `next`), or it
 * leads to a further question (`dns64`, `rewrite cname`).
 */
export class ReplyJudge {
	readonly #parts: JudgeParts;
	readonly #answer: Answer;
	readonly #asking: Asking;
	#outcome!: Outcome;

	/** @param answer where answers are made; its owner keeps none beyond a call */
	constructor(parts: JudgeParts, answer: Answer, asking: Asking) {
		this.#parts = parts;
		this.#answer = answer;
		this.#asking = asking;
	}

	setOutcome(outcome: Outcome): void {
		this.#outcome = outcome;
	}

	/** A response to the question of `pending.sent`. @param code all twelve bits of its RCODE */
	judge(
		pending: Pending,
		ask: Ask<Pending>,
		forward: Forward,
		view: ResponseView,
		code: number,
		nowMs: number,
	): void {
		const { maker, counters } = this.#parts;
		const answer = this.#answer;
		// It was the OPT, not the question, that was not liked: worth remembering.
		if (ask.plain && pending.ednsRefusedBy === ask.upstream && code !== rcode.FORMERR) {
			this.#parts.states.setRefusesEdns(ask.upstream, toTicks(nowMs));
		}
		const { sent, block, translation } = pending;
		if (translation !== undefined) translation.changes.changedTarget = undefined;
		const made = maker.make(view, sent, block.shape, answer, translation);
		// Answers of which none belongs to the question are no NODATA.
		const sentAnswers = readUint16(view.octets, view.start + at.ancount) > 0;
		const isEmpty = code === rcode.NOERROR && answer.answerCount === 0;
		if (!made || (isEmpty && sentAnswers)) {
			counters.add(counter.upstream_ignored_malformed);
			return;
		}
		const next = forward.next.has(code) || (forward.nextOnNodata && isEmpty);
		const leadsOn = translation?.changes.changedTarget !== undefined;
		const further = !leadsOn && (forward.failover.has(code) || next);
		if (further && this.#lookFurther(pending, ask, forward, code, next, nowMs)) return;
		this.#conclude(pending, code, nowMs);
	}

	/** No better answer has come than the one that was put aside. */
	useSpare(pending: Pending, nowMs: number): void {
		const answer = this.#answer;
		decodeHandOver(pending.spare!, answer);
		if (pending.translation !== undefined) pending.translation.changes.changedTarget = undefined;
		this.#conclude(pending, (answer.flags & 0xf) | (answer.extendedRcode << 4), nowMs);
	}

	/** Ends a question with what an upstream said: it stands in the answer. */
	#conclude(pending: Pending, code: number, nowMs: number): void {
		const { block, key, translation } = pending;
		const answer = this.#answer;
		if (translation?.goesOn(answer, code)) {
			this.#askOn(pending, nowMs);
			return;
		}
		const useful = code === rcode.NOERROR || code === rcode.NXDOMAIN;
		// An error that nobody waits for ends a refresh; it is held, or every hit would ask again.
		const held = block.cache?.options.serveStale !== undefined || pending.firstWaiter === undefined;
		if (answer.kind === entryKind.failure || (held && !useful)) {
			this.#outcome.fail(pending, -1, `upstream answered ${rcodeName(code)}`, nowMs, code);
			return;
		}
		translation?.finish(answer, code);
		this.#parts.store.store(block, key, answer, toTicks(nowMs), pending.absentAt, pending.flushes);
		this.#outcome.answered(pending, answer, nowMs);
	}

	/** The question is answered by the answer to another one, which `pending.sent` has become. */
	#askOn(pending: Pending, nowMs: number): void {
		const { sent, block } = pending;
		this.#parts.counters.add(counter.upstream_further_questions);
		this.#asking.stop(pending);
		pending.spare = undefined;
		pending.forwardPlace = firstForward(block, sent.qname, sent.qnameBytes);
		this.#asking.start(pending, nowMs);
	}

	/** `failover`: the next upstream; then `next`: the next forward. False: there is none, so this answer it is. */
	#lookFurther(
		pending: Pending,
		ask: Ask<Pending>,
		forward: Forward,
		code: number,
		toNext: boolean,
		nowMs: number,
	): boolean {
		const { states, random, counters } = this.#parts;
		const { upstream } = ask;
		pending.spare = encodeHandOver(0, 0, this.#answer);
		this.#asking.drop(pending, ask);
		if (forward.failover.has(code)) {
			pending.tries[upstream % upstreamStride] = maxTries;
			if (nextUpstream(forward, states, pending.tries, pending.startPlace, maxTries, random) >= 0) {
				counters.add(counter.upstream_failover);
				this.#asking.tryNext(pending, nowMs);
				return true;
			}
		}
		const { sent, block } = pending;
		const next = toNext ? forwardAfter(block, pending.forwardPlace, sent.qname, sent.qnameBytes) : -1;
		if (next < 0) return false;
		counters.add(counter.upstream_next);
		this.#asking.stop(pending);
		pending.forwardPlace = next;
		this.#asking.start(pending, nowMs);
		return true;
	}
}
