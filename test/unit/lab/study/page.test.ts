/** Goal: the page of a study says everything, loads nothing, and runs nothing that came from outside. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missRatioCharts } from '../../../../src/lab/report/html/curves.ts';
import { studyPage } from '../../../../src/lab/report/html/page.ts';
import { percentText } from '../../../../src/lab/report/quantity-text.ts';
import type { StudyReport } from '../../../../src/lab/study/report.ts';
import { escapeHtml } from '../../../../src/page/escape.ts';
import { assertLoadsNothing, assertScriptsAllowed, elementsOf, scriptsOf } from '../../../support/page.ts';
import { entries, octets, share, study, zipfSource } from './support.ts';

const report: StudyReport = await study({
	source: zipfSource(20_000),
	policies: ['petrel', 'lru', 's3-fifo', 'as-unbound', 'min'],
	sizes: [entries(100), share(10), share(20), octets(16_384)],
	settings: [['ttl', '60s']],
});
const page = studyPage(report);

test('a chart for each unit with two sizes or more; an error that is not known is not written', () => {
	const size = { written: '200', unit: 'entries', amount: 200 } as const;
	const sampled = { rate: 0.1, samples: 1, requests: 1, keys: 1, error: Number.NaN };
	const more = report.runs
		.filter((run) => run.size === 0)
		.map((run) => ({ ...run, size: report.sizes.length, sampled }));
	const html = studyPage({ ...report, sizes: [...report.sizes, size], runs: [...report.runs, ...more] });
	assert.equal(elementsOf(html).filter((name) => name === 'figure').length, 2);
	assert.doesNotMatch(html, /±/);
	const known = more.map((run) => ({ ...run, sampled: { ...sampled, error: 0.0125 } }));
	assert.match(
		studyPage({ ...report, sizes: [...report.sizes, size], runs: [...report.runs, ...known] }),
		/±1\.25/,
	);
});

test('every hit ratio, policy, size, note and problem stands on the page', () => {
	const texts = [
		...report.policies.flatMap(({ name, help }) => [name, help]),
		...report.runs.flatMap(({ result, problem }) =>
			result ? [percentText(result.hitRatio.byRequests)] : problem!,
		),
		...report.source.notes,
		...report.settings.flat(),
		report.source.name,
		'100 entries',
		'10% of the footprint',
		percentText(report.unlimitedHitRatio),
	];
	for (const text of texts) assert.ok(page.includes(escapeHtml(text)), text);
});

test('elements are closed, and a chart has its place', () => {
	const names = elementsOf(page);
	assert.equal(names.filter((name) => name === 'figure').length, 1, 'there is one size in entries, no curve');
	assert.equal(page.split('class="chart"').length - 1, 1);
});

test('the best online policy of each size is marked, and MIN never', () => {
	const marks = [...page.matchAll(/<td class="best">/g)].length;
	assert.ok(marks >= report.sizes.length);
	const minRow = /min<\/th>(.*?)<\/tr>/.exec(page)!;
	assert.doesNotMatch(minRow[1], /★/);
});

test('the distance of the live cache is from the best other at that size, in points', () => {
	const row = /points from the best of the others<\/small><\/th>(.*?)<\/tr>/.exec(page)!;
	const cells = [...row[1].matchAll(/<td>(.*?)<\/td>/g)].map(([, text]) => text);
	assert.equal(cells.length, report.sizes.length);
	for (const [size, text] of cells.entries()) {
		const at = (policy: string) =>
			report.runs.find((run) => run.policy === policy && run.size === size)?.result;
		if (at('petrel') === undefined) {
			assert.equal(text, '-');
			continue;
		}
		const ratios = ['petrel', 'lru', 's3-fifo', 'as-unbound'].map((name) => at(name)!.hitRatio.byRequests);
		const points = 100 * (ratios[0] - Math.max(...ratios.slice(1)));
		assert.ok(Math.abs(Number(text.replace('−', '-')) - points) < 0.006, text);
	}
});

test('curves: a line a policy, in percent of misses, with a gap where there was no run, and the bound', () => {
	const [chart, ...more] = missRatioCharts(report);
	assert.equal(more.length, 0);
	const { x, ys } = chart.tables[0];
	const bytes = report.sizes.flatMap((size, place) => (size.unit === 'bytes' ? [place] : []));
	assert.deepEqual(
		x,
		bytes.map((place) => report.sizes[place].amount),
	);
	assert.deepEqual(
		chart.series.map(({ label, look }) => [label, look]),
		[
			['lru', 'line'],
			['s3-fifo', 'line'],
			['as-unbound', 'thin'],
			['min', 'dashed'],
			['petrel', 'strong'],
			['unlimited, same TTLs', 'dashed'],
		],
	);
	for (const [line, { label: name }] of chart.series.slice(0, -1).entries()) {
		for (const [i, size] of bytes.entries()) {
			const result = report.runs.find((run) => run.policy === name && run.size === size)!.result;
			const expected = result === undefined ? null : 100 * (1 - result.hitRatio.byRequests);
			assert.equal(ys[line][i], expected);
		}
	}
});

test('the page loads nothing, and no script runs but its own', () => {
	assertLoadsNothing(page);
	assertScriptsAllowed(page, 2);
});

test('hostile names are text', () => {
	const evil = `</script><img src=x onerror=alert(1)>"'&<!--<script>`;
	const policies = report.policies.map((policy) => ({
		...policy,
		name: `${policy.name}${evil}`,
		help: evil,
	}));
	const runs = report.runs.map((run) => ({ ...run, policy: `${run.policy}${evil}`, problem: evil }));
	const source = { ...report.source, name: evil, format: evil, notes: [evil] };
	const html = studyPage({ ...report, policies, runs, source, settings: [[evil, evil]] });
	assert.ok(!elementsOf(html).includes('img'));
	assert.doesNotMatch(html, /<img|<!--/);
	assert.equal(scriptsOf(html).length, 2);
});

test('a study without results, and one whose bound is not known, have a page', () => {
	const runs = report.runs.map((run) => ({ ...run, result: undefined, problem: 'no' }));
	const html = studyPage({ ...report, runs, unlimitedHitRatio: Number.NaN });
	elementsOf(html);
	assert.doesNotMatch(html, /NaN|undefined/);
	assert.equal(scriptsOf(html).length, 0);
});
