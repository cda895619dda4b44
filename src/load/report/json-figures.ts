/** The figures of a target or a round as keys of JSON, which end in their unit. What is not known is null. */
import type { Histogram } from 'hdr-histogram-js';
import { rcodeName } from '../../wire/iana.ts';
import type { Measured, SearchResult, SizeCounts } from '../result.ts';
import type { JsonObject } from './json-text.ts';
import {
	type Figure,
	type FigureName,
	figureNames,
	figuresOf,
	type LatencyFigures,
	noLosses,
} from './latency.ts';
import { offeredOf, sentOf, unansweredOf } from './measured.ts';
import { ratio, type Spread, type Summary } from './summary.ts';
import { sumFaults } from './sums.ts';

interface Measurement {
	readonly measured: Measured;
	readonly seconds: number;
	readonly cpuSec: number;
	readonly ownDrops: number;
	readonly errorCodes: ReadonlyMap<string, number>;
}

export function figuresJson(measurement: Measurement, timeoutUs: number): JsonObject {
	const { measured, seconds, cpuSec, ownDrops, errorCodes } = measurement;
	const { slots, datagrams, rcodes, truncated, queries, replies, connections } = measured;
	const sent = sentOf(slots);
	const losses = { lost: slots.lost, late: slots.late, timeoutUs };
	const latency = figuresOf(measured.latencyUs, losses);
	const sinceSent = figuresOf(measured.sinceSentUs, losses);
	return {
		answered_per_s: ratio(slots.answered, seconds) ?? null,
		sent_per_s: ratio(sent, seconds) ?? null,
		measured_s: seconds,
		due: slots.due,
		sent,
		answered: slots.answered,
		late: slots.late,
		lost: slots.lost,
		send_errors: slots.sendErrors,
		not_offered: slots.notOffered,
		loss_percent: percent(ratio(unansweredOf(slots), offeredOf(slots))),
		...latencyJson(latency, ''),
		...latencyJson(sinceSent, 'since_sent_'),
		...latencyJson(figuresOf(measured.lagUs, noLosses), 'lag_'),
		at_least: [...atLeastKeys(latency, ''), ...atLeastKeys(sinceSent, 'since_sent_')],
		cpu_s: cpuSec,
		cpu_us_per_query: ratio(cpuSec * 1e6, sent) ?? null,
		datagrams: { ...datagrams },
		sums_add_up: sumFaults(measured).length === 0,
		rcodes: Object.fromEntries([...rcodes].map(([code, count]) => [rcodeName(code), count])),
		truncated,
		queries: sizesJson(queries),
		replies: sizesJson(replies),
		connections: connections
			? {
					opened: connections.opened,
					failed: connections.failed,
					...handshakeJson(connections.handshakeUs),
				}
			: null,
		own_drops: ownDrops,
		error_codes: Object.fromEntries(errorCodes),
	};
}

function latencyJson(figures: LatencyFigures | undefined, prefix: string): JsonObject {
	return Object.fromEntries(figureNames.map((name) => [`${prefix}${name}_us`, figures?.[name].us ?? null]));
}

/** Keys of values that are the least that they can be. */
function atLeastKeys(figures: LatencyFigures | undefined, prefix: string): string[] {
	const marked = (name: FigureName): boolean => figures?.[name].atLeast ?? false;
	return figureNames.filter(marked).map((name) => `${prefix}${name}_us`);
}

function handshakeJson(handshakeUs: Histogram): JsonObject {
	const figures = figuresOf(handshakeUs, noLosses);
	return { handshake_p50_us: figures?.p50.us ?? null, handshake_p99_us: figures?.p99.us ?? null };
}

function sizesJson({ messages, bytes, minBytes, maxBytes }: SizeCounts): JsonObject {
	return {
		messages,
		bytes,
		min_bytes: minBytes,
		max_bytes: maxBytes,
		mean_bytes: ratio(bytes, messages) ?? null,
	};
}

/** Without the noise that a factor of 100 adds: 0.9, not 0.8999999999999999. */
function percent(share: number | undefined): number | null {
	return share === undefined ? null : Number((share * 100).toPrecision(12));
}

export function spreadsJson({ spreads }: Summary): JsonObject {
	const { loss } = spreads;
	return {
		answered_per_s: spreads.answeredPerSec ?? null,
		p50_us: figureSpreadJson(spreads.p50),
		p99_us: figureSpreadJson(spreads.p99),
		loss_percent: loss
			? { median: percent(loss.median), min: percent(loss.min), max: percent(loss.max) }
			: null,
	};
}

function figureSpreadJson(spread: Spread<Figure> | undefined): JsonObject | null {
	if (spread === undefined) return null;
	const { median, min, max } = spread;
	const marked = Object.entries(spread).filter(([, figure]) => figure.atLeast);
	return { median: median.us, min: min.us, max: max.us, at_least: marked.map(([key]) => key) };
}

export function searchJson(search: SearchResult | undefined, timeoutUs: number): JsonObject | null {
	if (search === undefined) return null;
	return {
		objective: search.objective,
		best_per_s: search.bestQps,
		generator_was_limit: search.generatorWasLimit,
		trials: search.trials.map(({ rateQps, round, kept, reasons }) => ({
			rate_per_s: rateQps,
			kept,
			reasons,
			void: round.void.length > 0,
			...figuresJson(round, timeoutUs),
		})),
	};
}
