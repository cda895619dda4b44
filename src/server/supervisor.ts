import type { Model } from '../config/model.ts';
import { createSharedState, retireShard, type SharedState } from '../engine/shared-state.ts';
import { startDemoUpstream } from '../load/upstream/demo.ts';
import type { RunningUpstream } from '../load/upstream/server.ts';
import { sumCounters } from '../metrics/hot/counters.ts';
import { wantedReceiveBufferBytes } from '../net/listener-defaults.ts';
import { chooseTransport, type TransportChoice } from '../net/open-transport.ts';
import type { Steering, TransportName } from '../net/transport.ts';
import { newClockOrigin, systemClock } from '../util/clock.ts';
import { cryptoRandom } from '../util/random.ts';
import { createConnectionCounts, forgetConnections } from './connection-slots.ts';
import { createMailboxes, emptyMailbox } from './doorbells.ts';
import { EndpointBook } from './endpoint-book.ts';
import { logEvent } from './event-log.ts';
import type { ListenAddress } from './listen-plan.ts';
import type { Log } from './log.ts';
import { formatSize, type Ready, readyFields, readyText } from './ready-text.ts';
import type { Endpoint, ShardReport } from './shard-messages.ts';
import { type CommonTask, ShardPool } from './shard-pool.ts';
import { UpstreamDirectory, usesDemo } from './upstream-directory.ts';
import { chooseWorkerCount, thisMachine, type WorkerCount } from './worker-count.ts';

export interface ServerOptions {
	readonly model: Model;
	/** undefined: as many as the machine suggests. */
	readonly workers: number | undefined;
	readonly cacheBytes: number;
	/** Takes the place of every `bind` and port of the model; empty: the model decides. */
	readonly listen: readonly ListenAddress[];
	/** `auto`: the native transport where it is to be had. */
	readonly transport: TransportName | 'auto';
	readonly steering: Steering;
	/** See `NativeTransportOptions`. */
	readonly trains: boolean;
	readonly log: Log;
	readonly version: string;
}

/**
 * The main thread's part of a server: it owns what all shards share, tells them where to listen and whom to ask, and
 * replaces those that die. No query passes through it.
 */
export class Server {
	readonly #options: ServerOptions;
	readonly #log: Log;
	readonly #originMs = newClockOrigin();
	readonly #transport: TransportChoice;
	readonly #workers: WorkerCount;
	readonly #shared: SharedState;
	readonly #mailboxes: SharedArrayBuffer;
	readonly #connections: SharedArrayBuffer;
	readonly #endpoints: EndpointBook;
	#upstreams: UpstreamDirectory | undefined;
	#demo: RunningUpstream | undefined;
	#pool: ShardPool | undefined;
	#starting: Promise<void> | undefined;
	#stopped = false;
	#receiveBufferBytes = Number.POSITIVE_INFINITY;

