import { setTimeout as sleep } from 'node:timers/promises';
import type { Model } from '../config/model.ts';
import { createSharedState, type SharedState } from '../engine/shared-state.ts';
import { Counters, counter, sumCounters } from '../metrics/hot/counters.ts';
import { chooseTransport, type TransportChoice } from '../net/open-transport.ts';
import type { Steering, TransportName } from '../net/transport.ts';
import { type Clock, newClockOrigin, systemClock } from '../util/clock.ts';
import { PetrelError } from '../util/errors.ts';
import { cryptoRandom } from '../util/random.ts';
import { type Configuration, Configurations } from './configurations.ts';
import { Control } from './control/control.ts';
import { ControlView } from './control/control-view.ts';
import type { ServerView } from './control/server-view.ts';
import { EndpointBook } from './endpoint-book.ts';
import { faultText } from './event-log.ts';
import type { FaultRequest } from './fault-hook.ts';
import type { ListenAddress } from './listen-plan.ts';
import type { Log } from './log.ts';
import { Operations } from './operations.ts';
import { sayReady, sayReceiveBuffer } from './ready-text.ts';
import type { Reloader } from './reloader.ts';
import type { Endpoint, ShardReport } from './shard-messages.ts';
import { Shards, type ShardsOptions } from './shards.ts';
import { chooseWorkerCount, thisMachine, type WorkerCount } from './worker-count.ts';

export interface ServerOptions {
	readonly model: Model;
	/** undefined: as many as the machine suggests. */
	readonly workers: number | undefined;
	readonly cacheBytes: number;
	/** Of `evictionPolicies`; by default the first. */
	readonly evictionPolicy?: string;
	/** Takes the place of every `bind` and port of the model; empty: the model decides. */
	readonly listen: readonly ListenAddress[];
	/** `auto`: the native transport where it is to be had. */
	readonly transport: TransportName | 'auto';
	readonly steering: Steering;
	/** See `NativeTransportOptions`. */
	readonly trains: boolean;
	readonly log: Log;
	readonly version: string;
	/** What became of the configuration, for those who ask. */
	readonly reloads?: Pick<Reloader, 'status' | 'hash'>;
	/** Where the control socket is to be: a path, or `controlDefault`; undefined, or `off`: nowhere. */
	readonly control?: string;
}

/**
 * The main thread's part of a server: it owns what all shards share, tells them where to listen and whom to ask, gives
 * them a new configuration, and replaces those that die or hang. No query passes through it.
 */
export class Server {
	readonly #options: ServerOptions;
	readonly #log: Log;
	readonly #originMs = newClockOrigin();
	readonly #clock: Clock = systemClock(this.#originMs);
	readonly #transport: TransportChoice;
	readonly #workers: WorkerCount;
	readonly #shared: SharedState;
	readonly #endpoints: EndpointBook;
	readonly #counters: Counters;
	readonly #configurations: Configurations;
	readonly #shards: Shards;
	readonly #operations: Operations;
	readonly #control: Control;
	#starting: Promise<void> | undefined;
	#state: 'starting' | 'ready' | 'stopping' = 'starting';
	#receiveBufferBytes = Number.POSITIVE_INFINITY;

