/** The report as one page. */

import type { Chart } from '../../../page/chart.ts';
import { escapeHtml } from '../../../page/escape.ts';
import { caveatsHtml, chartsHtml, definitionsHtml, pageHtml } from '../../../page/frame.ts';
import { timeText } from '../../../util/clock.ts';
import type { LoadResult } from '../../result.ts';
import { caveatsOf } from '../caveats.ts';
import { judgeSummaries, lookOf, type TargetJudgement } from '../judgement.ts';
import { rateText } from '../quantity-text.ts';
import { settingRows } from '../setting-rows.ts';
import { type Summary, summarize } from '../summary.ts';
import type { Threshold } from '../thresholds.ts';
import { verdictOf } from '../verdict.ts';
import { chartsOverTime } from './charts-over-time.ts';
import { percentileChart } from './percentile-chart.ts';
import { searchCharts } from './search-charts.ts';
import { figuresTable, overviewTable, searchTable, spreadTables, sumsHtml } from './tables.ts';

export function toHtml(result: LoadResult, thresholds: readonly Threshold[]): string {
	const summaries = summarize(result);
	const judgements = judgeSummaries(summaries, thresholds);
	const verdict = verdictOf(result, summaries, judgements);
	const charts = chartsOf(result, summaries, thresholds);
	const title = `petrel load ${result.targets.map(({ target }) => target).join(' ')}`;
	const body = `<h1>petrel load <small>${timeText(result.setting.startedWallMs)}</small></h1>
<p class="verdict ${verdict.mood}">${escapeHtml(verdict.text)}</p>
${thresholdsHtml(judgements, summaries.length > 1)}
${caveatsHtml(caveatsOf(result, summaries))}
${summaries.length === 0 ? '' : bodyHtml(summaries, charts)}
<h2>Setting</h2>
${definitionsHtml(settingRows(result.setting))}`;
	return pageHtml({ title, body, charts });
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
