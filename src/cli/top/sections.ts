import { hostPort } from '../../net/bind-error.ts';
import { countText, durationText, percentText, rateText } from '../quantity-text.ts';
import { type Column, tableLines } from '../table-text.ts';
import type { Line } from './frame.ts';
import type { Rates, ShardRates, UpstreamRates, ZoneRates } from './rates.ts';

/** A table below the summary. */
export interface Section {
	readonly head: string;
	readonly lines: readonly Line[];
}

/** Zones and upstreams that are shown at most. */
const rowsMax = 20;

const zoneColumns: readonly Column[] = [
	{ head: 'ZONE', align: 'left', shrinkTo: 10 },
	{ head: 'SERVER', align: 'left', shrinkTo: 16 },
	{ head: 'Q/S', align: 'right' },
	{ head: 'HITS', align: 'right' },
	{ head: 'MISS/S', align: 'right' },
	{ head: 'ERR/S', align: 'right' },
	{ head: 'P50', align: 'right' },
	{ head: 'P99', align: 'right' },
];

function zoneRow({ zone, server, queries, hits, misses, errors, latency }: ZoneRates): string[] {
	return [
		zone,
		server,
		rateText(queries),
		percentText(hits, hits + misses),
		rateText(misses),
		rateText(errors),
		durationText(latency.p50),
		durationText(latency.p99),
	];
}

const upstreamColumns: readonly Column[] = [
	{ head: 'UPSTREAM', align: 'left', shrinkTo: 21 },
	{ head: 'ZONES', align: 'left', shrinkTo: 10 },
	{ head: 'Q/S', align: 'right' },
	{ head: 'ERR/S', align: 'right' },
	{ head: 'P50', align: 'right' },
	{ head: 'P99', align: 'right' },
	{ head: 'STATE', align: 'left' },
];

function upstreamRow({ address, port, zones, queries, errors, latency, state }: UpstreamRates): string[] {
	return [
		hostPort(address, port),
		zones,
		rateText(queries),
		rateText(errors),
		durationText(latency.p50),
		durationText(latency.p99),
		state,
	];
}

const shardColumns: readonly Column[] = [
	{ head: 'WORKER', align: 'right' },
	{ head: 'Q/S', align: 'right' },
	{ head: 'BATCHES/S', align: 'right' },
	{ head: 'LAG', align: 'right' },
	{ head: 'DROPPED/S', align: 'right' },
	{ head: 'REPLACED', align: 'right' },
	{ head: 'STATE', align: 'left' },
];

function shardRow(rates: ShardRates): string[] {
	const { shard, queries, batches, lagMs, kernelDrops, replacedCount, state } = rates;
	return [
		String(shard),
		rateText(queries),
		rateText(batches),
		lagMs === null ? 'no answer' : durationText(lagMs),
		rateText(kernelDrops),
		replacedCount === 0 ? '-' : countText(replacedCount),
		state,
	];
}

export function sectionsOf(now: Rates, width: number): Section[] {
	const zones = now.zones.slice(0, rowsMax);
	const upstreams = now.upstreams.slice(0, rowsMax);
	return [
		section(
			zoneColumns,
			zones.map(zoneRow),
			zones.map(() => false),
			width,
		),
		section(
			upstreamColumns,
			upstreams.map(upstreamRow),
			upstreams.map(({ state }) => state === 'down'),
			width,
		),
		section(shardColumns, now.shards.map(shardRow), now.shards.map(isBad), width),
	].filter(({ lines }) => lines.length > 0);
}

function isBad({ state, lagMs, kernelDrops }: ShardRates): boolean {
	return state !== 'listening' || lagMs === null || kernelDrops > 0;
}

/** @param bad by row, whether it is to be seen at once */
function section(
	columns: readonly Column[],
	rows: readonly string[][],
	bad: readonly boolean[],
	width: number,
): Section {
	const [head, ...lines] = tableLines(columns, rows, width);
	return { head, lines: lines.map((text, place) => ({ text, look: bad[place] ? 'bad' : 'plain' })) };
}
