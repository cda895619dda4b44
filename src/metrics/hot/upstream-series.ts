import { addTo } from './cells.ts';
import { bucketOf, coreDurationBoundsMs, histogramCells, rcodeLabels, rcodePlace } from './series-layout.ts';

/**
 * What is counted of every query to an upstream. A row belongs to an address; which one an upstream, known by its
 * number, has is set together with the upstream. Shards lie behind each other.
 *
 *   row   requests | durations of NOERROR | ... of FORMERR | ... | failed probes by RCODE, none | UDP, TCP: reused, new
 *         1          17 + sum               17 + sum             14                            4
 *
 * How many answers an RCODE had is the sum of its buckets.
 */
const durationCells = histogramCells(coreDurationBoundsMs);
const durationSum = durationCells - 1;
const durationsAt = 1;
const probeFailuresAt = durationsAt + rcodeLabels.length * durationCells;
const connectionsAt = probeFailuresAt + rcodeLabels.length + 1;
export const upstreamRowCells: number = Math.ceil((connectionsAt + 4) / 8) * 8;

/** Offsets in a row. */
export const upstreamCell = {
	requests: 0,
	durations: durationsAt,
	durationCells,
	probeFailures: probeFailuresAt,
	/** Behind those of all RCODEs: probes without any answer. */
	probesUnanswered: probeFailuresAt + rcodeLabels.length,
	connections: connectionsAt,
} as const;

/** Addresses with rows of their own; those of all others are counted in the row behind them. */
export const upstreamRowsMax = 512;
const shardCells = (upstreamRowsMax + 1) * upstreamRowCells;

/** Memory that nobody counts in stays untouched, so its size costs addresses and nothing else. */
export function createUpstreamSeriesMemory(shards: number): SharedArrayBuffer {
	return new SharedArrayBuffer(shards * shardCells * 8);
}

/** Queries under way at once, per shard: half of all message IDs. */
export const maxAsks = 0x8000;

/** One shard's rows. */
export class UpstreamSeries {
	readonly #cells: Float64Array;
	/** In milliseconds: when the turn began, and when each query under way left. In arrays: as fields they cost objects. */
	readonly #times: Float64Array;
	readonly #sentMs = new Float64Array(maxAsks + 1);
	/** By an upstream's number: where its row begins. */
	readonly #rowAt: Int32Array;

	/**
	 * @param times when the turn began, in its first cell
	 * @param upstreams numbers of upstreams are [0, upstreams)
	 */
	constructor(memory: SharedArrayBuffer, shard: number, times: Float64Array, upstreams: number) {
		this.#times = times;
		this.#cells = new Float64Array(memory, shard * shardCells * 8, shardCells);
		this.#rowAt = new Int32Array(upstreams);
		for (let upstream = 0; upstream < upstreams; upstream++) this.setRow(upstream, upstream);
	}

	/** From now on an upstream is counted in this row. */
	setRow(upstream: number, row: number): void {
		this.#rowAt[upstream] = Math.min(row, upstreamRowsMax) * upstreamRowCells;
	}

	/** A query was sent. @param ask its number among those under way, [0, maxAsks] */
	asked(upstream: number, ask: number): void {
		this.#sentMs[ask] = this.#times[0];
		addTo(this.#cells, this.#rowAt[upstream] + upstreamCell.requests, 1);
	}

	/** A query by UDP got its socket, or one by TCP its connection. @param reused whether others had used it before */
	connected(upstream: number, overTcp: boolean, reused: boolean): void {
		const place = (overTcp ? 2 : 0) + (reused ? 0 : 1);
		addTo(this.#cells, this.#rowAt[upstream] + upstreamCell.connections + place, 1);
	}

	/** An upstream answered a query. @param rcode all twelve bits */
	answered(upstream: number, rcode: number, ask: number): void {
		const durationMs = Math.max(0, this.#times[0] - this.#sentMs[ask]);
		const place = rcodePlace(rcode) * upstreamCell.durationCells;
		const at = this.#rowAt[upstream] + upstreamCell.durations + place;
		addTo(this.#cells, at + bucketOf(coreDurationBoundsMs, durationMs), 1);
		addTo(this.#cells, at + durationSum, durationMs);
	}

	/** A health probe failed. @param rcode of the answer that was not good enough; -1: there was none */
	probeFailed(upstream: number, rcode: number): void {
		const place = rcode < 0 ? rcodeLabels.length : rcodePlace(rcode);
		addTo(this.#cells, this.#rowAt[upstream] + upstreamCell.probeFailures + place, 1);
	}
}
