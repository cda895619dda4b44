import { assert } from '../../util/assert.ts';
import { keyOf, scatter } from '../../workload/hash.ts';
import { type Column, PerKey } from '../per-key.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import { RequestBuilder, type Requests } from '../simulate/requests.ts';
import type { KeyHash } from './key-hash.ts';
import type { SamplePlan } from './plan.ts';
import { SampledNames } from './sampled-names.ts';

export interface SplitOptions {
	/** Of a DNS trace; may still grow. */
	readonly names?: KeyNames | undefined;
	/** The first so many requests of the trace are not to be counted. */
	readonly warmupRequests?: number | undefined;
}

/** What requests come to. Those of the warm-up are in `keys` and in nothing else. */
export interface SampleCounts {
	readonly requests: number;
	readonly keys: number;
	/** Octets of the answers, and the time that an upstream took for them. */
	readonly bytes: number;
	readonly rttUs: number;
}

/** Plain data, for `combineSamples`. */
export interface SplitCounts {
	/** The whole trace. */
	readonly whole: SampleCounts;
	readonly samples: readonly SampleCounts[];
}

/** In place of the number of a key's sample. */
const unseen = 0;
const inNone = 0xff;
const hashes = 0x1_0000_0000;

/**
 * Takes the samples of a plan out of a trace as it passes. Keys of a sample are numbered anew, in the order in which they come
 * first, so that a small sample of a long trace needs little memory; the trace itself takes five octets a key here.
 */
export class SampleSplit {
	readonly samples: readonly TraceSample[];
	readonly #plan: SamplePlan;
	readonly #hash: KeyHash;
	readonly #salt: number;
	readonly #keys: PerKey = new PerKey();
	/** By key: which sample + 1, and its number there. */
	readonly #sampleOf: Column<Uint8Array<ArrayBuffer>> = this.#keys.uint8();
	readonly #numbers: Column<Uint32Array<ArrayBuffer>> = this.#keys.uint32();
	readonly #whole = new Counting();
	#warmupLeft: number;

	constructor(plan: SamplePlan, hash: KeyHash, { names, warmupRequests = 0 }: SplitOptions = {}) {
		const { rate, samples, seed } = plan;
		assert(rate * samples <= 1 + 1e-9 && samples < inNone, 'samples have no key in common');
		this.#plan = plan;
		this.#hash = hash;
		this.#salt = keyOf(seed, 0);
		this.#warmupLeft = warmupRequests;
		this.samples = Array.from({ length: samples }, () => new TraceSample(names));
	}

	/** Requests that follow those before; they are looked through and not kept. */
	add(requests: Requests): void {
		for (let i = 0; i < requests.count; i++) {
			const key = requests.keys[i];
			this.#keys.reach(key);
			if (this.#sampleOf.values[key] === unseen) this.#meet(key);
			const isCounted = this.#warmupLeft === 0;
			if (!isCounted) this.#warmupLeft--;
			else this.#whole.add(requests, i);
			const sample = this.#sampleOf.values[key];
			if (sample === inNone) continue;
			this.samples[sample - 1].add(requests, i, this.#numbers.values[key], isCounted);
		}
	}

	get counts(): SplitCounts {
		return { whole: this.#whole.counts, samples: this.samples.map(({ counts }) => counts) };
	}

	#meet(key: number): void {
		this.#whole.keys++;
		const { rate, samples } = this.#plan;
		const sample = Math.floor((scatter(this.#hash(key) ^ this.#salt) >>> 0) / hashes / rate);
		this.#sampleOf.values[key] = sample < samples ? sample + 1 : inNone;
		if (sample < samples) this.#numbers.values[key] = this.samples[sample].meet(key);
	}
}

/** One sample of a trace: a trace of its own. */
export class TraceSample {
	/** Of a DNS trace. */
	readonly names: KeyNames | undefined;
	readonly #sampledNames: SampledNames | undefined;
	readonly #builder = new RequestBuilder();
	readonly #counting = new Counting();
	/** Of its requests, those that the warm-up of the whole trace holds: not to be counted. */
	warmupRequests = 0;

	constructor(names: KeyNames | undefined) {
		this.#sampledNames = names === undefined ? undefined : new SampledNames(names);
		this.names = this.#sampledNames;
	}

	/** Requests that came since the last call, with the sample's own numbers of keys. */
	take(): Requests {
		return this.#builder.take();
	}

	get counts(): SampleCounts {
		return this.#counting.counts;
	}

	/** A key of the trace that comes for the first time; its number here. */
	meet(key: number): number {
		this.#sampledNames?.add(key);
		return this.#counting.keys++;
	}

	add(requests: Requests, at: number, number: number, isCounted: boolean): void {
		if (isCounted) this.#counting.add(requests, at);
		else this.warmupRequests++;
		const { atMs, outcomes, ttlsSec, sizes, rttsUs } = requests;
		this.#builder.add(atMs[at], number, outcomes[at], ttlsSec[at], sizes[at], rttsUs[at]);
	}
}

class Counting {
	keys = 0;
	#requests = 0;
	#bytes = 0;
	#rttUs = 0;

	add({ sizes, rttsUs }: Requests, at: number): void {
		this.#requests++;
		this.#bytes += sizes[at];
		this.#rttUs += rttsUs[at];
	}

	get counts(): SampleCounts {
		return { requests: this.#requests, keys: this.keys, bytes: this.#bytes, rttUs: this.#rttUs };
	}
}
