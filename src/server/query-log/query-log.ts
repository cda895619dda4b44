import type { LogRule, Model } from '../../config/model.ts';
import { createLogMemory, fillerRule, LogRing } from '../../engine/log-ring.ts';
import type { LogSetup } from '../../engine/query-log.ts';
import { type Counters, counter } from '../../metrics/hot/counters.ts';
import { hostPort } from '../../net/bind-error.ts';
import { type Clock, epochMsOf } from '../../util/clock.ts';
import type { LineOutput } from '../line-output.ts';
import type { LogFormat } from '../log.ts';
import type { UpstreamAddress } from '../shard-messages.ts';
import { compileFormat, type LogSubject } from './format.ts';
import { jsonLines } from './json.ts';
import { type LogRecord, readRecord } from './record.ts';

/** How long records wait for each other, while there are any. */
const gatherMs = 50;
/** Lines are written in pieces of about this length. */
const pieceChars = 65_536;
/** How long the end of the process waits for the last lines to be taken. */
const closeMs = 500;

export interface QueryLogOptions {
	readonly model: Model;
	readonly shards: number;
	readonly clock: Clock;
	/** The main thread's own. */
	readonly counters: Counters;
	readonly format: LogFormat;
	/** Only called where a block logs. */
	openOutput(): LineOutput;
	/** What a row of the series belongs to; undefined: no zone. */
	zoneOf(row: number): string | undefined;
	/** The address and port of an endpoint; undefined: it is gone. */
	endpoint(number: number): UpstreamAddress | undefined;
}

interface Rule {
	readonly rateMax: number;
	readonly line: (subject: LogSubject) => string;
	/** Of the block, for queries whose own zone is not known. */
	readonly zone: string;
	/** Lines of the second that runs. */
	count: number;
}

/**
 * The main thread's end of the query log: takes the records out of the shards' rings, makes lines of them and writes them
 * to stdout. While records come it looks every 50 ms; while none do it sleeps, and the first one wakes it.
 */
export class QueryLogLines {
	readonly setup: LogSetup;
	readonly #options: QueryLogOptions;
	readonly #output: LineOutput;
	readonly #rings: readonly LogRing[];
	readonly #asleep: Int32Array;
	readonly #rules: readonly Rule[];
	readonly #json: ReturnType<typeof jsonLines> | undefined;
	#second = -1;
	#timer: NodeJS.Timeout | undefined;
	#piece = '';
	#pieceLines = 0;
	#closed = false;

	/** Undefined where no block logs. */
	static open(options: QueryLogOptions): QueryLogLines | undefined {
		return options.model.blocks.some((block) => block.log.length > 0)
			? new QueryLogLines(options)
			: undefined;
	}

	private constructor(options: QueryLogOptions) {
		const { model, shards, clock } = options;
		const memory = createLogMemory(shards);
		this.#options = options;
		this.#json = options.format === 'json' ? jsonLines() : undefined;
		this.#output = options.openOutput();
		this.setup = { memory, epochSec: epochMsOf(clock) / 1000 };
		this.#rings = Array.from({ length: shards }, (_, shard) => new LogRing(memory, shards, shard));
		this.#asleep = new Int32Array(memory, 0, 1);
		this.#rules = model.blocks.flatMap(({ log, keys }) =>
			log.map(({ format, rateMax }: LogRule) => ({
				rateMax,
				line: compileFormat(format),
				zone: keys[0].zone,
				count: 0,
			})),
		);
		this.#look();
	}

	/** Writes what is there, waits a moment until it is taken, and looks no more. The shards have ended. */
	async close(): Promise<void> {
		this.#closed = true;
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#drain();
		Atomics.store(this.#asleep, 0, 0);
		Atomics.notify(this.#asleep, 0);
		await this.#output.drain(closeMs);
	}

	#look(): void {
		if (this.#closed) return;
		if (this.#drain()) {
			this.#timer = setTimeout(() => this.#look(), gatherMs);
			return;
		}
		Atomics.store(this.#asleep, 0, 1);
		// A record that came before the shard could see that nobody looks.
		if (this.#rings.some((ring) => ring.written !== ring.read)) {
			Atomics.store(this.#asleep, 0, 0);
			this.#timer = setTimeout(() => this.#look(), 0);
			return;
		}
		const woken = Atomics.waitAsync(this.#asleep, 0, 1);
		Promise.resolve(woken.value).then(() => this.#look());
	}

	/** Writes all that is published. Whether there was any. */
	#drain(): boolean {
		const { clock } = this.#options;
		const epochMs = epochMsOf(clock);
		const second = Math.floor(clock.nowMs() / 1000);
		if (second !== this.#second) for (const rule of this.#rules) rule.count = 0;
		this.#second = second;
		let found = false;
		for (const ring of this.#rings) {
			const end = ring.written;
			for (let at = ring.read; at !== end; ) {
				found = true;
				const place = at & (ring.units - 1);
				const head = ring.words[place * 2];
				if (head >>> 16 !== fillerRule) this.#take(readRecord(ring, place), epochMs);
				at = (at + (head & 0xffff)) | 0;
				ring.release(at);
			}
		}
		this.#flush();
		return found;
	}

	#take(record: LogRecord, epochMs: number): void {
		const rule = this.#rules[record.rule];
		const { counters, format } = this.#options;
		if (rule.rateMax > 0 && rule.count >= rule.rateMax) {
			counters.add(counter.log_lines_over_rate);
			return;
		}
		rule.count++;
		this.#piece += format === 'json' ? this.#jsonLine(record, rule, epochMs) : this.#textLine(record, rule);
		this.#pieceLines++;
		if (this.#piece.length >= pieceChars) this.#flush();
	}

	#textLine(record: LogRecord, rule: Rule): string {
		return `[INFO] ${rule.line({ record, local: this.#endpoint(record)?.address ?? '-' })}\n`;
	}

	#jsonLine(record: LogRecord, rule: Rule, epochMs: number): string {
		const endpoint = this.#endpoint(record);
		const zone = this.#options.zoneOf(record.row);
		return this.#json!({
			record,
			server: endpoint ? hostPort(endpoint.address, endpoint.port) : '',
			zone: zone ?? rule.zone,
			timeMs: epochMs + record.endMs,
		});
	}

	/** Listeners have two numbers for each endpoint (shard-io.ts). */
	#endpoint({ listener }: LogRecord): UpstreamAddress | undefined {
		return this.#options.endpoint(listener >> 1);
	}

	#flush(): void {
		if (this.#pieceLines === 0) return;
		const { counters } = this.#options;
		const isWritten = this.#output.write(this.#piece);
		counters.addMany(isWritten ? counter.log_lines_written : counter.log_lines_dropped, this.#pieceLines);
		this.#piece = '';
		this.#pieceLines = 0;
	}
}
