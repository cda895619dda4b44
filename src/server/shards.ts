import type { Clock } from '../util/clock.ts';
import { createConnectionCounts, forgetConnections } from './connection-slots.ts';
import { createMailboxes, emptyMailbox } from './doorbells.ts';
import type { FaultRequest } from './fault-hook.ts';
import type { Log } from './log.ts';
import { createPulses, stillPulse } from './pulse.ts';
import type { ShardCommand, ShardReport } from './shard-messages.ts';
import { type CommonTask, ShardPool } from './shard-pool.ts';
import { Watchdog } from './watchdog.ts';

type Reply = ShardReport | undefined;

export interface ShardsOptions {
	readonly count: number;
	readonly clock: Clock;
	readonly log: Log;
	/** What a shard that starts now is told; the memory that shards have among themselves is added here. */
	task(): Omit<CommonTask, 'mailboxes' | 'connections' | 'pulses'>;
	onReport(shard: number, report: ShardReport): void;
	/** A shard died. What it held must be freed before this returns. */
	onDeath(shard: number): void;
}

/** All shards: they are started, told things, watched, replaced when they die or hang, and ended, as one. */
export class Shards {
	readonly watchdog: Watchdog;
	readonly #options: ShardsOptions;
	readonly #mailboxes: SharedArrayBuffer;
	readonly #connections: SharedArrayBuffer;
	readonly #pulses: SharedArrayBuffer;
	#pool: ShardPool | undefined;

	constructor(options: ShardsOptions) {
		const { count, clock } = options;
		this.#options = options;
		this.#mailboxes = createMailboxes(count);
		this.#connections = createConnectionCounts(count);
		this.#pulses = createPulses(count);
		this.watchdog = new Watchdog({
			shards: count,
			pulses: this.#pulses,
			clock,
			life: (shard) => this.#pool?.life(shard) ?? { listening: false, replacements: 0, backOffMs: 0 },
			onStuck: (shard, forMs) => this.#onStuck(shard, forMs),
		});
	}

	/** Resolves when all listen; rejects with the first reason why one cannot. */
	async start(): Promise<void> {
		const { count, clock, log, task, onReport } = this.#options;
		this.#pool = new ShardPool({
			shards: count,
			clock,
			commonTask: () => ({
				...task(),
				mailboxes: this.#mailboxes,
				connections: this.#connections,
				pulses: this.#pulses,
			}),
			onReport,
			onDeath: (shard, cause, retryMs) => this.#onDeath(shard, cause, retryMs),
			onReplaced: (shard) => log.info(`shard ${shard} is replaced`, { shard }),
		});
		await this.#pool.start();
		this.watchdog.start();
	}

	get isRunning(): boolean {
		return this.#pool !== undefined;
	}

	/** The worker threads, for tests that end one. */
	get threads(): ShardPool['threads'] {
		return this.#pool?.threads ?? [];
	}

	/** Sends a command to every shard that runs; returns which those are. */
	send(command: ShardCommand): number[] {
		return this.#pool?.send(command) ?? [];
	}

	/** Tells all shards something and waits for what each reports; undefined for one that ends meanwhile. */
	async tell(command: ShardCommand, reply: ShardReport['kind']): Promise<Reply[]> {
		return (await this.#pool?.tell(command, reply)) ?? [];
	}

	/** Hurts a shard, for tests. */
	hurt({ shard, fault }: FaultRequest): void {
		if (fault === 'terminate') this.#pool?.terminate(shard);
		else this.#pool?.sendTo(shard, { kind: 'fault', fault });
	}

	/** Ends them; clients that wait get their answers, for at most `graceMs`. */
	async stop(graceMs: number): Promise<void> {
		this.watchdog.stop();
		const pool = this.#pool;
		this.#pool = undefined;
		await pool?.stop(graceMs);
	}

	#onStuck(shard: number, forMs: number): void {
		const forSec = (forMs / 1000).toFixed(1);
		this.#options.log.error(`shard ${shard} has been stuck for ${forSec} s: it is ended`, { shard });
		this.#pool?.terminate(shard);
	}

	#onDeath(shard: number, cause: string, retryMs: number): void {
		this.#options.onDeath(shard);
		emptyMailbox(this.#mailboxes, shard);
		forgetConnections(this.#connections, shard);
		stillPulse(this.#pulses, shard);
		this.#options.log.error(`${cause}; the other shards go on, and it is replaced in ${retryMs} ms`, {
			shard,
			retryMs,
		});
	}
}
