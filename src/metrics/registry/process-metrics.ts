import { total } from './cache-metrics.ts';
import { histogramSamples, histogramSeries, type MetricSpec, type Sample } from './metric.ts';
import type { MetricsSource, ShardRow } from './source.ts';

function perShard(
	name: string,
	type: 'counter' | 'gauge',
	help: string,
	amountOf: (row: ShardRow) => number | undefined,
): MetricSpec {
	return {
		name,
		type,
		help,
		labels: ['shard'],
		samples: (source: MetricsSource): Sample[] =>
			source.shards().flatMap((row) => {
				const value = amountOf(row);
				return value === undefined ? [] : [{ value, labels: { shard: row.shard } }];
			}),
		seriesMax: ({ shards }) => shards,
	};
}

/** The process itself: its build, configuration, health and threads. */
export const processMetrics: readonly MetricSpec[] = [
	{
		name: 'coredns_build_info',
		type: 'gauge',
		help: '1, with the version of petrel and, as `goversion`, of Node.js',
		labels: ['version', 'revision', 'goversion'],
		samples: ({ version, revision }) => [
			{ value: 1, labels: { version, revision, goversion: process.version } },
		],
		seriesMax: () => 1,
	},
	{
		name: 'coredns_panics_total',
		type: 'counter',
		help: 'faults in petrel that cost a message, and threads that died',
		labels: [],
		samples: (source) => [
			{ value: total(source, 'faults') + source.shards().reduce((sum, { deaths }) => sum + deaths, 0) },
		],
		seriesMax: () => 1,
	},
	{
		name: 'coredns_health_request_duration_seconds',
		type: 'histogram',
		help: 'time that requests to the own health endpoint took, one a second',
		labels: [],
		samples: (source) =>
			histogramSamples('coredns_health_request_duration_seconds', {}, source.health().durations),
		seriesMax: () => histogramSeries([0.000_25, 0.0025, 0.025, 0.25, 2.5]),
	},
	{
		name: 'coredns_health_request_failures_total',
		type: 'counter',
		help: 'requests to the own health endpoint that got no answer',
		labels: [],
		samples: (source) => [{ value: source.health().failures }],
		seriesMax: () => 1,
	},
	{
		name: 'coredns_reload_failed_total',
		type: 'counter',
		help: 'configurations that were not taken over',
		labels: [],
		samples: (source) => [{ value: source.reload().failed }],
		seriesMax: () => 1,
	},
	{
		name: 'coredns_reload_version_info',
		type: 'gauge',
		help: '1, with the hash of the configuration that holds',
		labels: ['hash', 'value'],
		samples: (source) => {
			const { sha512 } = source.reload();
			return sha512 === undefined ? [] : [{ value: 1, labels: { hash: 'sha512', value: sha512 } }];
		},
		seriesMax: () => 1,
	},
	perShard('petrel_shard_listening', 'gauge', '1 while the shard listens', ({ listening }) =>
		listening ? 1 : 0,
	),
	perShard(
		'petrel_shard_deaths_total',
		'counter',
		"how often the shard's thread died and was replaced",
		({ deaths }) => deaths,
	),
	perShard(
		'petrel_shard_beats_total',
		'counter',
		"beats of the shard's event loop, four a second",
		({ beats }) => beats,
	),
	perShard(
		'petrel_shard_event_loop_lag_seconds',
		'gauge',
		"the longest that the shard's event loop was late since the last scrape",
		({ lagMaxSec }) => lagMaxSec,
	),
	{
		name: 'petrel_transport_info',
		type: 'gauge',
		help: '1, with the UDP transport in use, how the kernel spreads datagrams, and whether it is the native one',
		labels: ['transport', 'steering', 'native'],
		samples: (source) => {
			const { transport, steering, native } = source.transport();
			return [{ value: 1, labels: { transport, steering, native: String(native) } }];
		},
		seriesMax: () => 1,
	},
];
