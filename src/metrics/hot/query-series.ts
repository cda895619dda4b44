import { addTo } from './cells.ts';
import {
	bucketOf,
	cell,
	durationBoundsMs,
	overflowRow,
	rcodeLabels,
	rcodePlace,
	rowCells,
	seriesRowsMax,
	sizeBounds,
} from './series-layout.ts';

/** The sum stands behind the buckets. */
const sizeSum = sizeBounds.length + 1;
const bounds = Float64Array.from(durationBoundsMs);
const durationSum = durationBoundsMs.length + 1;
/** The bucket of every size that is common; larger ones are looked for. */
const bucketOfSize = Uint8Array.from({ length: 1024 }, (_, bytes) => bucketOf(sizeBounds, bytes));

/**
 * One shard's rows of the series of queries (series-layout.ts draws them).
 *
 * How long a hit took is not known when its reply is written: it leaves with its batch. So the replies of a turn are
 * only numbered, by row, and the end of the turn gives them all their duration: one clock reading a batch, none a query.
 */
export class QuerySeries {
	readonly #cells: Float64Array;
	/** Replies of this turn that have no duration yet, and the rows that have any. */
	readonly #unmeasured = new Int32Array(seriesRowsMax + 1);
	readonly #touched = new Uint16Array(seriesRowsMax + 1);
	#touchedCount = 0;
	readonly #beganMs = new Float64Array(1);
	/** The duration that `#addDuration` adds: a cell, since as an argument it would be an object. */
	readonly #durationMs = new Float64Array(1);
	readonly #times: Float64Array;

	/** @param times when the turn began and when it ended, in milliseconds */
	constructor(memory: SharedArrayBuffer, shard: number, times: Float64Array) {
		this.#times = times;
		const length = (overflowRow + 1) * rowCells;
		this.#cells = new Float64Array(memory, shard * length * 8, length);
	}

	beginTurn(): void {
		// A turn that was never ended ends now.
		if (this.#touchedCount > 0) this.#measure(0);
		this.#beganMs[0] = this.#times[0];
	}

	/** When this turn began. */
	get turnMs(): number {
		return this.#beganMs[0];
	}

	/** Replies that were written since `beginTurn` leave now. */
	endTurn(): void {
		this.#measure(1);
	}

	/** @param endCell where in `times` the end of the turn stands */
	#measure(endCell: number): void {
		this.#durationMs[0] = this.#times[endCell] - this.#beganMs[0];
		for (let i = 0; i < this.#touchedCount; i++) {
			const row = this.#touched[i];
			this.#addDuration(row, this.#unmeasured[row]);
			this.#unmeasured[row] = 0;
		}
		this.#touchedCount = 0;
	}

	/** A query came in that has no reply yet. @param type its place among `typeLabels` */
	queried(row: number, type: number, dnssecOk: boolean, bytes: number): void {
		const cells = this.#cells;
		const at = row * rowCells;
		addTo(cells, at + type, 1);
		if (dnssecOk) addTo(cells, at + cell.dnssecOk, 1);
		addTo(cells, at + cell.requestSize + sizeBucket(bytes), 1);
		addTo(cells, at + cell.requestSize + sizeSum, bytes);
	}

	/** A query came in, and its reply leaves with its batch. @param by a value of `plugin` */
	answered(
		row: number,
		type: number,
		dnssecOk: boolean,
		requestBytes: number,
		by: number,
		rcode: number,
		replyBytes: number,
	): void {
		this.queried(row, type, dnssecOk, requestBytes);
		this.#countReply(row, by, rcode, replyBytes);
		if (this.#unmeasured[row] === 0) this.#touched[this.#touchedCount++] = row;
		this.#unmeasured[row] += 1;
	}

	/** A reply leaves now, to a query that came in at `startMs`. */
	repliedLater(row: number, by: number, rcode: number, bytes: number, startMs: number): void {
		this.#countReply(row, by, rcode, bytes);
		this.#durationMs[0] = this.#beganMs[0] - startMs;
		this.#addDuration(row, 1);
	}

	#countReply(row: number, by: number, rcode: number, bytes: number): void {
		const cells = this.#cells;
		const at = row * rowCells;
		addTo(cells, at + cell.responses + by * rcodeLabels.length + rcodePlace(rcode), 1);
		addTo(cells, at + cell.responseSize + sizeBucket(bytes), 1);
		addTo(cells, at + cell.responseSize + sizeSum, bytes);
	}

	/** Adds to one of the cells that are single numbers. @param at `cell.hitsSuccess` or one behind it */
	add(row: number, at: number): void {
		addTo(this.#cells, row * rowCells + at, 1);
	}

	#addDuration(row: number, count: number): void {
		const duration = this.#durationMs;
		if (duration[0] < 0) duration[0] = 0;
		let bucket = 0;
		while (bucket < bounds.length && duration[0] > bounds[bucket]) bucket++;
		const at = row * rowCells + cell.duration;
		addTo(this.#cells, at + bucket, count);
		addTo(this.#cells, at + durationSum, count * duration[0]);
	}
}

function sizeBucket(bytes: number): number {
	return bytes < bucketOfSize.length ? bucketOfSize[bytes] : bucketOf(sizeBounds, bytes);
}
