import {
	cell,
	coreDurationBoundsMs,
	durationBoundsMs,
	histogramCells,
	overflowRow,
	pluginLabels,
	rcodeLabels,
	rowCells,
	seriesRowsMax,
	sizeBounds,
	typeLabels,
} from './series-layout.ts';
import { upstreamCell, upstreamRowCells, upstreamRowsMax } from './upstream-series.ts';

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

/** What a row of the query series stands for. */
export interface QueryLabels {
	readonly server: string;
	/** "dropped" for queries that belong to no zone. */
	readonly zone: string;
	readonly proto: 'udp' | 'tcp' | '';
	/** 1 for IPv4, 2 for IPv6, as CoreDNS has it; 0 for queries of many listeners. */
	readonly family: 0 | 1 | 2;
	/** Zones that the cache of its server block is for, separated by commas; undefined: there is no cache. */
	readonly cacheZones?: string | undefined;
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
	readonly acl: {
		readonly allowed: number;
		readonly blocked: number;
		readonly filtered: number;
		readonly dropped: number;
	};
	/** Answers that `dns64` made. */
	readonly translated: number;
	/** Queries that a `template` matched, by type. */
	readonly templateMatches: Readonly<Record<string, number>>;
}

/** Every row that was counted in, and one for what went beyond `seriesRowsMax`. */
export function sumQuerySeries(
	memory: SharedArrayBuffer,
	rows: ReadonlyMap<number, QueryLabels>,
): QuerySums[] {
	const shardCells = (seriesRowsMax + 1) * rowCells;
	const sums: QuerySums[] = [];
	const all = new Float64Array(memory);
	const add = (row: number, labels: QueryLabels): void => {
		const cells = sumRows(all, row * rowCells, rowCells, shardCells);
		if (cells.some((value) => value > 0)) sums.push(querySums(cells, labels));
	};
	for (const [row, labels] of rows) if (row < overflowRow) add(row, labels);
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
	const byType = (at: number): Record<string, number> =>
		Object.fromEntries(typeLabels.map((type, place) => [type, cells[at + place]]));
	return {
		...labels,
		requests: byType(cell.types),
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
		acl: {
			allowed: cells[cell.aclAllowed],
			blocked: cells[cell.aclBlocked],
			filtered: cells[cell.aclFiltered],
			dropped: cells[cell.aclDropped],
		},
		translated: cells[cell.translated],
		templateMatches: byType(cell.templateMatches),
	};
}

export interface UpstreamSums {
	/** An upstream's address and port, empty for those beyond `upstreamRowsMax`. */
	readonly to: string;
	readonly requests: number;
	/** Of the RCODEs that came. */
	readonly durationMs: Readonly<Record<string, Histogram>>;
	/** By RCODE, '' for probes without an answer; only what there was. */
	readonly probeFailures: Readonly<Record<string, number>>;
	readonly connectionsReused: { readonly udp: number; readonly tcp: number };
	readonly connectionsNew: { readonly udp: number; readonly tcp: number };
}

/** Every upstream that anything was counted of. @param names by row */
export function sumUpstreamSeries(memory: SharedArrayBuffer, names: readonly string[]): UpstreamSums[] {
	const shardCells = (upstreamRowsMax + 1) * upstreamRowCells;
	const sums: UpstreamSums[] = [];
	const add = (row: number, to: string): void => {
		const at = row * upstreamRowCells;
		const cells = sumRows(new Float64Array(memory), at, upstreamRowCells, shardCells);
		if (cells.some((value) => value > 0)) sums.push(upstreamSums(cells, to));
	};
	for (const [row, to] of names.entries()) if (row < upstreamRowsMax) add(row, to);
	add(upstreamRowsMax, '');
	return sums;
}

function upstreamSums(cells: Float64Array, to: string): UpstreamSums {
	const { durations, durationCells, probeFailures, connections } = upstreamCell;
	const histograms = rcodeLabels.map((rcode, place) => {
		return [rcode, histogram(cells, durations + place * durationCells, coreDurationBoundsMs)] as const;
	});
	const failures = [...rcodeLabels, ''].map((rcode, place) => [rcode, cells[probeFailures + place]] as const);
	return {
		to,
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
