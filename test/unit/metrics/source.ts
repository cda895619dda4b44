/** A source of metrics whose numbers a test says. */
import { type CounterName, counterNames } from '../../../src/metrics/hot/counters.ts';
import {
	coreDurationBoundsMs,
	durationBoundsMs,
	rcodeLabels,
	sizeBounds,
	typeLabels,
} from '../../../src/metrics/hot/series-layout.ts';
import type { Histogram } from '../../../src/metrics/hot/series-sums.ts';
import type { MetricsSource, QueryRow, UpstreamRow } from '../../../src/metrics/registry/source.ts';

export function histogramOf(
	bounds: readonly number[],
	counts: Readonly<Record<number, number>>,
	sum: number,
): Histogram {
	return { bounds, counts: Array.from({ length: bounds.length + 1 }, (_, i) => counts[i] ?? 0), sum };
}

export function queryRow(row: Partial<QueryRow>): QueryRow {
	const noTypes = Object.fromEntries(typeLabels.map((type) => [type, 0]));
	return {
		server: 'dns://127.0.0.1:53',
		zone: '.',
		proto: 'udp',
		family: 1,
		dnssecOkRequests: 0,
		requestBytes: histogramOf(sizeBounds, {}, 0),
		responseBytes: histogramOf(sizeBounds, {}, 0),
		durationMs: histogramOf(durationBoundsMs, {}, 0),
		responses: [],
		cache: { requests: 0, hitsSuccess: 0, hitsDenial: 0, misses: 0, servedStale: 0, prefetches: 0 },
		acl: { allowed: 0, blocked: 0, filtered: 0, dropped: 0 },
		translated: 0,
		cacheZones: '.',
		...row,
		requests: { ...noTypes, ...row.requests },
		templateMatches: { ...noTypes, ...row.templateMatches },
	};
}

export function upstreamRow(row: Partial<UpstreamRow>): UpstreamRow {
	return {
		to: '192.0.2.1:53',
		requests: 0,
		durationMs: {},
		probeFailures: {},
		connectionsReused: { udp: 0, tcp: 0 },
		connectionsNew: { udp: 0, tcp: 0 },
		...row,
	};
}

export function counterRow(values: Partial<Record<CounterName, number>> = {}): Record<CounterName, number> {
	const none = Object.fromEntries(counterNames.map((name) => [name, 0])) as Record<CounterName, number>;
	return { ...none, ...values };
}

export function sourceOf(parts: Partial<MetricsSource>): MetricsSource {
	return {
		version: '9.9.9',
		revision: '',
		queries: () => [],
		upstreams: () => [],
		counters: () => [counterRow(), counterRow()],
		plugins: () => [],
		cache: () => [],
		cacheBytes: () => ({ limit: 8192, used: 0, estimate: 0 }),
		sizeEstimates: () => [],
		health: () => ({ durations: histogramOf([0.000_25, 0.0025, 0.025, 0.25, 2.5], {}, 0), failures: 0 }),
		reload: () => ({ failed: 0, sha512: undefined }),
		shards: () => [],
		transport: () => ({ transport: 'native', steering: 'flow', native: true }),
		sizes: () => ({ rows: 1, servers: 1, blocks: 1, upstreams: 1, shards: 1, hosts: 1 }),
		...parts,
	};
}

/** Everything that can occur, for so many pairs of a listener and a zone, upstreams and shards. */
export function fullSource(pairs: number, upstreams: number, shards: number): MetricsSource {
	const all = <Value>(names: readonly string[], value: Value): Record<string, Value> =>
		Object.fromEntries(names.map((name) => [name, value]));
	const acl = { allowed: 1, blocked: 1, filtered: 1, dropped: 1 };
	const cache = { requests: 2, hitsSuccess: 1, hitsDenial: 1, misses: 1, servedStale: 1, prefetches: 1 };
	const plugins = ['', 'cache', 'forward', 'whoami', 'hosts', 'template', 'local', 'any', 'acl', 'dns64'];
	const responses = plugins.flatMap((plugin) => rcodeLabels.map((rcode) => ({ plugin, rcode, count: 1 })));
	const rows = Array.from({ length: pairs }, (_, i) =>
		queryRow({
			server: `dns://10.0.0.${i}:53`,
			zone: `z${i}.`,
			cacheZones: `z${i}.`,
			requests: all(typeLabels, 1),
			templateMatches: all(typeLabels, 1),
			dnssecOkRequests: 1,
			requestBytes: histogramOf(sizeBounds, { 2: 1 }, 1),
			responseBytes: histogramOf(sizeBounds, { 2: 1 }, 1),
			durationMs: histogramOf(durationBoundsMs, { 2: 1 }, 1),
			responses,
			cache,
			acl,
			translated: 1,
		}),
	);
	const rcodes = all(rcodeLabels, histogramOf(coreDurationBoundsMs, { 1: 1 }, 1));
	return sourceOf({
		queries: () => rows,
		upstreams: () =>
			Array.from({ length: upstreams }, (_, i) =>
				upstreamRow({
					to: `192.0.2.${i}:53`,
					requests: 1,
					durationMs: rcodes,
					probeFailures: all([...rcodeLabels, ''], 1),
					connectionsNew: { udp: 1, tcp: 1 },
					connectionsReused: { udp: 1, tcp: 1 },
				}),
			),
		counters: () => Array.from({ length: shards + 1 }, () => counterRow()),
		cache: () => rows.map(({ server, zone }) => ({ server, zones: zone, success: 1, denial: 1 })),
		shards: () =>
			Array.from({ length: shards }, (_, shard) => ({
				shard,
				listening: true,
				deaths: 0,
				beats: 1,
				lagMaxSec: 0,
			})),
		sizeEstimates: () => [0.5, 1, 2, 4].map((size) => ({ size, hitRatio: 0.5 })),
		hosts: () => rows.map(({ zone }) => ({ path: zone, entries: 1, reloadedAtMs: 1000 })),
		reload: () => ({ failed: 0, sha512: 'abc' }),
		sizes: () => ({
			rows: pairs,
			servers: pairs,
			blocks: pairs,
			upstreams,
			shards,
			hosts: pairs,
		}),
	});
}
