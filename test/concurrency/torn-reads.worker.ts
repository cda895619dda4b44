/** One writer or reader of the one bucket that torn-reads.test.ts is about. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer } from '../../src/cache/answer.ts';
import type { CacheKey } from '../../src/cache/key.ts';
import { removeSecondLook } from './without-second-look.ts';

export interface TornReadsData {
	readonly role: 'writer' | 'reader';
	/** Shard of a writer; number of a reader. */
	readonly number: number;
	readonly cache: SharedArrayBuffer;
	readonly epochs: SharedArrayBuffer;
	/** Word 0: stop; word 1: the version that was given out last. */
	readonly control: SharedArrayBuffer;
	readonly withoutSecondLook: boolean;
}

export interface ReaderReport {
	readonly whole: number;
	readonly nothing: number;
	readonly torn: number;
	readonly alien: number;
	readonly backwards: number;
	readonly retried: number;
	readonly gaveUp: number;
}

export interface WriterReport {
	readonly written: number;
	readonly notWritten: number;
}

const keyNames = ['a.example.', 'b.example.', 'c.example.'];
const nowTicks = 1000;
const data = workerData as TornReadsData;
const control = new Int32Array(data.control);
const events = { retried: 0, gaveUp: 0 };

if (data.withoutSecondLook) removeSecondLook();
const cache = await Promise.all([
	import('../../src/cache/answer.ts'),
	import('../../src/cache/layout.ts'),
	import('../../src/cache/policy/index.ts'),
	import('../../src/cache/reader.ts'),
	import('../../src/cache/seqlock.ts'),
	import('../../src/cache/writer.ts'),
	import('../unit/cache/support.ts'),
	import('./self-describing.ts'),
]);
const [
	{ Answer: AnswerClass },
	{ CacheLayout },
	{ defaultEvictionPolicy },
	{ CacheReader, found },
	{ WriterIdentity },
	{ CacheWriter },
] = cache;
const [, , , , , , { keyOf }, { describe, judge, verdict, versionOf, writerOf }] = cache;

const layout = new CacheLayout(data.cache.byteLength);
const words = new Int32Array(data.cache);
const keys = keyNames.map((name) => keyOf(name));
const counted = {
	evicted: () => {},
	readRetried: () => void events.retried++,
	contended: () => void events.gaveUp++,
};

function write(): WriterReport {
	const identity = new WriterIdentity(new Int32Array(data.epochs), data.number);
	const writer = new CacheWriter(words, layout, identity, defaultEvictionPolicy.policy, 0, counted);
	const answer = new AnswerClass();
	let written = 0;
	let notWritten = 0;
	while (Atomics.load(control, 0) === 0) {
		const version = Atomics.add(control, 1, 1) + 1;
		const key = version % keys.length;
		describe(answer, key, data.number, version);
		if (version % 997 === 0) writer.remove(keys[key]);
		else if (writer.insert(keys[key], answer, nowTicks, false)) written++;
		else notWritten++;
	}
	return { written, notWritten };
}

function read(): ReaderReport {
	const reader = new CacheReader(words, layout, counted);
	const answer = new AnswerClass();
	const target = new Uint8Array(8192);
	const counts = { whole: 0, nothing: 0, torn: 0, alien: 0, backwards: 0 };
	const newest = new Map<string, number>();
	for (let turn = 0; Atomics.load(control, 0) === 0; turn++) {
		const key = turn % keys.length;
		if (reader.lookup(keys[key], nowTicks, 0, target, 64, answer) === found.nothing) counts.nothing++;
		else count(answer, key, counts, newest);
	}
	return { ...counts, ...events };
}

function count(
	answer: Answer,
	key: number,
	counts: { -readonly [name in 'whole' | 'torn' | 'alien' | 'backwards']: number },
	newest: Map<string, number>,
): void {
	const judged = judge(answer, key);
	if (judged === verdict.torn) counts.torn++;
	else if (judged === verdict.alien) counts.alien++;
	else {
		counts.whole++;
		const series = `${key} ${writerOf(answer)}`;
		const version = versionOf(answer);
		if (version < (newest.get(series) ?? 0)) counts.backwards++;
		newest.set(series, version);
	}
}

const first: CacheKey = keys[0];
// One bucket: whatever the hash, every key is in it.
if (layout.bucketBase(first.hashHigh) !== 0 || layout.bucketCount !== 1)
	throw new Error('this test is about one bucket');
parentPort!.postMessage('ready');
parentPort!.postMessage(data.role === 'writer' ? write() : read());
