import type { Answer } from '../cache/answer.ts';
import type { LogClass, LogRule } from '../config/model.ts';
import { type ZoneTable, zoneSet } from '../forward/zone-table.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import { type Random, randomBelow } from '../util/random.ts';
import { at, readUint16 } from '../wire/header.ts';
import type { QueryView } from '../wire/question.ts';
import { AnswerLook } from './answer-look.ts';
import { type Asker, rcodeOfReply } from './compose.ts';
import { type ClientEndpoint, type EngineIo, overTcp, type QuerySource } from './io.ts';
import { LogRing, LogRingWriter, recordBit, recordWords } from './log-ring.ts';

/** A `log` line as the engine uses it. */
export interface CompiledLogRule {
	/** Over all blocks, in file order. */
	readonly number: number;
	readonly zones: ZoneTable<true>;
	readonly classes: ReadonlySet<LogClass>;
	readonly sample: number;
}

/** @param firstNumber of the block's rules */
export function compileLog(
	rules: readonly LogRule[],
	firstNumber: number,
): readonly CompiledLogRule[] | undefined {
	if (rules.length === 0) return undefined;
	return rules.map(({ zones, classes, sample }, i) => ({
		number: firstNumber + i,
		zones: zoneSet(zones),
		classes: new Set(classes),
		sample,
	}));
}

/** What the log wants to know of a query beyond what its reply needs. */
export class LoggedQuery {
	readonly rule: CompiledLogRule;
	readonly client: ClientEndpoint;
	readonly queryBytes: number;
	readonly payloadBytes: number;
	/** Of the answer, once it was looked at; 0 octets and an error where there never is one. */
	answerBytes = 0;
	class: LogClass = 'error';
	readonly #look: AnswerLook;

	constructor(
		rule: CompiledLogRule,
		client: ClientEndpoint,
		view: QueryView,
		isTcp: boolean,
		look: AnswerLook,
	) {
		this.rule = rule;
		this.client = client;
		this.queryBytes = view.length;
		this.payloadBytes = isTcp ? 0xffff : view.udpPayloadBytes;
		this.#look = look;
	}

	/** Looks at the answer while all its records are there, before it is cut at the latest; the first look counts. */
	look(answer: Answer, asker: Asker): void {
		if (this.answerBytes > 0) return;
		this.#look.at(answer, asker);
		this.answerBytes = this.#look.bytes;
		this.class = this.#look.class;
	}
}

/** A reply of which the log wants a line. */
export interface LoggedReply {
	readonly octets: Uint8Array;
	readonly start: number;
	/** 0: none was sent. */
	readonly length: number;
}

/** Plain data, so that it can be posted to a worker. */
export interface LogSetup {
	/** The rings of all shards; one engine of a shard writes there at a time. */
	readonly memory: SharedArrayBuffer;
	/** Seconds since 1970 at the process clock's 0. */
	readonly epochSec: number;
}

export interface QueryLogParts {
	/** Undefined: nobody reads a log, so none is written. */
	readonly setup: LogSetup | undefined;
	readonly shards: number;
	readonly shard: number;
	readonly io: EngineIo;
	readonly random: Random;
	readonly counters: Counters;
	/** See now.ts. */
	readonly times: Float64Array;
}

/**
 * A shard's query log. A query of a block that logs is noted when its block is known, and a record of it and of its
 * answer goes into the shard's ring (log-ring.ts). The main thread makes lines of them.
 */
export class QueryLog {
	readonly #parts: QueryLogParts;
	readonly #writer: LogRingWriter | undefined;
	readonly #look: AnswerLook;

	constructor(parts: QueryLogParts) {
		this.#parts = parts;
		const { setup, shards, shard, times } = parts;
		if (setup) this.#writer = new LogRingWriter(new LogRing(setup.memory, shards, shard), times);
		this.#look = new AnswerLook(times, setup?.epochSec ?? 0);
	}

	/** What is to be logged of a query: undefined where no rule has its name, or another one was picked. */
	note(rules: readonly CompiledLogRule[], view: QueryView, source: QuerySource): LoggedQuery | undefined {
		if (this.#writer === undefined) return undefined;
		const { random, io, counters } = this.#parts;
		const rule = rules.find(({ zones }) => zones.find(view.qname, view.qnameBytes) !== undefined);
		if (rule === undefined) return undefined;
		if (rule.sample > 1 && randomBelow(random, rule.sample) !== 0) {
			counters.add(counter.log_lines_unsampled);
			return undefined;
		}
		const isTcp = source.transport === overTcp;
		return new LoggedQuery(rule, io.clientAddress(source), view, isTcp, this.#look);
	}

	/** Writes the record of a query that came at `startMs[0]`, and of its reply. @param by a value of `plugin` */
	write(
		asker: Asker,
		listener: number,
		isTcp: boolean,
		by: number,
		answer: Answer,
		reply: LoggedReply,
		startMs: Float64Array,
	): void {
		const logged = asker.logged!;
		if (reply.length > 0) logged.look(answer, asker);
		if (!logged.rule.classes.has(logged.class)) return;
		const { client } = logged;
		const qnameBytes = asker.questionBytes - 4;
		const units = (recordWords >> 1) + Math.ceil((qnameBytes + client.address.length) / 8);
		const place = this.#writer!.reserve(units);
		if (place < 0) {
			this.#parts.counters.add(counter.log_lines_dropped);
			return;
		}
		const { words, octets, times } = this.#writer!.ring;
		const first = place * 2;
		const { question, questionStart } = asker;
		const replied = reply.length > 0;
		const flags = replied ? readUint16(reply.octets, reply.start + at.flags) : 0;
		const code = replied ? rcodeOfReply(answer, asker, reply.octets, reply.start) : 0;
		const bits =
			(isTcp ? recordBit.tcp : 0) |
			(asker.dnssecOk ? recordBit.dnssecOk : 0) |
			(replied ? recordBit.replied : 0) |
			(by << recordBit.pluginShift);
		words[first] = units | (logged.rule.number << 16);
		words[first + 1] = listener | (bits << 16);
		words[first + 2] = asker.id | (asker.flags << 16);
		words[first + 3] = flags | (code << 16);
		words[first + 4] = readUint16(question, questionStart + qnameBytes) | (logged.payloadBytes << 16);
		words[first + 5] = qnameBytes | (client.port << 16);
		words[first + 6] = logged.answerBytes;
		words[first + 7] = asker.row | (client.address.length << 16);
		words[first + 8] = logged.queryBytes | (readUint16(question, questionStart + qnameBytes + 2) << 16);
		times[place + recordWords / 2 - 2] = startMs[0];
		let to = first * 4 + recordWords * 4;
		for (let i = 0; i < qnameBytes; i++) octets[to++] = question[questionStart + i];
		for (let i = 0; i < client.address.length; i++) octets[to++] = client.address.charCodeAt(i);
	}

	/** What was written since the last call has its end, and is shown to the main thread. */
	endTurn(): void {
		if (this.#writer !== undefined) this.#writer.endTurn();
	}
}
