/** The table of a report, for terminal and page alike: figures down, targets across. */
import { rcodeName } from '../../wire/iana.ts';
import { noLosses, percentileOf } from './latency.ts';
import {
	countText,
	durationText,
	figureText,
	nothing,
	octetsText,
	percentText,
	rateText,
	wholePercentText,
} from './quantity-text.ts';
import type { Summary } from './summary.ts';
import { slotSum } from './sums.ts';

export interface Row {
	readonly label: string;
	/** One for each target. */
	readonly cells: readonly string[];
}

export interface Section {
	readonly title: string;
	readonly rows: readonly Row[];
}

export function sectionsOf(summaries: readonly Summary[]): Section[] {
	const row = (label: string, cell: (summary: Summary) => string): Row => ({
		label,
		cells: summaries.map(cell),
	});
	const sections: Section[] = [
		{ title: 'queries', rows: queryRows(summaries) },
		{
			title: 'rate',
			rows: [
				row('sent', ({ sentPerSec }) => rateText(sentPerSec)),
				row('answered', ({ answeredPerSec }) => rateText(answeredPerSec)),
			],
		},
		{
			title: 'latency, from when queries were due',
			rows: [
				row('p50', ({ latency }) => figureText(latency?.p50)),
				row('p90', ({ latency }) => figureText(latency?.p90)),
				row('p95', ({ latency }) => figureText(latency?.p95)),
				row('p99', ({ latency }) => figureText(latency?.p99)),
				row('p99.9', ({ latency }) => figureText(latency?.p999)),
				row('max', ({ latency }) => figureText(latency?.max)),
				row('mean', ({ latency }) => figureText(latency?.mean)),
			],
		},
		{
			title: 'latency, from when they were sent',
			rows: [
				row('p50', ({ sinceSent }) => figureText(sinceSent?.p50)),
				row('p99', ({ sinceSent }) => figureText(sinceSent?.p99)),
				row('p99.9', ({ sinceSent }) => figureText(sinceSent?.p999)),
				row('max', ({ sinceSent }) => figureText(sinceSent?.max)),
			],
		},
		{ title: 'replies', rows: replyRows(summaries) },
		{
			title: 'generator',
			rows: [
				row('lag p50', ({ lag }) => figureText(lag?.p50)),
				row('lag p99', ({ lag }) => figureText(lag?.p99)),
				row('lag max', ({ lag }) => figureText(lag?.max)),
				row('CPU a query', ({ cpuUsPerQuery }) =>
					cpuUsPerQuery === undefined ? nothing : durationText(cpuUsPerQuery),
				),
				row('CPU of a core', ({ cpuShare }) =>
					cpuShare === undefined ? nothing : wholePercentText(cpuShare, 1),
				),
			],
		},
	];
	if (summaries.some(({ measured }) => measured.connections)) {
		sections.push({ title: 'connections', rows: connectionRows(summaries) });
	}
	return sections;
}

function queryRows(summaries: readonly Summary[]): Row[] {
	const sums = summaries.map(({ measured }) => slotSum(measured.slots));
	return [
		{ label: 'due', cells: sums.map(({ total }) => countText(total)) },
		...sums[0].parts.map(([label], place) => ({
			label,
			cells: sums.map(({ total, parts }) => partText(parts[place][1], total)),
		})),
	];
}

/** "580  0.02%", the two in columns of their own. */
function partText(count: number, whole: number): string {
	return `${countText(count)} ${percentText(count, whole).padStart(8)}`;
}

function replyRows(summaries: readonly Summary[]): Row[] {
	const codes = new Set(summaries.flatMap(({ measured }) => [...measured.rcodes.keys()]));
	const wholes = summaries.map(({ measured }) =>
		[...measured.rcodes.values()].reduce((sum, count) => sum + count, 0),
	);
	const share = (label: string, count: (summary: Summary) => number): Row => ({
		label,
		cells: summaries.map((summary, place) => partText(count(summary), wholes[place])),
	});
	const size = (label: string, of: (summary: Summary) => { messages: number; bytes: number }): Row => ({
		label,
		cells: summaries.map((summary) => {
			const { messages, bytes } = of(summary);
			return messages === 0 ? nothing : octetsText(Math.round(bytes / messages));
		}),
	});
	return [
		...[...codes]
			.sort((a, b) => a - b)
			.map((code) => share(rcodeName(code), ({ measured }) => measured.rcodes.get(code) ?? 0)),
		share('TC=1', ({ measured }) => measured.truncated),
		size('mean query', ({ measured }) => measured.queries),
		size('mean reply', ({ measured }) => measured.replies),
		{
			label: 'replies from … to',
			cells: summaries.map(({ measured: { replies } }) =>
				replies.messages === 0 ? nothing : `${countText(replies.minBytes)} … ${octetsText(replies.maxBytes)}`,
			),
		},
	];
}

function connectionRows(summaries: readonly Summary[]): Row[] {
	const cells = (
		of: (connections: NonNullable<Summary['measured']['connections']>) => string,
	): readonly string[] =>
		summaries.map(({ measured: { connections } }) => (connections ? of(connections) : nothing));
	return [
		{ label: 'opened', cells: cells(({ opened }) => countText(opened)) },
		{ label: 'failed', cells: cells(({ failed }) => countText(failed)) },
		{
			label: 'handshake p50',
			cells: cells(({ handshakeUs }) => figureText(percentileOf(handshakeUs, 50, noLosses))),
		},
		{
			label: 'handshake p99',
			cells: cells(({ handshakeUs }) => figureText(percentileOf(handshakeUs, 99, noLosses))),
		},
	];
}
