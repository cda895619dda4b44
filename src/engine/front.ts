import { translatedMark } from '../cache/answer.ts';
import { samplePlace } from '../cache/estimate/plan.ts';
import { keyFlag } from '../cache/key.ts';
import { entryKind, hitCountMax } from '../cache/layout.ts';
import { found } from '../cache/reader.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import type { QuerySeries } from '../metrics/hot/query-series.ts';
import { cell, plugin } from '../metrics/hot/series-layout.ts';
import { parseQueryRecords } from '../wire/edns.ts';
import { flag, headerBytes, opcodeOf } from '../wire/header.ts';
import { ede, opcode, rcode, rrClass, rrType } from '../wire/iana.ts';
import { parsed, parseQuestion } from '../wire/question.ts';
import { Views } from '../wire/views.ts';
import type { Block, Routes } from './compile.ts';
import { countReply, noOptions, rcodeOfReply } from './compose.ts';
import { overTcp, type QuerySource } from './io.ts';
import { QueryInHand } from './query-in-hand.ts';
import type { QueryLog } from './query-log.ts';
import { outcomeOf, type QueryRecorder } from './query-recorder.ts';
import type { Rotator } from './rotation.ts';
import { typePlace } from './type-places.ts';
import { Unanswered, type UnansweredParts } from './unanswered.ts';
import { upstreamPayloadBytes } from './upstream-query.ts';
import { answerWhoami } from './whoami.ts';

const maxTcpBytes = 0xffff;
const replyViews = new Views();
const validatorFlags = keyFlag.dnssecOk | keyFlag.checkingDisabled;

export interface FrontParts extends UnansweredParts {
	readonly log: QueryLog;
	readonly secret: readonly [number, number];
	readonly rotator: Rotator;
	/** See now.ts. */
	readonly times: Float64Array;
}

/**
 * What happens to a query between its arrival and either its reply or its place among the misses. This is the path of
 * every hit: it allocates nothing, reads no clock, and ends in `composeReply` like every other.
 */
export class QueryFront {
	readonly #parts: FrontParts;
	readonly #counters: Counters;
	readonly #series: QuerySeries;
	readonly #unanswered: Unanswered;
	readonly #recorder: QueryRecorder;
	readonly #hand: QueryInHand;
	readonly #scratch = new Uint8Array(64);

	constructor(parts: FrontParts) {
		this.#parts = parts;
		this.#counters = parts.counters;
		this.#series = parts.series;
		this.#recorder = parts.recorder;
		this.#unanswered = new Unanswered(parts);
		this.#hand = new QueryInHand(parts.secret, parts.rotator);
	}

	/** See `Engine.onQuery`. */
	handle(
		routes: Routes,
		octets: Uint8Array,
		start: number,
		length: number,
		source: QuerySource,
		reply: Uint8Array,
		replyStart: number,
		replyMax: number,
	): number {
		const hand = this.#hand;
		const { view, asker } = hand;
		const counters = this.#counters;
		const tcp = source.transport === overTcp;
		counters.add(tcp ? counter.queries_tcp : counter.queries_udp);
		if (hand.reply !== reply) {
			hand.reply = reply;
			view.copy = replyViews.of(reply);
		}
		hand.replyStart = replyStart;
		view.copyStart = replyStart + headerBytes;
		hand.by = plugin.none;
		const state = parseQuestion(view, octets, start, length);
		if (state === parsed.drop) {
			counters.add(length < headerBytes ? counter.drop_short : counter.drop_response);
			return 0;
		}
		asker.id = view.id;
		asker.flags = view.flags;
		asker.question = reply;
		asker.questionStart = view.copyStart;
		asker.questionBytes = view.questionBytes;
		asker.hasOpt = false;
		asker.dnssecOk = false;
		asker.payloadBytes = upstreamPayloadBytes;
		asker.options = noOptions;
		asker.limitBytes = Math.min(replyMax, tcp ? maxTcpBytes : 512);
		asker.row = routes.droppedRow;
		asker.logged = undefined;
		const replyBytes = this.#judge(routes, state, octets, source, replyMax);
		const type = typePlace(state === parsed.ok ? view.qtype : 0);
		if (replyBytes > 0) {
			countReply(counters, tcp, reply, replyStart);
			const code = rcodeOfReply(hand.answer, asker, reply, replyStart);
			this.#series.answered(asker.row, type, asker.dnssecOk, length, hand.by, code, replyBytes);
			if (this.#recorder.isOn) this.#record(source, reply, replyStart);
		} else this.#series.queried(asker.row, type, asker.dnssecOk, length);
		if (asker.logged !== undefined) this.#writeLog(source, reply, replyStart, replyBytes);
		return replyBytes;
	}

	/** Also for a query that was dropped; one that waits is logged with its reply (waiters.ts). */
	#writeLog(source: QuerySource, octets: Uint8Array, start: number, length: number): void {
		const { asker, answer, by } = this.#hand;
		const reply = { octets, start, length };
		const tcp = source.transport === overTcp;
		this.#parts.log.write(asker, source.listener, tcp, by, answer, reply, this.#parts.times);
	}

