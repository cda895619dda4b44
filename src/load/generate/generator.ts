/**
 * One worker's part of a round: decides what is sent when, and what each reply is. Octets and the time are handed in, and
 * there is no socket, timer or clock here, so that it runs in virtual time as well.
 *
 *   alarm ────────▶ turn(now) ── what is due ──▶ carrier.send            slot: due ─▶ sent ─▶ answered | late | lost
 *   carrier.begin ─▶ onMessage … ─▶ turn(now)                                     └▶ not offered  └▶ send error
 *
 * Times that are handed in are milliseconds of the clock, fractions count; in here they count from the round's start, so that a
 * slot is due exactly when the schedule says. A slot's latency runs from when it was due, and so does its timeout: a query that
 * was sent late has waited already.
 */
import type { Random } from '../../util/random.ts';
import { at, flag, headerBytes, readUint16, writeUint16 } from '../../wire/header.ts';
import { maxQueryBytes, type QuerySource } from '../../workload/query-source.ts';
import type { Carrier } from './carrier.ts';
import { DueQueue } from './due-queue.ts';
import { type EventSink, eventKind, truncatedBit, warmupBit } from './events.ts';
import { entryState, InFlight } from './in-flight.ts';
import type { Slots } from './slots.ts';

/** Queries sent in one turn: more would keep replies waiting. */
const maxPerTurn = 256;
/** When no channel takes a query, they are asked again after so long. */
const busyMs = 1;

export interface GeneratorOptions {
	readonly source: QuerySource;
	readonly slots: Slots;
	readonly carrier: Carrier;
	readonly events: EventSink;
	readonly random: Random;
	readonly idsPerChannel: number;
	/** When the round begins; due times count from there. */
	readonly startMs: number;
	/** Of the round, from its start: what is due in it is told apart. */
	readonly warmupMs: number;
	readonly timeoutMs: number;
	/** A query that was not answered in time is watched for so long again: its answer is late, not unknown. */
	readonly lateMs: number;
	/** A slot that could not be sent for so long is not sent at all. */
	readonly maxLagMs: number;
	/** What is due within so long leaves together. */
	readonly gatherMs: number;
}

export class Generator {
	readonly #options: GeneratorOptions;
	readonly #source: QuerySource;
	readonly #slots: Slots;
	readonly #carrier: Carrier;
	readonly #events: EventSink;
	readonly #startMs: number;
	readonly #timeoutMs: number;
	readonly #table: InFlight;
	readonly #timeouts = new DueQueue();
	readonly #givenUp = new DueQueue();
	readonly #scratch = new Uint8Array(maxQueryBytes);
	/** What error codes of channels were, and how many queries each took with it; without the warm-up. */
	readonly errorCodes = new Map<string, number>();
	#sendFromMs = 0;

	constructor(options: GeneratorOptions) {
		this.#options = options;
		this.#source = options.source;
		this.#slots = options.slots;
		this.#carrier = options.carrier;
		this.#events = options.events;
		this.#startMs = options.startMs;
		this.#timeoutMs = options.timeoutMs;
		this.#table = new InFlight(options.carrier.channels, options.idsPerChannel, options.random);
	}

