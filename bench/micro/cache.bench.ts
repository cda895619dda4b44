/**
 * Question: how large should a bucket of the shared cache be, and what does its eviction policy cost?
 *
 * Measured for each size with the policy that serves, and for the others at the size that serves, on names and answers as a cluster's node has them (bench/lib/messages.ts):
 *
 *   look-up, insertion  ns, names picked at random so that every one leaves the CPU's caches; both begin with the name
 *                       and make the key (its hash included), as the engine does; insertions evict. `key` is that
 *                       part alone, `Map` the floor: a look-up of the name's number in a Map of as many entries.
 *   octets a name       of cache per name that is kept, after three times as many names as fit
 *   share kept          of as many names as just fit in octets: what buckets that overflow early cost
 *   hit ratio           Zipf 1.0 over four times as many names as fit, every miss inserted, the first half not counted;
 *                       and how much more or less a global LRU of as many entries hits (lru-cache)
 *
 * Not measured: contention between threads, and messages that nobody has.
 *
 *     node bench/micro/cache.bench.ts [--rounds 5] [--cache-mib 16]
 *
 * Each combination runs in a process of its own, all combinations once a round, round after round. Printed are medians
 * and, in brackets, the lowest and highest. The result hash covers everything but times.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { LRUCache } from 'lru-cache';
import { Answer } from '../../src/cache/answer.ts';
import { entryWords } from '../../src/cache/entry.ts';
import { CacheLayout, maxSharedBodyBytes } from '../../src/cache/layout.ts';
import {
	defaultEvictionPolicy,
	evictionPolicies,
	evictionPolicyNamed,
} from '../../src/cache/policy/index.ts';
import { CacheReader, found } from '../../src/cache/reader.ts';
import { WriterIdentity } from '../../src/cache/seqlock.ts';
import { CacheWriter } from '../../src/cache/writer.ts';
import { type Random, randomBelow, seededRandom } from '../../src/util/random.ts';
import { Zipf } from '../../src/workload/zipf.ts';
import { inFreshProcess } from '../lib/fresh-process.ts';
import { Names, workloads } from '../lib/messages.ts';
import { ResultHash } from '../lib/result-hash.ts';
import { spreadOf, spreadText } from '../lib/spread.ts';

export interface Parameters {
	readonly workload: string;
	/** Of `evictionPolicies`. */
	readonly policy: string;
	readonly bucketBytes: number;
	readonly cacheBytes: number;
	/** Look-ups and insertions that are timed. */
	readonly operations: number;
	/** Names drawn for the hit ratio. */
	readonly draws: number;
}

export interface Result {
	readonly lookupNs: number;
	readonly insertNs: number;
	readonly keyNs: number;
	readonly mapNs: number;
	readonly octetsPerName: number;
	readonly shareKept: number;
	readonly hitRatio: number;
	readonly lruHitRatio: number;
	readonly hash: string;
}

const secret = [0x2b7e1516, 0x28aed2a6] as const;
const nowTicks = 1000;
const bucketSizes = [4096, 8192, 16_384];
const servingBucketBytes = 8192;
const subjects = [
	...bucketSizes.map((bucketBytes) => ({ policy: defaultEvictionPolicy.name, bucketBytes })),
	...evictionPolicies.slice(1).map(({ name }) => ({ policy: name, bucketBytes: servingBucketBytes })),
];

/** A cache of its own for each question, so that none finds what another left. */
class Subject {
	readonly layout: CacheLayout;
	readonly names: Names;
	readonly #reader: CacheReader;
	readonly #writer: CacheWriter;
	readonly #answer = new Answer();
	readonly #target = new Uint8Array(maxSharedBodyBytes);

