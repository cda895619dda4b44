import { type Answer, translatedMark } from '../cache/answer.ts';
import type { CacheKey } from '../cache/key.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import type { QuerySeries } from '../metrics/hot/query-series.ts';
import { cell, plugin } from '../metrics/hot/series-layout.ts';
import { maxNameBytes } from '../wire/name.ts';
import { copyOctets, Views, viewOf } from '../wire/views.ts';
import type { Block } from './compile.ts';
import { Asker, composeReply, countReply, rcodeOfReply } from './compose.ts';
import type { EngineIo } from './io.ts';
import type { QueryLog } from './query-log.ts';
import { cacheOutcome, type QueryRecorder } from './query-recorder.ts';
import type { Rotator } from './rotation.ts';

/** Clients waiting at once, per shard. */
const maxWaiters = 65_536;

const views = new Views();

/** A client that waits for an answer: what its reply needs, copied from its query. */
export class Waiter extends Asker {
	listener = 0;
	client = 0;
	overTcp = false;
	next: Waiter | undefined;
	/** In an array, since a number with a fraction is an object of its own in any other field. */
	readonly #start = new Float64Array(1);
	readonly #question = new Uint8Array(maxNameBytes + 4);
	readonly #view = viewOf(this.#question);

	/** When its query came in: the array, for whoever would make an object of the number. */
	get start(): Float64Array {
		return this.#start;
	}

	/** When its query came in. */
	get startMs(): number {
		return this.#start[0];
	}

	set startMs(timeMs: number) {
		this.#start[0] = timeMs;
	}

	/** Becomes a copy of an asker that is about to lose its buffers. */
	copyFrom(asker: Asker): void {
		this.id = asker.id;
		this.flags = asker.flags;
		this.hasOpt = asker.hasOpt;
		this.dnssecOk = asker.dnssecOk;
		this.limitBytes = asker.limitBytes;
		this.payloadBytes = asker.payloadBytes;
		this.options = asker.options;
		this.row = asker.row;
		this.logged = asker.logged;
		this.recorded = asker.recorded;
		copyOctets(views.of(asker.question), asker.questionStart, this.#view, 0, asker.questionBytes);
		this.question = this.#question;
		this.questionStart = 0;
		this.questionBytes = asker.questionBytes;
	}
}

export interface WaiterParts {
	readonly io: EngineIo;
	readonly counters: Counters;
	readonly series: QuerySeries;
	readonly rotator: Rotator;
	readonly log: QueryLog;
	readonly recorder: QueryRecorder;
}

/** All clients of a shard that wait, and the way their replies take. Waiters are used again. */
export class Waiters {
	readonly #io: EngineIo;
	readonly #counters: Counters;
	readonly #series: QuerySeries;
	readonly #rotator: Rotator;
	readonly #log: QueryLog;
	readonly #recorder: QueryRecorder;
	readonly #reply = new Uint8Array(0x1_0000 + 512);
	#free: Waiter | undefined;
	#count = 0;

	constructor({ io, counters, series, rotator, log, recorder }: WaiterParts) {
		this.#io = io;
		this.#counters = counters;
		this.#series = series;
		this.#rotator = rotator;
		this.#log = log;
		this.#recorder = recorder;
	}

	get count(): number {
		return this.#count;
	}

	/** A waiter for a retained client; undefined if there is no room for it. */
	take(asker: Asker, listener: number, overTcp: boolean, client: number): Waiter | undefined {
		if (this.#count >= maxWaiters) return undefined;
		const waiter = this.#free ?? new Waiter();
		this.#free = waiter.next;
		this.#count++;
		waiter.copyFrom(asker);
		waiter.listener = listener;
		waiter.overTcp = overTcp;
		waiter.client = client;
		waiter.startMs = this.#series.turnMs;
		return waiter;
	}

	/** Sends an answer to every waiter of a list, each with its own ID, spelling and size. */
	answer(first: Waiter | undefined, answer: Answer, block: Block, key: CacheKey): void {
		let waiter = first;
		while (waiter !== undefined) {
			const length = composeReply(answer, waiter, block.response, this.#reply, 0);
			if (block.rotation !== undefined) {
				this.#rotator.turn(block.rotation, answer, waiter.questionBytes, key.hashLow, this.#reply, 0);
			}
			countReply(this.#counters, waiter.overTcp, this.#reply, 0);
			const isStale = answer.fixedTtlSec >= 0;
			if (isStale) {
				this.#counters.add(counter.hits_stale);
				this.#series.add(waiter.row, cell.servedStale);
			}
			const code = rcodeOfReply(answer, waiter, this.#reply, 0);
			let by: number = isStale ? plugin.cache : plugin.forward;
			if (answer.flags & translatedMark) {
				this.#series.add(waiter.row, cell.translated);
				by = plugin.dns64;
			}
			this.#series.repliedLater(waiter.row, by, code, length, waiter.startMs);
			if (waiter.logged !== undefined) {
				const reply = { octets: this.#reply, start: 0, length };
				this.#log.write(waiter, waiter.listener, waiter.overTcp, by, answer, reply, waiter.start);
			}
			if (waiter.recorded !== undefined && this.#recorder.isOn) this.#record(waiter, answer, isStale);
			this.#io.reply(waiter.listener, waiter.client, this.#reply, 0, length);
			const next: Waiter | undefined = waiter.next;
			this.#count--;
			waiter.next = this.#free;
			this.#free = waiter;
			waiter = next;
		}
	}

	#record(waiter: Waiter, answer: Answer, isStale: boolean): void {
		const query = isStale ? { ...waiter.recorded!, outcome: cacheOutcome.stale } : waiter.recorded!;
		this.#recorder.write(query, waiter, answer, this.#reply, 0, waiter.start);
	}
}
