import type { Model } from '../config/model.ts';
import type { HostsFile } from '../engine/local/hosts.ts';
import { clearOutstanding, endShard, type SharedState, stateForModel } from '../engine/shared-state.ts';
import { startDemoUpstream } from '../load/upstream/demo.ts';
import type { RunningUpstream } from '../load/upstream/server.ts';
import { cryptoRandom } from '../util/random.ts';
import { CacheIds } from './cache-ids.ts';
import { ConfigurationLog, type ConfigurationLogParts } from './configuration-log.ts';
import { retirementMs } from './generation.ts';
import { HostsDirectory } from './hosts-directory.ts';
import { SeriesBook } from './series-book.ts';
import type { Endpoint, ForwardUpstreams, GenerationTask } from './shard-messages.ts';
import { UpstreamDirectory, usesDemo } from './upstream-directory.ts';

/** A model with what it needs on the main thread, and the memory that shards share for it. */
export interface Configuration {
	/** Counts up from 0. */
	readonly generation: number;
	readonly model: Model;
	readonly shared: SharedState;
	readonly cacheIds: readonly number[];
	readonly upstreams: UpstreamDirectory;
	readonly hosts: HostsDirectory;
	readonly log: ConfigurationLog;
}

/** Those that are remembered, with the one in use: for some seconds shards go on reporting by the one before. */
const rememberedMax = 4;

/** Beyond the time that a shard keeps a configuration which is not in use any more. */
const endingMarginMs = 1000;

export interface ConfigurationsOptions extends Omit<ConfigurationLogParts, 'zoneOf'> {
	/** What of it belongs to no model is the same in all. */
	readonly shared: SharedState;
	/** Whether `--listen` takes the place of every `bind`. */
	readonly hasListen: boolean;
	/** A forward of the configuration in use has other upstreams now. */
	readonly onUpstreams: (forward: ForwardUpstreams) => void;
	/** A file of `hosts` of the configuration in use holds something else now. */
	readonly onHosts: (file: HostsFile) => void;
}

/** The configuration in use, and how another one is got ready. */
export class Configurations {
	readonly series: SeriesBook;
	readonly #options: ConfigurationsOptions;
	readonly #cacheIds = new CacheIds();
	/** The one in use is the first. */
	#all: readonly Configuration[] = [];
	#demo: RunningUpstream | undefined;
	readonly #endings = new Set<NodeJS.Timeout>();

	constructor(options: ConfigurationsOptions) {
		this.#options = options;
		this.series = new SeriesBook(options.hasListen);
	}

	/** Gets a model ready; it is not in use yet. */
	async prepare(model: Model): Promise<Configuration> {
		const { shared, log, onUpstreams, onHosts } = this.#options;
		if (usesDemo(model)) this.#demo ??= await startDemoUpstream();
		const upstreams = new UpstreamDirectory({
			model,
			demo: this.#demo && { address: this.#demo.address, port: this.#demo.port },
			log,
			rowOf: (to) => this.series.upstreamRow(to),
			onChange: (forward) => {
				if (this.#all[0]?.upstreams === upstreams) onUpstreams(forward);
			},
		});
		const hosts = new HostsDirectory({
			model,
			log,
			onChange: (file) => {
				if (this.#all[0]?.hosts === hosts) onHosts(file);
			},
		});
		await upstreams.open();
		await hosts.open();
		const nameOf = (upstream: number): string => upstreams.nameOf(upstream);
		const [before] = this.#all;
		return {
			generation: before ? before.generation + 1 : 0,
			model,
			shared: before ? stateForModel(shared, model, cryptoRandom()) : shared,
			cacheIds: this.#cacheIds.propose(model),
			upstreams,
			hosts,
			log: new ConfigurationLog(
				model,
				{ ...this.#options, zoneOf: (row) => this.series.zoneOf(row) },
				nameOf,
			),
		};
	}

	/** What was got ready is not used after all. */
	async discard(configuration: Configuration): Promise<void> {
		leave(configuration);
		await configuration.log.close();
	}

	/** It is the one in use from now on; the one before is closed. */
	use(next: Configuration): void {
		this.#cacheIds.accept(next.model, next.cacheIds);
		const [before] = this.#all;
		if (before) {
			leave(before);
			// By then no shard has anything to write by it.
			const timer = setTimeout(() => {
				this.#endings.delete(timer);
				before.log.close();
			}, retirementMs + endingMarginMs);
			this.#endings.add(timer);
		}
		this.#all = [next, ...this.#all].slice(0, rememberedMax);
		next.log.begin();
	}

	get current(): Configuration {
		return this.#all[0];
	}

	/** The one that a shard reports by, if it is remembered. */
	find(generation: number): Configuration | undefined {
		return this.#all.find((each) => each.generation === generation);
	}

	/** The one in use, as a shard is given it. */
	task(endpoints: readonly Endpoint[]): GenerationTask {
		const { generation, model, shared, cacheIds, upstreams, hosts, log } = this.current;
		return {
			generation,
			model,
			shared,
			cacheIds,
			endpoints,
			upstreams: upstreams.current,
			hosts: hosts.current,
			log: log.queries?.setup,
		};
	}

	/** A shard has died: what it held is free, in every configuration. */
	endShard(shard: number): void {
		endShard(this.#options.shared, shard);
		for (const { shared } of this.#all) clearOutstanding(shared, shard);
	}

	async close(): Promise<void> {
		for (const timer of this.#endings) clearTimeout(timer);
		if (this.#all[0]) leave(this.#all[0]);
		await Promise.all(this.#all.map(({ log }) => log.close()));
		await this.#demo?.close();
		this.#demo = undefined;
	}
}

/** Its files are not looked at any more. */
function leave({ upstreams, hosts }: Configuration): void {
	upstreams.close();
	hosts.close();
}
