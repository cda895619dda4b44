/** Goal: the page says everything, loads nothing, and runs nothing that came from outside. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caveatsOf } from '../../../../src/load/report/caveats.ts';
import { toHtml } from '../../../../src/load/report/html/page.ts';
import { sectionsOf } from '../../../../src/load/report/rows.ts';
import { settingRows } from '../../../../src/load/report/setting-rows.ts';
import { summarize } from '../../../../src/load/report/summary.ts';
import { datagramSum, slotSum, sumText } from '../../../../src/load/report/sums.ts';
import { parseThresholds } from '../../../../src/load/report/thresholds.ts';
import type { LoadResult, Trial } from '../../../../src/load/result.ts';
import { escapeHtml } from '../../../../src/page/escape.ts';
import { assertLoadsNothing, assertScriptsAllowed, elementsOf, scriptsOf } from '../../../support/page.ts';
import { type FakeCounts, fakeResult, fakeRound, fakeSetting, fakeTarget, steps } from './support.ts';

const second: FakeCounts = {
	answersUs: steps(300, 7),
	lateUs: [2_500_000],
	lost: 9,
	sendErrors: 5,
	duplicates: 3,
	rcodes: { 2: 18, 3: 11 },
};

function run(names: readonly string[]): LoadResult {
	const rounds = () =>
		[1, 2].map((number) => fakeRound([second, second, second], { number, warmupCount: 1 }));
	return fakeResult(names.map((name) => fakeTarget(name, rounds())));
}

function searched(): LoadResult {
	const trial = (rateQps: number, reasons: string[]): Trial => ({
		rateQps,
		kept: reasons.length === 0,
		reasons,
		round: fakeRound([{ answersUs: steps(100, 10), lost: reasons.length * 4 }]),
	});
	const trials = [trial(1000, []), trial(2000, ['p99<5ms: ≥2s']), trial(1000, [])];
	const search = { objective: 'p99<5ms', trials, bestQps: 1000, generatorWasLimit: false };
	return fakeResult([fakeTarget('a', [])], { searches: [search] });
}

test('the page has every figure, both sums, thresholds, caveats and setting', () => {
	const result = run(['127.0.0.1:5300', 'tcp://[::1]:53']);
	const html = toHtml(result, parseThresholds('p99<2ms loss<5%'));
	const summaries = summarize(result);
	const texts = [
		...sectionsOf(summaries).flatMap(({ rows }) => rows.flatMap(({ label, cells }) => [label, ...cells])),
		...summaries.flatMap(({ measured }) => [
			sumText(slotSum(measured.slots)),
			sumText(datagramSum(measured.datagrams)),
		]),
		...settingRows(result.setting).flat(),
		...caveatsOf(result, summaries),
		'p99<2ms',
		'4.44% (56 of 1,260)',
	];
	assert.ok(texts.length > 100);
	for (const text of texts) assert.ok(html.includes(escapeHtml(text)), text);
});

test('elements are closed, and a chart has its place', () => {
	for (const [result, charts] of [
		[run(['a']), 4],
		[run(['a', 'b', 'c']), 4],
		[searched(), 6],
		[fakeResult([fakeTarget('a', [])]), 0],
		[fakeResult([]), 0],
	] as const) {
		const html = toHtml(result, parseThresholds('p99<2ms'));
		const names = elementsOf(html);
		assert.equal(names.filter((name) => name === 'figure').length, charts);
		assert.equal(html.split('class="chart"').length - 1, charts);
		assert.equal(scriptsOf(html).length, charts > 0 ? 2 : 0);
	}
});

test('the page loads nothing', () => {
	for (const result of [run(['a', 'b']), searched()]) {
		const html = toHtml(result, []);
		assertLoadsNothing(html);
	}
});

test('no script runs but those that the page was given', () => {
	const html = toHtml(run(['a']), []);
	assertScriptsAllowed(html, 2);
	assert.match(scriptsOf(html)[0], /The MIT License/);
});

test('hostile names and arguments are text', () => {
	const evil = `</script><img src=x onerror=alert(1)>"'&<!--<script>\u0000\u202e`;
	const result = {
		...run([evil, `${evil}2`]),
		setting: fakeSetting({ arguments: ['load', evil], workloadText: evil, cpuText: evil }),
	};
	result.targets[0].rounds[0].void = [evil];
	result.targets[0].rounds[0].errorCodes = new Map([[evil, 1]]);
	const html = toHtml(result, []);
	const names = elementsOf(html);
	assert.ok(!names.includes('img'));
	assert.doesNotMatch(html, /<img|<!--/);
	assert.equal(scriptsOf(html).length, 2);
	const [, data] = /<script type="application\/json" id="chart-data">([\s\S]*?)<\/script>/.exec(html)!;
	assert.ok(JSON.stringify(JSON.parse(data)).includes('onerror=alert(1)'));
	assert.doesNotMatch(data, /</);
});
