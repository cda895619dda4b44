/** Goal: what is counted on the way of a query comes out with the right labels, summed over shards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QuerySeries } from '../../../src/metrics/hot/query-series.ts';
import {
	bucketOf,
	cell,
	coreDurationBoundsMs,
	createQuerySeriesMemory,
	durationBoundsMs,
	overflowRow,
	plugin,
	pluginLabels,
	rcodeLabels,
	rcodePlace,
	rowCells,
	seriesRow,
	sizeBounds,
	typeLabels,
} from '../../../src/metrics/hot/series-layout.ts';
import { type QueryLabels, sumQuerySeries, sumUpstreamSeries } from '../../../src/metrics/hot/series-sums.ts';
import {
	createUpstreamSeriesMemory,
	UpstreamSeries,
	upstreamRowsMax,
} from '../../../src/metrics/hot/upstream-series.ts';
import { plainRows } from '../../support/plain-rows.ts';

const shards = 2;
/** When the turn began and ended: the same cells for all that a test makes. */
const times = new Float64Array(2);
const zones = ['cluster.local.', '.'];
const names: ReadonlyMap<number, QueryLabels> = plainRows(
	[
		[0, { server: 'dns://127.0.0.1:53', proto: 'udp', family: 1 }],
		[3, { server: 'dns://[::1]:53', proto: 'tcp', family: 2 }],
	],
	zones,
);

function fresh(): { memory: SharedArrayBuffer; series: QuerySeries[] } {
	const memory = createQuerySeriesMemory(shards);
	return { memory, series: [0, 1].map((shard) => new QuerySeries(memory, shard, times)) };
}

test('a value is in the bucket of the first bound that is not below it', () => {
	for (const [bytes, bound] of [
		[0, 0],
		[1, 100],
		[100, 100],
		[101, 200],
		[511, 511],
		[512, 1023],
		[1023, 1023],
		[1024, 2047],
		[64_000, 64_000],
	]) {
		assert.equal(sizeBounds[bucketOf(sizeBounds, bytes)], bound, `${bytes} octets`);
	}
	assert.equal(bucketOf(sizeBounds, 65_535), sizeBounds.length);
});

test("duration buckets are CoreDNS's and finer ones below", () => {
	assert.deepEqual(coreDurationBoundsMs.slice(0, 3), [0.25, 0.5, 1]);
	assert.equal(coreDurationBoundsMs.at(-1), 8192);
	assert.deepEqual(durationBoundsMs.slice(6), coreDurationBoundsMs);
	assert.deepEqual(
		durationBoundsMs.toSorted((a, b) => a - b),
		durationBoundsMs,
	);
});

test('cells of a row do not overlap', () => {
	const sizes: [number, number][] = [
		[cell.types, typeLabels.length],
		[cell.dnssecOk, 1],
		[cell.requestSize, sizeBounds.length + 2],
		[cell.responseSize, sizeBounds.length + 2],
		[cell.duration, durationBoundsMs.length + 2],
		[cell.responses, pluginLabels.length * rcodeLabels.length],
		[cell.hitsSuccess, 5],
		[cell.aclAllowed, 4],
		[cell.translated, 1],
		[cell.templateMatches, typeLabels.length],
	];
	let end = 0;
	for (const [at, size] of sizes) {
		assert.equal(at, end);
		end = at + size;
	}
	assert.ok(end <= rowCells && rowCells % 8 === 0);
});

test('what a query brings is counted in its row, and shards are added up', () => {
	const { memory, series } = fresh();
	const row = seriesRow(0, 1, 2);
	for (const one of series) {
		times[0] = 1000;
		one.beginTurn();
		one.answered(row, typeLabels.indexOf('AAAA'), true, 55, plugin.cache, 3, 300);
		one.add(row, cell.hitsDenial);
		times[1] = 1000.03;
		one.endTurn();
	}
	series[0].queried(row, typeLabels.indexOf('A'), false, 40_000);
	series[0].add(row, cell.misses);
	series[0].repliedLater(row, plugin.forward, 0, 70, 990);
	const [sums, ...others] = sumQuerySeries(memory, names);
	assert.deepEqual(others, []);
	assert.equal(sums.server, 'dns://127.0.0.1:53');
	assert.equal(sums.zone, '.');
	assert.equal(sums.proto, 'udp');
	assert.equal(sums.requests.AAAA, 2);
	assert.equal(sums.requests.A, 1);
	assert.equal(sums.requests.other, 0);
	assert.equal(sums.dnssecOkRequests, 2);
	assert.deepEqual(sums.responses, [
		{ rcode: 'NXDOMAIN', plugin: 'cache', count: 2 },
		{ rcode: 'NOERROR', plugin: 'forward', count: 1 },
	]);
	assert.equal(sums.requestBytes.sum, 40_110);
	assert.equal(sums.requestBytes.counts[bucketOf(sizeBounds, 55)], 2);
	assert.equal(sums.requestBytes.counts[bucketOf(sizeBounds, 40_000)], 1);
	assert.equal(sums.responseBytes.sum, 670);
	assert.equal(sums.responseBytes.counts[bucketOf(sizeBounds, 300)], 2);
	assert.equal(sums.durationMs.counts[bucketOf(durationBoundsMs, 0.03)], 2);
	assert.equal(sums.durationMs.counts[bucketOf(durationBoundsMs, 10)], 1);
	assert.ok(Math.abs(sums.durationMs.sum - 10.06) < 1e-6);
	assert.deepEqual(sums.cache, {
		requests: 3,
		hitsSuccess: 0,
		hitsDenial: 2,
		misses: 1,
		servedStale: 0,
		prefetches: 0,
	});
});

