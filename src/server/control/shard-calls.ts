import type { ShardCommand, ShardReport } from '../shard-messages.ts';

/** What the shards said to one command. */
export interface Called {
	/** By shard: what it counted, and how long its answer took. */
	readonly answers: ReadonlyMap<number, { readonly count: number; readonly tookMs: number }>;
	/** Shards that did not answer in time. */
	readonly silent: readonly number[];
}

interface Call {
	readonly startedMs: number;
	readonly waiting: Set<number>;
	readonly answers: Map<number, { count: number; tookMs: number }>;
	readonly done: PromiseWithResolvers<void>;
}

export interface ShardCallsParts {
	nowMs(): number;
	/** Sends a command to every shard that runs, and says which those are. */
	send(command: ShardCommand): readonly number[];
}

/** Commands that every shard answers with a `called` report of the same number. */
export class ShardCalls {
	readonly #parts: ShardCallsParts;
	readonly #open = new Map<number, Call>();
	#last = 0;

	constructor(parts: ShardCallsParts) {
		this.#parts = parts;
	}

	/** Sends a command and waits until all shards have answered or died, at most `limitMs`. */
	async call(command: (call: number) => ShardCommand, limitMs: number): Promise<Called> {
		const number = ++this.#last;
		const call: Call = {
			startedMs: this.#parts.nowMs(),
			waiting: new Set(this.#parts.send(command(number))),
			answers: new Map(),
			done: Promise.withResolvers(),
		};
		this.#open.set(number, call);
		const timer = setTimeout(call.done.resolve, limitMs);
		this.#settle(call);
		await call.done.promise;
		clearTimeout(timer);
		this.#open.delete(number);
		return { answers: call.answers, silent: [...call.waiting] };
	}

	onReport(shard: number, report: ShardReport): void {
		if (report.kind !== 'called') return;
		const call = this.#open.get(report.call);
		if (!call?.waiting.delete(shard)) return;
		call.answers.set(shard, { count: report.count, tookMs: this.#parts.nowMs() - call.startedMs });
		this.#settle(call);
	}

	/** A shard died: what it had for itself is gone with it. */
	onDeath(shard: number): void {
		for (const call of this.#open.values()) {
			call.waiting.delete(shard);
			this.#settle(call);
		}
	}

	#settle(call: Call): void {
		if (call.waiting.size === 0) call.done.resolve();
	}
}
