import { AnswerMaker } from '../cache/cacheability.ts';
import type { FlushScope } from '../cache/flush-scope.ts';
import { LargeAnswers } from '../cache/large-answers.ts';
import { evictionPolicyNamed } from '../cache/policy/index.ts';
import { CacheReader } from '../cache/reader.ts';
import { WriterIdentity } from '../cache/seqlock.ts';
import { CacheWriter } from '../cache/writer.ts';
import type { Model } from '../config/model.ts';
import { Claims } from '../forward/claims.ts';
import { maxUpstreams, Outstanding, UpstreamStates, upstreamStride } from '../forward/upstream-state.ts';
import { Counters } from '../metrics/hot/counters.ts';
import { QuerySeries } from '../metrics/hot/query-series.ts';
import { UpstreamSeries } from '../metrics/hot/upstream-series.ts';
import { assert } from '../util/assert.ts';
import type { Random } from '../util/random.ts';
import { TimerWheel } from '../util/timer-wheel.ts';
import { AskTable } from './asks.ts';
import { cacheEvents } from './cache-events.ts';
import {
	type Block,
	compileBlocks,
	type Forward,
	type ListenerZones,
	longestStaleTicks,
	type Routes,
	routesOf,
} from './compile.ts';
import { QueryFront } from './front.ts';
import { HealthProbes } from './health-probes.ts';
import type { EngineIo, QuerySource } from './io.ts';
import type { HostsFile } from './local/hosts.ts';
import { LoopProber, LoopProbes } from './loop-probes.ts';
import { Misses } from './misses.ts';
import { Now, turnCell } from './now.ts';
import { type LogSetup, QueryLog } from './query-log.ts';
import { QueryRecorder } from './query-recorder.ts';
import { Resolver } from './resolver.ts';
import { Rotator } from './rotation.ts';
import { cacheLayout, largeShare, type SharedState } from './shared-state.ts';
import { EstimateFeed, openEstimate } from './size-estimate.ts';
import { AnswerStore } from './store.ts';

/** Room that `onQuery` must be given for a reply by UDP: a whole shared answer behind the longest question. */
export const minReplyBytes = 4608;

export interface EngineSetup {
	readonly model: Model;
	readonly shared: SharedState;
	readonly shard: number;
	readonly io: EngineIo;
	readonly random: Random;
	/** By listener number. */
	readonly listeners: readonly ListenerZones[];
	/** When the turn begins and ends (now.ts); the first cell says what time it is now. */
	readonly times: Float64Array;
	/** By block of the model: what its answers are kept under. Undefined: the blocks' numbers. */
	readonly cacheIds?: readonly number[];
	/** The shard's large answers, which outlive an engine. Undefined: some of its own. */
	readonly large?: LargeAnswers;
	/** What the files of `hosts` hold now; those that are missing hold nothing. */
	readonly hosts?: readonly HostsFile[];
	/** Where the query log goes (log-ring.ts); undefined: none is written, whatever the blocks say. */
	readonly log?: LogSetup | undefined;
	/** The shard's end of recordings, which outlives an engine. Undefined: one that nobody turns on. */
	readonly recorder?: QueryRecorder;
}

/**
 * One shard's engine: octets and the time go in, replies and upstream queries come out through `EngineIo`. It owns no
 * socket, no timer, no clock and no source of randomness, and shares its memory with the engines of other shards.
 *
 * Everything happens in turns, each with one time: `beginTurn`, then any number of calls (a batch of queries, a message
 * from an upstream, what is due), then `endTurn`.
 *
 *   query ── front ── cache ──────────────── reply            front.ts, store.ts, compose.ts
 *                 └── misses ── claim ┬── resolver ── upstream queries      misses.ts, resolver.ts, asks.ts
 *                                     └── another shard asks; its answer is handed over
 */
