import {
	coreDurationBoundsMs,
	durationBoundsMs,
	pluginLabels,
	rcodeLabels,
	sizeBounds,
	typeLabels,
} from '../hot/series-layout.ts';
import {
	histogramSeries,
	inSeconds,
	type Labels,
	type MetricSpec,
	summed,
	summedHistograms,
	withCoarserBounds,
} from './metric.ts';
import type { QueryRow } from './source.ts';

const view = '';
const zoneLabels = ({ server, zone }: QueryRow): Labels => ({ server, zone, view });
const protoLabels = ({ server, zone, proto }: QueryRow): Labels => ({ server, zone, view, proto });

/** Queries and replies, as CoreDNS counts them. */
export const queryMetrics: readonly MetricSpec[] = [
	{
		name: 'coredns_dns_requests_total',
		type: 'counter',
		help: 'DNS queries that arrived',
		labels: ['server', 'zone', 'view', 'proto', 'family', 'type'],
		note: '`zone` is "dropped" for names that no server block serves, "overflow" (without a server) for what went beyond the rows of series; `family` is 1 for IPv4 and 2 for IPv6',
		samples: (source) =>
			source.queries().flatMap((row) =>
				typeLabels
					.filter((type) => row.requests[type] > 0)
					.map((type) => ({
						value: row.requests[type],
						labels: { ...protoLabels(row), family: row.family, type },
					})),
			),
		seriesMax: ({ rows }) => rows * typeLabels.length,
	},
	{
		name: 'coredns_dns_request_duration_seconds',
		type: 'histogram',
		help: 'time from the arrival of a query to its reply',
		labels: ['server', 'zone', 'view'],
		note: 'most hits are below the first bound: see petrel_dns_request_duration_seconds',
		samples: (source) =>
			summedHistograms(
				'coredns_dns_request_duration_seconds',
				source.queries(),
				zoneLabels,
				({ durationMs }) => inSeconds(withCoarserBounds(durationMs, coreDurationBoundsMs)),
			),
		seriesMax: ({ rows }) => rows * histogramSeries(coreDurationBoundsMs),
	},
	{
		name: 'coredns_dns_request_size_bytes',
		type: 'histogram',
		help: 'size of queries',
		labels: ['server', 'zone', 'view', 'proto'],
		samples: (source) =>
			summedHistograms(
				'coredns_dns_request_size_bytes',
				source.queries(),
				protoLabels,
				(row) => row.requestBytes,
			),
		seriesMax: ({ rows }) => rows * histogramSeries(sizeBounds),
	},
	{
		name: 'coredns_dns_do_requests_total',
		type: 'counter',
		help: 'queries with the DO bit',
		labels: ['server', 'zone', 'view'],
		samples: (source) => summed(source.queries(), zoneLabels, (row) => row.dnssecOkRequests),
		seriesMax: ({ rows }) => rows,
	},
	{
		name: 'coredns_dns_response_size_bytes',
		type: 'histogram',
		help: 'size of replies',
		labels: ['server', 'zone', 'view', 'proto'],
		samples: (source) =>
			summedHistograms(
				'coredns_dns_response_size_bytes',
				source.queries(),
				protoLabels,
				(row) => row.responseBytes,
			),
		seriesMax: ({ rows }) => rows * histogramSeries(sizeBounds),
	},
	{
		name: 'coredns_dns_responses_total',
		type: 'counter',
		help: 'replies that were sent, by RCODE and by who wrote them',
		labels: ['server', 'zone', 'view', 'rcode', 'plugin'],
		note: '`plugin` is empty where petrel refused by itself',
		samples: (source) => {
			const rows = source
				.queries()
				.flatMap((row) => row.responses.map((reply) => ({ ...reply, labels: zoneLabels(row) })));
			return summed(
				rows,
				({ labels, rcode, plugin }) => ({ ...labels, rcode, plugin }),
				({ count }) => count,
			);
		},
		seriesMax: ({ rows }) => rows * rcodeLabels.length * pluginLabels.length,
	},
	{
		name: 'petrel_dns_request_duration_seconds',
		type: 'histogram',
		help: 'the same as coredns_dns_request_duration_seconds, with buckets from 5 µs',
		labels: ['server', 'zone'],
		samples: (source) =>
			summedHistograms(
				'petrel_dns_request_duration_seconds',
				source.queries(),
				({ server, zone }) => ({ server, zone }),
				({ durationMs }) => inSeconds(durationMs),
			),
		seriesMax: ({ rows }) => rows * histogramSeries(durationBoundsMs),
	},
	{
		name: 'petrel_series_overflow_queries_total',
		type: 'counter',
		help: 'queries that are counted without server and zone, since there are more pairs of both than rows of series',
		labels: [],
		samples: (source) => {
			const beyond = source.queries().filter(({ zone, server }) => zone === 'overflow' && server === '');
			const requests = beyond.flatMap((row) => Object.values(row.requests));
			return [{ value: requests.reduce((sum, count) => sum + count, 0) }];
		},
		seriesMax: () => 1,
	},
];
