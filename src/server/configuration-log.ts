import type { Model } from '../config/model.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import type { Clock } from '../util/clock.ts';
import { blockText } from './debug-text.ts';
import { EventLog } from './event-log.ts';
import { stdoutLines } from './line-output.ts';
import { createLog, type Log } from './log.ts';
import { QueryLogLines } from './query-log/query-log.ts';
import type { Endpoint } from './shard-messages.ts';

export interface ConfigurationLogParts {
	readonly shards: number;
	readonly clock: Clock;
	readonly log: Log;
	/** The main thread's own. */
	readonly counters: Counters;
	endpoints(): readonly Endpoint[];
	/** What a row of the series belongs to; undefined: no zone. */
	zoneOf(row: number): string | undefined;
}

/** What a configuration writes: its errors and events, and its query log. */
export class ConfigurationLog {
	readonly events: EventLog;
	readonly queries: QueryLogLines | undefined;
	readonly #model: Model;
	readonly #log: Log;
	#closing: Promise<void> | undefined;

	constructor(model: Model, parts: ConfigurationLogParts, nameOfUpstream: (upstream: number) => string) {
		const { shards, clock, log, counters, endpoints, zoneOf } = parts;
		this.#model = model;
		this.#log = log;
		const stdoutLog = createLog(log.format, (line) => {
			if (!stdoutLines().write(`${line}\n`)) counters.add(counter.log_lines_dropped);
		});
		stdoutLog.setDebug(this.#debugs);
		this.events = new EventLog({ model, log, stdoutLog, nameOfUpstream });
		this.queries = QueryLogLines.open({
			model,
			shards,
			clock,
			counters,
			format: log.format,
			openOutput: stdoutLines,
			zoneOf,
			endpoint: (number) => endpoints().find((endpoint) => endpoint.number === number),
		});
	}

	get #debugs(): boolean {
		return this.#model.blocks.some(({ debug }) => debug);
	}

	/** The configuration is the one in use. */
	begin(): void {
		this.#log.setDebug(this.#debugs);
		for (const block of this.#model.blocks) this.#log.debug(blockText(block));
	}

	/** The shards have nothing more to write by it. Idempotent. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		this.events.close();
		await this.queries?.close();
	}
}
