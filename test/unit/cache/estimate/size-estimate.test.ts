/** Goal: the estimate's counts follow what is asked, at bounded memory, and neither another thread nor a dead one harms it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answer } from '../../../../src/cache/answer.ts';
import {
	estimatedSizes,
	nothingSampled,
	planEstimate,
	planOf,
	samplePlace,
} from '../../../../src/cache/estimate/plan.ts';
import { createEstimateMemory, SizeEstimate } from '../../../../src/cache/estimate/size-estimate.ts';
import { releaseLock, tryLock } from '../../../../src/cache/estimate/try-lock.ts';
import { halfLifeSec } from '../../../../src/cache/estimate/window.ts';
import { CacheKey } from '../../../../src/cache/key.ts';
import { CacheLayout, entryKind, ticksPerSec } from '../../../../src/cache/layout.ts';
import { defaultEvictionPolicy } from '../../../../src/cache/policy/index.ts';
import { WriterIdentity } from '../../../../src/cache/seqlock.ts';
import { rcode } from '../../../../src/wire/iana.ts';
import { nameToWire } from '../../../../src/wire/presentation.ts';

const layout = new CacheLayout(16 * 8192);
const plan = planOf(16, 16);

function keyOf(name: string): CacheKey {
	const key = new CacheKey([1, 2]);
	const wire = nameToWire(name);
	key.qname.set(wire);
	key.seal(0, 1, 1, 0, wire.length);
	return key;
}

function answerOf(lifetimeSec: number, kind: number = entryKind.positive): Answer {
	const answer = new Answer();
	answer.reset(kind === entryKind.negative ? rcode.NXDOMAIN : 0, 0, kind);
	answer.bodyBytes = 100;
	answer.answerCount = 1;
	answer.lifetimeTicks = lifetimeSec * ticksPerSec;
	return answer;
}

/** A cache that is told what it answers, with its estimate. */
class Told {
	readonly memory = createEstimateMemory(plan, layout);
	readonly epochs = new Int32Array(new SharedArrayBuffer(8));
	readonly totals = { requests: 0, hits: 0, stores: 0 };
	dropped = 0;
	readonly estimate = this.open(0);

	open(shard: number): SizeEstimate {
		return new SizeEstimate({
			memory: this.memory,
			plan,
			layout,
			policy: defaultEvictionPolicy.policy,
			longestStaleTicks: 0,
			writer: new WriterIdentity(this.epochs, shard),
			totals: () => this.totals,
			dropped: () => this.dropped++,
		});
	}

	/** A query; without an answer it was a miss whose answer is not kept. */
	ask(key: CacheKey, nowSec: number, answer?: Answer): void {
		this.estimate.asked(key, answer ?? new Answer(), answer !== undefined, nowSec * ticksPerSec, 0);
		this.totals.requests++;
		if (answer !== undefined) this.totals.hits++;
	}

	store(key: CacheKey, nowSec: number, answer: Answer): void {
		this.estimate.stored(key, answer, nowSec * ticksPerSec);
		this.totals.stores++;
	}

	ratios(nowSec: number): readonly number[] | undefined {
		return this.estimate.hitRatios(nowSec * ticksPerSec);
	}
}

test('without a query there is no ratio', () => {
	assert.deepEqual(new Told().ratios(5), []);
});

test('what all sizes answer is answered at all sizes', () => {
	const told = new Told();
	const key = keyOf('a.test.');
	told.ask(key, 0);
	told.store(key, 0, answerOf(60));
	for (let i = 0; i < 3; i++) told.ask(key, 10, answerOf(60));
	assert.deepEqual(told.ratios(10), [0.75, 0.75, 0.75, 0.75]);
	assert.equal(told.estimate.ownHitRatio(), 0.75);
});

test('an answer that is not kept is a miss each time', () => {
	const told = new Told();
	for (let i = 0; i < 4; i++) told.ask(keyOf('a.test.'), i);
	assert.equal(told.estimate.hitRatios(40)![0], 0);
	assert.equal(told.estimate.ownHitRatio(), 0);
});

test('what a miniature has lost comes back with what the cache found, for as long as it lived', () => {
	const told = new Told();
	const key = keyOf('a.test.');
	// The cache has had it since before: all miniatures miss, once.
	told.ask(key, 0, answerOf(60));
	told.ask(key, 59, answerOf(60));
	assert.equal(told.estimate.hitRatios(590)![1], 1);
	assert.equal(told.estimate.ownHitRatio(), 0.5);
	// Its minute is over, whatever the cache has.
	told.ask(key, 61, answerOf(60));
	told.ratios(61);
	assert.ok(Math.abs(told.estimate.ownHitRatio() - 1 / 3) < 0.01);
});

