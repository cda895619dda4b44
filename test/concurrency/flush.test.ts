/**
 * Goal: what was asked before a flush is not in the cache after it, though shards store all the time, and nothing else
 * suffers. Method: real threads store answers that name the number of flushes that their question had seen, as a
 * shard does (`AnswerStore.store`). This thread tells them to pause and flushes some of the names at once, while
 * their last answers are on their way into the cache; when all have paused it looks what is there.
 *
 *   allowed    an answer in scope that has seen the flush | none | whole answers out of scope, of any age
 *   forbidden  an answer in scope that has not seen the flush | a torn or alien answer
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Answer } from '../../src/cache/answer.ts';
import { CacheFlusher, nothingFlushed } from '../../src/cache/flusher.ts';
import { CacheLayout } from '../../src/cache/layout.ts';
import { CacheReader, found } from '../../src/cache/reader.ts';
import { WriterIdentity } from '../../src/cache/seqlock.ts';
import { nameToWire } from '../../src/wire/presentation.ts';
import { keyOf } from '../unit/cache/support.ts';
import type { FlushShardData } from './flush.worker.ts';
import { judge, verdict, writerOf } from './self-describing.ts';

const shards = 2;
/** Seconds that it lasts; a flush and its look take some milliseconds. */
const seconds = Number(process.env.PETREL_TORN_SECONDS ?? 5);
/** Answers that are stored from one flush to the next, so that there is something to flush. */
const storedBetween = 3 * 12;
const names = Array.from(
	{ length: 12 },
	(_, index) => `n${index}.${index % 2 ? 'flushed' : 'kept'}.example.`,
);

test('no answer from before a flush outlives it, while shards store', { timeout: 60_000 }, async (t) => {
	const shared = {
		cache: new SharedArrayBuffer(4 * 8192),
		epochs: new SharedArrayBuffer(4 * (shards + 1)),
		flushes: new SharedArrayBuffer(4),
		control: new SharedArrayBuffer(16),
		names,
	};
	const done: Promise<unknown>[] = [];
	for (let shard = 0; shard < shards; shard++) {
		const workerData: FlushShardData = { ...shared, shard };
		const worker = new Worker(new URL('./flush.worker.ts', import.meta.url), { workerData });
		t.after(() => worker.terminate());
		await new Promise((resolve, reject) => {
			worker.once('message', resolve);
			worker.once('error', reject);
		});
		done.push(new Promise((resolve) => worker.once('message', resolve)));
	}
	const words = new Int32Array(shared.cache);
	const layout = new CacheLayout(shared.cache.byteLength);
	const events = { evicted: () => {}, readRetried: () => {}, contended: () => {} };
	const reader = new CacheReader(words, layout, events);
	const flusher = new CacheFlusher(words, layout, new WriterIdentity(new Int32Array(shared.epochs), shards));
	const control = new Int32Array(shared.control);
	const flushes = new Int32Array(shared.flushes);
	const answer = new Answer();
	const target = new Uint8Array(8192);
	const keys = names.map((name) => keyOf(name));
	const scope = { name: nameToWire('flushed.example.'), below: true, qtype: undefined, blocks: undefined };
	/** The flush that the answer of a key has seen; undefined: there is none. */
	const seenBy = (key: number): number | undefined => {
		if (reader.lookup(keys[key], 1000, 0, target, 0, answer) === found.nothing) return undefined;
		assert.equal(judge(answer, key), verdict.whole);
		return writerOf(answer);
	};
	let removed = 0;
	let keptOld = 0;
	let rounds = 0;
	const endMs = performance.now() + seconds * 1000;
	for (let round = 1; performance.now() < endMs; rounds = round++) {
		const version = Atomics.load(control, 1);
		while (Atomics.load(control, 1) - version < storedBetween) await pause(1);
		Atomics.store(control, 2, 1);
		Atomics.add(flushes, 0, 1);
		const flushed = nothingFlushed();
		for (let bucket = 0; bucket < flusher.bucketCount; bucket++) {
			while (!flusher.flush(bucket, scope, flushed));
		}
		removed += flushed.positive;
		while (Atomics.load(control, 3) < shards) await pause(0);
		for (const key of keys.keys()) {
			const isOld = (seenBy(key) ?? round) < round;
			if (key % 2 === 0) keptOld += Number(isOld);
			else assert.ok(!isOld, `${names[key]} is from before flush ${round}`);
		}
		Atomics.store(control, 2, 0);
		Atomics.notify(control, 2);
		while (Atomics.load(control, 3) > 0) await pause(0);
	}
	Atomics.store(control, 0, 1);
	const stored = await Promise.all(done);
	process.stdout.write(
		`# ${stored.join(' + ')} stored, ${removed} flushed in ${rounds} rounds, ${keptOld} of others older\n`,
	);
	assert.ok(removed > rounds, 'there was something to flush');
	assert.ok(keptOld > 0, 'names out of scope were left alone');
});
