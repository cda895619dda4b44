import { getHeapSpaceStatistics } from 'node:v8';
import { cacheMetrics } from './cache-metrics.ts';
import { counterMetrics } from './counter-metrics.ts';
import type { MetricSpec } from './metric.ts';
import { pluginMetrics } from './plugin-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { queryMetrics } from './query-metrics.ts';
import type { SeriesSizes } from './source.ts';
import { upstreamMetrics } from './upstream-metrics.ts';

/** What says how the exposition itself is doing; its values are the renderer's, not the source's. */
export const ownMetrics = {
	renderSeconds: {
		name: 'petrel_metrics_render_seconds',
		help: 'time that the main thread took for the last rendering of this text',
	},
	seriesMax: {
		name: 'petrel_metrics_series_max',
		help: 'bound on the number of series, whatever is asked by whomever',
	},
} as const;

export interface MetricGroup {
	readonly title: string;
	readonly text: string;
	readonly metrics: readonly MetricSpec[];
}

/** Everything that is exposed beside prom-client's own metrics of the process. */
export const metricGroups: readonly MetricGroup[] = [
	{
		title: 'Queries',
		text: '`server` is the address of the server block, as CoreDNS writes it: `dns://169.254.20.10:53`, `dns://:53` for a block without `bind`. `zone` is its zone, with the dot at its end. `view` is always empty.',
		metrics: queryMetrics,
	},
	{
		title: 'Cache',
		text: '`zones` are those that the cache of the server block is for, separated by commas.',
		metrics: cacheMetrics,
	},
	{ title: 'Upstreams', text: '`to` is the address and port of the upstream.', metrics: upstreamMetrics },
	{ title: 'Directives', text: 'Only what the Corefile has occurs.', metrics: pluginMetrics },
	{ title: 'Process', text: 'A *shard* is a worker thread.', metrics: processMetrics },
	{
		title: 'Counters',
		text: 'Everything that petrel counts; SIGUSR2 writes the same counters to stdout. By shard where their difference says something.',
		metrics: counterMetrics,
	},
];

export const allMetrics: readonly MetricSpec[] = metricGroups.flatMap(({ metrics }) => metrics);

/** Garbage collections: kinds, and lines of a histogram with prom-client's six bounds. */
const gcSeries = 4 * (6 + 3);
/** Gauges and counters of prom-client that have no label. */
const plainSeries = 40;

/** Series of prom-client's metrics of the process (exposition.ts leaves out those whose labels have no bound). */
export function defaultSeriesMax(): number {
	return plainSeries + gcSeries + 3 * getHeapSpaceStatistics().length;
}

/** The number of series that is never exceeded: no client and no name is in it. */
export function seriesMax(sizes: SeriesSizes): number {
	const own = Object.keys(ownMetrics).length;
	return allMetrics.reduce((sum, metric) => sum + metric.seriesMax(sizes), own + defaultSeriesMax());
}