	constructor(parameters: Parameters, names: Names) {
		const { cacheBytes, bucketBytes, policy } = parameters;
		// Bodies here are below 200 octets: buckets too small for 4 KiB messages can be measured with them.
		this.layout = new CacheLayout(cacheBytes, bucketBytes, Math.min(maxSharedBodyBytes, bucketBytes / 4));
		this.names = names;
		const words = new Int32Array(new SharedArrayBuffer(this.layout.sizeBytes));
		const events = { evicted() {}, readRetried() {}, contended() {} };
		const identity = new WriterIdentity(new Int32Array(new SharedArrayBuffer(4)), 0);
		this.#reader = new CacheReader(words, this.layout, events);
		this.#writer = new CacheWriter(words, this.layout, identity, evictionPolicyNamed(policy), 0, events);
	}

	insert(number: number): void {
		this.#writer.insert(this.names.key(number), this.names.answer(number), nowTicks, false);
	}

	has(number: number): boolean {
		return (
			this.#reader.lookup(this.names.key(number), nowTicks, 0, this.#target, 0, this.#answer) === found.fresh
		);
	}

	/** Those of the names [0, count) that are there. Looking marks them as visited. */
	kept(count: number): number[] {
		return Array.from({ length: count }, (_, number) => number).filter((number) => this.has(number));
	}

	/** How many names the cache could hold if nothing but their octets counted: entry, slot, two octets of visits. */
	get fitting(): number {
		let octets = 0;
		for (let number = 0; number < 20; number++) {
			octets += 4 * entryWords(this.names.key(number), this.names.answer(number)) + 6;
		}
		return Math.floor(this.layout.sizeBytes / (octets / 20));
	}
}

function nsEach(count: number, work: () => void): number {
	const start = process.hrtime.bigint();
	work();
	return Number(process.hrtime.bigint() - start) / count;
}

function timeLookups(
	subject: Subject,
	kept: readonly number[],
	operations: number,
	random: Random,
): { lookupNs: number; keyNs: number; mapNs: number; hits: number } {
	const order = Uint32Array.from({ length: operations }, () => kept[randomBelow(random, kept.length)]);
	const map = new Map(kept.map((number) => [number, { number }]));
	let hits = 0;
	let mixed = 0;
	let lookupNs = 0;
	let keyNs = 0;
	let mapNs = 0;
	// The first time is for the compiler.
	for (let turn = 0; turn < 2; turn++) {
		hits = 0;
		lookupNs = nsEach(operations, () => {
			for (const number of order) if (subject.has(number)) hits++;
		});
		keyNs = nsEach(operations, () => {
			for (const number of order) mixed ^= subject.names.key(number).hashLow;
		});
		mapNs = nsEach(operations, () => {
			for (const number of order) mixed ^= map.get(number)!.number;
		});
	}
	if (mixed === 0x5eed) throw new Error('keeps the loops from being taken out');
	return { lookupNs, keyNs, mapNs, hits };
}

function timeInsertions(subject: Subject, from: number, operations: number): number {
	let next = from;
	let insertNs = 0;
	for (let turn = 0; turn < 2; turn++) {
		insertNs = nsEach(operations, () => {
			for (const end = next + operations; next < end; next++) subject.insert(next);
		});
	}
	return insertNs;
}

function hitRatios(
	parameters: Parameters,
	names: Names,
	entries: number,
): { hitRatio: number; lruHitRatio: number; hits: number } {
	const subject = new Subject(parameters, names);
	const lru = new LRUCache<number, true>({ max: entries });
	const zipf = new Zipf(4 * entries, 1);
	const random = seededRandom(7);
	const { draws } = parameters;
	let hits = 0;
	let lruHits = 0;
	for (let i = 0; i < draws; i++) {
		const number = zipf.draw(random);
		const counts = i >= draws / 2;
		if (!subject.has(number)) subject.insert(number);
		else if (counts) hits++;
		if (lru.get(number) === undefined) lru.set(number, true);
		else if (counts) lruHits++;
	}
	const counted = draws - Math.ceil(draws / 2);
	return { hitRatio: hits / counted, lruHitRatio: lruHits / counted, hits };
}

