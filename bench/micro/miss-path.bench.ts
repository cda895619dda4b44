/**
 * Question: what does a miss cost inside the engine, from the client's query to its reply?
 *
 * A real engine with two server blocks and header rules, between arrays: a batch of 64 queries goes in, each for a name
 * that nobody asked for before, so that every one becomes an upstream query; then a batch of 64 replies, each with one
 * A record, is stored, and becomes replies to the clients. The cache is full, so that insertions evict.
 *
 *   miss         ns of the thread's processor time from query to reply: the sum of the next two
 *   asking       parse, look-up, claim, upstream query
 *   answering    match, check, store with eviction, let go of the claim, reply
 *   octets       allocated in the JavaScript heap for each miss
 *   collections  during all measured misses
 *
 * Not measured: system calls and all else outside of the engine. Making the messages is not counted in.
 *
 *     node bench/micro/miss-path.bench.ts [--rounds 5] [--cache-mib 32] [--misses 2000000]
 *
 * Each round runs in a process of its own. Printed are medians and, in brackets, the lowest and highest.
 */
import { cpus } from 'node:os';
import { PerformanceObserver } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { loadCorefile } from '../../src/config/load.ts';
import { Engine, minReplyBytes } from '../../src/engine/engine.ts';
import { overUdp, type QuerySource } from '../../src/engine/io.ts';
import { createSharedState } from '../../src/engine/shared-state.ts';
import { sumCounters } from '../../src/metrics/hot/counters.ts';
import { seededRandom } from '../../src/util/random.ts';
import { inFreshProcess } from '../lib/fresh-process.ts';
import { batchSlots, MissingNames, slotBytes } from '../lib/missing-names.ts';
import { ResultHash } from '../lib/result-hash.ts';
import { spreadOf, spreadText } from '../lib/spread.ts';

export interface Parameters {
	readonly cacheBytes: number;
	readonly misses: number;
}

export interface Result {
	readonly askingNs: number;
	readonly answeringNs: number;
	readonly bytesPerMiss: number;
	readonly collections: number;
	readonly evictions: number;
	readonly hash: string;
}

const corefile = `
. {
	errors
	header {
		response set ra
	}
	cache 3600
	forward . 192.0.2.1
}
cluster.test {
	header {
		response set aa
		query clear ad
	}
	cache 30
	forward . 192.0.2.2
}
`;

/** Virtual time between two batches: as many misses as a busy processor has in it. */
const batchMs = 0.128;

class Subject {
	readonly names: MissingNames = new MissingNames();
	readonly counters: SharedArrayBuffer;
	readonly #engine: Engine;
	readonly #source: QuerySource = { listener: 0, transport: overUdp, sender: 0 };
	readonly #reply = new Uint8Array(minReplyBytes);
	readonly #times = Float64Array.of(1000, 1000);
	askingUs = 0;
	answeringUs = 0;

	constructor(cacheBytes: number) {
		const { model } = loadCorefile({ path: 'Corefile', text: corefile, env: {} });
		if (model === undefined) throw new Error('the Corefile does not load');
		const random = seededRandom(1);
		const shared = createSharedState({ shards: 1, cacheBytes, model, random });
		this.counters = shared.counters;
		this.#engine = new Engine({
			model,
			shared,
			shard: 0,
			io: this.names,
			random,
			listeners: [{ blocks: [0, 1] }],
			times: this.#times,
		});
		for (const forward of [0, 1]) this.#engine.setUpstreamCount(forward, 1);
	}

	batch(): void {
		const { names } = this;
		const engine = this.#engine;
		const times = this.#times;
		times[0] += batchMs;
		names.ask();
		const began = cpuUs();
		engine.beginTurn();
		for (let slot = 0; slot < batchSlots; slot++) {
			this.#source.sender = slot;
			const length = names.queryBytes;
			engine.onQuery(names.queries, slot * slotBytes, length, this.#source, this.#reply, 0, minReplyBytes);
		}
		times[1] = times[0];
		engine.endTurn();
		this.askingUs += cpuUs() - began;
		if (names.askedCount !== batchSlots)
			throw new Error(`${names.askedCount} of ${batchSlots} went upstream`);
		names.answer();
		const answered = cpuUs();
		engine.beginTurn();
		for (let slot = 0; slot < batchSlots; slot++) {
			engine.onUpstreamMessage(slot + 1, names.asked, slot * slotBytes, names.replyBytes);
		}
		engine.advance();
		times[1] = times[0];
		engine.endTurn();
		this.answeringUs += cpuUs() - answered;
		if (names.repliedCount !== batchSlots)
			throw new Error(`${names.repliedCount} of ${batchSlots} got a reply`);
	}
}

