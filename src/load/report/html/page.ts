/** The report as one page that loads nothing from anywhere: library, data and style are in it. */
import { timeText } from '../../../util/clock.ts';
import { digestOf } from '../../../util/digest.ts';
import type { LoadResult } from '../../result.ts';
import { caveatsOf } from '../caveats.ts';
import { judgeSummaries, lookOf, type TargetJudgement } from '../judgement.ts';
import { rateText } from '../quantity-text.ts';
import { settingRows } from '../setting-rows.ts';
import { type Summary, summarize } from '../summary.ts';
import type { Threshold } from '../thresholds.ts';
import { verdictOf } from '../verdict.ts';
import type { Chart } from './chart.ts';
import { chartsOverTime } from './charts-over-time.ts';
import { clientScript } from './client.ts';
import { escapeHtml, scriptJson } from './escape.ts';
import { percentileChart } from './percentile-chart.ts';
import { searchCharts } from './search-charts.ts';
import { pageStyle } from './style.ts';
import { figuresTable, overviewTable, searchTable, spreadTables, sumsHtml } from './tables.ts';
import { chartLibrary } from './uplot.ts';

export function toHtml(result: LoadResult, thresholds: readonly Threshold[]): string {
	const summaries = summarize(result);
	const judgements = judgeSummaries(summaries, thresholds);
	const verdict = verdictOf(result, summaries, judgements);
	const charts = chartsOf(result, summaries, thresholds);
	const { script, style } = chartLibrary();
	const scripts = charts.length === 0 ? [] : [script, clientScript];
	const title = `petrel load ${result.targets.map(({ target }) => target).join(' ')}`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyFor(scripts)}">
<title>${escapeHtml(title)}</title>
<style>${style}\n${pageStyle}</style>
</head>
<body>
<h1>petrel load <small>${timeText(result.setting.startedWallMs)}</small></h1>
<p class="verdict ${verdict.mood}">${escapeHtml(verdict.text)}</p>
${thresholdsHtml(judgements, summaries.length > 1)}
${caveatsHtml(caveatsOf(result, summaries))}
${summaries.length === 0 ? '' : bodyHtml(summaries, charts)}
<h2>Setting</h2>
<dl>
${settingRows(result.setting)
	.map(([label, text]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`)
	.join('\n')}
</dl>
<script type="application/json" id="chart-data">${scriptJson(charts)}</script>
${scripts.map((text) => `<script>${text}</script>`).join('\n')}
</body>
</html>
`;
}

/** Nothing is loaded, and no script runs but those that were put into the page here, whatever a name holds. */
function policyFor(scripts: readonly string[]): string {
	const hashes = scripts.map(
		(text) => `'sha256-${Buffer.from(digestOf('sha256', [text]), 'hex').toString('base64')}'`,
	);
	return `default-src 'none'; style-src 'unsafe-inline'; script-src ${hashes.join(' ') || "'none'"}`;
}

function chartsOf(
	result: LoadResult,
	summaries: readonly Summary[],
	thresholds: readonly Threshold[],
): Chart[] {
	const [rate, latency, lag] = chartsOverTime(result, summaries, thresholds);
	const searches = summaries.flatMap((summary) => searchCharts(summary, summaries.length > 1));
	return [...searches, rate, latency, percentileChart(summaries), lag].filter((chart) => chart !== undefined);
}

function thresholdsHtml(judgements: readonly TargetJudgement[], named: boolean): string {
	if (judgements.length === 0) return '';
	const items = judgements.map((judgement) => {
		const look = lookOf(judgement);
		const mark = { good: '✓', bad: '✗', void: '?' }[look];
		const where = named ? `<small>${escapeHtml(judgement.target)}</small>` : '';
		const note = look === 'void' ? ' (void)' : '';
		return `<li class="${look}"><span class="mark ${look}">${mark}</span> <b>${escapeHtml(judgement.threshold.text)}</b> ${escapeHtml(judgement.text)}${note}${where}</li>`;
	});
	return `<ul class="thresholds">\n${items.join('\n')}\n</ul>`;
}

function caveatsHtml(caveats: readonly string[]): string {
	if (caveats.length === 0) return '';
	return `<ul class="caveats">\n${caveats.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n')}\n</ul>`;
}

function bodyHtml(summaries: readonly Summary[], charts: readonly Chart[]): string {
	const spreads = spreadTables(summaries);
	const parts = [
		overviewTable(summaries),
		...(charts.length > 0 ? ['<h2>Charts</h2>', chartsHtml(charts)] : []),
		...summaries.flatMap((summary) => searchHtml(summary)),
		...(spreads === '' ? [] : ['<h2>Rounds</h2>', spreads]),
		'<h2>Every query and every datagram, counted once</h2>',
		sumsHtml(summaries),
		'<h2>Figures</h2>',
		figuresTable(summaries),
	];
	return parts.join('\n');
}

function searchHtml(summary: Summary): string[] {
	const { target, search } = summary;
	if (search === undefined) return [];
	const best =
		search.bestQps === 0 ? 'no rate that was tried kept it' : `kept up to ${rateText(search.bestQps)}`;
	return [
		`<h2>Search at ${escapeHtml(target)}</h2>`,
		`<p>${escapeHtml(search.objective)}: ${best}.</p>`,
		searchTable(summary),
	];
}

function chartsHtml(charts: readonly Chart[]): string {
	const kinds = new Set(charts.flatMap(({ shades }) => shades.map(({ kind }) => kind)));
	const keys = [
		...(kinds.has('warmup') ? [keyHtml('warmup', 'warm-up, in no figure')] : []),
		...(kinds.has('void') ? [keyHtml('void', 'void round')] : []),
		'<span>drag to look closer, double-click to see all</span>',
	];
	const figures = charts.map(
		({ title, caption }) =>
			`<figure><figcaption>${escapeHtml(title)}<small>${escapeHtml(caption)}</small></figcaption><div class="chart"></div></figure>`,
	);
	return `<p class="key">${keys.join('')}</p>\n<div class="charts">\n${figures.join('\n')}\n</div>\n<noscript><p>Charts need JavaScript; every figure is in the tables below.</p></noscript>`;
}

function keyHtml(color: string, text: string): string {
	return `<span><span class="swatch" style="background: var(--${color})"></span>${text}</span>`;
}
