import { keyFlag } from '../../cache/key.ts';
import { rcode } from '../../wire/iana.ts';
import { scatter } from '../../workload/hash.ts';
import type { Trace } from '../../workload/read/open-trace.ts';
import type { TraceQuery } from '../../workload/trace-query.ts';
import { PerKey } from '../per-key.ts';
import { bodyBytesOf, estimateBodyBytes } from './answer-size.ts';
import type { NameTable } from './name-table.ts';
import { outcome, RequestBuilder, type Requests } from './requests.ts';

/** What the format of a trace records of replies. */
export interface Recorded {
	/** Whether there was one. Otherwise each query is taken to have had an answer. */
	readonly replies: boolean;
	/** TTLs: then an answer without one has no data. */
	readonly ttls: boolean;
}

export interface AnswerDefaults {
	/** TTL of an answer, in seconds, where none was recorded. 60 by default. */
	readonly ttlSec?: number | undefined;
	/** The same of a denial; by default as that of an answer. */
	readonly negativeTtlSec?: number | undefined;
	/** How long an upstream takes where that was not recorded. 0 by default: such requests weigh nothing. */
	readonly rttUs?: number | undefined;
	/** Queries a second where times were not recorded. By default all come at once, and nothing expires. */
	readonly untimedRatePerSec?: number | undefined;
}

export const defaultTtlSec = 60;
/** Requests a batch: some 200 KiB. */
const batchRequests = 8192;

/** @param pairsReplies as the trace was opened */
export function recordedIn(format: Trace['format'], pairsReplies: boolean): Recorded {
	if (format === 'zeek') return { replies: true, ttls: true };
	if (format === 'pcap') return { replies: pairsReplies, ttls: pairsReplies };
	return { replies: format === 'coredns-log', ttls: false };
}

/** Requests of a DNS trace as they are read, some thousands at a time; `names` gets to know their keys. */
export async function* readDnsRequests(
	trace: Trace,
	names: NameTable,
	pairsReplies: boolean,
	defaults: AnswerDefaults = {},
): AsyncGenerator<Requests, void, void> {
	const builder = new RequestBuilder(Number.POSITIVE_INFINITY, batchRequests);
	let maker: RequestMaker | undefined;
	for await (const queries of trace.batches()) {
		for (const query of queries) {
			maker ??= new RequestMaker(names, recordedIn(trace.format, pairsReplies), defaults);
			maker.add(query, builder);
			if (builder.count === batchRequests) yield builder.take();
		}
	}
	if (builder.count > 0) yield builder.take();
}

/** How many requests have what a trace did not say of them. */
export interface Assumed {
	readonly ttls: number;
	readonly denialTtls: number;
	readonly sizes: number;
}

/** Turns queries of a trace into requests: which key it is, and what the answer was or may have been. */
export class RequestMaker {
	readonly assumed = { ttls: 0, denialTtls: 0, sizes: 0 } satisfies Assumed;
	readonly #names: NameTable;
	readonly #recorded: Recorded;
	readonly #ttlSec: number;
	readonly #negativeTtlSec: number;
	readonly #rttUs: number;
	readonly #gapMs: number;
	/** By key: how long an upstream took last, in microseconds. A cache that recorded knows it of its misses alone. */
	readonly #keys = new PerKey();
	readonly #rttsUs = this.#keys.uint32();
	#startMs = Number.NaN;
	#untimed = 0;

	constructor(names: NameTable, recorded: Recorded, defaults: AnswerDefaults = {}) {
		this.#names = names;
		this.#recorded = recorded;
		this.#ttlSec = defaults.ttlSec ?? defaultTtlSec;
		this.#negativeTtlSec = defaults.negativeTtlSec ?? this.#ttlSec;
		this.#rttUs = defaults.rttUs ?? 0;
		const { untimedRatePerSec = 0 } = defaults;
		this.#gapMs = untimedRatePerSec > 0 ? 1000 / untimedRatePerSec : 0;
	}

	add(query: TraceQuery, to: RequestBuilder): void {
		const flags = query.edns?.dnssecOk ? keyFlag.dnssecOk : 0;
		const key = this.#names.number(query.qname, query.qtype, query.qclass, flags);
		const result = this.#outcomeOf(query);
		const isDenial = result === outcome.negative;
		const ttlSec =
			query.answerTtlSec ?? (isDenial ? query.denialTtlSec : undefined) ?? this.#assumeTtl(result);
		if (query.replyBytes === undefined) this.assumed.sizes++;
		const sizeBytes =
			query.replyBytes === undefined
				? estimateBodyBytes(query.qtype, isDenial, scatter(key))
				: bodyBytesOf(query.replyBytes, query.qname.length, query.edns !== undefined);
		to.add(this.#timeOf(query), key, result, Math.floor(ttlSec), sizeBytes, this.#rttOf(key, query));
	}

	#rttOf(key: number, { rttUs }: TraceQuery): number {
		this.#keys.reach(key);
		const known = this.#rttsUs.values;
		if (rttUs !== undefined) known[key] = rttUs;
		return rttUs ?? (known[key] || this.#rttUs);
	}

	#assumeTtl(result: number): number {
		if (result === outcome.positive) this.assumed.ttls++;
		if (result === outcome.negative) this.assumed.denialTtls++;
		return result === outcome.negative ? this.#negativeTtlSec : this.#ttlSec;
	}

	#timeOf({ atMs }: TraceQuery): number {
		if (Number.isNaN(atMs)) return this.#untimed++ * this.#gapMs;
		if (Number.isNaN(this.#startMs)) this.#startMs = atMs;
		return atMs - this.#startMs;
	}

	#outcomeOf(query: TraceQuery): number {
		if (query.rcode === undefined) return this.#recorded.replies ? outcome.failure : outcome.positive;
		if (query.rcode === rcode.NXDOMAIN) return outcome.negative;
		if (query.rcode === rcode.SERVFAIL || query.rcode === rcode.NOTIMP) return outcome.failure;
		if (query.rcode !== rcode.NOERROR) return outcome.other;
		return this.#recorded.ttls && query.answerTtlSec === undefined ? outcome.negative : outcome.positive;
	}
}