	constructor(options: ServerOptions) {
		this.#options = options;
		this.#log = options.log;
		const { model, cacheBytes } = options;
		this.#transport = chooseTransport(options.transport);
		this.#workers = chooseWorkerCount(thisMachine(), cacheBytes, options.workers);
		const shards = this.#workers.count;
		this.#shared = createSharedState({ shards, cacheBytes, model, random: cryptoRandom() });
		this.#mailboxes = createMailboxes(shards);
		this.#connections = createConnectionCounts(shards);
		this.#endpoints = new EndpointBook({
			model,
			listen: options.listen,
			wildcards: this.#transport.name === 'native',
			log: this.#log,
			onAdded: (endpoint) => this.#pool?.send({ kind: 'listen', endpoint }),
			onRemoved: (endpoint) => this.#pool?.send({ kind: 'unlisten', endpoint }),
		});
	}

	/** Resolves when every shard listens, after the ready line. Rejects with `PETREL_BIND` and stops what had started. */
	async start(): Promise<void> {
		try {
			await (this.#starting = this.#start());
		} catch (thrown) {
			await this.stop(0);
			throw thrown;
		}
		if (this.#stopped) return;
		const { cacheBytes, version } = this.#options;
		const ready: Ready = {
			version,
			endpoints: this.endpoints,
			workers: this.#workers,
			transport: this.#transport.name,
			steering: this.#options.steering,
			cacheBytes,
		};
		this.#log.ready(readyText(ready), readyFields(ready));
		if (this.#transport.reason) this.#log.info(`node:dgram is used: ${this.#transport.reason}`);
		if (this.#workers.warning) this.#log.warn(this.#workers.warning);
		if (this.#receiveBufferBytes < wantedReceiveBufferBytes)
			this.#log.info(receiveBufferText(this.#receiveBufferBytes));
	}

	/** Where the server listens now. */
	get endpoints(): readonly Endpoint[] {
		return this.#endpoints.current;
	}

	/** The worker threads, for tests that end one. */
	get threads(): ShardPool['threads'] {
		return this.#pool?.threads ?? [];
	}

	/** Every counter by name, summed over the shards. */
	counters(): Readonly<Record<string, number>> {
		return sumCounters(this.#shared.counters);
	}

	/** Ends: clients that wait get their answers, for at most `graceMs`. A start under way comes first. Idempotent. */
	async stop(graceMs: number): Promise<void> {
		this.#stopped = true;
		await this.#starting?.catch(() => {});
		this.#endpoints.close();
		const pool = this.#pool;
		this.#pool = undefined;
		await pool?.stop(graceMs);
		this.#upstreams?.close();
		await this.#demo?.close();
		this.#demo = undefined;
	}

	async #start(): Promise<void> {
		const { model } = this.#options;
		await this.#endpoints.open();
		if (usesDemo(model)) this.#demo = await startDemoUpstream();
		const demo = this.#demo && { address: this.#demo.address, port: this.#demo.port };
		this.#upstreams = new UpstreamDirectory({
			model,
			demo,
			log: this.#log,
			onChange: (forward) => this.#pool?.send({ kind: 'upstreams', forward }),
		});
		await this.#upstreams.open();
		this.#pool = new ShardPool({
			shards: this.#workers.count,
			clock: systemClock(this.#originMs),
			commonTask: () => this.#commonTask(),
			onReport: (shard, report) => this.#onReport(shard, report),
			onDeath: (shard, cause, retryMs) => this.#onDeath(shard, cause, retryMs),
			onReplaced: (shard) => this.#log.info(`shard ${shard} is replaced`, { shard }),
		});
		await this.#pool.start();
		this.#endpoints.follow();
	}

	#commonTask(): CommonTask {
		return {
			originMs: this.#originMs,
			transport: this.#transport.name,
			steering: this.#options.steering,
			trains: this.#options.trains,
			model: this.#options.model,
			shared: this.#shared,
			mailboxes: this.#mailboxes,
			connections: this.#connections,
			endpoints: this.#endpoints.current,
			upstreams: this.#upstreams?.current ?? [],
		};
	}

	#onReport(shard: number, report: ShardReport): void {
		if (report.kind === 'listening') {
			this.#receiveBufferBytes = Math.min(this.#receiveBufferBytes, report.receiveBufferBytes);
		} else if (report.kind === 'not-bound') {
			this.#endpoints.giveUp(report.endpoint, report.message);
		} else if (report.kind === 'event') {
			const nameOf = (upstream: number): string => this.#upstreams?.nameOf(upstream) ?? String(upstream);
			logEvent(report.event, this.#options.model, nameOf, this.#log);
		} else if (report.kind === 'suppressed') {
			this.#log.warn(`${report.count} more messages of shard ${shard} were not written`, { shard });
		} else if (report.kind === 'fault') {
			this.#log.error(`PETREL_INTERNAL shard ${shard}: ${report.text}`, { shard });
		}
	}

	/** What the shard held is freed before a successor gets its number. */
	#onDeath(shard: number, cause: string, retryMs: number): void {
		retireShard(this.#shared, shard);
		emptyMailbox(this.#mailboxes, shard);
		forgetConnections(this.#connections, shard);
		this.#log.error(`${cause}; the other shards go on, and it is replaced in ${retryMs} ms`, {
			shard,
			retryMs,
		});
	}
}

function receiveBufferText(grantedBytes: number): string {
	return (
		`UDP receive buffers are ${formatSize(grantedBytes)}, not ${formatSize(wantedReceiveBufferBytes)}: ` +
		'raise net.core.rmem_max if datagrams are lost in bursts'
	);
}
