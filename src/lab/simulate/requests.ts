import { PetrelError } from '../../util/errors.ts';

/** What an upstream says, as far as it matters to a cache. The first three are the live cache's kinds of entries. */
export const outcome = {
	/** NOERROR with data. */
	positive: 0,
	/** NXDOMAIN, and NOERROR without data. */
	negative: 1,
	/** SERVFAIL, NOTIMP, or no answer at all: not kept, and no reason to forget what is kept. */
	failure: 2,
	/** Any other RCODE: passed on. */
	other: 3,
} as const;

/** A TTL that never ends, for traces of what does not expire. */
export const noExpirySec = 0xffff_ffff;

/**
 * Requests of a trace in columns, one place a request, in order of time. The columns lie in memory that threads share: a
 * structured clone holds the same octets. 25 octets a request.
 */
export interface Requests {
	readonly count: number;
	/** From the trace's first request; never less than the one before. */
	readonly atMs: Float64Array;
	/** Numbers of keys, from 0 on: small ones, since what is known of keys lies in arrays with a place for each. */
	readonly keys: Uint32Array;
	/** Values of `outcome`: what an upstream would have answered to this request. */
	readonly outcomes: Uint8Array;
	/** Of that answer; `noExpirySec`: for ever. */
	readonly ttlsSec: Uint32Array;
	/** Octets of its records, without header, question and OPT; of other traces the size of the object. */
	readonly sizes: Uint32Array;
	/** How long an upstream took; 0: not known, such a request has no weight. */
	readonly rttsUs: Uint32Array;
}

/** Requests in memory, at most: 2.5 GB. Longer traces are streamed. */
export const requestsMax = 100_000_000;
const firstCapacity = 4096;
const largestUint32 = 0xffff_ffff;

/** Collects requests. */
export class RequestBuilder {
	readonly #max: number;
	readonly #capacity: number;
	#columns: Requests;
	#count = 0;
	#lastMs = 0;

	/** @param max more are an error */
	constructor(max: number = requestsMax, capacity: number = firstCapacity) {
		this.#max = max;
		this.#capacity = Math.min(max, capacity);
		this.#columns = makeColumns(this.#capacity);
	}

	get count(): number {
		return this.#count;
	}

	/** @param atMs what lies before the last one is taken to be at the same time; so is NaN */
	add(atMs: number, key: number, outcome: number, ttlSec: number, sizeBytes: number, rttUs: number): void {
		const at = this.#count;
		if (at === this.#columns.atMs.length) this.#grow();
		if (atMs > this.#lastMs) this.#lastMs = atMs;
		const { atMs: times, keys, outcomes, ttlsSec, sizes, rttsUs } = this.#columns;
		times[at] = this.#lastMs;
		keys[at] = key;
		outcomes[at] = outcome;
		ttlsSec[at] = Math.min(ttlSec, largestUint32);
		sizes[at] = Math.min(sizeBytes, largestUint32);
		rttsUs[at] = Math.min(rttUs, largestUint32);
		this.#count = at + 1;
	}

	/** What was added since the last call, in columns that change no more. */
	take(): Requests {
		const taken = cut(this.#columns, this.#count);
		this.#columns = makeColumns(this.#capacity);
		this.#count = 0;
		return taken;
	}

	/** Adds requests of a batch behind those that are there. */
	append(batch: Requests): void {
		const count = this.#count + batch.count;
		while (this.#columns.atMs.length < count) this.#grow();
		copyColumns(cut(batch, batch.count), this.#columns, this.#count);
		this.#count = count;
		if (batch.count > 0) this.#lastMs = batch.atMs[batch.count - 1];
	}

	#grow(): void {
		const length = this.#columns.atMs.length;
		if (length >= this.#max) {
			throw new PetrelError(
				'PETREL_CONFIG',
				`the trace has more than ${this.#max.toLocaleString('en')} requests, which do not fit in memory; stream it, or take a part of it`,
			);
		}
		const longer = makeColumns(Math.min(this.#max, 2 * length));
		copyColumns(this.#columns, longer, 0);
		this.#columns = longer;
	}
}

/** All requests of a stream in one piece. */
export async function gather(
	batches: AsyncIterable<Requests> | Iterable<Requests>,
	max: number = requestsMax,
): Promise<Requests> {
	const builder = new RequestBuilder(max);
	for await (const batch of batches) builder.append(batch);
	return builder.take();
}

function makeColumns(length: number): Requests {
	return {
		count: 0,
		atMs: new Float64Array(new SharedArrayBuffer(8 * length)),
		keys: new Uint32Array(new SharedArrayBuffer(4 * length)),
		outcomes: new Uint8Array(new SharedArrayBuffer(length)),
		ttlsSec: new Uint32Array(new SharedArrayBuffer(4 * length)),
		sizes: new Uint32Array(new SharedArrayBuffer(4 * length)),
		rttsUs: new Uint32Array(new SharedArrayBuffer(4 * length)),
	};
}

function copyColumns(from: Requests, to: Requests, at: number): void {
	to.atMs.set(from.atMs, at);
	to.keys.set(from.keys, at);
	to.outcomes.set(from.outcomes, at);
	to.ttlsSec.set(from.ttlsSec, at);
	to.sizes.set(from.sizes, at);
	to.rttsUs.set(from.rttsUs, at);
}

function cut(columns: Requests, count: number): Requests {
	return {
		count,
		atMs: columns.atMs.subarray(0, count),
		keys: columns.keys.subarray(0, count),
		outcomes: columns.outcomes.subarray(0, count),
		ttlsSec: columns.ttlsSec.subarray(0, count),
		sizes: columns.sizes.subarray(0, count),
		rttsUs: columns.rttsUs.subarray(0, count),
	};
}
