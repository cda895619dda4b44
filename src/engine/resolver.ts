import { Answer } from '../cache/answer.ts';
import { entryKind, toTicks } from '../cache/layout.ts';
import { firstPlace, nextUpstream } from '../forward/selection.ts';
import { maxUpstreams, type Outstanding, upstreamStride } from '../forward/upstream-state.ts';
import { counter } from '../metrics/hot/counters.ts';
import type { UpstreamSeries } from '../metrics/hot/upstream-series.ts';
import { ede, rcode } from '../wire/iana.ts';
import type { Ask, AskOwner, AskTable } from './asks.ts';
import { cause } from './causes.ts';
import type { Forward } from './compile.ts';
import type { HealthProbes } from './health-probes.ts';
import type { EngineIo } from './io.ts';
import type { Pending } from './pending.ts';
import { ReplyCheck, verdict } from './reply-check.ts';
import { type Asking, type JudgeParts, maxTries, type Outcome, ReplyJudge } from './reply-judge.ts';
import { newQueryRoom, writeUpstreamQuery } from './upstream-query.ts';

export interface ResolverParts extends JudgeParts {
	readonly io: EngineIo;
	readonly asks: AskTable;
	readonly outstanding: Outstanding;
	readonly probes: HealthProbes;
	readonly series: UpstreamSeries;
}

/**
 * Gets one question answered by the upstreams of its forward: which to ask, again or another one, by UDP or TCP, with
 * EDNS or without; and which replies to believe. A query that timed out stays open, so that its late answer still
 * counts, until the question ends.
 */
export class Resolver implements AskOwner<Pending>, Asking {
	readonly #parts: ResolverParts;
	readonly #check: ReplyCheck;
	readonly #judge: ReplyJudge;
	readonly #answer = new Answer();
	readonly #query = newQueryRoom();
	#outcome!: Outcome;

	constructor(parts: ResolverParts) {
		this.#parts = parts;
		this.#check = new ReplyCheck(parts.counters);
		this.#judge = new ReplyJudge(parts, this.#answer, this);
	}

	setOutcome(outcome: Outcome): void {
		this.#outcome = outcome;
		this.#judge.setOutcome(outcome);
	}

	/** Begins with a question's first forward, or with the next. It may end at once. */
	start(pending: Pending, nowMs: number): void {
		const forward: Forward | undefined = pending.block.forwards[pending.forwardPlace];
		if (pending.translation?.invalid) {
			this.#outcome.fail(pending, ede.other, 'rewrite made no name of it', nowMs);
			return;
		}
		if (forward === undefined || forward.count === 0) {
			if (pending.spare !== undefined) this.#judge.useSpare(pending, nowMs);
			else this.#outcome.fail(pending, ede.noReachableAuthority, 'no upstream is known', nowMs);
			return;
		}
		const { maxConcurrent } = forward.options;
		if (maxConcurrent > 0 && !this.#parts.outstanding.tryAdd(forward.number, maxConcurrent)) {
			this.#parts.counters.add(counter.refused_max_concurrent);
			if (pending.spare !== undefined) {
				this.#judge.useSpare(pending, nowMs);
				return;
			}
			this.#outcome.report(pending, cause.tooMany(maxConcurrent), rcode.REFUSED);
			this.#answer.reset(rcode.REFUSED, 0, entryKind.positive);
			this.#answer.edeCode = ede.other;
			pending.translation?.finish(this.#answer, rcode.REFUSED);
			this.#outcome.answered(pending, this.#answer, nowMs);
			return;
		}
		if (maxConcurrent > 0) pending.countedForward = forward.number;
		for (let place = 0; place < maxUpstreams; place++) pending.tries[place] = 0;
		pending.attempts = 0;
		pending.overTcp = forward.options.forceTcp;
		pending.startPlace = firstPlace(forward, this.#parts.states, this.#parts.random);
		this.tryNext(pending, nowMs);
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
			pending.noteLost(ask, cause.timeout);
			this.#parts.counters.add(counter.upstream_timeouts);
			this.#upstreamFailed(ask.upstream, pending, nowMs);
		}
		this.#parts.counters.add(counter.upstream_retries);
		this.tryNext(pending, nowMs);
	}

	#forwardOf(pending: Pending): Forward {
		return pending.block.forwards[pending.forwardPlace];
	}

