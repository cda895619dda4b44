import { seriesColor } from '../../../page/chart.ts';
import { escapeHtml } from '../../../page/escape.ts';
import { framed, rowHtml, tableHtml } from '../../../page/table.ts';
import { compare } from '../comparison.ts';
import { countedText, figureText, percentText, rateText, ratioText, spreadText } from '../quantity-text.ts';
import { sectionsOf } from '../rows.ts';
import { trialRow } from '../search-text.ts';
import type { Summary } from '../summary.ts';
import { datagramSum, slotSum, sumText } from '../sums.ts';

function nameHtml(target: string, place: number): string {
	return `<span class="swatch" style="background: var(--${seriesColor(place)})"></span>${escapeHtml(target)}`;
}

/** The figures that matter most, a target a row. */
export function overviewTable(summaries: readonly Summary[]): string {
	const heads = ['target', 'answered', 'in time', 'lost', 'p50', 'p99', 'p99.9', 'max'];
	const rows = summaries.map(({ target, answeredPerSec, measured: { slots }, latency }, place) =>
		rowHtml(nameHtml(target, place), [
			rateText(answeredPerSec),
			percentText(slots.answered, slots.due),
			percentText(slots.lost, slots.due),
			figureText(latency?.p50),
			figureText(latency?.p99),
			figureText(latency?.p999),
			figureText(latency?.max),
		]),
	);
	return tableHtml(heads, rows);
}

/** Every figure, a target a column; of one target alone, in short tables beside each other. */
export function figuresTable(summaries: readonly Summary[]): string {
	if (summaries.length === 1) {
		const tables = sectionsOf(summaries).map(({ title, rows }) =>
			framed(
				`<tr><th colspan="2" scope="colgroup">${escapeHtml(title)}</th></tr>`,
				rows.map(({ label, cells }) => rowHtml(escapeHtml(label), cells)),
			),
		);
		return `<div class="cards">\n${tables.join('\n')}\n</div>`;
	}
	const rows = sectionsOf(summaries).flatMap(({ title, rows }) => [
		`<tr class="section"><th colspan="${summaries.length + 1}" scope="colgroup">${escapeHtml(title)}</th></tr>`,
		...rows.map(({ label, cells }) => rowHtml(escapeHtml(label), cells)),
	]);
	return tableHtml(['', ...summaries.map(({ target }, place) => nameHtml(target, place))], rows);
}

export function sumsHtml(summaries: readonly Summary[]): string {
	return summaries
		.flatMap(({ target, measured }) =>
			[slotSum(measured.slots), datagramSum(measured.datagrams)].map((sum) => {
				const prefix = summaries.length > 1 ? `${target}: ` : '';
				return `<p class="sum">${escapeHtml(`${prefix}${sumText(sum)}`)}</p>`;
			}),
		)
		.join('\n');
}

/** Round by round, and side by side; empty where there is one of each. */
export function spreadTables(summaries: readonly Summary[]): string {
	const several = summaries.filter(({ counted }) => counted.length > 1);
	const parts: string[] = [];
	if (several.length > 0) {
		const rows = several.map(({ target, counted, spreads }) =>
			rowHtml(
				nameHtml(
					target,
					summaries.findIndex((summary) => summary.target === target),
				),
				[
					countedText(counted.length, 'round'),
					spreadText(spreads.answeredPerSec, rateText),
					spreadText(spreads.p50, figureText),
					spreadText(spreads.p99, figureText),
					spreadText(spreads.loss, (loss) => percentText(loss, 1)),
				],
			),
		);
		parts.push(
			'<h3>Round by round: median (lowest to highest)</h3>',
			tableHtml(['target', 'of', 'answered', 'p50', 'p99', 'loss'], rows),
		);
	}
	const comparisons = compare(summaries).filter(({ pairs }) => pairs > 0);
	if (comparisons.length > 0) {
		const rows = comparisons.map(({ target, pairs, ratios }) =>
			rowHtml(
				nameHtml(
					target,
					summaries.findIndex((summary) => summary.target === target),
				),
				[
					countedText(pairs, 'pair'),
					spreadText(ratios.answeredPerSec, ratioText),
					spreadText(ratios.p50, ratioText),
					spreadText(ratios.p99, ratioText),
				],
			),
		);
		parts.push(
			`<h3>Times ${escapeHtml(comparisons[0].base)}, round against round: median (lowest to highest)</h3>`,
			tableHtml(['target', 'of', 'answered', 'p50', 'p99'], rows),
		);
	}
	return parts.join('\n');
}

/** The trials of a search; empty where there was none. */
export function searchTable({ search, timeoutUs }: Summary): string {
	if (search === undefined) return '';
	const rows = search.trials.map((trial) => {
		const { rate, p99, loss, kept, reasons } = trialRow(trial, timeoutUs);
		const mark = `<span class="mark ${kept ? 'good' : 'bad'}">${kept ? '✓' : '✗'}</span> ${rate}`;
		return `<tr><th scope="row">${mark}</th><td>${p99}</td><td>${loss}</td><td class="words">${escapeHtml(reasons)}</td></tr>`;
	});
	const heads = ['rate', 'p99', 'lost'].map((head) => `<th scope="col">${head}</th>`).join('');
	return framed(`<tr>${heads}<th scope="col" class="words">why not</th></tr>`, rows);
}
