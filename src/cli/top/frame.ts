import { hostPort } from '../../net/bind-error.ts';
import { formatSize } from '../../server/ready-text.ts';
import {
	ageText,
	barText,
	countText,
	durationText,
	percentText,
	rateText,
	sparkText,
} from '../quantity-text.ts';
import { cutText } from '../table-text.ts';
import type { Percentiles, Rates } from './rates.ts';
import { type Section, sectionsOf } from './sections.ts';

/** A line of the screen and how it looks where colours are to be had. */
export interface Line {
	readonly text: string;
	readonly look: 'title' | 'head' | 'bad' | 'plain';
}

export interface FrameSize {
	readonly columns: number;
	/** Infinity: as many as there are. */
	readonly rows: number;
}

/** Rates of the last frames, the youngest last. */
export type History = readonly Rates[];

const labelColumns = 9;
const numberColumns = 11;
const peakColumns = 16;
const barColumns = 16;

const lineNames = [
	['queries', 'queries'],
	['  hits', 'hits'],
	['  stale', 'stale'],
	['  misses', 'misses'],
	['  other', 'other'],
] as const;

/** The screen of `petrel top` from its history, of which the last is now. */
export function frameOf(history: History, hint: string, { columns, rows }: FrameSize): Line[] {
	const now = history.at(-1)!;
	const top: Line[] = [
		titleLine(now, hint, columns),
		plain(''),
		...lineNames.map(([label, name]) =>
			plain(
				seriesText(
					label,
					history.map((rates) => rates[name]),
					columns,
				),
			),
		),
		plain(''),
		plain(ratioText(now)),
		...cacheTexts(now).map(plain),
	];
	const below = fit(sectionsOf(now, columns), rows - top.length);
	const lines = [...top, ...below].map(({ text, look }) => ({ text: cutText(text, columns), look }));
	return lines.slice(0, Math.max(1, rows));
}

function plain(text: string): Line {
	return { text, look: 'plain' };
}

function titleLine(now: Rates, hint: string, columns: number): Line {
	const [first, ...others] = now.endpoints.map(({ address, port }) => hostPort(address, port));
	const where = `${first ?? 'nowhere'}${others.length > 0 ? ` and ${others.length} more` : ''}`;
	const left = `petrel ${now.version}  ${where}  process ${now.pid}  up ${ageText(now.uptimeSec)}`;
	const room = columns - left.length;
	return { text: room > hint.length + 1 ? left + hint.padStart(room) : left, look: 'title' };
}

/** "queries      12,345/s  ▁▂▅█   peak 14,000" */
function seriesText(label: string, values: readonly number[], columns: number): string {
	const peak = Math.max(...values);
	const sparkColumns = columns - labelColumns - numberColumns - 2 - peakColumns;
	const head = label.padEnd(labelColumns) + `${rateText(values.at(-1) ?? 0)}/s`.padStart(numberColumns);
	if (values.length < 2 || sparkColumns < 8) return head;
	return `${head}  ${sparkText(values, sparkColumns, peak)}  ${`peak ${rateText(peak)}`.padStart(peakColumns - 2)}`;
}

function ratioText(now: Rates): string {
	const served = now.hits + now.stale;
	const ratio = percentText(served, served + now.misses);
	return `hit ratio ${ratio.padStart(7)}    latency ${latencyText(now.latency)} (estimated)`;
}

function latencyText({ p50, p90, p99 }: Percentiles): string {
	return `p50 ${durationText(p50)}  p90 ${durationText(p90)}  p99 ${durationText(p99)}`;
}

function cacheTexts({ cache }: Rates): string[] {
	const { usedBytes, sizeBytes, entryCount, inserted, evicted } = cache;
	const label = 'cache'.padEnd(labelColumns + 1);
	const bar = barText(usedBytes / sizeBytes, barColumns);
	const fill = `${percentText(usedBytes, sizeBytes)} of ${formatSize(sizeBytes)}`;
	return [
		`${label}${bar} ${fill}, ${countText(entryCount)} entries`,
		`${''.padEnd(label.length)}${rateText(inserted)}/s stored, ${rateText(evicted)}/s evicted`,
	];
}

/** Shortens the longest tables until all fit; each keeps a row at least, and says what it left out. */
function fit(sections: readonly Section[], rows: number): Line[] {
	const counts = sections.map(({ lines }) => lines.length);
	const headRows = 2;
	const total = (): number => counts.reduce((sum, count) => sum + count + headRows, 0);
	while (total() > rows && Math.max(...counts) > 1) counts[counts.indexOf(Math.max(...counts))]--;
	return sections.flatMap(({ head, lines }, place) => {
		const kept = lines.slice(0, counts[place]);
		const leftOut = lines.length - kept.length;
		const last = leftOut > 0 ? [plain(`  ... and ${leftOut + 1} more`)] : kept.slice(-1);
		return [plain(''), { text: head, look: 'head' as const }, ...kept.slice(0, -1), ...last];
	});
}