	/** Asks the next upstream of the forward in use. */
	tryNext(pending: Pending, nowMs: number): void {
		const { states, random } = this.#parts;
		const forward = this.#forwardOf(pending);
		for (;;) {
			const spent = forward.maxAttempts > 0 && pending.attempts >= forward.maxAttempts;
			const upstream = spent
				? -1
				: nextUpstream(forward, states, pending.tries, pending.startPlace, maxTries, random);
			if (upstream < 0) {
				this.#outOfTries(pending, nowMs);
				return;
			}
			// One that is down is asked only where all are.
			if (states.isDown(upstream, forward.maxFails)) this.#parts.counters.add(counter.upstreams_all_down);
			pending.tries[upstream % upstreamStride]++;
			pending.attempts++;
			const plain = states.refusesEdns(upstream, toTicks(nowMs));
			if (this.#send(pending, upstream, pending.overTcp, plain, nowMs)) return;
			this.#upstreamFailed(upstream, pending, nowMs);
		}
	}

	/** Nobody is left to ask: what is under way may still come, what was put aside is better than nothing. */
	#outOfTries(pending: Pending, nowMs: number): void {
		pending.tryMs = Number.POSITIVE_INFINITY;
		if (pending.spare !== undefined) this.#judge.useSpare(pending, nowMs);
		else if (pending.firstAsk === undefined) {
			this.#outcome.fail(pending, ede.networkError, pending.lastCause || cause.noUpstream, nowMs);
		}
	}

	#send(pending: Pending, upstream: number, overTcp: boolean, plain: boolean, nowMs: number): boolean {
		const { block, sent } = pending;
		const length = writeUpstreamQuery(this.#query, sent, block.query, block.bufsizeBytes, plain);
		const ask = this.#parts.asks.send(this, pending, upstream, overTcp, plain, this.#query.octets, length);
		if (ask === undefined) return false;
		this.#parts.series.asked(upstream, ask.number);
		this.#parts.series.connected(upstream, overTcp, this.#parts.io.socketReused);
		pending.addAsk(ask);
		pending.tryMs = nowMs + this.#forwardOf(pending).options.readTimeoutMs;
		this.#outcome.schedule(pending, nowMs);
		return true;
	}

	/** Takes back one query that is under way. */
	drop(pending: Pending, ask: Ask<Pending>): void {
		pending.removeAsk(ask);
		this.#parts.asks.settle(ask);
	}

	#upstreamFailed(upstream: number, pending: Pending, nowMs: number): void {
		const forward = this.#forwardOf(pending);
		if (forward.number !== Math.floor(upstream / upstreamStride)) return;
		this.#parts.probes.upstreamFailed(forward, upstream, nowMs);
	}

	onLost(ask: Ask<Pending>, lostTo: string, nowMs: number): void {
		const pending = ask.subject;
		// Another ask of the same question was lost with the same connection, and that was its end.
		if (pending.done) return;
		this.drop(pending, ask);
		this.#upstreamFailed(ask.upstream, pending, nowMs);
		for (let other = pending.firstAsk; other !== undefined; other = other.sibling) {
			if (!other.timedOut) return;
		}
		this.#parts.counters.add(counter.upstream_retries);
		pending.noteLost(ask, lostTo);
		this.tryNext(pending, nowMs);
	}

	onReply(ask: Ask<Pending>, octets: Uint8Array, start: number, length: number, nowMs: number): void {
		const pending = ask.subject;
		const result = this.#check.inspect(pending.sent, ask.plain, octets, start, length);
		if (result === verdict.ignored) return;
		this.#parts.counters.add(counter.upstream_replies);
		this.#parts.series.answered(ask.upstream, this.#check.rcode, ask.number);
		this.#parts.probes.upstreamAnswered(this.#forwardOf(pending), ask.upstream);
		if (result === verdict.ednsRefused) this.#askWithoutEdns(pending, ask, nowMs);
		else if (result === verdict.truncated) this.#answeredTruncated(pending, ask, nowMs);
		else
			this.#judge.judge(pending, ask, this.#forwardOf(pending), this.#check.view, this.#check.rcode, nowMs);
	}

	#askWithoutEdns(pending: Pending, ask: Ask<Pending>, nowMs: number): void {
		this.#parts.counters.add(counter.upstream_without_edns);
		const { upstream, overTcp } = ask;
		pending.ednsRefusedBy = upstream;
		this.drop(pending, ask);
		if (!this.#send(pending, upstream, overTcp, true, nowMs)) this.tryNext(pending, nowMs);
	}

	/** TC: the same upstream once more, by TCP, for everybody who waits. A truncated answer is never used. */
	#answeredTruncated(pending: Pending, ask: Ask<Pending>, nowMs: number): void {
		this.#parts.counters.add(counter.upstream_truncated);
		const { upstream, overTcp, plain } = ask;
		this.drop(pending, ask);
		if (!overTcp && pending.overTcp && pending.firstAsk !== undefined) return;
		const again = !overTcp && this.#send(pending, upstream, true, plain, nowMs);
		pending.overTcp = true;
		if (!again) this.tryNext(pending, nowMs);
	}
}