	/** Sends what is due, and gives up what has waited too long. To be called at the end of every turn of the event loop. */
	turn(nowMs: number): void {
		const roundMs = nowMs - this.#startMs;
		this.#expire(roundMs);
		if (roundMs < this.#sendFromMs) return;
		const before = this.#table.open;
		this.#sendDue(roundMs);
		if (this.#table.open > before) this.#sendFromMs = roundMs + this.#options.gatherMs;
	}

	/** When `turn` has something to do next, if no message comes before. Infinity: never. */
	get nextMs(): number {
		const expiresMs = Math.min(
			this.#timeouts.firstDueMs + this.#timeoutMs,
			this.#givenUp.firstDueMs + (this.#timeoutMs + this.#options.lateMs),
		);
		return this.#startMs + Math.min(expiresMs, Math.max(this.#slots.nextMs, this.#sendFromMs));
	}

	/** All slots have ended. */
	get done(): boolean {
		return this.#slots.over && this.#table.open === 0;
	}

	/** Every slot that was due before this time has ended: its interval is complete. In ms from the round's start. */
	completeMs(nowMs: number): number {
		const openMs = Math.min(this.#timeouts.firstDueMs, this.#givenUp.firstDueMs);
		return Math.min(openMs, this.#slots.kind === 'closed' ? nowMs - this.#startMs : this.#slots.nextMs);
	}

	onMessage(channel: number, octets: Uint8Array, start: number, length: number, nowMs: number): void {
		const entry = length < headerBytes ? -1 : this.#table.find(channel, readUint16(octets, start));
		const stray = entry < 0 ? eventKind.unknown : this.#strayKind(entry, octets, start, length);
		const roundMs = nowMs - this.#startMs;
		if (stray >= 0) {
			this.#events.add(this.#second(roundMs), stray | this.#warmup(roundMs), 0, 0, 0, length << 16);
			return;
		}
		const flags = readUint16(octets, start + at.flags);
		const inTime = roundMs - this.#table.dueMs[entry] <= this.#timeoutMs;
		const more = ((flags & 0xf) << 8) | (flags & flag.tc ? truncatedBit : 0);
		this.#end(entry, (inTime ? eventKind.answered : eventKind.late) | more, roundMs, length);
	}

	/** What was sent on the channel gets no answer any more. */
	onGone(channel: number, code: string, nowMs: number): void {
		const roundMs = nowMs - this.#startMs;
		const first = channel * this.#table.idsPerChannel;
		let measured = 0;
		for (let entry = first; entry < first + this.#table.idsPerChannel; entry++) {
			const state = this.#table.state[entry];
			if (state !== entryState.waiting && state !== entryState.overdue) continue;
			this.#end(entry, eventKind.sendError, roundMs, 0);
			if (this.#warmup(this.#table.dueMs[entry]) === 0) measured++;
		}
		if (measured > 0) this.#countError(code, measured);
	}

	/** Makes no more slots. */
	stop(): void {
		this.#slots.stop();
	}

	/** Ends what is still under way as lost: the round was broken off. */
	abandon(nowMs: number): void {
		this.stop();
		for (let entry = 0; entry < this.#table.state.length; entry++) {
			const state = this.#table.state[entry];
			if (state === entryState.waiting || state === entryState.overdue)
				this.#lose(entry, nowMs - this.#startMs);
		}
	}

	#sendDue(roundMs: number): void {
		let channel = -1;
		let left = maxPerTurn;
		let full = 0;
		while (this.#slots.nextMs <= roundMs && left > 0) {
			const dueMs = this.#slots.kind === 'closed' ? roundMs : this.#slots.nextMs;
			if (roundMs - dueMs > this.#options.maxLagMs) {
				this.#skip(dueMs);
				continue;
			}
			if (channel < 0 || !this.#carrier.takes(channel)) channel = this.#carrier.choose();
			const entry = channel < 0 ? -1 : this.#table.take(channel);
			if (entry >= 0) {
				if (!this.#send(channel, entry, dueMs, roundMs)) break;
				left--;
				continue;
			}
			// No channel takes more, or all IDs of all are in use: nothing but time changes that.
			if (channel < 0 || ++full > this.#carrier.channels) {
				this.#sendFromMs = roundMs + busyMs;
				break;
			}
			channel = -1;
		}
		if (left < maxPerTurn) this.#carrier.flush();
	}

	/** False: there is nothing more to ask. */
	#send(channel: number, entry: number, dueMs: number, roundMs: number): boolean {
		const table = this.#table;
		const number = this.#slots.take();
		if (number < 0) {
			table.end(entry, false);
			return false;
		}
		const length = this.#source.write(number, this.#scratch, 0);
		writeUint16(this.#scratch, at.id, table.idOf(entry));
		table.number[entry] = number;
		table.dueMs[entry] = dueMs;
		table.sentMs[entry] = roundMs;
		table.queryBytes[entry] = length;
		if (this.#carrier.send(channel, this.#scratch, 0, length)) {
			this.#timeouts.add(entry, dueMs);
		} else {
			this.#finish(entry, eventKind.sendError, roundMs, 0, 0);
			if (this.#warmup(dueMs) === 0) this.#countError('not taken', 1);
		}
		return true;
	}

	#skip(dueMs: number): void {
		this.#slots.take();
		this.#events.add(this.#second(dueMs), eventKind.notOffered | this.#warmup(dueMs), 1, 0, 0, 0);
	}

	#expire(roundMs: number): void {
		const table = this.#table;
		for (const queue = this.#timeouts; !queue.empty; ) {
			const { firstEntry: entry, firstDueMs: dueMs } = queue;
			const waits = table.state[entry] === entryState.waiting && table.dueMs[entry] === dueMs;
			if (waits && dueMs + this.#timeoutMs > roundMs) break;
			queue.drop();
			if (!waits) continue;
			table.state[entry] = entryState.overdue;
			this.#slots.ended();
			this.#givenUp.add(entry, dueMs);
		}
		const patienceMs = this.#timeoutMs + this.#options.lateMs;
		for (const queue = this.#givenUp; !queue.empty; ) {
			const { firstEntry: entry, firstDueMs: dueMs } = queue;
			const waits = table.state[entry] === entryState.overdue && table.dueMs[entry] === dueMs;
			if (waits && dueMs + patienceMs > roundMs) break;
			queue.drop();
			if (waits) this.#lose(entry, roundMs);
		}
	}

	/** Its latency is an at-least value: no answer came within the timeout. */
	#lose(entry: number, roundMs: number): void {
		const dueMs = this.#table.dueMs[entry];
		const untilMs = Math.min(roundMs, dueMs + this.#timeoutMs);
		this.#end(entry, eventKind.lost, Math.max(untilMs, this.#table.sentMs[entry]), 0);
	}

	/** A query that was sent is over. */
	#end(entry: number, kindAndMore: number, roundMs: number, replyBytes: number): void {
		this.#carrier.settle(this.#table.channelOf(entry));
		this.#finish(entry, kindAndMore, roundMs, this.#table.queryBytes[entry], replyBytes);
	}

	#finish(entry: number, kindAndMore: number, roundMs: number, queryBytes: number, replyBytes: number): void {
		const table = this.#table;
		const dueMs = table.dueMs[entry];
		const sentMs = table.sentMs[entry];
		if (table.state[entry] === entryState.waiting) this.#slots.ended();
		table.end(entry, replyBytes > 0);
		this.#events.add(
			this.#second(dueMs),
			kindAndMore | this.#warmup(dueMs),
			(roundMs - dueMs) * 1000,
			(roundMs - sentMs) * 1000,
			(sentMs - dueMs) * 1000,
			queryBytes | (replyBytes << 16),
		);
	}

	#countError(code: string, queries: number): void {
		this.errorCodes.set(code, (this.errorCodes.get(code) ?? 0) + queries);
	}

	/** What a message under an entry's ID is, if not its answer; -1: it is. */
	#strayKind(entry: number, octets: Uint8Array, start: number, length: number): number {
		const state = this.#table.state[entry];
		if (state === entryState.idle) return eventKind.unknown;
		const isResponse = (octets[start + at.flags] & 0x80) !== 0;
		if (!isResponse || !this.#source.asks(this.#table.number[entry], octets, start, length)) {
			return eventKind.mismatched;
		}
		return state === entryState.answered ? eventKind.duplicate : -1;
	}

	#warmup(ms: number): number {
		return ms < this.#options.warmupMs ? warmupBit : 0;
	}

	#second(ms: number): number {
		return Math.floor(ms / 1000);
	}
}
