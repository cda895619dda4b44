/**
 * Goal: what a source says is exposed under CoreDNS's names, labels and buckets, in a text that is right, and within the
 * bound. Method: sources with known numbers, prom-client's text, a checker that knows neither.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	bucketOf,
	coreDurationBoundsMs,
	durationBoundsMs,
	sizeBounds,
} from '../../../src/metrics/hot/series-layout.ts';
import { Exposition } from '../../../src/metrics/registry/exposition.ts';
import type { MetricsSource } from '../../../src/metrics/registry/source.ts';
import { allMetrics, defaultSeriesMax, seriesMax } from '../../../src/metrics/registry/table.ts';
import { newClockOrigin, systemClock } from '../../../src/util/clock.ts';
import { find, readExposition, sumOf } from '../../support/exposition.ts';
import { counterRow, fullSource, histogramOf, queryRow, sourceOf, upstreamRow } from './source.ts';

async function render(
	source: MetricsSource,
	lastRenderSec?: number,
): Promise<ReturnType<typeof readExposition>> {
	const exposition = readExposition(
		await new Exposition(source, systemClock(newClockOrigin())).render(lastRenderSec),
	);
	assert.deepEqual(exposition.faults, []);
	return exposition;
}

test('queries have the labels of CoreDNS, by transport and family where it has them, else added up', async () => {
	const durationMs = histogramOf(
		durationBoundsMs,
		{ [bucketOf(durationBoundsMs, 0.03)]: 3, [bucketOf(durationBoundsMs, 3)]: 1 },
		3.5,
	);
	const sizes = histogramOf(sizeBounds, { [bucketOf(sizeBounds, 55)]: 4 }, 220);
	const row = {
		durationMs,
		requestBytes: sizes,
		responseBytes: sizes,
		requests: { A: 3, AAAA: 1 },
		dnssecOkRequests: 2,
	};
	const responses = [
		{ rcode: 'NOERROR', plugin: 'cache', count: 3 },
		{ rcode: 'SERVFAIL', plugin: 'forward', count: 1 },
	];
	const got = await render(
		sourceOf({
			queries: () => [queryRow({ ...row, responses }), queryRow({ ...row, responses, proto: 'tcp' })],
		}),
	);
	const server = 'dns://127.0.0.1:53';
	assert.deepEqual(find(got, 'coredns_dns_requests_total', { type: 'AAAA' }), [
		{
			name: 'coredns_dns_requests_total',
			labels: { server, zone: '.', view: '', proto: 'udp', family: '1', type: 'AAAA' },
			value: 1,
		},
		{
			name: 'coredns_dns_requests_total',
			labels: { server, zone: '.', view: '', proto: 'tcp', family: '1', type: 'AAAA' },
			value: 1,
		},
	]);
	assert.deepEqual(find(got, 'coredns_dns_do_requests_total'), [
		{ name: 'coredns_dns_do_requests_total', labels: { server, zone: '.', view: '' }, value: 4 },
	]);
	assert.deepEqual(find(got, 'coredns_dns_responses_total', { rcode: 'SERVFAIL' }), [
		{
			name: 'coredns_dns_responses_total',
			labels: { server, zone: '.', view: '', rcode: 'SERVFAIL', plugin: 'forward' },
			value: 2,
		},
	]);
	const buckets = find(got, 'coredns_dns_request_duration_seconds_bucket');
	assert.deepEqual(
		buckets.map(({ labels }) => labels.le),
		[...Array.from({ length: 16 }, (_, n) => String(0.000_25 * 2 ** n)), '+Inf'],
	);
	assert.deepEqual(Object.keys(buckets[0].labels).sort(), ['le', 'server', 'view', 'zone']);
	assert.equal(buckets[0].value, 6);
	assert.equal(sumOf(got, 'coredns_dns_request_duration_seconds_sum'), 0.007);
	assert.equal(sumOf(got, 'petrel_dns_request_duration_seconds_bucket', { le: '0.00002' }), 0);
	assert.equal(sumOf(got, 'petrel_dns_request_duration_seconds_bucket', { le: '0.00004' }), 6);
	assert.deepEqual(
		find(got, 'coredns_dns_request_size_bytes_bucket', { proto: 'tcp' }).map(({ labels }) => labels.le),
		[
			'0',
			'100',
			'200',
			'300',
			'400',
			'511',
			'1023',
			'2047',
			'4095',
			'8291',
			'16000',
			'32000',
			'48000',
			'64000',
			'+Inf',
		],
	);
	assert.equal(sumOf(got, 'coredns_dns_response_size_bytes_sum'), 440);
});

test('the cache is told by the zones of its block; blocks without one are left out', async () => {
	const cache = { requests: 10, hitsSuccess: 5, hitsDenial: 2, misses: 3, servedStale: 1, prefetches: 4 };
	const got = await render(
		sourceOf({
			queries: () => [
				queryRow({ cache, zone: 'a.', cacheZones: 'a.,b.' }),
				queryRow({ cache, zone: 'b.', cacheZones: 'a.,b.' }),
				queryRow({ cache, zone: 'c.', cacheZones: undefined }),
			],
			cache: () => [{ server: 'dns://127.0.0.1:53', zones: 'a.,b.', success: 7, denial: 0 }],
			counters: () => [
				counterRow({ cache_evicted_positive: 1, cache_evicted_negative: 2, upstream_ignored_question: 1 }),
				counterRow({ cache_evicted_failure: 3 }),
			],
		}),
	);
	const labels = { server: 'dns://127.0.0.1:53', zones: 'a.,b.', view: '' };
	const one = (name: string, more = {}): unknown =>
		find(got, name, more).map((sample) => [sample.labels, sample.value]);
	assert.deepEqual(one('coredns_cache_requests_total'), [[labels, 20]]);
	assert.deepEqual(one('coredns_cache_misses_total'), [[labels, 6]]);
	assert.deepEqual(one('coredns_cache_hits_total', { type: 'denial' }), [[{ ...labels, type: 'denial' }, 4]]);
	assert.deepEqual(one('coredns_cache_served_stale_total'), [[labels, 2]]);
	assert.deepEqual(one('coredns_cache_prefetch_total'), [[labels, 8]]);
	assert.deepEqual(one('coredns_cache_entries', { type: 'success' }), [[{ ...labels, type: 'success' }, 7]]);
	assert.deepEqual(one('coredns_cache_entries', { type: 'denial' }), [[{ ...labels, type: 'denial' }, 0]]);
	assert.equal(sumOf(got, 'coredns_cache_evictions_total', { type: 'success' }), 1);
	assert.equal(sumOf(got, 'coredns_cache_evictions_total', { type: 'denial' }), 5);
	assert.equal(sumOf(got, 'coredns_cache_drops_total'), 1);
});

test('an upstream that several forwards name is told once, now and as CoreDNS 1.10 did', async () => {
	const durationMs = { SERVFAIL: histogramOf(coreDurationBoundsMs, { 3: 2 }, 3) };
	const row = { requests: 3, durationMs, probeFailures: { '': 1 }, connectionsReused: { udp: 2, tcp: 0 } };
	const got = await render(sourceOf({ upstreams: () => [upstreamRow(row), upstreamRow({ ...row })] }));
	const to = '192.0.2.1:53';
	assert.equal(sumOf(got, 'coredns_forward_requests_total', { to }), 6);
	assert.equal(sumOf(got, 'coredns_forward_responses_total', { to, rcode: 'SERVFAIL' }), 4);
	assert.equal(sumOf(got, 'coredns_forward_request_duration_seconds_sum', { to, rcode: 'SERVFAIL' }), 0.006);
	assert.equal(
		sumOf(got, 'coredns_proxy_request_duration_seconds_count', {
			to,
			rcode: 'SERVFAIL',
			proxy_name: 'forward',
		}),
		4,
	);
	assert.equal(sumOf(got, 'coredns_forward_healthcheck_failures_total', { to, rcode: '' }), 2);
	assert.equal(sumOf(got, 'coredns_proxy_healthcheck_failures_total', { to, proxy_name: 'forward' }), 2);
	assert.equal(
		sumOf(got, 'coredns_proxy_conn_cache_hits_total', { to, proto: 'udp', proxy_name: 'forward' }),
		4,
	);
	assert.deepEqual(find(got, 'coredns_proxy_conn_cache_misses_total'), []);
});

test('directives: acl, template, dns64 and hosts', async () => {
	const got = await render(
		sourceOf({
			queries: () => [
				queryRow({
					acl: { allowed: 4, blocked: 3, filtered: 2, dropped: 1 },
					translated: 5,
					templateMatches: { A: 6 },
				}),
			],
			hosts: () => [
				{ path: '/etc/hosts', entries: 8, reloadedAtMs: 1_000_000 },
				{ path: '', entries: 1, reloadedAtMs: undefined },
			],
			plugins: () => [{ server: 'dns://:53', zone: '.', name: 'acl' }],
		}),
	);
	const server = 'dns://127.0.0.1:53';
	assert.deepEqual(find(got, 'coredns_acl_allowed_requests_total')[0].labels, { server, view: '' });
	assert.deepEqual(find(got, 'coredns_acl_blocked_requests_total')[0].labels, {
		server,
		zone: '.',
		view: '',
	});
	assert.equal(sumOf(got, 'coredns_acl_filtered_requests_total'), 2);
	assert.equal(sumOf(got, 'coredns_acl_dropped_requests_total'), 1);
	assert.equal(sumOf(got, 'coredns_dns64_requests_translated_total', { server }), 5);
	assert.equal(
		sumOf(got, 'coredns_template_matches_total', { server, zone: '.', class: 'IN', type: 'A' }),
		6,
	);
	assert.equal(sumOf(got, 'coredns_hosts_entries', { hostsfile: '/etc/hosts' }), 8);
	assert.equal(sumOf(got, 'coredns_hosts_reload_timestamp_seconds'), 1000);
	assert.equal(
		sumOf(got, 'coredns_plugin_enabled', { server: 'dns://:53', zone: '.', name: 'acl', view: '' }),
		1,
	);
});

test('the process: build, faults, shards, transport, configuration, health', async () => {
	const got = await render(
		sourceOf({
			counters: () => [
				counterRow({ faults: 1, udp_kernel_drops: 2 }),
				counterRow({ udp_kernel_drops: 3 }),
				counterRow(),
			],
			shards: () => [
				{ shard: 0, listening: true, deaths: 0, beats: 100, lagMaxSec: 0.5 },
				{ shard: 1, listening: false, deaths: 2, beats: 0, lagMaxSec: 0 },
			],
			reload: () => ({ failed: 1, sha512: 'abc' }),
			health: () => ({
				durations: histogramOf([0.000_25, 0.0025, 0.025, 0.25, 2.5], { 1: 2 }, 0.003),
				failures: 1,
			}),
		}),
		0.25,
	);
	assert.equal(sumOf(got, 'coredns_build_info', { version: '9.9.9', goversion: process.version }), 1);
	assert.equal(sumOf(got, 'coredns_panics_total'), 3);
	assert.equal(sumOf(got, 'petrel_shard_listening', { shard: '1' }), 0);
	assert.equal(sumOf(got, 'petrel_shard_event_loop_lag_seconds', { shard: '0' }), 0.5);
	assert.deepEqual(find(got, 'petrel_shard_turns_total', { shard: '1' }), []);
	assert.equal(sumOf(got, 'petrel_udp_kernel_drops_total', { shard: '1' }), 3);
	assert.equal(
		sumOf(got, 'petrel_transport_info', { transport: 'native', steering: 'flow', native: 'true' }),
		1,
	);
	assert.equal(sumOf(got, 'coredns_reload_version_info', { hash: 'sha512', value: 'abc' }), 1);
	assert.equal(sumOf(got, 'coredns_reload_failed_total'), 1);
	assert.equal(sumOf(got, 'coredns_health_request_duration_seconds_bucket', { le: '0.0025' }), 2);
	assert.equal(sumOf(got, 'coredns_health_request_failures_total'), 1);
	assert.equal(sumOf(got, 'petrel_metrics_render_seconds'), 0.25);
	for (const name of [
		'process_cpu_seconds_total',
		'process_resident_memory_bytes',
		'nodejs_heap_size_used_bytes',
	])
		assert.ok(sumOf(got, name)! > 0, name);
});

test('names in labels cannot break the text', async () => {
	const zone = 'a"b\\c\nd.';
	const got = await render(sourceOf({ queries: () => [queryRow({ zone, requests: { A: 1 } })] }));
	assert.equal(sumOf(got, 'coredns_dns_requests_total', { zone }), 1);
});

test('queries beyond the rows of series are counted under no server', async () => {
	const row = queryRow({
		server: '',
		zone: 'overflow',
		proto: '',
		family: 0,
		cacheZones: undefined,
		requests: { A: 5 },
	});
	const got = await render(sourceOf({ queries: () => [row] }));
	assert.equal(sumOf(got, 'petrel_series_overflow_queries_total'), 5);
	assert.equal(sumOf(got, 'coredns_dns_requests_total', { server: '', zone: 'overflow' }), 5);
});

test('metrics with labels are absent until something occurred, others are 0', async () => {
	const got = await render(sourceOf({}));
	const names = [...got.families.keys()];
	for (const { name, labels } of allMetrics) {
		const always = ['coredns_build_info', 'petrel_transport_info', 'coredns_cache_evictions_total'].includes(
			name,
		);
		const perShard = labels.length === 1 && labels[0] === 'shard' && !name.startsWith('petrel_shard_');
		const optional = name === 'coredns_hosts_reload_timestamp_seconds';
		const expected = always || perShard || (labels.length === 0 && !optional);
		assert.equal(names.includes(name), expected, name);
	}
	assert.equal(sumOf(got, 'coredns_forward_healthcheck_broken_total'), 0);
});

test('T98: when everything has occurred for everything, no metric has more series than its bound', async () => {
	for (const [pairs, upstreams, shards] of [
		[1, 1, 1],
		[7, 15, 4],
	]) {
		const source = fullSource(pairs, upstreams, shards);
		for (const { name, samples, seriesMax: most } of allMetrics) {
			const got = samples(source).length;
			assert.ok(got > 0 || name === 'coredns_plugin_enabled', name);
			assert.ok(got <= most(source.sizes()), `${name}: ${got} of ${most(source.sizes())}`);
		}
		const exposition = await render(source, 1);
		assert.ok(exposition.samples.length <= seriesMax(source.sizes()), `${exposition.samples.length}`);
		const ofProcess = exposition.samples.filter(({ name }) => /^(process|nodejs)_/.test(name));
		assert.ok(ofProcess.length <= defaultSeriesMax(), `${ofProcess.length} of ${defaultSeriesMax()}`);
	}
});

test('a source is asked for each thing once a scrape', async () => {
	let asked = 0;
	const source = sourceOf({ queries: () => [queryRow({ requests: { A: ++asked } })] });
	await render(source);
	assert.equal(asked, 1);
});
