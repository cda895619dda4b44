/**
 * What a threshold may be about, in one place: name, unit, help, and how the number is read from what was measured.
 */
import type { Histogram } from 'hdr-histogram-js';
import { rcode, rcodeNumber } from '../../wire/iana.ts';
import type { Measured } from '../result.ts';
import { type Losses, noLosses, percentileOf } from './latency.ts';
import { offeredOf, sentOf, unansweredOf } from './measured.ts';

/** What a threshold is held against: a round, a summary, a trial of a search. */
export interface Judged {
	readonly measured: Measured;
	/** Without warm-up and drain. */
	readonly seconds: number;
}

/** A duration in microseconds, so many of so many, or queries a second. */
export type Reading =
	| { readonly kind: 'duration'; readonly us: number; readonly atLeast: boolean }
	| { readonly kind: 'share'; readonly count: number; readonly whole: number }
	| { readonly kind: 'rate'; readonly perSec: number };

export type MetricKind = Reading['kind'];

export interface Metric {
	readonly kind: MetricKind;
	/** Undefined: nothing was measured that it could be read from. */
	read(judged: Judged): Reading | undefined;
}

interface MetricRow {
	/** As somebody would write it, in a threshold. */
	readonly example: string;
	readonly help: string;
	/** The metric of this name; undefined if the row does not know it. */
	find(name: string): Metric | undefined;
}

type Distribution = (measured: Measured) => readonly [Histogram, Losses];

const fromDue: Distribution = ({ latencyUs, slots }) => [latencyUs, lossesOf(slots)];
const fromSent: Distribution = ({ sinceSentUs, slots }) => [sinceSentUs, lossesOf(slots)];
const lag: Distribution = ({ lagUs }) => [lagUs, noLosses];

function lossesOf({ lost, late }: { lost: number; late: number }): Losses {
	return { lost, late, timeoutUs: undefined };
}

function duration(of: Distribution, pick: (histogram: Histogram, losses: Losses) => Reading): Metric {
	const read = ({ measured }: Judged): Reading | undefined => {
		const [histogram, losses] = of(measured);
		return histogram.totalCount === 0 ? undefined : pick(histogram, losses);
	};
	return { kind: 'duration', read };
}

function percentile(of: Distribution, percent: number): Metric {
	return duration(of, (histogram, losses) => {
		const { us, atLeast } = percentileOf(histogram, percent, losses)!;
		return { kind: 'duration', us, atLeast };
	});
}

function percentiles(example: string, prefix: string, of: Distribution, help: string): MetricRow {
	const find = (name: string): Metric | undefined => {
		const match = name.startsWith(prefix)
			? /^p(\d{1,2}(?:\.\d{1,4})?)$/.exec(name.slice(prefix.length))
			: null;
		const percent = Number(match?.[1] ?? 0);
		return percent > 0 ? percentile(of, percent) : undefined;
	};
	return { example, help, find };
}

function one(name: string, value: string, metric: Metric, help: string): MetricRow {
	return { example: `${name}${value}`, help, find: (wanted) => (wanted === name ? metric : undefined) };
}

function highest(of: Distribution): Metric {
	return duration(of, (histogram, { lost }) => {
		return { kind: 'duration', us: histogram.maxValue, atLeast: lost > 0 };
	});
}

function mean(of: Distribution): Metric {
	return duration(of, (histogram, { lost }) => ({ kind: 'duration', us: histogram.mean, atLeast: lost > 0 }));
}

function share(count: (measured: Measured) => number, whole: (measured: Measured) => number): Metric {
	return {
		kind: 'share',
		read: ({ measured }) => ({ kind: 'share', count: count(measured), whole: whole(measured) }),
	};
}

function rate(count: (measured: Measured) => number): Metric {
	const read = ({ measured, seconds }: Judged): Reading | undefined =>
		seconds > 0 ? { kind: 'rate', perSec: count(measured) / seconds } : undefined;
	return { kind: 'rate', read };
}

