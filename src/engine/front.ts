import { Answer } from '../cache/answer.ts';
import { CacheKey, keyFlag } from '../cache/key.ts';
import { entryKind } from '../cache/layout.ts';
import { found } from '../cache/reader.ts';
import type { ZoneTable } from '../forward/zone-table.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import { compileHeaderRules } from '../rewrite/header-rules.ts';
import { parseQueryRecords } from '../wire/edns.ts';
import { flag, headerBytes, opcodeOf } from '../wire/header.ts';
import { ede, opcode, rcode, rrClass, rrType } from '../wire/iana.ts';
import { isWithin, labelCount } from '../wire/name.ts';
import { parsed, parseQuestion, QueryView } from '../wire/question.ts';
import { type Block, firstForward } from './compile.ts';
import { Asker, composeReply, countReply } from './compose.ts';
import { type EngineIo, overTcp, type QuerySource } from './io.ts';
import type { LoopProbes } from './loop-probes.ts';
import type { Misses } from './misses.ts';
import type { Now } from './now.ts';
import type { AnswerStore } from './store.ts';
import { upstreamPayloadBytes } from './upstream-query.ts';
import { answerWhoami } from './whoami.ts';

const noRules = compileHeaderRules([]);
const maxTcpBytes = 0xffff;

export interface FrontParts {
	readonly io: EngineIo;
	readonly store: AnswerStore;
	readonly misses: Misses;
	readonly loops: LoopProbes;
	readonly counters: Counters;
	readonly secret: readonly [number, number];
	readonly now: Now;
}

/**
 * What happens to a query between its arrival and either its reply or its place among the misses. This is the path of
 * every hit: it allocates nothing, reads no clock, and ends in `composeReply` like every other.
 */
export class QueryFront {
	readonly #parts: FrontParts;
	readonly #counters: Counters;
	readonly #now: Now;
	readonly #key: CacheKey;
	readonly #view: QueryView;
	readonly #asker = new Asker();
	readonly #answer = new Answer();
	readonly #scratch = new Uint8Array(64);
	/** Where the reply goes, for the query in hand. */
	#reply: Uint8Array = new Uint8Array(0);
	#replyStart = 0;

	constructor(parts: FrontParts) {
		this.#parts = parts;
		this.#counters = parts.counters;
		this.#now = parts.now;
		this.#key = new CacheKey(parts.secret);
		this.#view = new QueryView(this.#key.qname);
	}

	/** See `Engine.onQuery`. */
	handle(
		zones: ZoneTable<Block>,
		octets: Uint8Array,
		start: number,
		length: number,
		source: QuerySource,
		reply: Uint8Array,
		replyStart: number,
		replyMax: number,
	): number {
		const view = this.#view;
		const counters = this.#counters;
		const tcp = source.transport === overTcp;
		counters.add(tcp ? counter.queries_tcp : counter.queries_udp);
		this.#reply = reply;
		this.#replyStart = replyStart;
		const state = parseQuestion(view, octets, start, length);
		if (state === parsed.drop) {
			counters.add(length < headerBytes ? counter.drop_short : counter.drop_response);
			return 0;
		}
		const asker = this.#asker;
		asker.id = view.id;
		asker.flags = view.flags;
		asker.question = octets;
		asker.questionStart = view.questionStart;
		asker.questionBytes = state === parsed.ok ? view.questionBytes : 0;
		asker.hasOpt = false;
		asker.dnssecOk = false;
		asker.payloadBytes = upstreamPayloadBytes;
		asker.limitBytes = Math.min(replyMax, tcp ? maxTcpBytes : 512);
		const replyBytes = this.#judge(zones, state, octets, source, replyMax);
		if (replyBytes > 0) countReply(counters, tcp, reply, replyStart);
		return replyBytes;
	}