/** Misses that fill a cache, and then some. */
function fillingMisses(cacheBytes: number): number {
	return Math.ceil((1.2 * cacheBytes) / 100);
}

/** One combination of parameters, in this process. */
export async function run({ cacheBytes, misses }: Parameters): Promise<Result> {
	const subject = new Subject(cacheBytes);
	let collections = 0;
	const observer = new PerformanceObserver((list) => {
		collections += list.getEntries().length;
	});
	for (let count = 0; count < fillingMisses(cacheBytes); count += batchSlots) subject.batch();
	subject.askingUs = 0;
	subject.answeringUs = 0;
	const evictedBefore = sumCounters(subject.counters).cache_evicted_positive;
	await new Promise((resolve) => setImmediate(resolve));
	observer.observe({ entryTypes: ['gc'] });
	const allocatedBefore = allocatedBytes();
	let count = 0;
	for (; count < misses; count += batchSlots) subject.batch();
	const allocated = allocatedBytes() - allocatedBefore;
	// What was observed is told some turns later.
	for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
	observer.disconnect();
	const counted = sumCounters(subject.counters);
	const evictions = counted.cache_evicted_positive - evictedBefore;
	const hash = new ResultHash();
	for (const number of [counted.misses, counted.cache_inserted_positive, subject.names.repliedBytes]) {
		hash.add(number);
	}
	const clockUs = (count / batchSlots) * readingUs();
	return {
		askingNs: ((subject.askingUs - clockUs) * 1000) / count,
		answeringNs: ((subject.answeringUs - clockUs) * 1000) / count,
		bytesPerMiss: allocated / count,
		collections,
		evictions: evictions / count,
		hash: hash.text,
	};
}

/** Processor time of this thread: other programs do not count. */
function cpuUs(): number {
	const { user, system } = process.threadCpuUsage();
	return user + system;
}

/** What reading that time costs, which is in every interval once. */
function readingUs(): number {
	const readings = 20_000;
	const began = cpuUs();
	for (let i = 1; i < readings; i++) cpuUs();
	return (cpuUs() - began) / readings;
}

function allocatedBytes(): number {
	return (getHeapStatistics() as unknown as { total_allocated_bytes: number }).total_allocated_bytes;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			one: { type: 'string' },
			rounds: { type: 'string' },
			misses: { type: 'string' },
			'cache-mib': { type: 'string' },
		},
	});
	if (values.one !== undefined) {
		process.stdout.write(JSON.stringify(await run(JSON.parse(values.one))));
		return;
	}
	const rounds = Number(values.rounds ?? 5);
	const parameters: Parameters = {
		cacheBytes: Number(values['cache-mib'] ?? 32) * 1024 * 1024,
		misses: Number(values.misses ?? 2_000_000),
	};
	const results = Array.from({ length: rounds }, () =>
		inFreshProcess<Result>(import.meta.filename, parameters),
	);
	const cell = (value: (result: Result) => number, digits = 0): string =>
		spreadText(spreadOf(results.map(value)), digits);
	const lines = [
		`${cpus()[0].model}, Node ${process.versions.node}, ${parameters.misses} misses, ${rounds} rounds`,
		'',
		'miss ns | asking ns | answering ns | octets | collections | evicted a miss | result',
		'--- | --- | --- | --- | --- | --- | ---',
		[
			cell(({ askingNs, answeringNs }) => askingNs + answeringNs),
			cell(({ askingNs }) => askingNs),
			cell(({ answeringNs }) => answeringNs),
			cell(({ bytesPerMiss }) => bytesPerMiss),
			cell(({ collections }) => collections),
			cell(({ evictions }) => evictions, 3),
			...new Set(results.map(({ hash }) => hash)),
		].join(' | '),
	];
	process.stdout.write(`${lines.join('\n')}\n`);
}

if (import.meta.main) await main();
