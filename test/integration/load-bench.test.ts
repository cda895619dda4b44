/**
 * Goal: the benches of `petrel load` run, and what they reckon with is right. Method: their smoke modes, held to what is true
 * at any size; the figures are judged by nobody here. The arithmetic is held against values worked out by hand.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { compiler } from '../../bench/lib/compile.ts';
import { dnsperfProgram, readDnsperf } from '../../bench/lib/dnsperf.ts';
import {
	knownDelays,
	normalQuantile,
	stallMeanMs,
	stallQuantileMs,
} from '../../bench/lib/expected-latency.ts';
import { findProgram } from '../../bench/lib/process.ts';
import { Child } from '../support/integration/child.ts';

const timeout = 150_000;

/** What a bench prints in its smoke mode. */
async function smoke(t: TestContext, name: string, args: readonly string[] = []): Promise<string> {
	const bench = join(import.meta.dirname, '../../bench/macro', name);
	const child = await Child.start(t, process.execPath, [bench, '--smoke', ...args]);
	const { code } = await child.exited;
	assert.equal(code, 0, `${child.stdout}${child.stderr}`);
	return child.stdout;
}

/** Cells of the rows of all tables, without their heads. */
function rowsOf(output: string): string[][] {
	return output
		.split('\n')
		.filter((line) => line.startsWith('| ') && !/^\| (?:\||---|round )/.test(line))
		.map((line) => line.slice(2, -2).split(' | '));
}

const cannotCompare =
	compiler === undefined
		? 'there is no C compiler (Debian: gcc, libc6-dev)'
		: dnsperfProgram === undefined && 'dnsperf is not installed';

test('the bench of what a query costs measures both in both loops', {
	timeout,
	skip: cannotCompare,
}, async (t) => {
	const output = await smoke(t, 'load-cost.ts');
	const rows = rowsOf(output);
	assert.equal(rows.length, 2);
	for (const [round, dnsperf, petrel, ratio, ...rest] of rows) {
		assert.equal(round, '1');
		assert.ok(Number(dnsperf) > 0 && Number(petrel) > 0, output);
		const quotient = Number(dnsperf) / Number(petrel);
		assert.ok(Math.abs(Number(ratio) - quotient) < 0.01 + 0.05 * quotient, output);
		assert.equal(rest.length, 7);
	}
	assert.match(output, /^closed loop, 4 under way: (?:all rounds are void|dnsperf [\d.]+ µs a query)/m);
	assert.match(output, /^open loop, 500 a second: (?:all rounds are void|dnsperf [\d.]+ µs a query)/m);
});

test('the bench of latency truth compares stalls, freezes and delays', { timeout }, async (t) => {
	const output = await smoke(t, 'load-truth.ts');
	for (const title of ['--schedule "up 900ms, stall 100ms"', 'SIGSTOP for 1 × 100 ms', 'closed loop, 10']) {
		assert.ok(output.includes(title), title);
	}
	const rows = rowsOf(output);
	const named = (name: string): string[][] => rows.filter(([what]) => what === name);
	assert.deepEqual(
		named('sums').map((cells) => cells.at(-1)),
		new Array(5).fill('ok'),
		output,
	);
	assert.deepEqual(
		named('due').map(([, expected, reported]) => [expected, reported]),
		[
			['200 queries', '200 queries'],
			['200 queries', '200 queries'],
		],
	);
	assert.equal(named('p99.9').length, 2);
	assert.equal(named('p99 of the answers').length, 2);
	assert.match(output, /^\d+ outside of what is allowed$/m);
});

test('the bench of hit ratios compares true misses with the prediction', { timeout }, async (t) => {
	const output = await smoke(t, 'load-hit-ratio.ts');
	const rows = rowsOf(output);
	assert.equal(rows.length, 3, output);
	for (const [name, queries, misses, again, , hits, predicted] of rows) {
		assert.ok(Number(misses) > 0 && Number(misses) < Number(queries), name);
		assert.ok(Number(again) >= 0 && Number(again) < Number(misses), name);
		assert.equal(hits, (100 * (1 - Number(misses) / Number(queries))).toFixed(2));
		assert.ok(Number(predicted) > 0 && Number(predicted) < 100, name);
	}
	const [[, coldQueries, coldMisses, coldAgain]] = rows;
	assert.equal(coldQueries, '450');
	assert.ok(Number(coldMisses) - Number(coldAgain) <= 200, 'no more names than there are');
});

test('the bench of servers writes one page about all of them', { timeout }, async (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'petrel-load-bench-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const [html, json] = [join(directory, 'page.html'), join(directory, 'result.json')];
	const output = await smoke(t, 'load-servers.ts', ['--html', html, '--json', json]);
	const present = ['dnsmasq', 'unbound'].filter((name) => findProgram(name) !== undefined);
	for (const name of [...present, 'petrel']) assert.match(output, new RegExp(`^${name} is 127`, 'm'));
	const { targets } = JSON.parse(readFileSync(json, 'utf8'));
	assert.equal(targets.length, present.length + 1);
	for (const { due, sums_add_up } of targets) {
		assert.equal(due, 100);
		assert.ok(sums_add_up);
	}
	const page = readFileSync(html, 'utf8');
	for (const { target } of targets) assert.ok(page.includes(target), target);
	assert.match(output, /^the upstream was asked \d+ times, for \d+ questions$/m);
});

function assertNear(actual: number, expected: number): void {
	assert.ok(Math.abs(actual - expected) < 1e-6 * Math.max(1, expected), `${actual}, not ${expected}`);
}

test('stalls for a tenth of the time exceed a latency as arithmetic has it', () => {
	const stallsMs = [1000, 1000];
	for (const [q, ms] of [
		[0.5, 0],
		[0.9, 0],
		[0.95, 500],
		[0.99, 900],
		[0.999, 990],
	]) {
		assertNear(stallQuantileMs(q, stallsMs, 20_000), ms);
	}
	assertNear(stallMeanMs(stallsMs, 20_000), 50);
	// Of two lengths: 0.02 s of 10 s are above 0.99 s where only the longer one reaches there.
	assertNear(stallQuantileMs(0.998, [1010, 500], 10_000), 990);
});

test('quantiles of delays are those of their distributions', () => {
	assertNear(normalQuantile(0.5), 0);
	assertNear(normalQuantile(0.99), 2.3263478740408408);
	assertNear(normalQuantile(0.025), -1.9599639845400545);
	const at = (label: string, q: number): number =>
		knownDelays.find((delay) => delay.label === label)!.quantileMs(q);
	assertNear(at('delay20ms', 0.99), 20);
	assertNear(at('delayuniform10-50ms', 0.25), 20);
	assertNear(at('delayexp20ms', 1 - Math.exp(-3)), 60);
	assertNear(at('delaylognormal5-40ms', 0.5), 5);
	assertNear(at('delaylognormal5-40ms', 0.99), 40);
});

test('what dnsperf says is read', () => {
	const output = [
		'  Queries sent:         436751',
		'  Queries completed:    436700 (99.99%)',
		'  Queries lost:         51 (0.01%)',
		'  Average Latency (s):  0.001149 (min 0.000015, max 0.301377)',
	].join('\n');
	const { sent, completed, lost, averageUs, maxUs } = readDnsperf(output);
	assert.deepEqual([sent, completed, lost], [436_751, 436_700, 51]);
	assertNear(averageUs, 1149);
	assertNear(maxUs, 301_377);
	assert.throws(() => readDnsperf('no statistics'), /Queries sent/);
});
