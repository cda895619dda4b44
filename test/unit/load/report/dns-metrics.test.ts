/**
 * Goal: what is written as dns-metrics is that. Method: a validator written apart from the code, and arithmetic over
 * the objects.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJsonLines } from '../../../../src/load/report/json.ts';
import type { LoadResult } from '../../../../src/load/result.ts';
import { checkDnsMetrics, parseExactly } from './dns-metrics-check.ts';
import {
	type FakeCounts,
	fakeResult,
	fakeRound,
	fakeSetting,
	fakeTarget,
	startedWallMs,
	steps,
} from './support.ts';

const second = (count: number): FakeCounts => ({
	answersUs: steps(count, 37),
	lateUs: [2_100_000, 2_200_000],
	lost: 3,
	sendErrors: 4,
	notOffered: 5,
	duplicates: 6,
	mismatched: 1,
	unknown: 1,
	rcodes: { 3: 7, 2: 1 },
});

function result(): LoadResult {
	const rounds = [1, 2].map((number) =>
		fakeRound([second(50), second(100), second(200)], {
			number,
			warmupCount: 1,
			startedWallMs: startedWallMs + number * 10_000 + 0.125,
			void: number === 2 ? ['it fell behind'] : [],
		}),
	);
	const tcp = fakeTarget('tcp://b', [fakeRound([{ ...second(10), tcp: true }])], 'tcp');
	return fakeResult([fakeTarget('a', rounds), tcp, fakeTarget('c', [fakeRound([{ notOffered: 3 }])])]);
}

// biome-ignore lint/suspicious/noExplicitAny: JSON that the validator has looked at.
type Any = any;

function objects(): Any[] {
	const text = toJsonLines(result());
	assert.ok(text.endsWith('}\n'));
	return text
		.trimEnd()
		.split('\n')
		.map((line) => parseExactly(line));
}

test('every line is an object of dns-metrics, the header first', () => {
	const all = objects();
	for (const object of all) checkDnsMetrics(object);
	const types = all.map(({ type }) => type);
	assert.equal(types[0], 'header');
	assert.equal(types.filter((type) => type === 'header').length, 1);
	assert.equal(types.filter((type) => type === 'stats_periodic').length, 8);
	assert.equal(types.filter((type) => type === 'stats_sum').length, 4);
	assert.equal(new Set(all.map(({ runid }) => runid)).size, 1);
	const [header] = all;
	assert.deepEqual(
		[header.schema_version, header.time_units_per_sec, header.stats_interval, header.timeout],
		[20_240_530, 1_000_000_000, 1, 2],
	);
	assert.deepEqual(header.generator_params, fakeSetting().arguments);
});

test('times are exact nanoseconds', () => {
	const [first] = objects().filter(({ subid }) => subid === 'a/1');
	assert.equal(first.since, BigInt(startedWallMs) * 1_000_000n + 11_000_125_000n);
	assert.equal(first.until - first.since, 1_000_000_000n);
	const sum = objects().find(({ type, subid }) => type === 'stats_sum' && subid === 'a/1');
	assert.equal(sum.until - sum.since, 2_000_000_000n);
});

test('buckets are complete: they add up to the responses, and hold the shortest and the longest', () => {
	for (const { type, received, response_latency: latency, response_rcodes: rcodes } of objects()) {
		if (!type.startsWith('stats_') || received.responses === 0) continue;
		const counts: number[] = latency.buckets.map(([, , count]: number[]) => count);
		assert.equal(sumOf(counts), received.responses);
		assert.equal(sumOf(Object.values(rcodes)), received.responses);
		const [first] = latency.buckets;
		const last = latency.buckets.at(-1);
		assert.ok(first[0] <= latency.min && latency.min <= first[1]);
		assert.ok(last[0] <= latency.max && latency.max <= last[1]);
		assert.ok(latency.min <= latency.avg && latency.avg <= latency.max);
		for (let place = 1; place < latency.buckets.length; place++) {
			assert.ok(latency.buckets[place - 1][1] < latency.buckets[place][0]);
		}
	}
});

test('periodic objects of a subid add up to its sum', () => {
	const all = objects();
	for (const total of all.filter(({ type }) => type === 'stats_sum')) {
		const parts = all.filter(({ type, subid }) => type === 'stats_periodic' && subid === total.subid);
		assert.ok(parts.length > 0);
		for (const [key, of] of [
			['sent', 'queries'],
			['received', 'responses'],
			['timeouts', 'queries'],
			['timeouts', 'responses'],
			['unexpected', 'responses'],
			['discarded', 'queries'],
		]) {
			assert.equal(sumOf(parts.map((part) => part[key][of])), total[key][of], `${total.subid} ${key}`);
		}
		assert.equal(total.since, parts[0].since);
		assert.equal(total.until, parts.at(-1).until);
	}
});

test('queries that were sent are answered in time or among the timeouts', () => {
	for (const { type, sent, received, timeouts } of objects()) {
		if (!type.startsWith('stats_')) continue;
		assert.equal(sent.queries, received.responses - timeouts.responses + timeouts.queries);
	}
});

test('connections and void rounds are told', () => {
	const all = objects();
	const tcp = all.find(({ type, subid }) => type === 'stats_sum' && subid === 'tcp://b/1');
	assert.deepEqual(tcp.conn_info, {
		type: 'tcp',
		packets_sent: 15,
		packets_received: 20,
		socket_errors: 4,
		handshakes: 5,
		handshakes_failed: 1,
	});
	const events = all.filter(({ type }) => type === 'event');
	assert.deepEqual(
		events.map(({ subid, msg, msg_type }) => [subid, msg, msg_type]),
		[['a/2', 'it fell behind', 'void']],
	);
});

test('the validator finds what is no dns-metrics', () => {
	const fine = { runid: '1', type: 'stats_sum', since: 1n, until: 2n };
	checkDnsMetrics(fine);
	const broken: unknown[] = [
		[],
		{ ...fine, type: 'stats' },
		{ ...fine, runid: 1 },
		{ ...fine, since: undefined },
		{ ...fine, since: 1.5 },
		{ ...fine, queries: 1 },
		{ ...fine, sent: { queries: '1' } },
		{ ...fine, response_rcodes: { 'no error': 1 } },
		{ ...fine, response_latency: { buckets: [[2, 1, 1]] } },
		{ ...fine, response_latency: { avg: 0.5 } },
		{ ...fine, conn_info: { type: 'quic' } },
		{ runid: '1', type: 'header', schema_version: 20_240_530, generator: 'petrel' },
	];
	for (const object of broken)
		assert.throws(() => checkDnsMetrics(object), JSON.stringify(object, replaceBigint));
	assert.deepEqual(parseExactly('{"a":1795176001000000001,"b":[12,"1795176001000000001"]}'), {
		a: 1_795_176_001_000_000_001n,
		b: [12, '1795176001000000001'],
	});
});

function replaceBigint(_: string, value: unknown): unknown {
	return typeof value === 'bigint' ? value.toString() : value;
}

function sumOf(values: readonly unknown[]): number {
	return values.reduce<number>((sum, value) => sum + (value as number), 0);
}
