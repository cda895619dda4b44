/** Samples and a status as a server gives them, for tests of what is shown. */
import type { Sample, ServerStatus } from '../../../src/server/control/control-target.ts';

const bounds_ms = [0.01, 0.1, 1, 10];

/** A sample of a server that is `factor` times as far. */
export function sampleAt(factor: number, more: Partial<Sample> = {}): Sample {
	const counts = [50, 40, 9, 1, 0].map((count) => count * factor);
	const duration = { bounds_ms, counts };
	const zone = (name: string, share: number) => ({
		server: '169.254.20.10:53',
		zone: name,
		queries_total: 100 * share * factor,
		hits_total: 90 * share * factor,
		misses_total: 10 * share * factor,
		errors_total: factor,
		duration,
	});
	return {
		schema: 1,
		version: '9.9.9',
		pid: 77,
		at_ms: 1000 * factor,
		uptime_s: factor,
		endpoints: [
			{ address: '169.254.20.10', port: 53 },
			{ address: '::1', port: 53 },
		],
		totals: {
			queries_total: 1000 * factor,
			hits_total: 800 * factor,
			stale_total: 10 * factor,
			misses_total: 100 * factor,
			other_total: 90 * factor,
		},
		cache: {
			budget_bytes: 32 * 2 ** 20,
			size_bytes: 28 * 2 ** 20,
			used_bytes: 7 * 2 ** 20,
			positive_count: 1000,
			negative_count: 200,
			failure_count: 34,
			exact: true,
			inserted_total: 100 * factor,
			evicted_total: 5 * factor,
			flushed_total: 0,
			hit_ratio: 0.9,
		},
		zones: [zone('.', 1), zone('cluster.local.', 5), zone('a.zone.with.a.very.long.name.example.', 2)],
		upstreams: [
			{
				address: '10.96.0.10',
				port: 53,
				zones: ['cluster.local.'],
				state: 'up',
				queries_total: 70 * factor,
				errors_total: 2 * factor,
				duration,
			},
			{
				address: '2001:db8:1:2:3:4:5:6',
				port: 53,
				zones: ['.'],
				state: 'down',
				queries_total: 0,
				errors_total: 0,
				duration: { bounds_ms, counts: [0, 0, 0, 0, 0] },
			},
		],
		shards: [0, 1].map((shard) => ({
			shard,
			state: 'listening' as const,
			replaced_count: shard,
			lag_ms: shard === 0 ? 0.3 : null,
			queries_total: 500 * factor,
			batches_total: 50 * factor,
			kernel_drops_total: 0,
		})),
		...more,
	};
}

export function statusNow(more: Partial<ServerStatus> = {}): ServerStatus {
	const { cache, totals, endpoints, shards, upstreams } = sampleAt(1000);
	return {
		schema: 1,
		version: '9.9.9',
		node: '26.0.0',
		platform: 'linux-x64',
		pid: 77,
		started_at: '2026-11-20T10:15:02.123Z',
		uptime_s: 3700,
		transport: { name: 'native', reason: null, steering: 'flow' },
		config: {
			files: [{ path: '/etc/coredns/Corefile', sha256: '0123456789abcdef'.repeat(4) }],
			loaded_at: '2026-11-20T10:15:01.000Z',
		},
		reload: { result: 'none' },
		workers: shards,
		endpoints,
		cache,
		forwards: upstreams.map(({ address, port, zones, state, queries_total }) => ({
			zones,
			place: 'Corefile:3',
			policy: 'random',
			in_flight_count: 3,
			upstreams: [{ address, port, state, failures_count: state === 'down' ? 16 : 0, queries_total }],
		})),
		totals,
		...more,
	};
}
