import type { CacheKey } from '../cache/key.ts';
import { unknownSeq } from '../cache/layout.ts';
import { newTries, type Tries } from '../forward/selection.ts';
import { Timer } from '../util/timer-wheel.ts';
import type { Ask } from './asks.ts';
import type { Block } from './compile.ts';
import type { Translation } from './translation.ts';
import type { Waiter } from './waiters.ts';

export const role = {
	/** Asks, under a claim that others may have joined. */
	asking: 0,
	/** Waits for the shard that holds the claim. */
	waiting: 1,
	/** Asks without a claim. */
	alone: 2,
} as const;

/** What a pending question calls when its time has come. */
export interface PendingOwner {
	pendingDue(pending: Pending, nowMs: number): void;
}

/**
 * A question that this shard has no answer for yet, with the clients that wait for it. Used again when it is done, for
 * the next question (open-questions.ts).
 */
export class Pending extends Timer {
	readonly owner: PendingOwner;
	/** The question that clients ask, which the answer is kept under. */
	readonly key: CacheKey;
	/** The question that upstreams are asked: the same, unless the block changes it on its way. */
	sent: CacheKey;
	/** What the block does to the question and its answer; undefined: nothing. */
	translation: Translation | undefined;
	block: Block;
	role: number = role.alone;
	/** The claim that it asks or waits under; place 0: none. */
	place = 0;
	generation = 0;
	/** Older questions that wait under other generations of the same claim place. */
	olderAtPlace: Pending | undefined;
	firstWaiter: Waiter | undefined;
	lastWaiter: Waiter | undefined;
	/** In an array, since a number with a fraction, or Infinity, is an object of its own in any other field. */
	readonly #times = new Float64Array(4).fill(Number.POSITIVE_INFINITY);
	/** Those who waited got a stale answer; later ones get it at once. */
	staleSent = false;
	/** The claim was found let go at the last look. */
	holderLost = false;
	/** What `AnswerStore.absentAt` said before it was asked. */
	absentAt: number = unknownSeq;
	/** What `AnswerStore.flushes` was before it was asked. */
	flushes = 0;
	/** The forward in use, as a place in `block.forwards`. */
	forwardPlace = -1;
	/** The forward whose `max_concurrent` counts this question, -1: none. */
	countedForward = -1;
	startPlace = 0;
	readonly tries: Tries = newTries();
	/** Queries sent for it to upstreams of the forward in use. */
	attempts = 0;
	/** Queries under way for it, the youngest first; linked by `sibling`. */
	firstAsk: Ask<Pending> | undefined;
	/** The upstream that answered FORMERR to an OPT and is asked without; -1: none. */
	ednsRefusedBy = -1;
	/** An upstream cut its answer by UDP: TCP from now on. */
	overTcp = false;
	/** An upstream's answer that is good enough if no better one comes (`failover`, `next`), handed-over form. */
	spare: Uint8Array | undefined;
	/** What the last lost query was lost to, for the log, and which one it was. */
	lastCause = '';
	lastUpstream = -1;
	lastOverTcp = false;
	done = true;
	/** Of those that are done: the next that can be used again. */
	nextSpare: Pending | undefined;

	constructor(owner: PendingOwner, key: CacheKey, block: Block) {
		super();
		this.owner = owner;
		this.key = key;
		this.sent = key;
		this.block = block;
	}

	/** When all clients get an answer, whatever happened. */
	get endMs(): number {
		return this.#times[0];
	}

	/** When the next try is due; Infinity: none is. */
	get tryMs(): number {
		return this.#times[1];
	}

	set tryMs(timeMs: number) {
		this.#times[1] = timeMs;
	}

	/** When waiting clients get a stale answer; Infinity: they do not. */
	get staleMs(): number {
		return this.#times[2];
	}

	set staleMs(timeMs: number) {
		this.#times[2] = timeMs;
	}

	/** When a waiting shard looks whether its claim's holder lives; Infinity: it asks by itself. */
	get checkMs(): number {
		return this.#times[3];
	}

	set checkMs(timeMs: number) {
		this.#times[3] = timeMs;
	}

	/** Becomes another question: everything but its key and its claim. */
	begin(block: Block, as: number, endMs: number): void {
		this.block = block;
		this.sent = this.key;
		this.translation = undefined;
		this.role = as;
		this.place = 0;
		this.#times[0] = endMs;
		this.tryMs = Number.POSITIVE_INFINITY;
		this.staleMs = Number.POSITIVE_INFINITY;
		this.checkMs = Number.POSITIVE_INFINITY;
		this.staleSent = false;
		this.holderLost = false;
		this.absentAt = unknownSeq;
		this.countedForward = -1;
		this.ednsRefusedBy = -1;
		this.overTcp = false;
		this.spare = undefined;
		this.lastCause = '';
		this.lastUpstream = -1;
		this.done = false;
		this.nextSpare = undefined;
	}

	due(nowMs: number): void {
		this.owner.pendingDue(this, nowMs);
	}

	addWaiter(waiter: Waiter): void {
		waiter.next = undefined;
		if (this.lastWaiter) this.lastWaiter.next = waiter;
		else this.firstWaiter = waiter;
		this.lastWaiter = waiter;
	}

	/** Takes all waiters out; the first of a list. */
	takeWaiters(): Waiter | undefined {
		const first = this.firstWaiter;
		this.firstWaiter = undefined;
		this.lastWaiter = undefined;
		return first;
	}

	/** A query was lost, and why. */
	noteLost({ upstream, overTcp }: Ask<Pending>, cause: string): void {
		this.lastCause = cause;
		this.lastUpstream = upstream;
		this.lastOverTcp = overTcp;
	}

	addAsk(ask: Ask<Pending>): void {
		ask.sibling = this.firstAsk;
		this.firstAsk = ask;
	}

	removeAsk(ask: Ask<Pending>): void {
		if (this.firstAsk === ask) this.firstAsk = ask.sibling;
		for (let other = this.firstAsk; other !== undefined; other = other.sibling) {
			if (other.sibling === ask) other.sibling = ask.sibling;
		}
		ask.sibling = undefined;
	}

	nextDueMs(): number {
		return Math.min(this.endMs, this.tryMs, this.staleMs, this.checkMs);
	}
}