/** One combination of parameters, in this process. */
export function run(parameters: Parameters): Result {
	const workload = workloads.find(({ name }) => name === parameters.workload);
	if (workload === undefined) throw new Error(`no workload ${parameters.workload}`);
	const names = new Names(workload, secret);
	const hash = new ResultHash();
	const justFitting = new Subject(parameters, names);
	const { fitting } = justFitting;
	for (let number = 0; number < fitting; number++) justFitting.insert(number);
	const keptOfFitting = justFitting.kept(fitting).length;
	const full = new Subject(parameters, names);
	for (let number = 0; number < 3 * fitting; number++) full.insert(number);
	const kept = full.kept(3 * fitting);
	const { hits, ...times } = timeLookups(full, kept, parameters.operations, seededRandom(3));
	const insertNs = timeInsertions(full, 3 * fitting, parameters.operations);
	const zipf = hitRatios(parameters, names, kept.length);
	for (const number of [fitting, keptOfFitting, kept.length, hits, zipf.hits]) hash.add(number);
	return {
		...times,
		insertNs,
		octetsPerName: full.layout.sizeBytes / kept.length,
		shareKept: keptOfFitting / fitting,
		hitRatio: zipf.hitRatio,
		lruHitRatio: zipf.lruHitRatio,
		hash: hash.text,
	};
}

function row({ workload, policy, bucketBytes }: Parameters, results: readonly Result[]): string {
	const cell = (value: (result: Result) => number, digits = 0): string =>
		spreadText(spreadOf(results.map(value)), digits);
	const hashes = new Set(results.map(({ hash }) => hash));
	if (hashes.size > 1) throw new Error(`equal parameters gave different results: ${[...hashes].join(', ')}`);
	return [
		workload,
		policy,
		`${bucketBytes / 1024} KiB`,
		cell(({ lookupNs }) => lookupNs),
		cell(({ insertNs }) => insertNs),
		cell(({ keyNs }) => keyNs),
		cell(({ mapNs }) => mapNs),
		cell(({ octetsPerName }) => octetsPerName, 1),
		cell(({ shareKept }) => 100 * shareKept, 1),
		cell(({ hitRatio }) => 100 * hitRatio, 2),
		cell(({ hitRatio, lruHitRatio }) => 100 * (hitRatio - lruHitRatio), 2),
		...hashes,
	].join(' | ');
}

function main(): void {
	const { values } = parseArgs({
		options: { one: { type: 'string' }, rounds: { type: 'string' }, 'cache-mib': { type: 'string' } },
	});
	if (values.one !== undefined) {
		process.stdout.write(JSON.stringify(run(JSON.parse(values.one))));
		return;
	}
	const rounds = Number(values.rounds ?? 5);
	const cacheBytes = Number(values['cache-mib'] ?? 16) * 1024 * 1024;
	const combinations = workloads.flatMap(({ name }) =>
		subjects.map((subject): Parameters => {
			return { workload: name, ...subject, cacheBytes, operations: 500_000, draws: 4_000_000 };
		}),
	);
	const results: Result[][] = combinations.map(() => []);
	for (let round = 0; round < rounds; round++) {
		for (const [index, parameters] of combinations.entries()) {
			results[index].push(inFreshProcess<Result>(import.meta.filename, parameters));
		}
	}
	const lines = [
		`${cpus()[0].model}, Node ${process.versions.node}, ${cacheBytes / 1024 / 1024} MiB, ${rounds} rounds`,
		'',
		'workload | policy | bucket | look-up ns | insertion ns | key ns | Map ns | octets a name | kept of what fits % | hit ratio % | against LRU, points | result',
		'--- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | ---',
		...combinations.map((parameters, index) => row(parameters, results[index])),
	];
	process.stdout.write(`${lines.join('\n')}\n`);
}

if (import.meta.main) main();
