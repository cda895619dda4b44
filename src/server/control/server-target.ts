import type { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Census, takeCensus } from '../../cache/census.ts';
import { CacheFlusher } from '../../cache/flusher.ts';
import { cacheLayout, mainWriter } from '../../engine/shared-state.ts';
import { Counters, counter } from '../../metrics/hot/counters.ts';
import { timeText, wallClockMs } from '../../util/clock.ts';
import type { RecordRequest } from '../record/record-request.ts';
import type { Recordings } from '../record/recordings.ts';
import {
	type ControlTarget,
	type FlushReport,
	type FlushRequest,
	type RecordingEnd,
	type Sample,
	type ServerStatus,
	type ShardStatus,
	schemaVersion,
} from './control-target.ts';
import { scopeOf } from './flush-request.ts';
import { walkCache } from './flush-walk.ts';
import { cacheStatus, countersOf, forwardsIn, queryTotals, shardSample } from './measures.ts';
import { upstreamSamples, zoneSamples } from './samples.ts';
import type { ServerView } from './server-view.ts';
import type { ShardCalls } from './shard-calls.ts';

/** A shard that takes longer for a word and back is shown without a number. */
const lagMaxMs = 500;
/** For a shard to forget its large answers. */
const flushMs = 5000;

/** The control socket's view of a running server. */
export class ServerTarget implements ControlTarget {
	readonly #view: ServerView;
	readonly #calls: ShardCalls;
	readonly #recordings: Recordings;
	readonly #flusher: CacheFlusher;
	readonly #counters: Counters;
	readonly #startedMs: number;
	readonly #startedAt = timeText(wallClockMs());
	/** Flushes run one after the other. */
	#lastFlush: Promise<unknown> = Promise.resolve();

	constructor(view: ServerView, calls: ShardCalls, recordings: Recordings) {
		const { shared } = view;
		this.#view = view;
		this.#calls = calls;
		this.#recordings = recordings;
		this.#flusher = new CacheFlusher(
			new Int32Array(shared.cache),
			cacheLayout(shared.cacheBytes),
			mainWriter(shared),
		);
		this.#counters = new Counters(shared.counters, shared.shards);
		this.#startedMs = view.nowMs();
	}

	async status(): Promise<ServerStatus> {
		const view = this.#view;
		const workers = await this.#workers();
		const census = await this.#census();
		const counters = countersOf(view.shared);
		return {
			schema: schemaVersion,
			version: view.version,
			node: process.versions.node,
			platform: `${process.platform}-${process.arch}`,
			pid: process.pid,
			started_at: this.#startedAt,
			uptime_s: this.#uptimeSec(),
			transport: {
				name: view.transport.name,
				reason: view.transport.reason ?? null,
				steering: view.steering,
			},
			config: view.config,
			reload: view.reload,
			workers,
			endpoints: view.endpoints.map(({ address, port }) => ({ address, port })),
			cache: cacheStatus(view.shared, census, counters),
			forwards: forwardsIn(view).map((forward) => ({
				...forward,
				upstreams: forward.upstreams.map(({ sums: _, ...upstream }) => upstream),
			})),
			totals: queryTotals(counters),
		};
	}

	async sample(): Promise<Sample> {
		const view = this.#view;
		const workers = await this.#workers();
		const census = await this.#census();
		const counters = countersOf(view.shared);
		return {
			schema: schemaVersion,
			version: view.version,
			pid: process.pid,
			at_ms: view.nowMs(),
			uptime_s: this.#uptimeSec(),
			endpoints: view.endpoints.map(({ address, port }) => ({ address, port })),
			totals: queryTotals(counters),
			cache: cacheStatus(view.shared, census, counters),
			zones: zoneSamples(view),
			upstreams: upstreamSamples(forwardsIn(view)),
			shards: workers.map((worker) => shardSample(view.shared, worker)),
		};
	}

	flush(request: FlushRequest): Promise<FlushReport> {
		const done = this.#lastFlush.then(() => this.#flush(request));
		this.#lastFlush = done.catch(() => {});
		return done;
	}

	record(request: RecordRequest, open: () => Writable): Promise<void> {
		return this.#recordings.run(request, open);
	}

	async endRecording(): Promise<RecordingEnd> {
		return { schema: schemaVersion, ended: this.#recordings.end() };
	}

	async #flush(request: FlushRequest): Promise<FlushReport> {
		const { shared, model, cacheIds } = this.#view;
		const scope = scopeOf(request, model, cacheIds);
		const beganMs = this.#view.nowMs();
		// First of all: what was asked before now is not kept when its answer comes (`AnswerStore.store`).
		Atomics.add(new Int32Array(shared.flushes), 0, 1);
		const large = this.#calls.call((call) => ({ kind: 'flush', call, scope }), flushMs);
		const { flushed, lockedCount } = await walkCache(this.#flusher, scope);
		const { answers, silent } = await large;
		const largeCount = [...answers.values()].reduce((sum, { count }) => sum + count, 0);
		const { positive, negative, failure, cut } = flushed;
		const removedCount = positive + negative + failure + cut + largeCount;
		this.#counters.add(counter.flushes);
		this.#counters.addMany(counter.flushed_entries, removedCount);
		return {
			schema: schemaVersion,
			removed: { ...flushed, large: largeCount },
			removed_count: removedCount,
			took_ms: this.#view.nowMs() - beganMs,
			locked_count: lockedCount,
			silent_workers: silent,
		};
	}

	#census(): Promise<Census> {
		const { cache, cacheBytes } = this.#view.shared;
		return takeCensus(new Int32Array(cache), cacheLayout(cacheBytes), [], setImmediate);
	}

	async #workers(): Promise<ShardStatus[]> {
		const { answers } = await this.#calls.call((call) => ({ kind: 'ping', call }), lagMaxMs);
		return this.#view.shards.map(({ shard, listening, deaths }) => ({
			shard,
			state: listening ? 'listening' : deaths > 0 ? 'dead' : 'starting',
			replaced_count: deaths,
			lag_ms: answers.get(shard)?.tookMs ?? null,
		}));
	}

	#uptimeSec(): number {
		return Math.round((this.#view.nowMs() - this.#startedMs) / 100) / 10;
	}
}
