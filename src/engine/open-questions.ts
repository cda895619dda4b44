import { CacheKey } from '../cache/key.ts';
import { toTicks } from '../cache/layout.ts';
import { type Claims, claimResult } from '../forward/claims.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import { type Block, firstForward } from './compile.ts';
import { Pending, type PendingOwner, role } from './pending.ts';
import { PendingTable } from './pending-table.ts';
import { Translation, type Translator } from './translation.ts';

/** Every client has its answer by then: stub resolvers give up after five seconds. */
export const clientBudgetMs = 4500;
/** How often a waiting shard looks whether the one that asks still lives, and how long a finished one may take. */
export const checkEveryMs = 250;

/**
 * This shard's open questions, one object each, found by the claims that they ask or wait under. The objects are used
 * again: a shard has as many as it ever had questions open at once.
 */
export class OpenQuestions {
	readonly #claims: Claims;
	readonly #counters: Counters;
	readonly #secret: readonly [number, number];
	readonly #owner: PendingOwner;
	readonly #claimed: PendingTable;
	#spare: Pending | undefined;
	/** Of the last `join`: nobody asks the question yet, and this shard must. */
	mustAsk = false;

	constructor(claims: Claims, counters: Counters, secret: readonly [number, number], owner: PendingOwner) {
		this.#claims = claims;
		this.#counters = counters;
		this.#secret = secret;
		this.#owner = owner;
		this.#claimed = new PendingTable(claims.capacity);
	}

	/** The open question of a key: one that is under way on any shard, or a new one (`mustAsk`). */
	join(block: Block, key: CacheKey, nowMs: number): Pending {
		const claims = this.#claims;
		const result = claims.claim(key, toTicks(nowMs));
		this.mustAsk = true;
		if (result === claimResult.none) {
			this.#counters.add(counter.claims_no_room);
			return this.#open(block, key, role.alone, nowMs);
		}
		if (result === claimResult.owned && claims.tookOver) this.#counters.add(counter.claims_taken_over);
		const known = this.#claimed.find(claims.place, claims.generation);
		if (known !== undefined) return this.#joinKnown(known, result);
		if (result === claimResult.owned || claims.isOwn) return this.#open(block, key, role.asking, nowMs);
		this.#counters.add(counter.coalesced_remote);
		this.mustAsk = false;
		const pending = this.#open(block, key, role.waiting, nowMs);
		pending.checkMs = nowMs + checkEveryMs;
		return pending;
	}

	#joinKnown(known: Pending, result: number): Pending {
		if (result !== claimResult.owned) {
			this.#counters.add(counter.coalesced_local);
			this.mustAsk = false;
			return known;
		}
		// It waited for a shard that is dead and asks now, unless it had begun to by itself.
		this.mustAsk = known.role !== role.alone;
		known.role = role.asking;
		known.checkMs = Number.POSITIVE_INFINITY;
		return known;
	}

	/** A new question that this shard asks; undefined if it is under way already. */
	claim(block: Block, key: CacheKey, nowMs: number): Pending | undefined {
		if (this.#claims.claim(key, toTicks(nowMs)) !== claimResult.owned) return undefined;
		return this.#open(block, key, role.asking, nowMs);
	}

	/** The open question under a claim, if this shard has it. */
	find(place: number, generation: number): Pending | undefined {
		return this.#claimed.find(place, generation);
	}

	#open(block: Block, key: CacheKey, as: number, nowMs: number): Pending {
		const pending = this.#spare ?? new Pending(this.#owner, new CacheKey(this.#secret), block);
		this.#spare = pending.nextSpare;
		pending.key.copyFrom(key);
		pending.begin(block, as, nowMs + clientBudgetMs);
		if (block.translator !== undefined) this.#translate(pending, block.translator);
		// Whoever waits is within a FROM; with one forward it is that one's.
		const { sent } = pending;
		pending.forwardPlace = block.forwards.length === 1 ? 0 : firstForward(block, sent.qname, sent.qnameBytes);
		if (as === role.alone) return pending;
		pending.place = this.#claims.place;
		pending.generation = this.#claims.generation;
		this.#claimed.add(pending);
		return pending;
	}

	#translate(pending: Pending, translator: Translator): void {
		const translation = Translation.of(translator, pending.key, this.#secret);
		if (translation === undefined) return;
		pending.translation = translation;
		pending.sent = translation.sent;
	}

	/**
	 * A question is done: its claim is free again. Returns the shards that wait for its answer, a bit each; this one's
	 * may be among them.
	 */
	close(pending: Pending): number {
		if (pending.place !== 0) this.#claimed.remove(pending);
		return pending.role === role.asking ? this.#claims.release(pending.place, pending.generation) : 0;
	}

	/** A question that is closed, and that nobody looks at any more, can become another one. */
	recycle(pending: Pending): void {
		pending.nextSpare = this.#spare;
		this.#spare = pending;
	}
}