test('all replies of a turn have its duration, each in its own row, and only once', () => {
	const { memory, series } = fresh();
	const rows = [seriesRow(0, 0, 2), seriesRow(0, 2, 2), seriesRow(3, 0, 2)];
	times[0] = 5000;
	series[0].beginTurn();
	for (const [i, row] of rows.entries())
		for (let n = 0; n <= i; n++) series[0].answered(row, 0, false, 40, plugin.none, 5, 50);
	times[1] = 5001.5;
	series[0].endTurn();
	times[0] = 6000;
	series[0].beginTurn();
	times[1] = 6100;
	series[0].endTurn();
	const sums = sumQuerySeries(memory, names);
	assert.deepEqual(
		sums.map(({ zone, proto, durationMs }) => [zone, proto, durationMs.sum]),
		[
			['cluster.local.', 'udp', 1.5],
			['dropped', 'udp', 3],
			['cluster.local.', 'tcp', 4.5],
		],
	);
	for (const [i, { durationMs }] of sums.entries())
		assert.equal(durationMs.counts[bucketOf(durationBoundsMs, 1.5)], i + 1);
});

test('a turn that a fault cut short is ended by the next', () => {
	const { memory, series } = fresh();
	times[0] = 1000;
	series[0].beginTurn();
	series[0].answered(0, 0, false, 40, plugin.cache, 0, 50);
	times[0] = 1004;
	series[0].beginTurn();
	assert.equal(sumQuerySeries(memory, names)[0].durationMs.sum, 4);
});

test('RCODEs and types without a label of their own are "other"', () => {
	assert.equal(rcodeLabels[rcodePlace(16)], 'BADVERS');
	for (const rcode of [11, 15, 17, 23, 0xfff]) assert.equal(rcodeLabels[rcodePlace(rcode)], 'other');
	for (let rcode = 0; rcode <= 10; rcode++) assert.equal(rcodePlace(rcode), rcode);
});

test('listeners and zones beyond the bound share one row', () => {
	const { memory, series } = fresh();
	const beyond = seriesRow(600, 1, 2);
	assert.equal(beyond, overflowRow);
	assert.equal(seriesRow(700, 0, 2), overflowRow);
	assert.ok(seriesRow(341, 0, 2) < overflowRow);
	series[1].queried(beyond, 0, false, 50);
	const sums = sumQuerySeries(memory, plainRows([[600, { server: 'a', proto: 'udp', family: 1 }]], zones));
	assert.deepEqual(
		sums.map(({ server, zone, requests }) => [server, zone, requests.A]),
		[['', 'overflow', 1]],
	);
});

test('upstreams are counted apart, and shards are added up', () => {
	const memory = createUpstreamSeriesMemory(shards);
	const series = [0, 1].map((shard) => new UpstreamSeries(memory, shard, times, 32));
	for (const one of series) {
		times[0] = 1000;
		one.asked(31, 1);
		one.asked(31, 2);
		one.connected(31, true, false);
		one.connected(31, true, true);
		one.connected(31, false, false);
		times[0] = 1000.3;
		one.answered(31, 0, 2);
		times[0] = 1007;
		one.answered(31, 2, 1);
		times[0] = 21_000;
		one.answered(31, 0, 1);
		one.probeFailed(31, -1);
		one.probeFailed(31, 5);
	}
	series[1].asked(0, 3);
	const upstreams = Array.from({ length: 32 }, (_, row) => `192.0.2.${row}:53`);
	const [first, last, ...others] = sumUpstreamSeries(memory, upstreams);
	assert.deepEqual(others, []);
	assert.deepEqual([first.to, first.requests, first.durationMs], ['192.0.2.0:53', 1, {}]);
	assert.deepEqual([last.to, last.requests], ['192.0.2.31:53', 4]);
	assert.deepEqual(Object.keys(last.durationMs), ['NOERROR', 'SERVFAIL']);
	const { counts, sum } = last.durationMs.NOERROR;
	assert.equal(counts[bucketOf(coreDurationBoundsMs, 0.3)], 2);
	assert.equal(counts.at(-1), 2);
	assert.ok(Math.abs(sum - 40_000.6) < 1e-6);
	assert.equal(last.durationMs.SERVFAIL.sum, 14);
	assert.deepEqual(last.probeFailures, { REFUSED: 2, '': 2 });
	assert.deepEqual(last.connectionsReused, { udp: 0, tcp: 2 });
	assert.deepEqual(last.connectionsNew, { udp: 2, tcp: 2 });
});

test('an upstream is counted in the row that its address has, and without a row of its own in the last', () => {
	const memory = createUpstreamSeriesMemory(shards);
	const series = new UpstreamSeries(memory, 1, times, 16);
	series.setRow(0, 3);
	series.setRow(1, upstreamRowsMax + 7);
	series.asked(0, 1);
	series.asked(1, 1);
	const sums = sumUpstreamSeries(memory, ['a', 'b', 'c', 'd']);
	assert.deepEqual(
		sums.map(({ to, requests }) => [to, requests]),
		[
			['d', 1],
			['', 1],
		],
	);
});

test('without an upstream there is nothing to count', () => {
	const memory = createUpstreamSeriesMemory(shards);
	new UpstreamSeries(memory, 1, times, 0);
	assert.deepEqual(sumUpstreamSeries(memory, []), []);
});