const due = ({ slots }: Measured): number => slots.due;
const sent = ({ slots }: Measured): number => sentOf(slots);
const received = ({ datagrams }: Measured): number => datagrams.received;
const replies = ({ rcodes }: Measured): number => [...rcodes.values()].reduce((sum, count) => sum + count, 0);

function findRcode(name: string): Metric | undefined {
	const numbered = /^rcode(\d{1,4})$/.exec(name);
	const code = numbered ? Number(numbered[1]) : rcodeNumber(name);
	return code === undefined ? undefined : share(({ rcodes }) => rcodes.get(code) ?? 0, replies);
}

const rows: readonly MetricRow[] = [
	percentiles(
		'p99.9<=10ms',
		'',
		fromDue,
		'latency that so many percent of the queries are not above, from when they were due',
	),
	one('max', '<1s', highest(fromDue), 'the longest latency'),
	one('mean', '<500us', mean(fromDue), 'the mean of latencies'),
	percentiles('sent-p99<2ms', 'sent-', fromSent, 'latency from when queries were sent'),
	one('sent-max', '<1s', highest(fromSent), 'the longest of them'),
	one('sent-mean', '<500us', mean(fromSent), 'their mean'),
	one('lag', '<1ms', percentile(lag, 99), "the generator's own part, from due to sent: the same as lag-p99"),
	percentiles('lag-p99<1ms', 'lag-', lag, 'a percentile of it'),
	one('lag-max', '<20ms', highest(lag), 'the longest of it'),
	one('lag-mean', '<100us', mean(lag), 'its mean'),
	one(
		'loss',
		'<0.1%',
		share(
			({ slots }) => unansweredOf(slots),
			({ slots }) => offeredOf(slots),
		),
		'queries without an answer, refused ones too, of those due that were offered',
	),
	one(
		'late',
		'<1%',
		share(({ slots }) => slots.late, sent),
		'queries whose answer came after the timeout, of those sent',
	),
	one(
		'errors',
		'==0',
		share(({ slots }) => slots.sendErrors, due),
		'queries that could not be sent or were refused by the other side, of those due',
	),
	one(
		'not-offered',
		'==0',
		share(({ slots }) => slots.notOffered, due),
		'queries that the generator did not send, of those due',
	),
	{
		example: 'servfail<1%',
		help: 'replies with this RCODE (noerror, nxdomain, refused, rcode23 …), of all',
		find: findRcode,
	},
	one(
		'truncated',
		'<5%',
		share(({ truncated }) => truncated, replies),
		'replies with TC=1, of all',
	),
	one(
		'duplicates',
		'==0',
		share(({ datagrams }) => datagrams.duplicates, received),
		'second replies to one query, of what came',
	),
	one(
		'mismatched',
		'==0',
		share(({ datagrams }) => datagrams.mismatched, received),
		'replies that do not fit the query with their ID, of what came',
	),
	one(
		'unknown',
		'==0',
		share(({ datagrams }) => datagrams.unknown, received),
		'what came with an ID that nobody waited for, of what came',
	),
	one(
		'rate',
		'>=50k',
		rate(({ slots }) => slots.answered),
		'answers in time, a second',
	),
	one('sent-rate', '>=50k', rate(sent), 'queries sent, a second'),
];

/** The metric of a name, in any case; undefined if there is none. */
export function findMetric(name: string): Metric | undefined {
	const lower = name.toLowerCase();
	for (const row of rows) {
		const metric = row.find(lower);
		if (metric) return metric;
	}
	return undefined;
}

/** Names that a mistyped one may have meant. */
export const metricNames: readonly string[] = [
	...rows.map(({ example }) => /^[a-z0-9.-]+/.exec(example)![0]),
	...['p50', 'p90', 'p95', 'p99'].flatMap((name) => [name, `sent-${name}`, `lag-${name}`]),
	...Object.keys(rcode).map((name) => name.toLowerCase()),
];

/** An example of every metric with what it is, one a line. */
export function metricHelp(): string {
	const width = Math.max(...rows.map(({ example }) => example.length));
	return rows.map(({ example, help }) => `${example.padEnd(width)}  ${help}`).join('\n');
}
