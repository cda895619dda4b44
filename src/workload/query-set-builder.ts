import { PetrelError } from '../util/errors.ts';
import { type EncodedFields, encodeQuery } from './encode-query.ts';
import { type QuerySet, type QuerySetLimits, querySetLimits } from './query-set.ts';
import { maxQueryBytes } from './query-source.ts';
import { sortByTime } from './sort-by-time.ts';

const firstQueries = 1024;
const firstBytes = 64 * 1024;

/**
 * Collects queries into a `QuerySet`. Its memory doubles as it fills; what is not used of the last doubling is never
 * touched, so that it takes addresses and no memory.
 */
export class QuerySetBuilder {
	readonly #limits: QuerySetLimits;
	#octets = new Uint8Array(new SharedArrayBuffer(firstBytes));
	#offsets = new Uint32Array(new SharedArrayBuffer((firstQueries + 1) * 4));
	/** As they were given; undefined: none has one. */
	#atMs: Float64Array<SharedArrayBuffer> | undefined;
	#count = 0;
	#bytes = 0;
	#sorted = true;

	constructor(limits: QuerySetLimits = querySetLimits) {
		this.#limits = limits;
	}

	get count(): number {
		return this.#count;
	}

	/**
	 * Adds a query.
	 *
	 * @param qname an uncompressed wire name with its root label and nothing behind it
	 * @param atMs when it was asked; either all queries of a set have a time or none, and then it is NaN
	 * @throws PETREL_CONFIG when the set is full
	 */
	add(qname: Uint8Array, qtype: number, fields: EncodedFields, atMs = Number.NaN): void {
		if (this.#count >= this.#limits.queries)
			this.#refuse(`${this.#limits.queries.toLocaleString('en')} queries`);
		if (this.#bytes + maxQueryBytes > this.#octets.length) this.#growOctets();
		if (this.#count + 1 >= this.#offsets.length) this.#growOffsets();
		const end = encodeQuery(this.#octets, this.#bytes, qname, qtype, fields);
		if (end > this.#limits.bytes)
			this.#refuse(`${Math.round(this.#limits.bytes / 2 ** 20).toLocaleString('en')} MiB`);
		if (!Number.isNaN(atMs)) this.#addTime(atMs);
		this.#bytes = end;
		this.#offsets[++this.#count] = end;
	}

	#refuse(what: string): never {
		throw new PetrelError(
			'PETREL_CONFIG',
			`more than ${what}: the queries of a workload are held in memory, and this is the limit; use a part of them`,
		);
	}

	#addTime(atMs: number): void {
		const room = this.#offsets.length - 1;
		if (this.#atMs === undefined || this.#atMs.length < room) {
			const grown = new Float64Array(new SharedArrayBuffer(room * 8));
			if (this.#atMs !== undefined) grown.set(this.#atMs);
			this.#atMs = grown;
		}
		if (this.#count > 0 && atMs < this.#atMs[this.#count - 1]) this.#sorted = false;
		this.#atMs[this.#count] = atMs;
	}

	#growOctets(): void {
		// Room for one query more than the limit lets in, so that it is the limit that refuses it.
		const bytes = Math.min(this.#octets.length * 2, this.#limits.bytes + 1 + 2 * maxQueryBytes);
		const grown = new Uint8Array(new SharedArrayBuffer(bytes));
		grown.set(this.#octets.subarray(0, this.#bytes));
		this.#octets = grown;
	}

	#growOffsets(): void {
		const queries = Math.min((this.#offsets.length - 1) * 2, this.#limits.queries);
		const grown = new Uint32Array(new SharedArrayBuffer((queries + 1) * 4));
		grown.set(this.#offsets);
		this.#offsets = grown;
	}

	/** The set, in the order of its times. The builder is used up. */
	finish(): QuerySet {
		const set = {
			count: this.#count,
			octets: this.#octets.buffer,
			offsets: this.#offsets.buffer,
			dueMs: this.#atMs?.buffer,
		};
		if (this.#atMs === undefined) return set;
		return fromFirst(this.#sorted ? set : sortByTime(set));
	}
}

/** Times from the first query on. */
function fromFirst(set: QuerySet): QuerySet {
	const dueMs = new Float64Array(set.dueMs!);
	const startMs = dueMs[0];
	for (let i = 0; i < set.count; i++) dueMs[i] -= startMs;
	return set;
}
