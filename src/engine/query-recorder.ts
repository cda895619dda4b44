import type { Answer } from '../cache/answer.ts';
import { entryKind, ticksPerSec } from '../cache/layout.ts';
import { plugin } from '../metrics/hot/series-layout.ts';
import { optBytes } from '../wire/edns.ts';
import { at, headerBytes, opcodeOf, readUint16, readUint32 } from '../wire/header.ts';
import { opcode } from '../wire/iana.ts';
import type { QueryView } from '../wire/question.ts';
import { type Asker, rcodeOfReply } from './compose.ts';
import { type ClientEndpoint, type EngineIo, overTcp, type QuerySource } from './io.ts';
import { LogRing, LogRingWriter, recordBit, recordWords } from './log-ring.ts';

/** What a shard is told when a recording begins. Plain data, so that it can be posted to a worker. */
export interface RecordingSetup {
	/** The rings of all shards (log-ring.ts). */
	readonly memory: SharedArrayBuffer;
	/** Whether addresses and ports of clients are written there. */
	readonly withClients: boolean;
}

/** What the cache had for a query. */
export const cacheOutcome = {
	/** It was not asked: petrel answers or refuses by itself. */
	none: 0,
	/** A fresh answer, or a failure that is held. */
	hit: 1,
	stale: 2,
	miss: 3,
	/** The server block does not cache the name. */
	uncached: 4,
} as const;

/** What a recording wants to know of a query beyond what its reply needs. */
export interface RecordedQuery {
	/** Undefined: clients are left out. */
	readonly client: ClientEndpoint | undefined;
	readonly payloadBytes: number;
	readonly isTcp: boolean;
	readonly listener: number;
	readonly queryBytes: number;
	/** A value of `cacheOutcome`. */
	readonly outcome: number;
}

/**
 * A shard's end of a recording: a record of every query that has a reply goes into the shard's ring. There is one in a shard,
 * which all its engines share, so that a recording goes on over a reload. While nobody records, `isOn` is all that is looked
 * at.
 */
export class QueryRecorder {
	/** Whether replies are to be given to `write`. */
	isOn = false;
	readonly #shards: number;
	readonly #shard: number;
	readonly #times: Float64Array;
	#writer: LogRingWriter | undefined;
	#withClients = false;

	/** @param times see now.ts */
	constructor(shards: number, shard: number, times: Float64Array) {
		this.#shards = shards;
		this.#shard = shard;
		this.#times = times;
	}

	/** Begins a recording, or ends it. To be called between two turns. */
	set(setup: RecordingSetup | undefined): void {
		this.isOn = setup !== undefined;
		this.#withClients = setup?.withClients ?? false;
		this.#writer =
			setup && new LogRingWriter(new LogRing(setup.memory, this.#shards, this.#shard), this.#times);
	}

	/** @param outcome a value of `cacheOutcome` */
	note(view: QueryView, source: QuerySource, io: EngineIo, outcome: number): RecordedQuery {
		return {
			client: this.#withClients ? io.clientAddress(source) : undefined,
			payloadBytes: view.udpPayloadBytes,
			isTcp: source.transport === overTcp,
			listener: source.listener,
			queryBytes: view.length,
			outcome,
		};
	}

	/** Writes the record of a query that came at `startMs[0]` and whose reply stands at `reply[start...]`. */
	write(
		query: RecordedQuery,
		asker: Asker,
		answer: Answer,
		reply: Uint8Array,
		start: number,
		startMs: Float64Array,
	): void {
		if (asker.questionBytes === 0 || opcodeOf(asker.flags) !== opcode.QUERY) return;
		const { question, questionStart, questionBytes } = asker;
		const address = this.#withClients ? (query.client?.address ?? '') : '';
		const qnameBytes = questionBytes - 4;
		const units = (recordWords >> 1) + Math.ceil((qnameBytes + address.length) / 8);
		const { ring } = this.#writer!;
		const place = this.#writer!.reserve(units);
		if (place < 0) {
			ring.drop();
			return;
		}
		const { words, octets, times } = ring;
		const first = place * 2;
		const bits =
			(query.isTcp ? recordBit.tcp : 0) |
			(asker.dnssecOk ? recordBit.dnssecOk : 0) |
			(asker.hasOpt ? recordBit.hasOpt : 0) |
			(answer.isDenial ? recordBit.denial : 0) |
			recordBit.replied |
			(query.outcome << recordBit.pluginShift);
		words[first] = units;
		words[first + 1] = query.listener | (bits << 16);
		words[first + 2] = asker.id | (asker.flags << 16);
		words[first + 3] =
			readUint16(reply, start + at.flags) | (rcodeOfReply(answer, asker, reply, start) << 16);
		words[first + 4] = readUint16(question, questionStart + qnameBytes) | (query.payloadBytes << 16);
		words[first + 5] = qnameBytes | (address === '' ? 0 : query.client!.port << 16);
		words[first + 6] = headerBytes + questionBytes + answer.bodyBytes + (asker.hasOpt ? optBytes : 0);
		words[first + 7] = asker.row | (address.length << 16);
		words[first + 8] = query.queryBytes | (readUint16(question, questionStart + qnameBytes + 2) << 16);
		words[first + 9] = keptSec(query.outcome, asker, answer, reply, start);
		times[place + recordWords / 2 - 2] = startMs[0];
		let to = first * 4 + recordWords * 4;
		for (let i = 0; i < qnameBytes; i++) octets[to++] = question[questionStart + i];
		for (let i = 0; i < address.length; i++) octets[to++] = address.charCodeAt(i);
	}

	/** What was written since the last call has its end, and is shown to the main thread. */
	endTurn(): void {
		this.#writer?.endTurn();
	}
}

/** What the cache had for a query that is answered at once. @param by a value of `plugin` */
export function outcomeOf(by: number, answer: Answer): number {
	if (by !== plugin.cache && by !== plugin.dns64) return cacheOutcome.none;
	return answer.fixedTtlSec >= 0 ? cacheOutcome.stale : cacheOutcome.hit;
}

/**
 * For how many seconds an answer may be kept from when it was got, however long ago that was; 0: not at all. -1: it is a
 * failure, or there is nothing that would say. Of what petrel answers by itself it is the lowest TTL that the client sees.
 */
function keptSec(outcome: number, asker: Asker, answer: Answer, reply: Uint8Array, start: number): number {
	if (answer.kind === entryKind.failure) return -1;
	if (outcome !== cacheOutcome.none) return Math.floor(answer.lifetimeTicks / ticksPerSec);
	const bodyStart = start + headerBytes + asker.questionBytes;
	const answers = readUint16(reply, start + at.ancount);
	let lowestSec = -1;
	for (let i = 0; i < answers; i++) {
		const ttlSec = readUint32(reply, bodyStart + answer.ttlOffsets[i]) & 0x7fff_ffff;
		if (lowestSec < 0 || ttlSec < lowestSec) lowestSec = ttlSec;
	}
	return lowestSec;
}
