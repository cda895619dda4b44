/** A shared cache for tests, and keys and answers to put into it. */
import { Answer } from '../../../src/cache/answer.ts';
import type { Bucket } from '../../../src/cache/bucket.ts';
import { type AnswerShape, type TtlBounds, unbounded } from '../../../src/cache/cacheability.ts';
import { entryWords } from '../../../src/cache/entry.ts';
import type { CacheEvents } from '../../../src/cache/events.ts';
import { CacheKey } from '../../../src/cache/key.ts';
import { CacheLayout, entryKind } from '../../../src/cache/layout.ts';
import { defaultEvictionPolicy } from '../../../src/cache/policy/index.ts';
import type { EvictionPolicy } from '../../../src/cache/policy/policy.ts';
import { CacheReader } from '../../../src/cache/reader.ts';
import { WriterIdentity } from '../../../src/cache/seqlock.ts';
import { CacheWriter } from '../../../src/cache/writer.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';

export const secret = [0x0123_4567, 0x89ab_cdef] as const;

export interface KeyOptions {
	readonly qtype?: number;
	readonly flags?: number;
	readonly block?: number;
	readonly secret?: readonly [number, number];
}

export function keyOf(qname: string, options: KeyOptions = {}): CacheKey {
	const key = new CacheKey(options.secret ?? secret);
	const name = nameToWire(qname.toLowerCase());
	key.qname.set(name);
	key.seal(options.block ?? 0, options.qtype ?? rrType.A, 1, options.flags ?? 0, name.length);
	return key;
}

/** An answer of one opaque record whose TTL stands at the front of a body of `bodyBytes` octets, all `fill`. */
export function answerOf(kind: number, lifetimeTicks: number, fill: number, bodyBytes = 40): Answer {
	const answer = new Answer();
	answer.reset(kind === entryKind.negative ? 3 : 0, 0, kind);
	answer.octets = new Uint8Array(bodyBytes).fill(fill);
	answer.bodyBytes = bodyBytes;
	answer.lifetimeTicks = lifetimeTicks;
	if (kind === entryKind.negative) answer.authorityCount = 1;
	else if (bodyBytes > 0) answer.answerCount = 1;
	answer.ttlOffsets[0] = 2;
	return answer;
}

/** Puts an entry into a bucket that has room for it. */
export function putInto(
	bucket: Bucket,
	key: CacheKey,
	answer: Answer,
	nowTicks: number,
	visits = 0,
	visitTime = 0,
	isProtected = false,
): void {
	const size = entryWords(key, answer);
	bucket.put(bucket.roomFor(size), size, key, answer, nowTicks, visits, visitTime, isProtected);
}

export class CountedEvents implements CacheEvents {
	readonly evictedByKind = [0, 0, 0];
	retried = 0;
	gaveUp = 0;

	evicted(kind: number): void {
		this.evictedByKind[kind]++;
	}
	readRetried(): void {
		this.retried++;
	}
	contended(): void {
		this.gaveUp++;
	}
}

export interface TestCache {
	readonly words: Int32Array;
	readonly layout: CacheLayout;
	readonly reader: CacheReader;
	readonly writer: CacheWriter;
	readonly events: CountedEvents;
	readonly epochs: Int32Array;
	/** Looks a key up; the body's first octet tells which answer it was. */
	find(
		key: CacheKey,
		nowTicks: number,
		staleTicks?: number,
	): { result: number; answer: Answer; fill: number };
}

export interface CacheOptions {
	readonly sizeBytes?: number;
	readonly longestStaleTicks?: number;
	readonly bucketBytes?: number;
	/** By default the one that serves. */
	readonly policy?: EvictionPolicy;
}

export function openCache(options: CacheOptions = {}): TestCache {
	const layout = new CacheLayout(options.sizeBytes ?? 8192, options.bucketBytes);
	const words = new Int32Array(new SharedArrayBuffer(layout.sizeBytes));
	const epochs = new Int32Array(new SharedArrayBuffer(16));
	const events = new CountedEvents();
	const reader = new CacheReader(words, layout, events);
	const identity = new WriterIdentity(epochs, 0);
	const { policy = defaultEvictionPolicy.policy, longestStaleTicks = 0 } = options;
	const writer = new CacheWriter(words, layout, identity, policy, longestStaleTicks, events);
	return {
		words,
		layout,
		reader,
		writer,
		events,
		epochs,
		find(key, nowTicks, staleTicks = 0) {
			const answer = new Answer();
			const target = new Uint8Array(8192).fill(0xee);
			const result = reader.lookup(key, nowTicks, staleTicks, target, 100, answer);
			return { result, answer, fill: answer.bodyBytes > 0 ? target[100] : -1 };
		},
	};
}

/** @param expandType answers to this type, and NXDOMAIN, stand without compression */
export function shapeOf(bounds: TtlBounds = unbounded, expandType = 0): AnswerShape {
	return { bounds, minimal: false, expandDenials: expandType !== 0, expandType };
}
