/** One shard of flush.test.ts: it asks, is answered at once, and stores, over and over. */
import { parentPort, workerData } from 'node:worker_threads';
import { Answer } from '../../src/cache/answer.ts';
import { LargeAnswers } from '../../src/cache/large-answers.ts';
import { CacheLayout } from '../../src/cache/layout.ts';
import { defaultEvictionPolicy } from '../../src/cache/policy/index.ts';
import { CacheReader } from '../../src/cache/reader.ts';
import { WriterIdentity } from '../../src/cache/seqlock.ts';
import { CacheWriter } from '../../src/cache/writer.ts';
import { loadCorefile } from '../../src/config/load.ts';
import { compileBlocks } from '../../src/engine/compile.ts';
import { EstimateFeed } from '../../src/engine/size-estimate.ts';
import { AnswerStore } from '../../src/engine/store.ts';
import { Counters, createCounterMemory } from '../../src/metrics/hot/counters.ts';
import { keyOf, secret } from '../unit/cache/support.ts';
import { describe } from './self-describing.ts';

export interface FlushShardData {
	readonly shard: number;
	readonly cache: SharedArrayBuffer;
	readonly epochs: SharedArrayBuffer;
	readonly flushes: SharedArrayBuffer;
	/** Words: stop | the version that was given out last | pause | shards that pause */
	readonly control: SharedArrayBuffer;
	readonly names: readonly string[];
}

const data = workerData as FlushShardData;
const control = new Int32Array(data.control);
const layout = new CacheLayout(data.cache.byteLength);
const words = new Int32Array(data.cache);
const events = { evicted: () => {}, readRetried: () => {}, contended: () => {} };
const { model } = loadCorefile({
	path: 'Corefile',
	text: '. {\n\tcache\n\tforward . 192.0.2.1\n}\n',
	env: {},
});
const blocks = compileBlocks(model!);
const identity = new WriterIdentity(new Int32Array(data.epochs), data.shard);
const store = new AnswerStore(
	new CacheReader(words, layout, events),
	new CacheWriter(words, layout, identity, defaultEvictionPolicy.policy, 0, events),
	new LargeAnswers(1),
	new EstimateFeed(undefined),
	blocks,
	secret,
	new Counters(createCounterMemory(1), 0),
	new Int32Array(data.flushes),
);
const keys = data.names.map((name) => keyOf(name));
const answer = new Answer();
parentPort!.postMessage('ready');
let stored = 0;
while (Atomics.load(control, 0) === 0) {
	if (Atomics.load(control, 2) === 1) {
		Atomics.add(control, 3, 1);
		Atomics.wait(control, 2, 1);
		Atomics.sub(control, 3, 1);
	}
	const version = Atomics.add(control, 1, 1) + 1;
	const key = version % keys.length;
	// The question is asked here: the answer says which flush it has seen.
	const flushes = store.flushes;
	describe(answer, key, flushes, version);
	store.store(blocks[0], keys[key], answer, 1000, 1, flushes);
	stored++;
}
parentPort!.postMessage(stored);