export class Engine {
	readonly #blocks: readonly Block[];
	readonly #forwards: Forward[] = [];
	readonly #routes: Routes[];
	readonly #series: QuerySeries;
	readonly #upstreamSeries: UpstreamSeries;
	readonly #now: Now;
	readonly #wheel: TimerWheel;
	readonly #asks: AskTable;
	readonly #states: UpstreamStates;
	readonly #store: AnswerStore;
	readonly #misses: Misses;
	readonly #front: QueryFront;
	readonly #log: QueryLog;
	readonly #recorder: QueryRecorder;

	constructor(setup: EngineSetup) {
		const { model, shared, shard, io, random, times } = setup;
		const nowMs = times[turnCell.begin];
		const counters = new Counters(shared.counters, shard);
		const writer = new WriterIdentity(new Int32Array(shared.epochs), shard);
		const blocks = compileBlocks(model, setup.cacheIds, counters);
		this.#blocks = blocks;
		for (const file of setup.hosts ?? []) this.setHosts(file);
		for (const block of blocks)
			for (const forward of block.forwards) this.#forwards[forward.number] = forward;
		this.#routes = setup.listeners.map((zones, listener) => routesOf(blocks, listener, zones));
		const series = new QuerySeries(shared.querySeries, shard, times);
		this.#series = series;
		this.#now = new Now(times);
		this.#wheel = new TimerWheel(nowMs);
		this.#asks = new AskTable(io, random, counters);
		this.#states = new UpstreamStates(shared.upstreams, writer);
		const store = openStore(shared, writer, blocks, counters, setup.large ?? newLargeAnswers(shared));
		this.#store = store;
		const { secret } = shared;
		const upstreams = this.#forwards.length * upstreamStride;
		const upstreamSeries = new UpstreamSeries(shared.upstreamSeries, shard, times, upstreams);
		this.#upstreamSeries = upstreamSeries;
		const resolver = new Resolver({
			io,
			asks: this.#asks,
			states: this.#states,
			outstanding: new Outstanding(shared.outstanding, shared.shards, shard),
			probes: new HealthProbes(io, this.#asks, this.#states, this.#wheel, counters, upstreamSeries),
			store,
			maker: new AnswerMaker(),
			random,
			counters,
			series: upstreamSeries,
		});
		const rotator = new Rotator(shared.rotations);
		const log = new QueryLog({ setup: setup.log, shards: shared.shards, shard, io, random, counters, times });
		this.#log = log;
		const recorder = setup.recorder ?? new QueryRecorder(shared.shards, shard, times);
		this.#recorder = recorder;
		const claims = new Claims(shared.claims, writer, shard);
		this.#misses = new Misses(
			{ io, claims, store, wheel: this.#wheel, counters, series, rotator, log, recorder, secret, shard },
			resolver,
		);
		resolver.setOutcome(this.#misses);
		const loops = new LoopProbes(shared.loops, blocks, shared.loopNonces, counters, io);
		this.#front = new QueryFront({
			io,
			store,
			misses: this.#misses,
			loops,
			counters,
			series,
			log,
			recorder,
			secret,
			rotator,
			now: this.#now,
			times,
		});
		if (shard === 0) {
			const parts = { asks: this.#asks, states: this.#states, wheel: this.#wheel, random, counters };
			for (const block of blocks) if (block.loop) new LoopProber(loops, block, parts, nowMs);
		}
	}

	/** Begins a turn, at `times[0]`: whatever is called up to the next one happens at this time. */
	beginTurn(): void {
		this.#now.beginTurn();
		this.#series.beginTurn();
	}

	/** Ends a turn, at `times[1]`, when the replies that it wrote are about to be sent. */
	endTurn(): void {
		this.#series.endTurn();
		this.#log.endTurn();
		if (this.#recorder.isOn) this.#recorder.endTurn();
	}

	/**
	 * Handles one query. Returns the length of the reply that it wrote at `reply[replyStart...]`, at most `replyMax`
	 * (by UDP at least `minReplyBytes` of room); 0: none now, because the query waits (its sender was retained through
	 * `EngineIo.retain`) or was dropped. Never throws, whatever the octets.
	 */
	onQuery(
		octets: Uint8Array,
		start: number,
		length: number,
		source: QuerySource,
		reply: Uint8Array,
		replyStart: number,
		replyMax: number,
	): number {
		return this.#front.handle(
			this.#routes[source.listener],
			octets,
			start,
			length,
			source,
			reply,
			replyStart,
			replyMax,
		);
	}

	/** A message from an upstream, unchecked. TTLs may be changed in its octets. */
	onUpstreamMessage(socket: number, octets: Uint8Array, start: number, length: number): void {
		this.#asks.deliver(socket, octets, start, length, this.#now.ms);
	}

	/** Nothing will come from this socket any more. */
	onUpstreamGone(socket: number, cause: string): void {
		this.#asks.lose(socket, cause, this.#now.ms);
	}

	/** What another shard's engine gave to its `EngineIo.handOver` for this one. */
	onHandOver(octets: Uint8Array): void {
		this.#misses.handedOver(octets);
	}

	/** Runs what is due. To be called at or soon after `nextDeadlineMs()`. */
	advance(): void {
		this.#wheel.advance(this.#now.ms);
	}

	/** Infinity while nothing waits. */
	nextDeadlineMs(): number {
		return this.#wheel.nextDeadlineMs();
	}

	/** Forgets this shard's large answers that a flush names; returns how many. */
	flushLarge(scope: FlushScope): number {
		return this.#store.flushLarge(scope);
	}

	/** Clients that wait for an answer. */
	get pendingCount(): number {
		return this.#misses.waiterCount;
	}

	/**
	 * Says how many upstreams a forward has now: numbers `forward * 16` and up. Forwards are numbered over all server
	 * blocks in file order. What was known of upstreams with these numbers is forgotten.
	 *
	 * @param rows where the series of each are counted; undefined: in the row of its number
	 */
	setUpstreamCount(forward: number, count: number, rows?: readonly number[]): void {
		assert(count >= 0 && count <= maxUpstreams, `a forward has up to ${maxUpstreams} upstreams`);
		this.#forwards[forward].count = count;
		for (let place = 0; place < count; place++) {
			const upstream = forward * upstreamStride + place;
			this.#states.forget(upstream);
			this.#upstreamSeries.setRow(upstream, rows?.[place] ?? upstream);
		}
	}

	/** A file of `hosts` was read, anew or for the first time; it is for every block that names it. */
	setHosts({ path, table }: HostsFile): void {
		for (const { local } of this.#blocks) if (local?.hosts?.path === path) local.hosts.setFile(table);
	}

	/** Adds a listener, or changes which server blocks answer there. */
	addListener(listener: number, zones: ListenerZones): void {
		this.#routes[listener] = routesOf(this.#blocks, listener, zones);
	}
}

/** One shard's share of the answers that are too large for the shared cache. */
export function newLargeAnswers({ cacheBytes, shards }: SharedState): LargeAnswers {
	return new LargeAnswers((cacheBytes * largeShare) / shards);
}

function openStore(
	shared: SharedState,
	writer: WriterIdentity,
	blocks: readonly Block[],
	counters: Counters,
	large: LargeAnswers,
): AnswerStore {
	const layout = cacheLayout(shared.cacheBytes);
	const words = new Int32Array(shared.cache);
	const events = cacheEvents(counters);
	const staleTicks = longestStaleTicks(blocks);
	return new AnswerStore(
		new CacheReader(words, layout, events),
		new CacheWriter(words, layout, writer, evictionPolicyNamed(shared.evictionPolicy), staleTicks, events),
		large,
		new EstimateFeed(openEstimate(shared, writer, staleTicks, events.estimateDropped)),
		blocks,
		shared.secret,
		counters,
		new Int32Array(shared.flushes),
	);
}
