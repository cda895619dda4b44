import type { CounterName } from '../hot/counters.ts';
import { type Labels, type MetricSpec, type Sample, summed } from './metric.ts';
import type { MetricsSource, QueryRow } from './source.ts';

const view = '';
const labelsOf = ({ server, cacheZones }: CachedRow): Labels => ({ server, zones: cacheZones, view });

type CachedRow = QueryRow & { readonly cacheZones: string };

/** Rows of blocks that have a cache. */
function cached(source: MetricsSource): CachedRow[] {
	return source.queries().filter((row): row is CachedRow => row.cacheZones !== undefined);
}

/** The sum of counters over all shards. */
export function total(source: MetricsSource, ...names: readonly CounterName[]): number {
	return source.counters().reduce((sum, row) => sum + names.reduce((all, name) => all + row[name], 0), 0);
}

function perZones(
	name: string,
	help: string,
	amountOf: (cache: QueryRow['cache']) => number,
	note?: string,
): MetricSpec {
	return {
		name,
		type: 'counter',
		help,
		labels: ['server', 'zones', 'view'],
		...(note === undefined ? {} : { note }),
		samples: (source) => summed(cached(source), labelsOf, ({ cache }) => amountOf(cache)),
		seriesMax: ({ rows }) => rows,
	};
}

/** The cache, as CoreDNS counts it. */
export const cacheMetrics: readonly MetricSpec[] = [
	{
		name: 'coredns_cache_entries',
		type: 'gauge',
		help: 'answers in the cache, those included that have expired and are still there',
		labels: ['server', 'type', 'zones', 'view'],
		note: 'counted at most once in 10 s; above 32 MiB of cache estimated from a sample; given once for a block, under its first address, since all its addresses share the cache; failures count as denials',
		samples: (source) =>
			source.cache().flatMap(({ server, zones, success, denial }): Sample[] => [
				{ value: success, labels: { server, type: 'success', zones, view } },
				{ value: denial, labels: { server, type: 'denial', zones, view } },
			]),
		seriesMax: ({ blocks }) => blocks * 2,
	},
	perZones(
		'coredns_cache_requests_total',
		'queries that were looked up in the cache',
		(cache) => cache.requests,
	),
	{
		name: 'coredns_cache_hits_total',
		type: 'counter',
		help: 'queries that were answered from the cache',
		labels: ['server', 'type', 'zones', 'view'],
		samples: (source) => {
			const hits = cached(source).flatMap((row) => [
				{ labels: { ...labelsOf(row), type: 'success' }, count: row.cache.hitsSuccess },
				{ labels: { ...labelsOf(row), type: 'denial' }, count: row.cache.hitsDenial },
			]);
			return summed(
				hits,
				({ labels }) => labels,
				({ count }) => count,
			);
		},
		seriesMax: ({ rows }) => rows * 2,
	},
	perZones(
		'coredns_cache_misses_total',
		'queries that were not found in the cache',
		(cache) => cache.misses,
		'CoreDNS calls it deprecated; dashboards ask for it',
	),
	perZones(
		'coredns_cache_prefetch_total',
		'answers that were asked for anew before, or just after, they expired',
		(cache) => cache.prefetches,
	),
	perZones(
		'coredns_cache_served_stale_total',
		'expired answers that were served',
		(cache) => cache.servedStale,
	),
	{
		name: 'coredns_cache_drops_total',
		type: 'counter',
		help: 'responses that were not used because they answer another question',
		labels: [],
		note: 'for the whole process; in CoreDNS by server and zones',
		samples: (source) => [{ value: total(source, 'upstream_ignored_question') }],
		seriesMax: () => 1,
	},
	{
		name: 'coredns_cache_evictions_total',
		type: 'counter',
		help: 'answers that made room for others',
		labels: ['type'],
		note: 'for the whole process; in CoreDNS by server and zones',
		samples: (source) => [
			{ value: total(source, 'cache_evicted_positive'), labels: { type: 'success' } },
			{ value: total(source, 'cache_evicted_negative', 'cache_evicted_failure'), labels: { type: 'denial' } },
		],
		seriesMax: () => 2,
	},
	{
		name: 'petrel_cache_size_bytes',
		type: 'gauge',
		help: 'memory that the shared cache may use',
		labels: [],
		samples: (source) => [{ value: source.cacheBytes().limit }],
		seriesMax: () => 1,
	},
	{
		name: 'petrel_cache_size_hit_ratio_estimate',
		type: 'gauge',
		help: 'share of the queries that the cache would answer if it had so many times its size',
		labels: ['size'],
		note: 'for the whole process, with `size` 0.5, 1, 2 and 4; of the last ten minutes and, weighing less, the time before; where few ask, of a longer time; 1 is the hit ratio that the cache has; not there before the first query',
		samples: (source) =>
			source.sizeEstimates().map(({ size, hitRatio }) => ({ value: hitRatio, labels: { size } })),
		seriesMax: () => 4,
	},
	{
		name: 'petrel_cache_size_estimate_bytes',
		type: 'gauge',
		help: 'memory that the estimate for other sizes takes, beside that of the cache',
		labels: [],
		samples: (source) => [{ value: source.cacheBytes().estimate }],
		seriesMax: () => 1,
	},
	{
		name: 'petrel_cache_used_bytes',
		type: 'gauge',
		help: 'memory that entries of the shared cache use',
		labels: [],
		note: 'counted together with coredns_cache_entries',
		samples: (source) => [{ value: source.cacheBytes().used }],
		seriesMax: () => 1,
	},
];
