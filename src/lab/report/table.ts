import type { StudyReport, StudyRun, StudySize } from '../study/report.ts';
import { bestOnline, hitRatioOf, runsOfPolicy } from './best.ts';
import { type Column, tableLines } from './columns.ts';
import { detailColumns } from './details.ts';
import { problemLines } from './problems.ts';
import { bytesText, countText, nothing, percentText, rateText, spanText } from './quantity-text.ts';

export interface TableOptions {
	/** Of the terminal. */
	readonly columns: number;
	/** A table of all figures for each size. */
	readonly details: boolean;
}

/** What a terminal is shown of a study. */
export function renderTable(report: StudyReport, options: TableOptions): string {
	const blocks = [
		sourceLines(report),
		...hitRatioTables(report, options),
		...(options.details ? report.sizes.flatMap((_, size) => detailTables(report, size, options)) : []),
		[...markLines(report), ...problemLines(report), ...noteLines(report)],
	];
	const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
	return `${texts.join('\n\n')}\n`;
}

function sourceLines({ source, settings, unlimitedHitRatio }: StudyReport): string[] {
	const { footprint, shares, isDns } = source;
	const time = source.durationSec > 0 ? ` in ${spanText(source.durationSec)}` : '';
	const keys = `${countText(source.keys)} ${isDns ? 'keys (name, type, class, DO)' : 'objects'}`;
	const sizeText = footprint.bytes === footprint.entries ? '' : `, ${bytesText(footprint.bytes)}`;
	const shareText = [
		`negative ${percentText(shares.negative)} %`,
		`failures ${percentText(shares.failure)} %`,
		`not to be kept ${percentText(shares.uncacheable)} %`,
	];
	return [
		`${source.name} (${source.format})`,
		`${countText(source.requests)} requests for ${keys}, ${countText(source.onceKeys)} of them asked for once,${time}`.replace(
			/,$/,
			'',
		),
		`footprint ${countText(footprint.entries)} entries${sizeText}${isDns ? `; ${shareText.join(', ')}` : ''}`,
		...(settings.length > 0 ? [settings.map(([name, value]) => `${name} ${value}`).join(', ')] : []),
		`an unlimited cache hits ${percentText(unlimitedHitRatio)} %`,
	];
}

function hitRatioTables(report: StudyReport, { columns }: TableOptions): string[][] {
	const { policies, sizes } = report;
	const best = bestOnline(report);
	const rows = policies.map(({ name }) => runsOfPolicy(report, name));
	const names = ['hit ratio, %', ...policies.map(({ name }) => name)];
	const cell = (run: StudyRun, size: number): string => {
		if (run.result === undefined) return nothing;
		const error = Number.isFinite(run.sampled?.error) ? `±${percentText(run.sampled!.error)}` : '';
		return `${percentText(hitRatioOf(run))}${error}${best[size].has(run.policy) ? '*' : ' '}`;
	};
	const across: Column[] = [
		...sizes.map((size, i) => ({
			head: [size.written],
			cells: [`${underText(size)} `, ...rows.map((runs) => cell(runs[i], i))],
		})),
		{ head: ['requests/s'], cells: ['', ...rows.map((runs) => rateText(meanRate(runs)))] },
		{ head: ['memory'], cells: ['octets/key', ...rows.map((runs) => memoryText(runs))] },
	];
	return tableLines(names, across, columns);
}

/** What does not stand in how it was written. */
function underText(size: StudySize): string {
	if (size.written.endsWith('%')) return amountText(size);
	return size.unit === 'entries' ? 'entries' : '';
}

function amountText({ unit, amount }: StudySize): string {
	return unit === 'entries' ? `${countText(amount)} entries` : bytesText(amount);
}

/** Over all sizes: requests by time. */
function meanRate(runs: readonly StudyRun[]): number {
	const rates = runs.map(({ requestsPerSec }) => requestsPerSec).filter(Number.isFinite);
	return rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0);
}

function memoryText(runs: readonly StudyRun[]): string {
	const bytes = runs.map(({ memoryPerKeyBytes }) => memoryPerKeyBytes).filter(Number.isFinite);
	if (bytes.length === 0) return nothing;
	const [least, most] = [Math.min(...bytes), Math.max(...bytes)].map(Math.round);
	return least === most ? countText(least) : `${countText(least)}–${countText(most)}`;
}

function detailTables(report: StudyReport, size: number, { columns }: TableOptions): string[][] {
	const runs = report.runs.filter((run) => run.size === size && run.result !== undefined);
	if (runs.length === 0) return [];
	const { written } = report.sizes[size];
	const amount = amountText(report.sizes[size]);
	const [first, ...more] = tableLines(
		runs.map(({ policy }) => policy),
		detailColumns.map(({ head, text }) => ({ head, cells: runs.map((run) => text(run.result!)) })),
		columns,
	);
	return [[`at ${amount}${written.endsWith('%') ? ` (${written})` : ''}`, ...first], ...more];
}

function markLines(report: StudyReport): string[] {
	return bestOnline(report).some(({ size }) => size > 0)
		? ['* the best at this size of those that do not know the future']
		: [];
}

function noteLines({ source }: StudyReport): string[] {
	return source.notes.map((note) => `note: ${note}`);
}
