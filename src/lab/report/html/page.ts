/** The study as one page: curves, and behind them every figure as a table. */
import { escapeHtml } from '../../../page/escape.ts';
import { caveatsHtml, chartsHtml, definitionsHtml, pageHtml } from '../../../page/frame.ts';
import type { StudyReport } from '../../study/report.ts';
import { problemLines } from '../problems.ts';
import { bytesText, countText, percentText, spanText } from '../quantity-text.ts';
import { missRatioCharts } from './curves.ts';
import { detailsHtml, hitRatioTable } from './tables.ts';

export function studyPage(report: StudyReport): string {
	const { source } = report;
	const charts = missRatioCharts(report);
	const ceiling = Number.isFinite(report.unlimitedHitRatio)
		? `<p class="verdict">An unlimited cache with the same TTLs hits ${percentText(report.unlimitedHitRatio)} %. More memory or another policy gives more only by chance: where TTLs change, who fetches at another time may get a longer one.</p>`
		: '';
	const body = `<h1>petrel policies <small>${escapeHtml(source.name)}</small></h1>
${ceiling}
${caveatsHtml(problemLines(report))}
${charts.length === 0 ? '' : `<h2>Curves</h2>\n${chartsHtml(charts)}`}
<h2>Hit ratio, % of requests</h2>
${hitRatioTable(report)}
<p class="key"><span>★ the best at this size of those that do not know the future</span></p>
<h2>What was counted</h2>
${detailsHtml(report)}
<h2>Policies</h2>
${definitionsHtml(report.policies.map(({ name, help }) => [name, help]))}
<h2>Source</h2>
${definitionsHtml([...sourceRows(report), ...report.settings])}
${notesHtml(source.notes)}`;
	return pageHtml({ title: `petrel policies ${source.name}`, body, charts });
}

function sourceRows({ source, elapsedSec, threads }: StudyReport): [string, string][] {
	const { footprint, shares, isDns } = source;
	const size = footprint.bytes === footprint.entries ? '' : `, ${bytesText(footprint.bytes)}`;
	return [
		['what', `${source.name} (${source.format})`],
		['requests', countText(source.requests)],
		[isDns ? 'keys: name, type, class, DO' : 'objects', countText(source.keys)],
		['asked for once', countText(source.onceKeys)],
		...(source.durationSec > 0 ? [['in', spanText(source.durationSec)] satisfies [string, string]] : []),
		['footprint', `${countText(footprint.entries)} entries${size}`],
		...(isDns
			? ([
					['negative', `${percentText(shares.negative)} %`],
					['failures', `${percentText(shares.failure)} %`],
					['not to be kept', `${percentText(shares.uncacheable)} %`],
				] satisfies [string, string][])
			: []),
		['took', `${elapsedSec.toFixed(1)} s, ${countText(threads)} threads`],
	];
}

function notesHtml(notes: readonly string[]): string {
	if (notes.length === 0) return '';
	return `<ul class="notes">\n${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('\n')}\n</ul>`;
}
