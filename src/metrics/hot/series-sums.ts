import {
	cell,
	coreDurationBoundsMs,
	durationBoundsMs,
	histogramCells,
	overflowRow,
	pluginLabels,
	rcodeLabels,
	rowCells,
	seriesRow,
	seriesRowsMax,
	sizeBounds,
	typeLabels,
} from './series-layout.ts';
import { upstreamCell, upstreamRowCells } from './upstream-series.ts';

/**
 * The series of all shards added up, with their labels: for whoever shows them, not for the way of a query. A shard
 * that counts meanwhile may be one event ahead in one cell of what another cell says.
 */
export interface Histogram {
	readonly bounds: readonly number[];
	/** A count a bucket, not cumulative; the last is what is above all bounds. */
	readonly counts: readonly number[];
	readonly sum: number;
}

export interface QueryLabels {
	readonly server: string;
	/** "dropped" for queries that belong to no zone. */
	readonly zone: string;
	readonly proto: 'udp' | 'tcp' | '';
	/** 1 for IPv4, 2 for IPv6, as CoreDNS has it; 0 for queries of many listeners. */
	readonly family: 0 | 1 | 2;
}

export interface QuerySums extends QueryLabels {
	readonly requests: Readonly<Record<string, number>>;
	readonly dnssecOkRequests: number;
	readonly requestBytes: Histogram;
	readonly responseBytes: Histogram;
	readonly durationMs: Histogram;
	/** Only those that were sent. */
	readonly responses: readonly { readonly rcode: string; readonly plugin: string; readonly count: number }[];
	readonly cache: {
		readonly requests: number;
		readonly hitsSuccess: number;
		readonly hitsDenial: number;
		readonly misses: number;
		readonly servedStale: number;
		readonly prefetches: number;
	};
}

/** What the numbers of listeners and zones stand for. */
export interface SeriesNames {
	readonly listeners: ReadonlyMap<number, Omit<QueryLabels, 'zone'>>;
	/** By zone number: the zone of every key of every server block, in file order. */
	readonly zones: readonly string[];
}

/** A row for each listener and zone that was asked for, and one for what went beyond `seriesRowsMax`. */
export function sumQuerySeries(memory: SharedArrayBuffer, names: SeriesNames): QuerySums[] {
	const shardCells = (seriesRowsMax + 1) * rowCells;
	const zones = names.zones.length;
	const sums: QuerySums[] = [];
	const add = (row: number, labels: QueryLabels): void => {
		const cells = sumRows(new Float64Array(memory), row * rowCells, rowCells, shardCells);
		if (cells.some((value) => value > 0)) sums.push(querySums(cells, labels));
	};
	for (const [listener, labels] of names.listeners) {
		for (let zone = 0; zone <= zones; zone++) {
			const row = seriesRow(listener, zone, zones);
			if (row < overflowRow) add(row, { ...labels, zone: names.zones[zone] ?? 'dropped' });
		}
	}
	add(overflowRow, { server: '', zone: 'overflow', proto: '', family: 0 });
	return sums;
}

function querySums(cells: Float64Array, labels: QueryLabels): QuerySums {
	const responses = pluginLabels.flatMap((name, by) =>
		rcodeLabels.map((rcode, place) => {
			return { rcode, plugin: name, count: cells[cell.responses + by * rcodeLabels.length + place] };
		}),
	);
	const hitsSuccess = cells[cell.hitsSuccess];
	const hitsDenial = cells[cell.hitsDenial];
	const misses = cells[cell.misses];
	return {
		...labels,
		requests: Object.fromEntries(typeLabels.map((type, place) => [type, cells[cell.types + place]])),
		dnssecOkRequests: cells[cell.dnssecOk],
		requestBytes: histogram(cells, cell.requestSize, sizeBounds),
		responseBytes: histogram(cells, cell.responseSize, sizeBounds),
		durationMs: histogram(cells, cell.duration, durationBoundsMs),
		responses: responses.filter(({ count }) => count > 0),
		cache: {
			requests: hitsSuccess + hitsDenial + misses,
			hitsSuccess,
			hitsDenial,
			misses,
			servedStale: cells[cell.servedStale],
			prefetches: cells[cell.prefetches],
		},
	};
}

export interface UpstreamSums {
	readonly upstream: number;
	readonly requests: number;
	/** Of the RCODEs that came. */
	readonly durationMs: Readonly<Record<string, Histogram>>;
	/** By RCODE, '' for probes without an answer; only what there was. */
	readonly probeFailures: Readonly<Record<string, number>>;
	readonly connectionsReused: { readonly udp: number; readonly tcp: number };
	readonly connectionsNew: { readonly udp: number; readonly tcp: number };
}

/** A row for each upstream that anything was counted of. */
export function sumUpstreamSeries(memory: SharedArrayBuffer, shards: number): UpstreamSums[] {
	const shardCells = memory.byteLength / 8 / shards;
	const sums: UpstreamSums[] = [];
	for (let upstream = 0; upstream < shardCells / upstreamRowCells; upstream++) {
		const at = upstream * upstreamRowCells;
		const cells = sumRows(new Float64Array(memory), at, upstreamRowCells, shardCells);
		if (cells.some((value) => value > 0)) sums.push(upstreamSums(cells, upstream));
	}
	return sums;
}

function upstreamSums(cells: Float64Array, upstream: number): UpstreamSums {
	const { durations, durationCells, probeFailures, connections } = upstreamCell;
	const histograms = rcodeLabels.map((rcode, place) => {
		return [rcode, histogram(cells, durations + place * durationCells, coreDurationBoundsMs)] as const;
	});
	const failures = [...rcodeLabels, ''].map((rcode, place) => [rcode, cells[probeFailures + place]] as const);
	return {
		upstream,
		requests: cells[upstreamCell.requests],
		durationMs: Object.fromEntries(histograms.filter(([, { counts }]) => counts.some((count) => count > 0))),
		probeFailures: Object.fromEntries(failures.filter(([, count]) => count > 0)),
		connectionsReused: { udp: cells[connections], tcp: cells[connections + 2] },
		connectionsNew: { udp: cells[connections + 1], tcp: cells[connections + 3] },
	};
}

/** A row of every shard, added up. */
function sumRows(all: Float64Array, at: number, length: number, shardCells: number): Float64Array {
	const sum = new Float64Array(length);
	for (let start = at; start < all.length; start += shardCells) {
		for (let i = 0; i < length; i++) sum[i] += all[start + i];
	}
	return sum;
}

function histogram(cells: Float64Array, at: number, bounds: readonly number[]): Histogram {
	const sumAt = at + histogramCells(bounds) - 1;
	return { bounds, counts: [...cells.subarray(at, sumAt)], sum: cells[sumAt] };
}
