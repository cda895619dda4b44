/**
 * Goal: a run's results are shown as they are. Method: results made by hand, with what is easily shown wrong in them: void
 * rounds, lost queries, servers that are not there; and the kept results against the README.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { addFloorMultiples, type Measurement, measurementFrom } from '../../bench/lib/measurement.ts';
import { parseOptions } from '../../bench/lib/options.ts';
import type { SourceReport } from '../../bench/lib/source.ts';
import { chart } from '../../bench/report/chart.ts';
import { checks, checkTable, verdict } from '../../bench/report/checks.ts';
import { latestPath, type Results, readResults, resultsSchema } from '../../bench/report/results.ts';
import { scenarioTable } from '../../bench/report/tables.ts';
import { hit } from '../../bench/scenarios/hit.ts';
import {
	chartPath,
	projectReadmePath,
	readmePath,
	withReport,
	withSummary,
} from '../../bench/write-readme.ts';

function resultsOf(scenarios: Results['scenarios']): Results {
	return {
		schema: resultsSchema,
		date: '2026-01-01',
		commit: '0123456789ab',
		machine: { processor: 'a processor', cores: 2, memoryGib: 8, kernel: '6.1' },
		node: '26.0.0',
		settings: { rounds: 3, seconds: 1, window: 256 },
		versions: { petrel: '1.0' },
		absent: {},
		failures: [],
		scenarios,
	};
}

const rounds = (...values: Measurement[]): Measurement[] => values;

test('both READMEs show the kept results', () => {
	const results = readResults(latestPath);
	const readme = readFileSync(readmePath, 'utf8');
	assert.equal(withReport(readme, results), readme, 'run `node bench/write-readme.ts`');
	const project = readFileSync(projectReadmePath, 'utf8');
	assert.equal(withSummary(project, results), project, 'run `node bench/write-readme.ts`');
	assert.equal(readFileSync(chartPath, 'utf8'), chart(results), 'run `node bench/write-readme.ts`');
});

test('a multiple is of the floor in the same round', () => {
	const servers = {
		a: rounds({ processorUs: 4 }, { processorUs: 6 }),
		floor: rounds({ processorUs: 2 }, { processorUs: 4 }),
	};
	addFloorMultiples(servers, 'floor');
	assert.deepEqual(
		servers.a.map(({ floorMultiple }) => floorMultiple),
		[2, 1.5],
	);
});

test('a table has the floor first, then the cheapest; it marks rates that are void, and tells of losses', () => {
	const servers = {
		slow: rounds(
			{ floorMultiple: 3, rateQps: 100_000 },
			{ floorMultiple: 4, rateQps: 9000, rateVoid: true },
			{ floorMultiple: 5, rateQps: 120_000 },
		),
		lossy: rounds({ floorMultiple: 2, rateQps: 200_000, rateVoid: true, lostShare: 0.02 }),
		floor: rounds({ floorMultiple: 1, rateQps: 300_000 }),
	};
	const text = scenarioTable(hit, resultsOf({ hit: { '': servers } }));
	const rows = text.split('\n').filter((line) => /^\| (floor|lossy|slow)/.test(line));
	assert.deepEqual(rows, [
		'| floor | 1.00 | – | 300 |',
		'| lossy | 2.00 | – | 200 void |',
		'| slow | 4.00 (3.00–5.00) | – | 110 (100–120) |',
	]);
	assert.match(text, /lossy left up to 2\.0 % of a round's queries without an answer/);
	assert.doesNotMatch(text, /slow left/);
});

function checkOf(results: Results, start: string) {
	const check = checks(results).find(({ what }) => what.startsWith(start));
	assert.ok(check !== undefined, start);
	return { value: check.value, verdict: verdict(check, check.must) };
}

test('what was not measured is neither shown nor missed', () => {
	const empty = resultsOf({});
	for (const check of checks(empty)) assert.equal(verdict(check, check.must), '–', check.what);
	assert.match(checkTable(empty), /not measured/);
});

test('the checks compare medians of petrel with floor and peers', () => {
	const hits = {
		petrel: rounds({ floorMultiple: 1.1, rateQps: 400 }, { floorMultiple: 1.3, rateQps: 400 }),
		unbound: rounds({ floorMultiple: 1.5, rateQps: 100 }),
		dnsdist: rounds({ floorMultiple: 1.15, rateQps: 100 }),
		dnsmasq: rounds({ floorMultiple: 3, rateQps: 100 }, { floorMultiple: 3, rateQps: 400, rateVoid: true }),
		coredns: rounds({ floorMultiple: 4, rateQps: 200, rateVoid: true }),
	};
	const results = resultsOf({ hit: { '': hits } });
	assert.deepEqual(checkOf(results, 'hit: CPU a query, × the floor'), {
		value: 1.2000000000000002,
		verdict: 'yes',
	});
	assert.deepEqual(checkOf(results, 'hit: CPU a query, below').verdict, 'NO', 'dnsdist is cheaper');
	assert.deepEqual(checkOf(results, 'hit: rate on one core, × that of dnsmasq'), {
		value: 4,
		verdict: 'yes',
	});
	const kubernetes = checkOf(results, 'hit: rate on one core, × that of coredns');
	assert.deepEqual(kubernetes, { value: undefined, verdict: '–' }, 'a void rate compares with nothing');
});

test('the check of latency is against the best peer at half load, without void rounds', () => {
	const half = {
		petrel: rounds({ p99Us: 30 }, { p99Us: 900, latencyVoid: true }),
		unbound: rounds({ p99Us: 25 }),
		knot: rounds({ p99Us: 10, latencyVoid: true }),
		'petrel-dgram': rounds({ p99Us: 1 }),
		floor: rounds({ p99Us: 1 }),
	};
	const results = resultsOf({ latency: { '25 %: a': {}, '50 %: b': half } });
	assert.deepEqual(checkOf(results, 'latency'), { value: 1.2, verdict: 'yes' });
});

test('a server that had less than 95 % of its core has no rate', () => {
	const report: SourceReport = {
		seconds: 2,
		sent: 1010,
		answered: 900,
		empty: 0,
		lost: 10,
		late: 0,
		unanswered: 0,
		rcodes: [900, 0, 100],
		sendBatch: 1,
		receiveBatch: 1,
		latencyUs: { p50: 1, p99: 2, p999: 3, max: 4 },
		void: false,
		processorSec: [1.8],
	};
	const idle = measurementFrom(report);
	assert.equal(idle.rateVoid, true);
	assert.equal(idle.processorUs, 2000);
	assert.equal(idle.failedShare, 0.1);
	assert.equal(measurementFrom({ ...report, processorSec: [1.95] }).rateVoid, false);
	assert.throws(() => measurementFrom({ ...report, answered: 0 }), /no answer/);
});

test('the chart has a bar for each server but the floor', () => {
	const servers = {
		petrel: rounds({ floorMultiple: 1.2 }),
		unbound: rounds({ floorMultiple: 1.5 }),
		floor: rounds({ floorMultiple: 1 }),
	};
	const svg = chart(resultsOf({ hit: { '': servers } }));
	assert.equal(svg.match(/<rect /g)?.length, 2);
	assert.match(svg, /1\.20/);
	assert.doesNotMatch(svg, /NaN|undefined|>floor</);
});

test('options that are no numbers are refused', () => {
	assert.throws(() => parseOptions(['--rounds', 'many']), /--rounds many/);
	assert.throws(() => parseOptions(['--seconds', '0']), /--seconds 0/);
	assert.deepEqual(parseOptions(['--only', 'hit,miss']).only, ['hit', 'miss']);
	assert.equal(parseOptions(['--smoke']).rounds, 1);
});
