/** Goal: `petrel top` shows true rates, estimates percentiles as they can be, and fits any screen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameOf } from '../../../src/cli/top/frame.ts';
import { percentiles, type Rates, ratesBetween } from '../../../src/cli/top/rates.ts';
import { sampleAt } from './samples.ts';

function rates(): Rates {
	return ratesBetween(sampleAt(1), sampleAt(3))!;
}

function textOf(history: readonly Rates[], columns: number, rows = Number.POSITIVE_INFINITY): string[] {
	return frameOf(history, 'every 1 s, q quits', { columns, rows }).map(({ text }) => text.trimEnd());
}

test('rates are differences by the time between the samples', () => {
	const { queries, hits, stale, misses, other, cache, zones, upstreams, shards } = rates();
	assert.deepEqual([queries, hits, stale, misses, other], [1000, 800, 10, 100, 90]);
	assert.deepEqual([cache.inserted, cache.evicted, cache.entryCount], [100, 5, 1234]);
	assert.deepEqual(
		zones.map(({ zone, queries: each }) => [zone, each]),
		[
			['cluster.local.', 500],
			['a.zone.with.a.very.long.name.example.', 200],
			['.', 100],
		],
		'the busiest first',
	);
	assert.deepEqual(
		upstreams.map(({ address, queries: each, errors }) => [address, each, errors]),
		[
			['10.96.0.10', 70, 2],
			['2001:db8:1:2:3:4:5:6', 0, 0],
		],
	);
	assert.deepEqual(
		shards.map(({ queries: each, batches, lagMs }) => [each, batches, lagMs]),
		[
			[500, 50, 0.3],
			[500, 50, null],
		],
	);
});

test('what was not there before has its rate from nothing; what began anew is not below zero', () => {
	const before = sampleAt(3, { zones: [], shards: [] });
	const { zones, shards } = ratesBetween({ ...before, at_ms: 2000 }, { ...sampleAt(3), uptime_s: 4 })!;
	assert.equal(zones[0].queries, 1500);
	assert.equal(shards[0].queries, 1500);
	const fallen = { ...sampleAt(4), totals: sampleAt(1).totals };
	assert.equal(ratesBetween(sampleAt(3), fallen)!.queries, 0);
});

test('two samples of other processes, or of one moment, give no rates', () => {
	assert.equal(ratesBetween(sampleAt(1), sampleAt(2, { pid: 78 })), undefined);
	assert.equal(ratesBetween(sampleAt(2), sampleAt(2)), undefined);
	assert.equal(ratesBetween(sampleAt(2), sampleAt(3, { uptime_s: 0 })), undefined);
});

test('percentiles lie inside their buckets, in proportion', () => {
	const of = (counts: number[]) => percentiles({ bounds_ms: [1, 2, 4], counts });
	assert.deepEqual(of([0, 0, 0, 0]), { p50: undefined, p90: undefined, p99: undefined });
	assert.deepEqual(of([0, 100, 0, 0]), { p50: 1.5, p90: 1.9, p99: 1.99 });
	assert.deepEqual(of([50, 0, 50, 0]), { p50: 1, p90: 3.6, p99: 3.96 });
	assert.deepEqual(of([0, 0, 0, 9]), { p50: 4, p90: 4, p99: 4 }, 'above all bounds: the last of them');
});

const frame80 = `petrel 9.9.9  169.254.20.10:53 and 1 more  process 77  up 3s  every 1 s, q quits

queries      1,000/s                                         ▂█▂      peak 4,000
  hits         800/s                                         ███        peak 800
  stale         10/s                                         ███         peak 10
  misses       100/s                                         ███        peak 100
  other         90/s                                         ███         peak 90

hit ratio  89.0 %    latency p50 10 µs  p90 100 µs  p99 1.0 ms (estimated)
cache     ████░░░░░░░░░░░░ 25.0 % of 28 MiB, 1,234 entries
          100/s stored, 5/s evicted

ZONE                 SERVER            Q/S    HITS  MISS/S  ERR/S    P50     P99
cluster.local.       169.254.20.10:53  500  90.0 %      50      1  10 µs  1.0 ms
a.zone.with.a.very…  169.254.20.10:53  200  90.0 %      20      1  10 µs  1.0 ms
.                    169.254.20.10:53  100  90.0 %      10      1  10 µs  1.0 ms

UPSTREAM                   ZONES           Q/S  ERR/S    P50     P99  STATE
10.96.0.10:53              cluster.local.   70      2  10 µs  1.0 ms  up
[2001:db8:1:2:3:4:5:6]:53  .                 0      0      -       -  down

WORKER  Q/S  BATCHES/S        LAG  DROPPED/S  REPLACED  STATE
     0  500         50     300 µs          0         -  listening
     1  500         50  no answer          0         1  listening`;

test('the frame at 80 columns', () => {
	const history = [rates(), { ...rates(), queries: 4000 }, rates()];
	const lines = textOf(history, 80);
	assert.equal(lines.join('\n'), frame80);
	const looks = frameOf(history, '', { columns: 80, rows: 99 });
	const bad = looks.filter(({ look }) => look === 'bad').map(({ text }) => text.trim().split(/\s+/)[0]);
	assert.deepEqual(bad, ['[2001:db8:1:2:3:4:5:6]:53', '1'], 'what is wrong is seen at once');
});

test('no line is wider than the screen, no frame higher, at any size', () => {
	const many = Array.from({ length: 40 }, (_, place) => ({
		...rates().zones[0],
		zone: `z${place}.example.`,
	}));
	const history = Array.from({ length: 200 }, () => ({ ...rates(), zones: many }));
	for (const columns of [1, 20, 40, 60, 80, 120, 300]) {
		for (const rows of [1, 5, 14, 24, 50, 100]) {
			const lines = textOf(history, columns, rows);
			assert.ok(lines.length <= rows, `${lines.length} lines on ${rows} rows`);
			assert.ok(Math.max(...lines.map((line) => line.length)) <= columns, `${columns} columns`);
		}
	}
	const at24 = textOf(history, 80, 24).join('\n');
	for (const head of ['ZONE', 'UPSTREAM', 'WORKER']) assert.match(at24, new RegExp(`^ *${head} `, 'm'));
	assert.match(at24, /\.\.\. and \d+ more/);
});

test('without a history there are no sparklines', () => {
	assert.match(textOf([rates()], 80)[2], /^queries +1,000\/s$/);
});