test('a denial takes the place of an answer, and a failure hides none', () => {
	const told = new Told();
	const key = keyOf('a.test.');
	told.store(key, 0, answerOf(60));
	told.store(key, 1, answerOf(5, entryKind.failure));
	told.ask(key, 10, answerOf(60));
	told.ratios(10);
	assert.equal(told.estimate.ownHitRatio(), 1);
	told.store(key, 61, answerOf(5, entryKind.failure));
	told.ask(key, 62, answerOf(5, entryKind.failure));
	told.ask(key, 67);
	told.ratios(67);
	assert.ok(Math.abs(told.estimate.ownHitRatio() - 2 / 3) < 0.01);
});

test('what was asked a half-life ago weighs half as much', () => {
	const told = new Told();
	const key = keyOf('a.test.');
	const asked = 20_000;
	const answer = answerOf(100 * halfLifeSec);
	for (let i = 0; i < asked; i++) told.ask(key, (i * halfLifeSec) / asked);
	told.store(key, halfLifeSec, answer);
	for (let i = 0; i < asked; i++) told.ask(key, halfLifeSec + (i * halfLifeSec) / asked, answer);
	const ratios = told.ratios(2 * halfLifeSec)!;
	assert.ok(Math.abs(ratios[1] - 2 / 3) < 0.01, `${ratios}`);
	assert.ok(Math.abs(told.estimate.ownHitRatio() - 2 / 3) < 0.01);
});

test('where little is asked the past weighs longer', () => {
	const told = new Told();
	const key = keyOf('a.test.');
	for (let i = 0; i < 100; i++) told.ask(key, 0);
	told.ratios(0);
	told.store(key, 1, answerOf(100 * halfLifeSec));
	for (let i = 0; i < 100; i++) told.ask(key, 10 * halfLifeSec, answerOf(100 * halfLifeSec));
	assert.ok(Math.abs(told.ratios(10 * halfLifeSec)![1] - 0.5) < 0.01);
});

test('nobody waits for another thread: what comes meanwhile is dropped and counted', () => {
	const told = new Told();
	const key = keyOf('a.test.');
	told.ask(key, 0, answerOf(60));
	const lock = new Int32Array(told.memory, 0, 1);
	const other = new WriterIdentity(told.epochs, 1);
	assert.ok(tryLock(lock, other));
	told.ask(key, 1, answerOf(60));
	assert.equal(told.ratios(1), undefined);
	assert.equal(told.dropped, 2);
	releaseLock(lock);
	assert.equal(told.ratios(1)![1], 1);
});

test('after a thread that died inside everything is empty, and goes on', () => {
	const told = new Told();
	const key = keyOf('a.test.');
	told.store(key, 0, answerOf(60));
	told.ask(key, 0, answerOf(60));
	tryLock(new Int32Array(told.memory, 0, 1), new WriterIdentity(told.epochs, 1));
	new Uint8Array(told.memory, 8).fill(0xff);
	told.epochs[1]++;
	assert.deepEqual(told.ratios(1), []);
	told.ask(key, 1, answerOf(60));
	told.ask(key, 2, answerOf(60));
	assert.equal(told.ratios(2)![1], 1);
	assert.equal(told.estimate.ownHitRatio(), 0.5);
	assert.equal(told.dropped, 0);
});

test('a plan looks at a sixteenth of the keys, or at fewer', () => {
	for (const bytes of [1 << 20, 10 << 20, 28 << 20, 2 ** 30, 2 ** 36]) {
		const { bucketCount } = new CacheLayout(bytes);
		const { rate, sampledBelow, buckets } = planEstimate({ bucketCount })!;
		assert.ok(rate <= 1 / 16);
		assert.deepEqual(
			buckets.map((count) => count / (rate * bucketCount)),
			[...estimatedSizes],
		);
		assert.ok(buckets.every(Number.isInteger) && buckets[1] <= 128);
		assert.ok(Math.abs((sampledBelow - nothingSampled) / 2 ** 32 / rate - 1) < 1e-6);
		const size = createEstimateMemory({ rate, sampledBelow, buckets }, new CacheLayout(bytes)).byteLength;
		assert.ok(size < 1.6 * 2 ** 20 && size < bytes / 10, `${size}`);
	}
});

test('a cache that is too small has no plan and takes no memory', () => {
	const small = new CacheLayout(500_000);
	assert.equal(planEstimate(small), undefined);
	assert.equal(createEstimateMemory(undefined, small).byteLength, 0);
});

test('a share of the keys is looked at, whatever their names', () => {
	const { sampledBelow, rate } = planEstimate({ bucketCount: 2000 })!;
	const keys = 20_000;
	let sampled = 0;
	for (let i = 0; i < keys; i++) if (samplePlace(keyOf(`n${i}.test.`)) < sampledBelow) sampled++;
	// Four standard errors.
	assert.ok(Math.abs(sampled - keys * rate) < 4 * Math.sqrt(keys * rate), `${sampled}`);
	assert.ok(samplePlace({ hashHigh: 0x0008_0000 }) >= nothingSampled);
});