	constructor(options: ServerOptions) {
		this.#options = options;
		this.#log = options.log;
		const { model, cacheBytes } = options;
		this.#transport = chooseTransport(options.transport);
		this.#workers = chooseWorkerCount(thisMachine(), cacheBytes, options.workers);
		const { count } = this.#workers;
		this.#shared = createSharedState({ ...options, shards: count, random: cryptoRandom() });
		this.#counters = new Counters(this.#shared.counters, count);
		this.#configurations = new Configurations({
			shared: this.#shared,
			shards: count,
			clock: this.#clock,
			log: this.#log,
			counters: this.#counters,
			endpoints: () => this.endpoints,
			hasListen: options.listen.length > 0,
			onUpstreams: (forward) => this.#shards.send({ kind: 'upstreams', forward }),
			onHosts: (file) => this.#shards.send({ kind: 'hosts', file }),
		});
		this.#endpoints = new EndpointBook({
			model,
			listen: options.listen,
			wildcards: this.#transport.name === 'native',
			log: this.#log,
			rowsOf: (rowsModel, at) => this.#configurations.series.rowsOf(rowsModel, at),
			onAdded: (endpoint) => this.#shards.send({ kind: 'listen', endpoint }),
			onRemoved: (endpoint) => this.#shards.send({ kind: 'unlisten', endpoint }),
		});
		this.#shards = new Shards({
			count,
			clock: this.#clock,
			log: this.#log,
			task: () => this.#shardTask(),
			onReport: (shard, report) => this.#onReport(shard, report),
			onDeath: (shard) => {
				this.#configurations.endShard(shard);
				this.#control.onDeath(shard);
			},
		});
		this.#operations = this.#createOperations();
		this.#control = new Control(this.#controlView(), this.#log);
	}

	/** Resolves when every shard listens, after the ready line. Rejects with `PETREL_BIND` and stops what had started. */
	async start(): Promise<void> {
		try {
			await (this.#starting = this.#start());
		} catch (thrown) {
			await this.stop(0);
			throw thrown;
		}
		if (this.#state === 'stopping') return;
		this.#state = 'ready';
		this.#sayReady();
	}

	#sayReady(): void {
		const { version, steering } = this.#options;
		const { cacheBytes, evictionPolicy } = this.#shared;
		const transport = this.#transport;
		const fixed = { version, steering, cacheBytes, evictionPolicy, transport: transport.name };
		sayReady(this.#log, { ...fixed, endpoints: this.endpoints, workers: this.#workers });
		if (transport.reason) this.#log.info(`node:dgram is used: ${transport.reason}`);
		sayReceiveBuffer(this.#log, this.#receiveBufferBytes);
	}

	/** Where the server listens now. */
	get endpoints(): readonly Endpoint[] {
		return this.#endpoints.current;
	}

	/** The worker threads, for tests that end one. */
	get threads(): Shards['threads'] {
		return this.#shards.threads;
	}

	/** Every counter by name, summed over the shards. */
	counters(): Readonly<Record<string, number>> {
		return sumCounters(this.#shared.counters);
	}

	/** Shards that have neither turned nor been replaced for 5 s. */
	unhealthy(): string[] {
		return this.#shards.watchdog.unhealthy();
	}

	/**
	 * Serves by another configuration: binds what is new first, then all shards take over together, then what is not
	 * wanted any more is given up. No query is lost, and blocks that stay the same keep their cache. Rejects, with nothing
	 * changed, when an address cannot be had. One call at a time.
	 */
	async adopt(model: Model): Promise<void> {
		if (this.#state !== 'ready') throw new PetrelError('PETREL_CONFIG', 'the server is not running');
		const proposal = await this.#endpoints.propose(model);
		const added = proposal.added.map(({ number }) => number);
		let next: Configuration | undefined;
		try {
			next = await this.#configurations.prepare(model);
			const bound = await this.#shards.tell({ kind: 'bind', endpoints: proposal.added }, 'bound');
			for (const report of bound) {
				if (report?.kind === 'bound' && report.failure) throw new PetrelError('PETREL_BIND', report.failure);
			}
			await this.#operations.update(model);
		} catch (thrown) {
			this.#shards.send({ kind: 'unbind', endpoints: added });
			if (next) await this.#configurations.discard(next);
			this.#endpoints.drop();
			throw thrown;
		}
		this.#endpoints.accept(proposal);
		this.#configurations.use(next);
		await this.#shards.tell({ kind: 'adopt', task: this.#configurations.task(this.endpoints) }, 'adopted');
	}

	/** Hurts a shard, for tests. */
	hurt(request: FaultRequest): void {
		this.#shards.hurt(request);
	}

	/**
	 * Ends: it is not ready any more at once, answers as before for as long as `health { lameduck }` says, and then clients
	 * that wait get their answers, for at most `graceMs`. A start under way comes first. Idempotent.
	 */
	async stop(graceMs: number): Promise<void> {
		this.#state = 'stopping';
		await this.#starting?.catch(() => {});
		if (graceMs > 0 && this.#shards.isRunning) await sleep(this.#lameduckMs());
		this.#endpoints.close();
		await this.#shards.stop(graceMs);
		this.#control.close();
		await this.#operations.close();
		await this.#configurations.close();
	}

	#lameduckMs(): number {
		const { blocks } = this.#configurations.current.model;
		return Math.max(0, ...blocks.map(({ health }) => health?.lameduckMs ?? 0));
	}

	async #start(): Promise<void> {
		await this.#endpoints.open();
		this.#configurations.use(await this.#configurations.prepare(this.#options.model));
		await this.#operations.update(this.#options.model);
		await this.#shards.start();
		await this.#control.open(this.#options.control);
		this.#endpoints.follow();
	}

	#createOperations(): Operations {
		const { listen, version, steering, reloads } = this.#options;
		const { name } = this.#transport;
		const configurations = this.#configurations;
		return new Operations({
			clock: this.#clock,
			log: this.#log,
			probes: {
				unhealthy: () => this.#shards.watchdog.unhealthy(),
				notReady: () => this.#shards.watchdog.notListening(),
				failing: () => this.#shards.watchdog.crashLooping(),
				stopping: () => this.#state === 'stopping',
			},
			metrics: {
				version,
				shared: this.#shared,
				transport: { transport: name, steering, native: name === 'native' },
				hasListen: listen.length > 0,
				model: () => configurations.current.model,
				cacheIds: () => configurations.current.cacheIds,
				series: configurations.series,
				endpoints: () => this.endpoints,
				shards: () => this.#shards.watchdog.states(),
				hosts: () => configurations.current.hosts.states,
				reload: () => ({ failed: reloads?.status.failedCount ?? 0, sha512: reloads?.hash }),
			},
		});
	}

	#controlView(): ServerView {
		const { version, steering, reloads } = this.#options;
		return new ControlView({
			version,
			steering,
			transport: this.#transport,
			clock: this.#clock,
			configurations: this.#configurations,
			endpoints: () => this.endpoints,
			shards: () => this.#shards.watchdog.states(),
			send: (command) => this.#shards.send(command),
			reloads,
		});
	}

	#shardTask(): ReturnType<ShardsOptions['task']> {
		const { steering, trains } = this.#options;
		return {
			...this.#configurations.task(this.endpoints),
			originMs: this.#originMs,
			transport: this.#transport.name,
			steering,
			trains,
			recording: this.#control.recording,
		};
	}

	#onReport(shard: number, report: ShardReport): void {
		this.#control.onReport(shard, report);
		if (report.kind === 'listening') {
			this.#receiveBufferBytes = Math.min(this.#receiveBufferBytes, report.receiveBufferBytes);
			this.#log.debug(`shard ${shard} listens`, { shard });
		} else if (report.kind === 'not-bound') {
			this.#endpoints.giveUp(report.endpoint, report.message);
		} else if (report.kind === 'event') {
			this.#configurations.find(report.generation)?.log.events.write(report.event);
		} else if (report.kind === 'suppressed') {
			this.#counters.addMany(counter.events_suppressed, report.count);
			this.#log.warn(`${report.count} more messages of shard ${shard} were not written`, { shard });
		} else if (report.kind === 'fault') {
			const text = faultText(report.text, this.#configurations.current.model);
			this.#log.error(`PETREL_INTERNAL shard ${shard}: ${text}`, { shard });
		}
	}
}
