import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson, toJsonLines } from '../../../../src/load/report/json.ts';
import { documentText, exactInteger } from '../../../../src/load/report/json-text.ts';
import { parseThresholds } from '../../../../src/load/report/thresholds.ts';
import { checkDnsMetrics, parseExactly } from './dns-metrics-check.ts';
import { type FakeCounts, fakeResult, fakeRound, fakeTarget, steps } from './support.ts';

const second: FakeCounts = {
	answersUs: steps(990, 1),
	lateUs: [2_500_000],
	lost: 9,
	sendErrors: 5,
	notOffered: 10,
	duplicates: 3,
	truncated: 90,
	rcodes: { 2: 18 },
	lagUs: 40,
};

// biome-ignore lint/suspicious/noExplicitAny: JSON, whose keys are what is tested.
type Any = any;

const result = () =>
	fakeResult([
		fakeTarget('a', [fakeRound([second], { offeredQps: 1015, errorCodes: new Map([['ECONNREFUSED', 5]]) })]),
		fakeTarget('b', [fakeRound([{ ...second, tcp: true }], { void: ['it fell behind'] })], 'tcp'),
	]);

test('the figures of the first target are on the top level, with their units in the keys', () => {
	const json: Any = JSON.parse(toJson(result(), []));
	const wanted = {
		schema_version: 1,
		target: 'a',
		transport: 'udp',
		answered_per_s: 990,
		sent_per_s: 1000,
		measured_s: 1,
		due: 1015,
		sent: 1000,
		answered: 990,
		late: 1,
		lost: 9,
		send_errors: 5,
		not_offered: 10,
		loss_percent: 1.39303482587,
		p50_us: 500,
		p90_us: 900,
		p95_us: 950,
		p99_us: 990,
		p999_us: 2_000_000,
		max_us: 2_500_000,
		since_sent_p50_us: 460,
		lag_p99_us: 40,
		cpu_s: 0.25,
		cpu_us_per_query: 250,
		void: false,
		truncated: 90,
		own_drops: 0,
		offered_per_s: 1015,
		sums_add_up: true,
		counted_rounds: 1,
		interrupted: false,
		search: null,
		connections: null,
	};
	for (const [key, value] of Object.entries(wanted)) assert.deepEqual(json[key], value, key);
	assert.deepEqual(json.at_least, [
		'p999_us',
		'max_us',
		'mean_us',
		'since_sent_p999_us',
		'since_sent_max_us',
		'since_sent_mean_us',
	]);
	assert.deepEqual(json.rcodes, { NOERROR: 973, SERVFAIL: 18 });
	assert.deepEqual(json.error_codes, { ECONNREFUSED: 5 });
	assert.deepEqual(json.datagrams, {
		received: 994,
		answers: 990,
		late: 1,
		duplicates: 3,
		mismatched: 0,
		unknown: 0,
	});
});

test('targets have the same keys, which are on the top level too', () => {
	const json: Any = JSON.parse(toJson(result(), []));
	assert.deepEqual(
		json.targets.map(({ target }: Any) => target),
		['a', 'b'],
	);
	const [first, second] = json.targets;
	assert.deepEqual(Object.keys(first), Object.keys(second));
	for (const [key, value] of Object.entries(first)) assert.deepEqual(json[key], value, key);
	assert.deepEqual([second.void, second.void_rounds, second.connections.handshake_p50_us], [true, 1, 300]);
	assert.deepEqual(
		json.rounds.map(({ target, round, void_reasons, p50_us }: Any) => [target, round, void_reasons, p50_us]),
		[
			['a', 1, [], 500],
			['b', 1, ['it fell behind'], 500],
		],
	);
	assert.deepEqual([json.setting.mode, json.setting.timeout_s, json.setting.seed], ['rate', 2, 42]);
	assert.equal(json.caveats.length > 0, true);
});

test('thresholds are there with what was measured', () => {
	const json: Any = JSON.parse(toJson(result(), parseThresholds('loss<1% p99.9<1s')));
	const rows = json.thresholds.map((row: Any) => [
		row.threshold,
		row.target,
		row.kept,
		row.void,
		row.value,
		row.unit,
	]);
	assert.deepEqual(rows, [
		['loss<1%', 'a', false, false, 14 / 1005, 'share'],
		['loss<1%', 'b', false, true, 14 / 1005, 'share'],
		['p99.9<1s', 'a', false, false, json.thresholds[2].value, 'us'],
		['p99.9<1s', 'b', false, true, json.thresholds[2].value, 'us'],
	]);
	assert.ok(Math.abs(json.thresholds[2].value / 2_000_000 - 1) < 0.001);
});

test('a search has its trials', () => {
	const trial = { rateQps: 1000, round: fakeRound([second]), kept: true, reasons: [] };
	const search = { objective: 'p99<5ms', trials: [trial], bestQps: 1000, generatorWasLimit: false };
	const json: Any = JSON.parse(toJson(fakeResult([fakeTarget('a', [])], { searches: [search] }), []));
	assert.deepEqual([json.search.best_per_s, json.search.objective], [1000, 'p99<5ms']);
	assert.deepEqual([json.search.trials[0].rate_per_s, json.search.trials[0].p50_us], [1000, 500]);
	assert.equal(json.answered_per_s, 990);
});

test('the dns-metrics in the document are those of the lines, exact digits included', () => {
	const json: Any = parseExactly(toJson(result(), []));
	const { header, stats_periodic, stats_sum, event } = json.dns_metrics;
	const objects = [header, ...stats_periodic, ...stats_sum, ...event];
	for (const object of objects) checkDnsMetrics(object);
	const lines = toJsonLines(result()).trimEnd().split('\n');
	assert.deepEqual(objects, lines.map(parseExactly));
});

test('a run without targets or rounds is a document too', () => {
	const none: Any = JSON.parse(toJson(fakeResult([]), parseThresholds('p99<1ms')));
	assert.deepEqual([none.schema_version, none.targets, none.thresholds], [1, [], []]);
	const empty: Any = JSON.parse(toJson(fakeResult([fakeTarget('a', [])]), parseThresholds('p99<1ms')));
	assert.deepEqual([empty.p99_us, empty.answered_per_s, empty.due], [null, null, 0]);
	assert.equal(empty.thresholds[0].kept, false);
});

test('a document is laid out by lines, and is the same data', () => {
	const document = {
		a: 1,
		list: [{ b: [1, 2] }, { c: null }],
		none: [],
		words: ['x', 'y'],
		in: { list: [{ d: 1 }] },
	};
	const text = documentText(document);
	assert.deepEqual(JSON.parse(text), document);
	assert.ok(text.includes('\n\t"words": ["x","y"],\n'));
	assert.ok(text.includes('\n\t\t{"b":[1,2]},\n'));
	const made = new Set([{ e: 1 }, { e: 2 }]).values();
	assert.deepEqual(JSON.parse(documentText({ made })), { made: [{ e: 1 }, { e: 2 }] });
	assert.equal(
		documentText({ big: exactInteger(12_345_678_901_234_567_891n) }),
		'{\n\t"big": 12345678901234567891\n}\n',
	);
});
