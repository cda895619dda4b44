import type {
	EndpointStatus,
	HistogramSample,
	QueryTotals,
	Sample,
	ShardSample,
	UpstreamSample,
	ZoneSample,
} from '../../server/control/control-target.ts';
import { addedUp } from '../../server/control/histogram.ts';

/** What happened between two samples, a second. */
export interface Rates {
	readonly version: string;
	readonly pid: number;
	readonly uptimeSec: number;
	readonly endpoints: readonly EndpointStatus[];
	readonly queries: number;
	readonly hits: number;
	readonly stale: number;
	readonly misses: number;
	readonly other: number;
	readonly latency: Percentiles;
	readonly cache: {
		readonly usedBytes: number;
		readonly sizeBytes: number;
		readonly entryCount: number;
		readonly inserted: number;
		readonly evicted: number;
	};
	/** Each list begins with the busiest. */
	readonly zones: readonly ZoneRates[];
	readonly upstreams: readonly UpstreamRates[];
	/** By number. */
	readonly shards: readonly ShardRates[];
}

/** In milliseconds, estimated from the buckets of a histogram; undefined: there was nothing. */
export interface Percentiles {
	readonly p50: number | undefined;
	readonly p90: number | undefined;
	readonly p99: number | undefined;
}

export interface ZoneRates {
	readonly server: string;
	readonly zone: string;
	readonly queries: number;
	readonly hits: number;
	readonly misses: number;
	readonly errors: number;
	readonly latency: Percentiles;
}

export interface UpstreamRates {
	readonly address: string;
	readonly port: number;
	readonly zones: string;
	readonly state: 'up' | 'down';
	readonly queries: number;
	readonly errors: number;
	readonly latency: Percentiles;
}

export interface ShardRates {
	readonly shard: number;
	readonly state: string;
	readonly replacedCount: number;
	readonly lagMs: number | null;
	readonly queries: number;
	readonly batches: number;
	readonly kernelDrops: number;
}

/** The rates between two samples of one process; undefined if they are not of one, or not apart. */
export function ratesBetween(before: Sample, after: Sample): Rates | undefined {
	const sec = (after.at_ms - before.at_ms) / 1000;
	if (before.pid !== after.pid || !(sec > 0) || after.uptime_s < before.uptime_s) return undefined;
	const rate = perSecond(sec);
	const total = (name: keyof QueryTotals): number => rate(before.totals[name], after.totals[name]);
	const { cache } = after;
	const zones = pairs(before.zones, after.zones, ({ server, zone }) => `${server} ${zone}`);
	return {
		version: after.version,
		pid: after.pid,
		uptimeSec: after.uptime_s,
		endpoints: after.endpoints,
		queries: total('queries_total'),
		hits: total('hits_total'),
		stale: total('stale_total'),
		misses: total('misses_total'),
		other: total('other_total'),
		latency: percentiles(
			addedUp(
				zones.map(([old, now]) => gained(old?.duration, now.duration)),
				zones[0]?.[1].duration.bounds_ms ?? [],
			),
		),
		cache: {
			usedBytes: cache.used_bytes,
			sizeBytes: cache.size_bytes,
			entryCount: cache.positive_count + cache.negative_count + cache.failure_count,
			inserted: rate(before.cache.inserted_total, cache.inserted_total),
			evicted: rate(before.cache.evicted_total, cache.evicted_total),
		},
		zones: zones.map(([old, now]) => zoneRates(old, now, rate)).sort(byQueries),
		upstreams: pairs(before.upstreams, after.upstreams, upstreamKey)
			.map(([old, now]) => upstreamRates(old, now, rate))
			.sort(byQueries),
		shards: pairs(before.shards, after.shards, ({ shard }) => String(shard)).map(([old, now]) =>
			shardRates(old, now, rate),
		),
	};
}

type Rate = (before: number | undefined, after: number) => number;

/** What was lower before has begun anew. */
function perSecond(sec: number): Rate {
	return (before = 0, after) => Math.max(0, after - before) / sec;
}

function byQueries(a: { queries: number }, b: { queries: number }): number {
	return b.queries - a.queries;
}

function pairs<Item>(
	before: readonly Item[],
	after: readonly Item[],
	keyOf: (item: Item) => string,
): (readonly [Item | undefined, Item])[] {
	const known = new Map(before.map((item) => [keyOf(item), item]));
	return after.map((item) => [known.get(keyOf(item)), item] as const);
}

function upstreamKey({ address, port, zones }: UpstreamSample): string {
	return `${address} ${port} ${zones.join(' ')}`;
}

function zoneRates(old: ZoneSample | undefined, now: ZoneSample, rate: Rate): ZoneRates {
	return {
		server: now.server,
		zone: now.zone,
		queries: rate(old?.queries_total, now.queries_total),
		hits: rate(old?.hits_total, now.hits_total),
		misses: rate(old?.misses_total, now.misses_total),
		errors: rate(old?.errors_total, now.errors_total),
		latency: percentiles(gained(old?.duration, now.duration)),
	};
}

function upstreamRates(old: UpstreamSample | undefined, now: UpstreamSample, rate: Rate): UpstreamRates {
	return {
		address: now.address,
		port: now.port,
		zones: now.zones.join(' '),
		state: now.state,
		queries: rate(old?.queries_total, now.queries_total),
		errors: rate(old?.errors_total, now.errors_total),
		latency: percentiles(gained(old?.duration, now.duration)),
	};
}

function shardRates(old: ShardSample | undefined, now: ShardSample, rate: Rate): ShardRates {
	return {
		shard: now.shard,
		state: now.state,
		replacedCount: now.replaced_count,
		lagMs: now.lag_ms,
		queries: rate(old?.queries_total, now.queries_total),
		batches: rate(old?.batches_total, now.batches_total),
		kernelDrops: rate(old?.kernel_drops_total, now.kernel_drops_total),
	};
}

function gained(before: HistogramSample | undefined, after: HistogramSample): HistogramSample {
	const counts = after.counts.map((count, bucket) => Math.max(0, count - (before?.counts[bucket] ?? 0)));
	return { bounds_ms: after.bounds_ms, counts };
}

export function percentiles(histogram: HistogramSample): Percentiles {
	return {
		p50: percentile(histogram, 0.5),
		p90: percentile(histogram, 0.9),
		p99: percentile(histogram, 0.99),
	};
}

/** As if what is in a bucket lay evenly between its bounds; what is above all bounds counts as the last one. */
function percentile({ bounds_ms, counts }: HistogramSample, part: number): number | undefined {
	const all = counts.reduce((sum, count) => sum + count, 0);
	if (all === 0) return undefined;
	let below = 0;
	for (const [bucket, count] of counts.entries()) {
		if (count > 0 && below + count >= part * all) {
			const low = bucket === 0 ? 0 : bounds_ms[bucket - 1];
			const high = bounds_ms[bucket] ?? low;
			return low + ((part * all - below) / count) * (high - low);
		}
		below += count;
	}
	return bounds_ms.at(-1);
}