	/** Of a query that is answered at once; one that waits is recorded with its reply (waiters.ts). */
	#record(source: QuerySource, reply: Uint8Array, start: number): void {
		const { view, asker, answer, by } = this.#hand;
		const query = this.#recorder.note(view, source, this.#parts.io, outcomeOf(by, answer));
		this.#recorder.write(query, asker, answer, reply, start, this.#parts.times);
	}

	#judge(routes: Routes, state: number, octets: Uint8Array, source: QuerySource, replyMax: number): number {
		const hand = this.#hand;
		const { view } = hand;
		const route = state === parsed.ok ? routes.table.find(view.qname, view.qnameBytes) : undefined;
		const block = route?.block;
		if (route !== undefined) hand.asker.row = route.row;
		if (opcodeOf(view.flags) !== opcode.QUERY) {
			this.#counters.add(counter.notimp);
			return hand.refuse(block, rcode.NOTIMP, -1);
		}
		if (state !== parsed.ok) {
			this.#counters.add(counter.formerr_question);
			return hand.refuse(block, rcode.FORMERR, -1);
		}
		if (parseQueryRecords(view, octets) !== parsed.ok) {
			this.#counters.add(counter.formerr_records);
			return hand.refuse(block, rcode.FORMERR, -1);
		}
		this.#setLimits(block, source, replyMax);
		if (view.ednsVersion > 0) {
			this.#counters.add(counter.badvers);
			return hand.refuse(block, rcode.BADVERS, -1);
		}
		if (view.wantsNsid && block?.nsid !== undefined) hand.asker.options = block.nsid;
		if (block !== undefined && block.log !== undefined) {
			hand.asker.logged = this.#parts.log.note(block.log, view, source);
		}
		if (view.qclass !== rrClass.IN) {
			this.#counters.add(counter.refused_class);
			return hand.refuse(block, rcode.REFUSED, ede.notSupported);
		}
		if (isMetaType(view.qtype)) {
			this.#counters.add(counter.refused_type);
			return hand.refuse(block, rcode.REFUSED, ede.notSupported);
		}
		if (block === undefined) {
			this.#counters.add(counter.refused_zone);
			return hand.refuse(block, rcode.REFUSED, ede.prohibited);
		}
		if (block.loop && this.#parts.loops.recognises(block, view.qname, view.qnameBytes, view.qtype)) {
			this.#parts.loops.saw(block, this.#parts.now.ms);
			return hand.refuse(block, rcode.SERVFAIL, ede.other);
		}
		if (block.local !== undefined) {
			const replyBytes = block.local.answer(hand, block, source, this.#parts);
			if (replyBytes >= 0) return replyBytes;
		}
		if (block.whoami) return this.#whoami(block, source);
		return this.#resolve(block, route!.translates, source);
	}

	#setLimits(block: Block | undefined, source: QuerySource, replyMax: number): void {
		const { view, asker } = this.#hand;
		asker.hasOpt = view.hasOpt;
		asker.dnssecOk = view.dnssecOk;
		if (source.transport === overTcp || !view.hasOpt) return;
		const bufsizeBytes = block?.bufsizeBytes ?? upstreamPayloadBytes;
		asker.limitBytes = Math.min(replyMax, Math.max(512, Math.min(view.udpPayloadBytes, bufsizeBytes)));
	}

	#whoami(block: Block, source: QuerySource): number {
		const hand = this.#hand;
		this.#counters.add(counter.local_answers);
		const client = this.#parts.io.clientAddress(source);
		answerWhoami(hand.answer, client, source.transport, this.#scratch);
		hand.by = plugin.whoami;
		return hand.compose(block);
	}

	/** @param translates `dns64` makes answers for the client */
	#resolve(block: Block, translates: boolean, source: QuerySource): number {
		const hand = this.#hand;
		const { view, key } = hand;
		let keyFlags =
			(view.dnssecOk ? keyFlag.dnssecOk : 0) | (view.flags & flag.cd ? keyFlag.checkingDisabled : 0);
		// Who says DO and CD looks into the answer itself, and would find what was made false (RFC 6147 §5.5).
		if (translates && view.qtype === rrType.AAAA && keyFlags !== validatorFlags) {
			keyFlags |= keyFlag.translated;
		}
		key.seal(block.cacheId, view.qtype, view.qclass, keyFlags, view.qnameBytes);
		const { cache } = block;
		if (cache === undefined || cache.zones.find(view.qname, view.qnameBytes) === undefined) {
			return this.#unanswered.uncached(hand, block, source);
		}
		const { store, now } = this.#parts;
		hand.by = plugin.cache;
		hand.bodyStart = hand.replyStart + headerBytes + view.questionBytes;
		const result = store.lookup(block, key, now.ticks, hand.reply, hand.bodyStart, hand.answer);
		if (samplePlace(key) < store.estimate.sampledBelow) {
			store.estimate.lookedUp(block, key, hand.answer, result, now.ticks);
		}
		if (result === found.fresh) return this.#hit(block);
		return this.#unanswered.handle(hand, block, source, result);
	}

	#hit(block: Block): number {
		const hand = this.#hand;
		const { answer } = hand;
		const positive = answer.kind === entryKind.positive;
		this.#counters.add(positive ? counter.hits_positive : counter.hits_negative);
		this.#series.add(hand.asker.row, positive ? cell.hitsSuccess : cell.hitsDenial);
		if (block.translator !== undefined && answer.flags & translatedMark) {
			this.#series.add(hand.asker.row, cell.translated);
			hand.by = plugin.dns64;
		}
		const length = hand.compose(block);
		if (positive && block.cache!.options.prefetch !== undefined) this.#prefetch(block);
		return length;
	}

	/** Asks anew for an answer that is popular and soon over. */
	#prefetch(block: Block): void {
		const { answer, key, asker } = this.#hand;
		const { store, misses, now } = this.#parts;
		const { amount, durationSec, percentage } = block.cache!.options.prefetch!;
		const visits = store.countVisit(key, answer, now.ticks, durationSec);
		const leftTicks = answer.storedAtTicks + answer.lifetimeTicks - now.ticks;
		if (visits < Math.min(amount, hitCountMax) || leftTicks > (answer.lifetimeTicks * percentage) / 100)
			return;
		if (!misses.refresh(block, key, answer.storedAtTicks, now.ms)) return;
		store.estimate.renewed(key, answer, now.ticks);
		this.#counters.add(counter.prefetches);
		this.#series.add(asker.row, cell.prefetches);
	}
}

/** Types that only mean something between two servers: zone transfers and the like. ANY is a question as any other. */
export function isMetaType(type: number): boolean {
	return type === rrType.OPT || (type >= rrType.TKEY && type < rrType.ANY);
}
