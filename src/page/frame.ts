/** A report as one page that loads nothing from anywhere: library, data and style are in it. */
import { digestOf } from '../util/digest.ts';
import type { Chart } from './chart.ts';
import { clientScript } from './client.ts';
import { escapeHtml, scriptJson } from './escape.ts';
import { pageStyle } from './style.ts';
import { chartLibrary } from './uplot.ts';

export interface Page {
	/** Text. */
	readonly title: string;
	/** HTML, with a `chartsHtml` of the same charts where there are any. */
	readonly body: string;
	readonly charts: readonly Chart[];
}

export function pageHtml({ title, body, charts }: Page): string {
	const { script, style } = chartLibrary();
	const scripts = charts.length === 0 ? [] : [script, clientScript];
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
${body}
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

/** Sentences that a reader must not miss. */
export function caveatsHtml(caveats: readonly string[]): string {
	if (caveats.length === 0) return '';
	return `<ul class="caveats">\n${caveats.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n')}\n</ul>`;
}

/** @param rows of text */
export function definitionsHtml(rows: readonly (readonly [label: string, text: string])[]): string {
	const items = rows.map(([label, text]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`);
	return `<dl>\n${items.join('\n')}\n</dl>`;
}

/** Places for charts, in their order. */
export function chartsHtml(charts: readonly Chart[]): string {
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
