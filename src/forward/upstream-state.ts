import type { WriterIdentity } from '../cache/seqlock.ts';

/** Upstreams of one `forward`, at most (CoreDNS's limit too). Upstream numbers are `forward * 16 + place`. */
export const maxUpstreams = 15;
export const upstreamStride = 16;

/**
 * What all shards know about the upstreams, in shared memory: who failed how often, who probes it, whether it chokes
 * on EDNS, and how many queries are under way. Per upstream four words:
 *
 * Whoever changes a word does so by `Atomics`; a query only glances at them, and may be a moment behind.
 *
 *   failures in a row | token of the shard that probes it, 0: nobody | no EDNS until (ticks) | turn of round_robin
 */
const wordsPerUpstream = 4;
const field = { failures: 0, prober: 1, plainUntil: 2, turn: 3 } as const;

/** How long an upstream that answered FORMERR to an OPT is asked without one (RFC 6891 §6.2.2). */
const plainTicks = 10 * 60 * 10;

export function createUpstreamMemory(forwards: number): SharedArrayBuffer {
	return new SharedArrayBuffer(Math.max(1, forwards) * upstreamStride * wordsPerUpstream * 4);
}

export class UpstreamStates {
	readonly #words: Int32Array;
	readonly #writer: WriterIdentity;

	constructor(memory: SharedArrayBuffer, writer: WriterIdentity) {
		this.#words = new Int32Array(memory);
		this.#writer = writer;
	}

	/** Counts a failure; returns how many there were in a row. */
	failed(upstream: number): number {
		return Atomics.add(this.#words, upstream * wordsPerUpstream + field.failures, 1) + 1;
	}

	/** Forgets failures; returns how many there had been. */
	succeeded(upstream: number): number {
		const at = upstream * wordsPerUpstream + field.failures;
		return this.#words[at] === 0 ? 0 : Atomics.exchange(this.#words, at, 0);
	}

	failures(upstream: number): number {
		return this.#words[upstream * wordsPerUpstream + field.failures];
	}

	/** More failures in a row than `maxFails`; 0: never down. */
	isDown(upstream: number, maxFails: number): boolean {
		return maxFails > 0 && this.failures(upstream) > maxFails;
	}

	/** Takes on probing an upstream; false if a living shard does already. */
	startProbing(upstream: number): boolean {
		const at = upstream * wordsPerUpstream + field.prober;
		const prober = Atomics.compareExchange(this.#words, at, 0, this.#writer.token);
		if (prober === 0) return true;
		if (prober === this.#writer.token || this.#writer.isAlive(prober)) return false;
		return Atomics.compareExchange(this.#words, at, prober, this.#writer.token) === prober;
	}

	stopProbing(upstream: number): void {
		Atomics.compareExchange(this.#words, upstream * wordsPerUpstream + field.prober, this.#writer.token, 0);
	}

	refusesEdns(upstream: number, nowTicks: number): boolean {
		return this.#words[upstream * wordsPerUpstream + field.plainUntil] > nowTicks;
	}

	setRefusesEdns(upstream: number, nowTicks: number): void {
		Atomics.store(this.#words, upstream * wordsPerUpstream + field.plainUntil, nowTicks + plainTicks);
	}

	/** Everything that was known about an upstream belongs to another address now. */
	forget(upstream: number): void {
		Atomics.store(this.#words, upstream * wordsPerUpstream + field.failures, 0);
		Atomics.store(this.#words, upstream * wordsPerUpstream + field.plainUntil, 0);
	}

	/** The next turn of a forward's round_robin, over all shards. */
	nextTurn(forward: number): number {
		return Atomics.add(this.#words, forward * upstreamStride * wordsPerUpstream + field.turn, 1) >>> 0;
	}
}

/**
 * Queries under way per forward, over all shards, for `max_concurrent`. One word per forward and shard, so that what a
 * dead shard had under way can be struck off.
 */
export class Outstanding {
	readonly #words: Int32Array;
	readonly #shards: number;
	readonly #shard: number;

	constructor(memory: SharedArrayBuffer, shards: number, shard: number) {
		this.#words = new Int32Array(memory);
		this.#shards = shards;
		this.#shard = shard;
	}

	static createMemory(forwards: number, shards: number): SharedArrayBuffer {
		return new SharedArrayBuffer(Math.max(1, forwards) * shards * 4);
	}

	/** Counts one more, unless there are `limit` already; 0: no limit. */
	tryAdd(forward: number, limit: number): boolean {
		Atomics.add(this.#words, forward * this.#shards + this.#shard, 1);
		// Added first, counted afterwards: two shards that race for the last place both see it taken.
		if (limit === 0 || this.count(forward) <= limit) return true;
		this.remove(forward);
		return false;
	}

	remove(forward: number): void {
		Atomics.sub(this.#words, forward * this.#shards + this.#shard, 1);
	}

	count(forward: number): number {
		let sum = 0;
		for (let shard = 0; shard < this.#shards; shard++) {
			sum += Atomics.load(this.#words, forward * this.#shards + shard);
		}
		return sum;
	}

	/** Strikes off what a dead shard had under way. */
	static clearShard(memory: SharedArrayBuffer, shards: number, shard: number): void {
		const words = new Int32Array(memory);
		for (let at = shard; at < words.length; at += shards) Atomics.store(words, at, 0);
	}
}
