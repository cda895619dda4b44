import { seriesColor } from '../../../page/chart.ts';
import { escapeHtml } from '../../../page/escape.ts';
import { framed, rowHtml, tableHtml } from '../../../page/table.ts';
import type { StudyReport, StudyRun, StudySize } from '../../study/report.ts';
import { bestOnline, hitRatioOf, runsOfPolicy } from '../best.ts';
import { detailColumns } from '../details.ts';
import { bytesText, countText, nothing, percentText } from '../quantity-text.ts';

const missColumns = ['first', 'expired', 'capacity', 'capacity expired', 'not kept'];

/** Hit ratios in percent, a policy a row and a size a column, and how far each live cache is from the best. */
export function hitRatioTable(report: StudyReport): string {
	const best = bestOnline(report);
	const heads = ['policy', ...report.sizes.map(sizeHead)];
	const rows = report.policies.flatMap((policy, place) => {
		const { name, isLive } = policy;
		const runs = runsOfPolicy(report, name);
		const cells = runs.map((run, size) => {
			const mark = best[size].has(name) ? ' class="best"' : '';
			return `<td${mark}>${hitText(run)}${mark === '' ? '' : ' ★'}</td>`;
		});
		const row = `<tr${isLive ? ' class="live"' : ''}><th scope="row">${nameHtml(name, place)}</th>${cells.join('')}</tr>`;
		return isLive ? [row, distanceRow(report, runs)] : [row];
	});
	return tableHtml(heads, rows);
}

function sizeHead(size: StudySize): string {
	const amount = amountText(size);
	const isShare = size.written.endsWith('%');
	return isShare ? `${escapeHtml(size.written)}<br><small>${amount}</small>` : amount;
}

export function amountText({ unit, amount }: StudySize): string {
	return unit === 'entries' ? `${countText(amount)} entries` : bytesText(amount);
}

function hitText(run: StudyRun): string {
	if (run.result === undefined) return nothing;
	const error = Number.isFinite(run.sampled?.error) ? ` ±${percentText(run.sampled!.error)}` : '';
	return percentText(hitRatioOf(run)) + error;
}

/** Points between a live cache and the best of the other online policies of each size. */
function distanceRow(report: StudyReport, runs: readonly StudyRun[]): string {
	const others = report.policies.filter(({ needsFuture, isLive }) => !needsFuture && !isLive);
	const names = new Set(others.map(({ name }) => name));
	const cells = runs.map((run, size) => {
		const there = report.runs.filter((one) => one.size === size && names.has(one.policy) && one.result);
		return pointsText(100 * (hitRatioOf(run) - Math.max(...there.map(hitRatioOf))));
	});
	return rowHtml('<small>points from the best of the others</small>', cells).replace(
		'<tr>',
		'<tr class="live">',
	);
}

/** "+0.31", "−1.40", "0.00" */
function pointsText(points: number): string {
	if (!Number.isFinite(points)) return nothing;
	const text = Math.abs(points).toFixed(2);
	if (text === '0.00') return text;
	return `${points > 0 ? '+' : '−'}${text}`;
}

/** Of each size everything that was counted, folded away but for the middle one. */
export function detailsHtml(report: StudyReport): string {
	const open = Math.floor(report.sizes.length / 2);
	return report.sizes
		.map((size, place) => {
			const runs = report.runs.filter((run) => run.size === place && run.result !== undefined);
			if (runs.length === 0) return '';
			const title = `${amountText(size)}${size.written.endsWith('%') ? `, ${size.written} of the footprint` : ''}`;
			return `<details${place === open ? ' open' : ''}><summary>${escapeHtml(title)}</summary>\n${missesTable(report, runs)}\n${detailTable(report, runs)}\n</details>`;
		})
		.join('\n');
}

/** Where misses come from, in percent of the requests. */
function missesTable(report: StudyReport, runs: readonly StudyRun[]): string {
	const rows = runs.map(({ policy, result }) => {
		const { misses, requests, staleShare } = result!;
		const parts = [
			misses.all,
			misses.first,
			misses.expired,
			misses.capacity,
			misses.capacityThenExpired,
			misses.uncacheable,
		];
		return rowHtml(rowName(report, policy), [
			...parts.map((part) => percentText(part / requests)),
			percentText(staleShare),
		]);
	});
	const heads = [
		'<small>% of requests</small>',
		'misses',
		...missColumns.map((name) => `– ${name}`),
		'served stale',
	];
	return tableHtml(heads, rows);
}

function detailTable(report: StudyReport, runs: readonly StudyRun[]): string {
	const heads = detailColumns.map(({ head }) => `<th scope="col">${head.map(escapeHtml).join('<br>')}</th>`);
	const rows = runs.map(({ policy, result }) =>
		rowHtml(
			rowName(report, policy),
			detailColumns.map(({ text }) => text(result!)),
		),
	);
	return framed(`<tr><th scope="col">policy</th>${heads.join('')}</tr>`, rows);
}

function rowName(report: StudyReport, policy: string): string {
	return nameHtml(
		policy,
		report.policies.findIndex(({ name }) => name === policy),
	);
}

function nameHtml(name: string, place: number): string {
	return `<span class="swatch" style="background: var(--${seriesColor(place)})"></span>${escapeHtml(name)}`;
}
