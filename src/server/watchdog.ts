import type { ShardRow } from '../metrics/registry/source.ts';
import type { Clock } from '../util/clock.ts';
import { readPulse } from './pulse.ts';
import type { ShardLife } from './shard-pool.ts';

/** A shard whose event loop has not turned for so long is ended and replaced. */
export const stuckMs = 2000;
/** Where that does not help either, the process is not healthy. */
export const unhealthyMs = 5000;
const lookEveryMs = 250;
/** A look that comes so much too late says that the whole process was held up, not one shard. */
const lateMs = 1000;
/** Down for so long at a time, a shard keeps dying: the server is not ready. */
const crashLoopMs = 1000;

export interface WatchdogOptions {
	readonly shards: number;
	readonly pulses: SharedArrayBuffer;
	readonly clock: Clock;
	life(shard: number): ShardLife;
	/** To be ended: it has been stuck for `forMs`. */
	onStuck(shard: number, forMs: number): void;
}

/** Looks after the shards' event loops from the main thread. */
export class Watchdog {
	readonly #options: WatchdogOptions;
	/** When each shard was last known to be well, or was given a new chance. */
	readonly #wellMs: number[];
	/** When each was last to be ended: that takes a moment. */
	readonly #endedMs: number[];
	#lookedMs: number;
	#timer: NodeJS.Timeout | undefined;

	constructor(options: WatchdogOptions) {
		this.#options = options;
		this.#lookedMs = options.clock.nowMs();
		this.#wellMs = new Array<number>(options.shards).fill(this.#lookedMs);
		this.#endedMs = new Array<number>(options.shards).fill(Number.NEGATIVE_INFINITY);
	}

	start(): void {
		this.#lookedMs = this.#options.clock.nowMs();
		this.#wellMs.fill(this.#lookedMs);
		this.#timer = setInterval(() => this.look(), lookEveryMs);
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	look(): void {
		const { shards, pulses, clock, life, onStuck } = this.#options;
		const nowMs = clock.nowMs();
		const heldUpMs = nowMs - this.#lookedMs - lookEveryMs;
		this.#lookedMs = nowMs;
		for (let shard = 0; shard < shards; shard++) {
			const { turnedMs } = readPulse(pulses, shard);
			if (heldUpMs > lateMs) this.#wellMs[shard] += heldUpMs;
			this.#wellMs[shard] = Math.max(this.#wellMs[shard], turnedMs);
			const forMs = nowMs - this.#wellMs[shard];
			if (!life(shard).listening || forMs <= stuckMs || nowMs - this.#endedMs[shard] <= stuckMs) continue;
			this.#endedMs[shard] = nowMs;
			onStuck(shard, forMs);
		}
	}

	/** Why the process is not healthy: shards that have neither turned nor been replaced for a while. */
	unhealthy(): string[] {
		const { shards, pulses, clock } = this.#options;
		const nowMs = clock.nowMs();
		const ill: string[] = [];
		for (let shard = 0; shard < shards; shard++) {
			const wellMs = Math.max(this.#wellMs[shard], readPulse(pulses, shard).turnedMs);
			if (nowMs - wellMs > unhealthyMs) ill.push(`shard-${shard}`);
		}
		return ill;
	}

	/** Shards that do not listen now. */
	notListening(): string[] {
		return this.#named(({ listening }) => !listening);
	}

	/** Those of them that keep dying. */
	crashLooping(): string[] {
		return this.#named(({ listening, backOffMs }) => !listening && backOffMs >= crashLoopMs);
	}

	#named(what: (life: ShardLife) => boolean): string[] {
		const { shards, life } = this.#options;
		const names = Array.from({ length: shards }, (_, shard) => `shard-${shard}`);
		return names.filter((_, shard) => what(life(shard)));
	}

	/** How every shard is, for the metrics. */
	states(): ShardRow[] {
		const { shards, life, pulses } = this.#options;
		return Array.from({ length: shards }, (_, shard) => {
			const { listening, replacements } = life(shard);
			const { beats, lagMaxMs } = readPulse(pulses, shard);
			return { shard, listening, deaths: replacements, beats, lagMaxSec: lagMaxMs / 1000 };
		});
	}
}
