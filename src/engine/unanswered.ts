import { found } from '../cache/reader.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import type { QuerySeries } from '../metrics/hot/query-series.ts';
import { cell } from '../metrics/hot/series-layout.ts';
import { ede, rcode } from '../wire/iana.ts';
import { isWithin, labelCount } from '../wire/name.ts';
import { type Block, firstForward } from './compile.ts';
import { type EngineIo, overTcp, type QuerySource } from './io.ts';
import type { LoopProbes } from './loop-probes.ts';
import type { Misses } from './misses.ts';
import type { Now } from './now.ts';
import type { QueryInHand } from './query-in-hand.ts';
import { cacheOutcome, type QueryRecorder } from './query-recorder.ts';
import type { AnswerStore } from './store.ts';
import { isForwarded } from './translation.ts';

export interface UnansweredParts {
	readonly io: EngineIo;
	readonly store: AnswerStore;
	readonly misses: Misses;
	readonly loops: LoopProbes;
	readonly counters: Counters;
	readonly series: QuerySeries;
	readonly now: Now;
	readonly recorder: QueryRecorder;
}

/**
 * What happens to queries for which the cache has no fresh answer, until they have a reply or wait among the misses.
 * Every method returns the length of the reply, 0 if there is none now.
 */
export class Unanswered {
	readonly #parts: UnansweredParts;

	constructor(parts: UnansweredParts) {
		this.#parts = parts;
	}

	/** The block does not cache the name. */
	uncached(hand: QueryInHand, block: Block, source: QuerySource): number {
		this.#parts.counters.add(counter.uncached);
		return this.#wait(hand, block, source, Number.POSITIVE_INFINITY, cacheOutcome.uncached);
	}

	/** @param result what the look-up found, a value of `found`, and not `found.fresh` */
	handle(hand: QueryInHand, block: Block, source: QuerySource, result: number): number {
		const { counters, series } = this.#parts;
		const { row } = hand.asker;
		if (result === found.failure) {
			counters.add(counter.hits_failure);
			series.add(row, cell.hitsDenial);
			return hand.compose(block);
		}
		if (result !== found.nothing) return this.#stale(hand, block, source, result);
		if (block.cache!.options.nxdomainCut && this.#cut(hand, block)) {
			counters.add(counter.hits_nxdomain_cut);
			series.add(row, cell.hitsDenial);
			return hand.compose(block);
		}
		counters.add(counter.misses);
		series.add(row, cell.misses);
		return this.#wait(hand, block, source, Number.POSITIVE_INFINITY);
	}

	/** An expired answer: at once where the block says so or where asking was just tried, else only if asking fails. */
	#stale(hand: QueryInHand, block: Block, source: QuerySource, result: number): number {
		const { counters, series, misses, now } = this.#parts;
		const options = block.cache!.options.serveStale!;
		const { row } = hand.asker;
		if (result === found.stale && options.mode === 'verify') {
			counters.add(counter.misses);
			series.add(row, cell.misses);
			const waitMs = options.verifyTimeoutMs > 0 ? options.verifyTimeoutMs : Number.POSITIVE_INFINITY;
			return this.#wait(hand, block, source, waitMs);
		}
		counters.add(counter.hits_stale);
		series.add(row, hand.answer.isDenial ? cell.hitsDenial : cell.hitsSuccess);
		series.add(row, cell.servedStale);
		const length = hand.compose(block);
		const due = result === found.stale;
		if (due && misses.refresh(block, hand.key, hand.answer.storedAtTicks, now.ms)) {
			counters.add(counter.stale_refreshes);
			series.add(row, cell.prefetches);
		}
		return length;
	}

	/** An NXDOMAIN above the name says that there is nothing below (RFC 8020). */
	#cut(hand: QueryInHand, block: Block): boolean {
		const { view, key } = hand;
		let apexLabels = 0;
		for (const zone of block.zones) {
			if (isWithin(view.qname, 0, view.qnameBytes, zone))
				apexLabels = Math.max(apexLabels, labelCount(zone, 0));
		}
		const forward = firstForward(block, view.qname, view.qnameBytes);
		if (forward >= 0) apexLabels = Math.max(apexLabels, block.forwards[forward].fromLabels);
		const { store, now } = this.#parts;
		return store.lookupCut(key, apexLabels, now.ticks, hand.reply, hand.bodyStart, hand.answer);
	}

	/** @param outcome what the cache had, a value of `cacheOutcome` */
	#wait(
		hand: QueryInHand,
		block: Block,
		source: QuerySource,
		staleAfterMs: number,
		outcome: number = cacheOutcome.miss,
	): number {
		const { io, misses, loops, counters, now, recorder } = this.#parts;
		const { view } = hand;
		const { translator } = block;
		const forwarded =
			translator === undefined
				? firstForward(block, view.qname, view.qnameBytes) >= 0
				: isForwarded(translator, hand.key);
		if (!forwarded) {
			counters.add(counter.refused_zone);
			return hand.refuse(block, rcode.REFUSED, ede.prohibited);
		}
		if (block.loop && loops.isLooped(block, now.ms)) {
			counters.add(counter.servfail_loop);
			return hand.refuse(block, rcode.SERVFAIL, ede.other);
		}
		const client = io.retain(source);
		if (client === 0) {
			counters.add(counter.waiters_no_room);
			return 0;
		}
		const { listener, transport } = source;
		const tcp = transport === overTcp;
		hand.asker.recorded = recorder.isOn ? recorder.note(view, source, io, outcome) : undefined;
		if (!misses.wait(block, hand.key, hand.asker, listener, tcp, client, staleAfterMs, now.ms)) {
			counters.add(counter.waiters_no_room);
			io.release(listener, client);
		} else hand.asker.logged = undefined;
		return 0;
	}
}
