/** Goal: what shards count in shared memory gets the labels of the configuration. Method: counted by hand, read as a scrape does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCorefile } from '../../../src/config/load.ts';
import type { Model } from '../../../src/config/model.ts';
import { createSharedState, type SharedState } from '../../../src/engine/shared-state.ts';
import { Counters, counter } from '../../../src/metrics/hot/counters.ts';
import { QuerySeries } from '../../../src/metrics/hot/query-series.ts';
import { cell, overflowRow, plugin } from '../../../src/metrics/hot/series-layout.ts';
import { UpstreamSeries } from '../../../src/metrics/hot/upstream-series.ts';
import { pluginNames } from '../../../src/metrics/registry/plugin-metrics.ts';
import { seriesMax } from '../../../src/metrics/registry/table.ts';
import { type MetricsParts, SharedMetrics } from '../../../src/server/metrics-source.ts';
import { SeriesBook } from '../../../src/server/series-book.ts';
import { serverLabel } from '../../../src/server/series-names.ts';
import type { Endpoint } from '../../../src/server/shard-messages.ts';
import { VirtualClock } from '../../../src/util/clock.ts';
import { seededRandom } from '../../../src/util/random.ts';

const corefile = `a.test b.test {
	bind 127.0.0.1
	errors
	prometheus
	cache
	forward . 192.0.2.1
}
. {
	whoami
	header {
		response set aa
	}
}
`;

function modelOf(text: string): Model {
	const { model, errors } = loadCorefile({ path: 'Corefile', text, env: {} });
	assert.ok(model, JSON.stringify(errors));
	return model;
}

const endpoints: Endpoint[] = [
	{ number: 0, address: '127.0.0.1', port: 53, blocks: [0, 1], keyPort: 53 },
	{ number: 1, address: '::', port: 53, blocks: [1], keyPort: 53 },
];
const shards = 2;

interface House {
	readonly source: SharedMetrics;
	readonly shared: SharedState;
	/** By endpoint, its rows: zone by zone, and what belongs to none. */
	readonly rows: readonly NonNullable<Endpoint['rows']>[];
}

function sourceOf(parts: Partial<MetricsParts> = {}): House {
	const model = modelOf(corefile);
	const series = new SeriesBook(false);
	const rows = (parts.endpoints?.() ?? endpoints).map((endpoint) => series.rowsOf(model, endpoint));
	series.upstreamRow('192.0.2.1:53');
	const shared = createSharedState({ shards, cacheBytes: 1024 * 1024, model, random: seededRandom(1) });
	const source = new SharedMetrics({
		version: '9.9.9',
		clock: new VirtualClock(),
		shared,
		transport: { transport: 'dgram', steering: 'flow', native: false },
		hasListen: false,
		model: () => model,
		endpoints: () => endpoints,
		cacheIds: () => [7, 9],
		series,
		shards: () => [],
		health: () => ({ durations: { bounds: [], counts: [0], sum: 0 }, failures: 0 }),
		reload: () => ({ failed: 0, sha512: undefined }),
		...parts,
	});
	return { source, shared, rows };
}

test('a row has the server, the zone, the transport and the zones of its cache', () => {
	const { source, shared, rows: given } = sourceOf();
	const times = new Float64Array(2);
	const rows = [given[0].udp[1], given[0].tcp[2], given[1].udp[2], given[1].tcp[3], overflowRow];
	for (let shard = 0; shard < shards; shard++) {
		const series = new QuerySeries(shared.querySeries, shard, times);
		for (const row of rows) series.answered(row, 0, false, 40, plugin.cache, 0, 50);
		series.add(rows[0], cell.aclBlocked);
	}
	const got = source.queries();
	assert.deepEqual(
		got.map(({ server, zone, proto, family, cacheZones }) => [server, zone, proto, family, cacheZones]),
		[
			['dns://127.0.0.1:53', 'b.test.', 'udp', 1, 'a.test.,b.test.'],
			['dns://127.0.0.1:53', '.', 'tcp', 1, undefined],
			['dns://:53', '.', 'udp', 2, undefined],
			['dns://:53', 'dropped', 'tcp', 2, undefined],
			['', 'overflow', '', 0, undefined],
		],
	);
	assert.ok(got.every(({ requests }) => requests.A === shards));
	assert.equal(got[0].acl.blocked, shards);
});

test('the label `server` is the address, the port alone without `bind`, and the address of --listen', () => {
	const model = modelOf(corefile);
	const endpoint: Endpoint = { number: 0, address: '::1', port: 5353, blocks: [1], keyPort: undefined };
	assert.equal(serverLabel(endpoint, model, false), 'dns://:5353');
	assert.equal(serverLabel(endpoint, model, true), 'dns://[::1]:5353');
	assert.equal(serverLabel({ ...endpoint, blocks: [0, 1] }, model, false), 'dns://[::1]:5353');
});

test('directives are told for each server and zone, by names that the table knows', () => {
	const { source } = sourceOf();
	const rows = source.plugins();
	const text = rows.map(({ server, zone, name }) => `${server} ${zone} ${name}`);
	assert.deepEqual(text.sort(), [
		'dns://127.0.0.1:53 . header',
		'dns://127.0.0.1:53 . whoami',
		...['a.test.', 'b.test.'].flatMap((zone) =>
			['cache', 'errors', 'forward', 'prometheus'].map((name) => `dns://127.0.0.1:53 ${zone} ${name}`),
		),
		'dns://:53 . header',
		'dns://:53 . whoami',
	]);
	const known: readonly string[] = pluginNames;
	assert.ok(rows.every(({ name }) => known.includes(name)));
});

test('upstreams by name, counters by shard with the main thread last', () => {
	const { source, shared } = sourceOf();
	new UpstreamSeries(shared.upstreamSeries, 1, new Float64Array(2), 16).asked(0, 1);
	assert.deepEqual(
		source.upstreams().map(({ to, requests }) => [to, requests]),
		[['192.0.2.1:53', 1]],
	);
	new Counters(shared.counters, 1).add(counter.misses);
	assert.deepEqual(
		source.counters().map(({ misses }) => misses),
		[0, 1, 0],
	);
});

test('the cache of a block is told once, under its first address', async () => {
	const { source, shared } = sourceOf();
	await source.prepare();
	assert.deepEqual(source.cache(), [
		{ server: 'dns://127.0.0.1:53', zones: 'a.test.,b.test.', success: 0, denial: 0 },
	]);
	assert.deepEqual(source.cacheBytes(), { limit: 112 * 8192, used: 0, estimate: shared.estimate.byteLength });
	assert.ok(shared.estimate.byteLength > 0);
	assert.deepEqual(source.sizeEstimates(), []);
});

test('T98: the bound depends on the configuration alone, and ends at the rows of series', () => {
	const { source, shared } = sourceOf();
	const bound = seriesMax(source.sizes());
	const series = new QuerySeries(shared.querySeries, 0, new Float64Array(2));
	for (let row = 0; row < 16; row++) series.queried(row, 0, true, 40);
	assert.equal(seriesMax(source.sizes()), bound);
	const many = Array.from({ length: 5000 }, (_, number) => ({
		...endpoints[0],
		address: `127.0.${number >> 8}.${number & 0xff}`,
		number,
	}));
	assert.equal(sourceOf({ endpoints: () => many }).source.sizes().rows, 1025);
});
