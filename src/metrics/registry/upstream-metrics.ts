import { coreDurationBoundsMs, rcodeLabels } from '../hot/series-layout.ts';
import type { Histogram } from '../hot/series-sums.ts';
import { total } from './cache-metrics.ts';
import {
	histogramSeries,
	inSeconds,
	type Labels,
	type MetricSpec,
	summed,
	summedHistograms,
} from './metric.ts';
import type { MetricsSource, UpstreamRow } from './source.ts';

const proxyName = { proxy_name: 'forward' };
const dropped = 'CoreDNS dropped it in 1.11; dashboards and alerts ask for it';

interface Answered {
	readonly to: string;
	readonly rcode: string;
	readonly durationMs: Histogram;
}

function answered(source: MetricsSource): Answered[] {
	return source
		.upstreams()
		.flatMap(({ to, durationMs }) =>
			Object.entries(durationMs).map(([rcode, histogram]) => ({ to, rcode, durationMs: histogram })),
		);
}

function durations(name: string, extra: Labels, note?: string): MetricSpec {
	return {
		name,
		type: 'histogram',
		help: 'time from a query to an upstream to its answer',
		labels: [...Object.keys(extra), 'to', 'rcode'],
		...(note === undefined ? {} : { note }),
		samples: (source) =>
			summedHistograms(
				name,
				answered(source),
				({ to, rcode }) => ({ ...extra, to, rcode }),
				({ durationMs }) => inSeconds(durationMs),
			),
		seriesMax: ({ upstreams }) => upstreams * rcodeLabels.length * histogramSeries(coreDurationBoundsMs),
	};
}

function connections(name: string, help: string, field: 'connectionsReused' | 'connectionsNew'): MetricSpec {
	return {
		name,
		type: 'counter',
		help,
		labels: ['proxy_name', 'to', 'proto'],
		samples: (source) => {
			const rows = source.upstreams().flatMap((row) => [
				{ labels: { ...proxyName, to: row.to, proto: 'udp' }, count: row[field].udp },
				{ labels: { ...proxyName, to: row.to, proto: 'tcp' }, count: row[field].tcp },
			]);
			return summed(
				rows,
				({ labels }) => labels,
				({ count }) => count,
			);
		},
		seriesMax: ({ upstreams }) => upstreams * 2,
	};
}

function counted({ durationMs }: Answered): number {
	return durationMs.counts.reduce((sum, count) => sum + count, 0);
}

function failedProbes({ probeFailures }: UpstreamRow): number {
	return Object.values(probeFailures).reduce((sum, count) => sum + count, 0);
}

/** What is asked of upstreams, as CoreDNS counts it now and as it did up to 1.10. */
export const upstreamMetrics: readonly MetricSpec[] = [
	durations('coredns_proxy_request_duration_seconds', proxyName),
	{
		name: 'coredns_proxy_healthcheck_failures_total',
		type: 'counter',
		help: 'health probes of an upstream that failed',
		labels: ['proxy_name', 'to'],
		samples: (source) => summed(source.upstreams(), ({ to }) => ({ ...proxyName, to }), failedProbes),
		seriesMax: ({ upstreams }) => upstreams,
	},
	connections(
		'coredns_proxy_conn_cache_hits_total',
		'queries to an upstream by a socket or connection that others had used',
		'connectionsReused',
	),
	connections(
		'coredns_proxy_conn_cache_misses_total',
		'queries to an upstream by a socket or connection that was new',
		'connectionsNew',
	),
	{
		name: 'coredns_forward_requests_total',
		type: 'counter',
		help: 'queries to an upstream',
		labels: ['to'],
		note: dropped,
		samples: (source) =>
			summed(
				source.upstreams(),
				({ to }) => ({ to }),
				({ requests }) => requests,
			),
		seriesMax: ({ upstreams }) => upstreams,
	},
	{
		name: 'coredns_forward_responses_total',
		type: 'counter',
		help: 'answers of an upstream',
		labels: ['to', 'rcode'],
		note: dropped,
		samples: (source) => summed(answered(source), ({ to, rcode }) => ({ to, rcode }), counted),
		seriesMax: ({ upstreams }) => upstreams * rcodeLabels.length,
	},
	durations('coredns_forward_request_duration_seconds', {}, dropped),
	{
		name: 'coredns_forward_healthcheck_failures_total',
		type: 'counter',
		help: 'health probes of an upstream that failed, by the RCODE of the answer; empty: there was none',
		labels: ['to', 'rcode'],
		note: dropped,
		samples: (source) => {
			const rows = source
				.upstreams()
				.flatMap(({ to, probeFailures }) =>
					Object.entries(probeFailures).map(([rcode, count]) => ({ labels: { to, rcode }, count })),
				);
			return summed(
				rows,
				({ labels }) => labels,
				({ count }) => count,
			);
		},
		seriesMax: ({ upstreams }) => upstreams * (rcodeLabels.length + 1),
	},
	{
		name: 'coredns_forward_healthcheck_broken_total',
		type: 'counter',
		help: 'queries that found all upstreams of their forward down',
		labels: [],
		samples: (source) => [{ value: total(source, 'upstreams_all_down') }],
		seriesMax: () => 1,
	},
	{
		name: 'coredns_forward_max_concurrent_rejects_total',
		type: 'counter',
		help: 'queries that were refused because of `max_concurrent`',
		labels: [],
		samples: (source) => [{ value: total(source, 'refused_max_concurrent') }],
		seriesMax: () => 1,
	},
];
