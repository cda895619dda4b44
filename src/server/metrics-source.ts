import { setImmediate } from 'node:timers/promises';
import { type Census, RepeatedCensus, takeCensus } from '../cache/census.ts';
import type { Model, UpstreamTarget } from '../config/model.ts';
import { cacheLayout, type SharedState } from '../engine/shared-state.ts';
import { maxUpstreams } from '../forward/upstream-state.ts';
import { counterRows } from '../metrics/hot/counters.ts';
import { seriesRowsMax } from '../metrics/hot/series-layout.ts';
import { sumQuerySeries, sumUpstreamSeries } from '../metrics/hot/series-sums.ts';
import type {
	CacheRow,
	MetricsSource,
	QueryRow,
	SeriesSizes,
	ShardRow,
	SizeEstimateRow,
	TransportRow,
	UpstreamRow,
} from '../metrics/registry/source.ts';
import type { Clock } from '../util/clock.ts';
import { enabledPlugins } from './enabled-plugins.ts';
import { forwardsOf } from './forwards.ts';
import type { SeriesBook } from './series-book.ts';
import { cacheZonesOf, serverLabel } from './series-names.ts';
import type { Endpoint } from './shard-messages.ts';
import { SizeEstimates } from './size-estimates.ts';

/** What the metrics are read from, as it is when they are read. */
export interface MetricsParts {
	readonly version: string;
	readonly clock: Clock;
	readonly shared: SharedState;
	readonly transport: TransportRow;
	/** Whether `--listen` takes the place of every `bind`. */
	readonly hasListen: boolean;
	model(): Model;
	/** By block of the model: see `EngineSetup.cacheIds`. */
	cacheIds(): readonly number[];
	endpoints(): readonly Endpoint[];
	/** What the rows of the series stand for. */
	readonly series: Pick<SeriesBook, 'queryRows' | 'upstreams'>;
	shards(): readonly ShardRow[];
	health: MetricsSource['health'];
	reload: MetricsSource['reload'];
	readonly hosts?: NonNullable<MetricsSource['hosts']>;
}

const noCensus: Census = {
	success: new Map(),
	denial: new Map(),
	kinds: { positive: 0, negative: 0, failure: 0 },
	usedBytes: 0,
	exact: true,
};

/** Reads what all shards count from the memory that they share. */
export class SharedMetrics implements MetricsSource {
	readonly version: string;
	readonly revision = '';
	readonly transport: MetricsSource['transport'];
	readonly shards: MetricsSource['shards'];
	readonly health: MetricsSource['health'];
	readonly reload: MetricsSource['reload'];
	readonly hosts: NonNullable<MetricsSource['hosts']>;
	readonly #parts: MetricsParts;
	readonly #census: RepeatedCensus;
	readonly #sizeEstimates: SizeEstimates;
	#lastCensus: Census = noCensus;

	constructor(parts: MetricsParts) {
		this.#parts = parts;
		this.version = parts.version;
		this.transport = () => parts.transport;
		this.shards = () => parts.shards();
		this.health = () => parts.health();
		this.reload = () => parts.reload();
		this.hosts = () => parts.hosts?.() ?? [];
		const { shared, clock } = parts;
		this.#sizeEstimates = new SizeEstimates(shared, clock);
		const words = new Int32Array(shared.cache);
		const layout = cacheLayout(shared.cacheBytes);
		this.#census = new RepeatedCensus(
			() => takeCensus(words, layout, parts.cacheIds(), setImmediate),
			() => clock.nowMs(),
		);
	}

	/** Counts what is in the cache, if that was not done lately. */
	async prepare(): Promise<void> {
		this.#lastCensus = await this.#census.recent();
	}

	queries(): QueryRow[] {
		const { shared, series } = this.#parts;
		return sumQuerySeries(shared.querySeries, series.queryRows);
	}

	upstreams(): UpstreamRow[] {
		const { shared, series } = this.#parts;
		return sumUpstreamSeries(shared.upstreamSeries, series.upstreams);
	}

	counters(): ReturnType<MetricsSource['counters']> {
		return counterRows(this.#parts.shared.counters);
	}

	plugins(): ReturnType<MetricsSource['plugins']> {
		return enabledPlugins(this.#parts.model(), this.#parts.endpoints(), this.#parts.hasListen);
	}

	/** Blocks with equal labels, which `--listen` can make, are one row. */
	cache(): CacheRow[] {
		const model = this.#parts.model();
		const ids = this.#parts.cacheIds();
		const endpoints = this.#parts.endpoints();
		const rows = new Map<string, CacheRow>();
		for (const [number, block] of model.blocks.entries()) {
			const zones = cacheZonesOf(block);
			const endpoint = endpoints.find(({ blocks }) => blocks.includes(number));
			if (zones === undefined || endpoint === undefined) continue;
			const server = serverLabel(endpoint, model, this.#parts.hasListen);
			const before = rows.get(`${server} ${zones}`) ?? { success: 0, denial: 0 };
			const success = before.success + (this.#lastCensus.success.get(ids[number]) ?? 0);
			const denial = before.denial + (this.#lastCensus.denial.get(ids[number]) ?? 0);
			rows.set(`${server} ${zones}`, { server, zones, success, denial });
		}
		return [...rows.values()];
	}

	cacheBytes(): ReturnType<MetricsSource['cacheBytes']> {
		const { cache, estimate } = this.#parts.shared;
		return { limit: cache.byteLength, used: this.#lastCensus.usedBytes, estimate: estimate.byteLength };
	}

	sizeEstimates(): readonly SizeEstimateRow[] {
		return this.#sizeEstimates.rows();
	}

	sizes(): SeriesSizes {
		const { shared, series } = this.#parts;
		const model = this.#parts.model();
		const servers = new Set([...series.queryRows.values()].map(({ server }) => server));
		const upstreams = forwardsOf(model).reduce((sum, { to }) => sum + upstreamsMax(to), 0);
		return {
			// Those that were given out since the start, and the overflow.
			rows: Math.min(seriesRowsMax, series.queryRows.size) + 1,
			servers: servers.size,
			blocks: model.blocks.length,
			upstreams: Math.max(upstreams, series.upstreams.length) + 1,
			shards: shared.shards,
			hosts: model.blocks.length,
		};
	}
}

/** A resolv.conf may name as many nameservers as it likes; so many are used. */
function upstreamsMax(to: readonly UpstreamTarget[]): number {
	return to.some(({ kind }) => kind === 'resolv-conf') ? maxUpstreams : Math.min(to.length, maxUpstreams);
}