	#judge(
		zones: ZoneTable<Block>,
		state: number,
		octets: Uint8Array,
		source: QuerySource,
		replyMax: number,
	): number {
		const view = this.#view;
		const block = state === parsed.ok ? zones.find(view.qname, view.qnameBytes) : undefined;
		if (opcodeOf(view.flags) !== opcode.QUERY) {
			this.#counters.add(counter.notimp);
			return this.#refuse(block, rcode.NOTIMP, -1);
		}
		if (state !== parsed.ok) {
			this.#counters.add(counter.formerr_question);
			return this.#refuse(block, rcode.FORMERR, -1);
		}
		if (parseQueryRecords(view, octets) !== parsed.ok) {
			this.#counters.add(counter.formerr_records);
			return this.#refuse(block, rcode.FORMERR, -1);
		}
		this.#setLimits(block, source, replyMax);
		if (view.ednsVersion > 0) {
			this.#counters.add(counter.badvers);
			return this.#refuse(block, rcode.BADVERS, -1);
		}
		if (view.qclass !== rrClass.IN) {
			this.#counters.add(counter.refused_class);
			return this.#refuse(block, rcode.REFUSED, ede.notSupported);
		}
		if (isMetaType(view.qtype)) {
			this.#counters.add(counter.refused_type);
			return this.#refuse(block, rcode.REFUSED, ede.notSupported);
		}
		if (block === undefined) {
			this.#counters.add(counter.refused_zone);
			return this.#refuse(block, rcode.REFUSED, ede.prohibited);
		}
		if (block.loop && this.#parts.loops.recognises(block, view.qname, view.qnameBytes, view.qtype)) {
			this.#parts.loops.saw(block, this.#now.ms);
			return this.#refuse(block, rcode.SERVFAIL, ede.other);
		}
		if (block.whoami) return this.#whoami(block, source);
		return this.#resolve(block, source);
	}

	#setLimits(block: Block | undefined, source: QuerySource, replyMax: number): void {
		const view = this.#view;
		const asker = this.#asker;
		asker.hasOpt = view.hasOpt;
		asker.dnssecOk = view.dnssecOk;
		if (source.transport === overTcp || !view.hasOpt) return;
		const bufsizeBytes = block?.bufsizeBytes ?? upstreamPayloadBytes;
		asker.limitBytes = Math.min(replyMax, Math.max(512, Math.min(view.udpPayloadBytes, bufsizeBytes)));
	}

	#compose(block: Block | undefined): number {
		return composeReply(this.#answer, this.#asker, block?.response ?? noRules, this.#reply, this.#replyStart);
	}

	/** A reply that says no; response rules apply to it as to any other. */
	#refuse(block: Block | undefined, code: number, edeCode: number): number {
		this.#answer.reset(code & 0xf, code >>> 4, entryKind.failure);
		this.#answer.edeCode = edeCode;
		return this.#compose(block);
	}

	#whoami(block: Block, source: QuerySource): number {
		this.#counters.add(counter.local_answers);
		const client = this.#parts.io.clientAddress(source);
		answerWhoami(this.#answer, client, source.transport, this.#scratch);
		return this.#compose(block);
	}

	#resolve(block: Block, source: QuerySource): number {
		const view = this.#view;
		const key = this.#key;
		const keyFlags =
			(view.dnssecOk ? keyFlag.dnssecOk : 0) | (view.flags & flag.cd ? keyFlag.checkingDisabled : 0);
		key.seal(block.number, view.qtype, view.qclass, keyFlags, view.qnameBytes);
		const { cache } = block;
		if (cache === undefined || cache.zones.find(view.qname, view.qnameBytes) === undefined) {
			this.#counters.add(counter.uncached);
			return this.#miss(block, source, Number.POSITIVE_INFINITY);
		}
		const nowTicks = this.#now.ticks;
		const answer = this.#answer;
		const bodyStart = this.#replyStart + headerBytes + view.questionBytes;
		const result = this.#parts.store.lookup(block, key, nowTicks, this.#reply, bodyStart, answer);
		if (result === found.fresh) return this.#hit(block);
		if (result === found.failure) {
			this.#counters.add(counter.hits_failure);
			return this.#compose(block);
		}
		if (result !== found.nothing) return this.#stale(block, source, result);
		if (cache.options.nxdomainCut && this.#cut(block, nowTicks, bodyStart)) return this.#compose(block);
		this.#counters.add(counter.misses);
		return this.#miss(block, source, Number.POSITIVE_INFINITY);
	}

	#hit(block: Block): number {
		const answer = this.#answer;
		const positive = answer.kind === entryKind.positive;
		this.#counters.add(positive ? counter.hits_positive : counter.hits_negative);
		const length = this.#compose(block);
		const prefetch = block.cache!.options.prefetch;
		if (prefetch !== undefined && positive) {
			const nowTicks = this.#now.ticks;
			const visits = this.#parts.store.countVisit(answer, nowTicks, prefetch.durationSec);
			const leftTicks = answer.storedAtTicks + answer.lifetimeTicks - nowTicks;
			const wanted =
				visits >= prefetch.amount && leftTicks <= (answer.lifetimeTicks * prefetch.percentage) / 100;
			if (wanted && this.#parts.misses.refresh(block, this.#key, answer.storedAtTicks, this.#now.ms)) {
				this.#counters.add(counter.prefetches);
			}
		}
		return length;
	}

	/** An expired answer: at once where the block says so or where asking was just tried, else only if asking fails. */
	#stale(block: Block, source: QuerySource, result: number): number {
		const options = block.cache!.options.serveStale!;
		if (result === found.stale && options.mode === 'verify') {
			this.#counters.add(counter.misses);
			const waitMs = options.verifyTimeoutMs > 0 ? options.verifyTimeoutMs : Number.POSITIVE_INFINITY;
			return this.#miss(block, source, waitMs);
		}
		this.#counters.add(counter.hits_stale);
		const length = this.#compose(block);
		if (
			result === found.stale &&
			this.#parts.misses.refresh(block, this.#key, this.#answer.storedAtTicks, this.#now.ms)
		) {
			this.#counters.add(counter.stale_refreshes);
		}
		return length;
	}

	#cut(block: Block, nowTicks: number, bodyStart: number): boolean {
		const view = this.#view;
		let apexLabels = 0;
		for (const zone of block.zones) {
			if (isWithin(view.qname, 0, view.qnameBytes, zone))
				apexLabels = Math.max(apexLabels, labelCount(zone, 0));
		}
		const forward = firstForward(block, view.qname, view.qnameBytes);
		if (forward >= 0) apexLabels = Math.max(apexLabels, block.forwards[forward].fromLabels);
		const { store } = this.#parts;
		if (!store.lookupCut(this.#key, apexLabels, nowTicks, this.#reply, bodyStart, this.#answer)) return false;
		this.#counters.add(counter.hits_nxdomain_cut);
		return true;
	}

	#miss(block: Block, source: QuerySource, staleAfterMs: number): number {
		const { io, misses, loops } = this.#parts;
		const view = this.#view;
		if (firstForward(block, view.qname, view.qnameBytes) < 0) {
			this.#counters.add(counter.refused_zone);
			return this.#refuse(block, rcode.REFUSED, ede.prohibited);
		}
		if (block.loop && loops.isLooped(block, this.#now.ms)) {
			this.#counters.add(counter.servfail_loop);
			return this.#refuse(block, rcode.SERVFAIL, ede.other);
		}
		const client = io.retain(source);
		if (client === 0) {
			this.#counters.add(counter.waiters_no_room);
			return 0;
		}
		const { listener, transport } = source;
		const tcp = transport === overTcp;
		if (!misses.wait(block, this.#key, this.#asker, listener, tcp, client, staleAfterMs, this.#now.ms)) {
			this.#counters.add(counter.waiters_no_room);
			io.release(listener, client);
		}
		return 0;
	}
}

/** Types that only mean something between two servers: zone transfers and the like. ANY is a question as any other. */
function isMetaType(type: number): boolean {
	return type === rrType.OPT || (type >= rrType.TKEY && type < rrType.ANY);
}
