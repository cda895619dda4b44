/**
 * Question: how many requests a second does the policy laboratory simulate on one core, and how much memory does it take?
 *
 * Each policy of the table, entries of size 1, on one stream of keys by Zipf's law: `get`, and `put` after every miss, from
 * an empty cache on. Keys are numbered in the order of their first request, as the simulator numbers them.
 *
 *   ns           of the thread's processor time a request, the loop included
 *   M/s          million requests a second that follow from it; `aim`: what was asked for
 *   hit ratio    of the second half
 *   octets       that the policy keeps for each key of the stream, in typed arrays and in the JavaScript heap: it is told
 *                before how many keys there are, so that nothing is kept in reserve
 *
 * Not measured: reading a trace, numbering its keys, times of expiry. What libCacheSim says of itself is printed for
 * comparison, though it was measured elsewhere, and includes the reading.
 *
 *     node bench/micro/policies.bench.ts [--rounds 5] [--keys 1000000] [--requests 5000000] [--only fifo,lru]
 *
 * Each policy runs in a process of its own, all policies once a round, round after round. Printed are medians and, in
 * brackets, the lowest and highest. The result hash covers everything but times.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { policies } from '../../src/lab/policies/index.ts';
import type { Policy, PolicyMaker, PolicyOptions } from '../../src/lab/policy.ts';
import { nextUses } from '../../src/lab/simulate/next-uses.ts';
import { Numbering } from '../../src/lab/traces/numbering.ts';
import { seededRandom } from '../../src/util/random.ts';
import { Zipf } from '../../src/workload/zipf.ts';
import { inFreshProcess } from '../lib/fresh-process.ts';
import { ResultHash } from '../lib/result-hash.ts';
import { spreadOf, spreadText } from '../lib/spread.ts';

export interface Parameters {
	readonly policy: string;
	readonly keys: number;
	readonly requests: number;
}

export interface Result {
	readonly ns: number;
	readonly hitRatio: number;
	readonly arrayBytesPerKey: number;
	readonly heapBytesPerKey: number;
	readonly hash: string;
}

const exponent = 1;
/** Of the keys. */
const capacityShare = 0.1;
/** Million requests a second on a core. */
const aims: Readonly<Record<string, number>> = {
	fifo: 5,
	clock: 5,
	sieve: 5,
	lru: 2,
	's3-fifo': 2,
	arc: 2,
};

interface Stream {
	readonly requests: Uint32Array;
	readonly keys: number;
}

function makeStream({ keys, requests }: Parameters): Stream {
	const zipf = new Zipf(keys, exponent);
	const random = seededRandom(1);
	const numbering = new Numbering();
	const stream = Uint32Array.from({ length: requests }, () => numbering.of(zipf.draw(random)));
	return { requests: stream, keys: numbering.count };
}

/** Processor time of this thread: other programs do not count. */
function cpuNs(): number {
	const { user, system } = process.threadCpuUsage();
	return 1000 * (user + system);
}

/** Memory without what nobody refers to any more. */
function usedBytes(): { arrays: number; heap: number } {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	collect();
	// What arrays leave behind is given back by the next collection.
	collect();
	const { arrayBuffers, heapUsed } = process.memoryUsage();
	return { arrays: arrayBuffers, heap: heapUsed };
}

function countHits(policy: Policy, requests: Uint32Array): number {
	let hits = 0;
	for (let request = 0; request < requests.length; request++) {
		const key = requests[request];
		if (policy.get(key)) hits++;
		else policy.put(key, 1, Number.POSITIVE_INFINITY);
	}
	return hits;
}

/** For the compiler. A function of its own, so that nothing refers to the policy afterwards. */
function warmUp(make: PolicyMaker, options: PolicyOptions, requests: Uint32Array): void {
	countHits(make(options), requests.subarray(0, Math.ceil(requests.length / 5)));
}

/** One policy, in this process. */
export function run(parameters: Parameters): Result {
	const row = policies.find(({ name }) => name === parameters.policy);
	if (row === undefined) throw new Error(`no policy ${parameters.policy}`);
	const { requests, keys } = makeStream(parameters);
	const options: PolicyOptions = {
		capacity: Math.floor(parameters.keys * capacityShare),
		seed: 1,
		keys,
		...(row.needsFuture && { nextUse: nextUses(requests) }),
	};
	warmUp(row.make, options, requests);
	const before = usedBytes();
	const policy = row.make(options);
	const half = Math.floor(requests.length / 2);
	const began = cpuNs();
	const firstHits = countHits(policy, requests.subarray(0, half));
	const hits = countHits(policy, requests.subarray(half));
	const ns = (cpuNs() - began) / requests.length;
	const after = usedBytes();
	const hash = new ResultHash();
	for (const number of [keys, firstHits, hits, policy.entries]) hash.add(number);
	return {
		ns,
		hitRatio: hits / (requests.length - half),
		arrayBytesPerKey: (after.arrays - before.arrays) / keys,
		heapBytesPerKey: Math.max(0, after.heap - before.heap) / keys,
		hash: hash.text,
	};
}

function row(name: string, results: readonly Result[]): string {
	const cell = (value: (result: Result) => number, digits: number): string =>
		spreadText(spreadOf(results.map(value)), digits);
	const hashes = new Set(results.map(({ hash }) => hash));
	if (hashes.size > 1) throw new Error(`equal parameters gave different results: ${[...hashes].join(', ')}`);
	return [
		name,
		cell(({ ns }) => ns, 0),
		cell(({ ns }) => 1000 / ns, 1),
		aims[name] === undefined ? '–' : `≥ ${aims[name]}`,
		cell(({ hitRatio }) => 100 * hitRatio, 2),
		cell(({ arrayBytesPerKey }) => arrayBytesPerKey, 1),
		cell(({ heapBytesPerKey }) => heapBytesPerKey, 1),
		...hashes,
	].join(' | ');
}

function main(): void {
	const { values } = parseArgs({
		options: {
			one: { type: 'string' },
			rounds: { type: 'string' },
			keys: { type: 'string' },
			requests: { type: 'string' },
			only: { type: 'string' },
		},
	});
	if (values.one !== undefined) {
		process.stdout.write(JSON.stringify(run(JSON.parse(values.one))));
		return;
	}
	const rounds = Number(values.rounds ?? 5);
	const keys = Number(values.keys ?? 1_000_000);
	const requests = Number(values.requests ?? 5_000_000);
	const names = values.only?.split(',') ?? policies.map(({ name }) => name);
	const results = names.map((): Result[] => []);
	for (let round = 0; round < rounds; round++) {
		for (const [index, policy] of names.entries()) {
			results[index].push(inFreshProcess<Result>(import.meta.filename, { policy, keys, requests }));
		}
	}
	const lines = [
		`${cpus()[0].model}, Node ${process.versions.node}, Zipf ${exponent} over ${keys} keys, ${requests} requests, room for ${100 * capacityShare} % of the keys, ${rounds} rounds`,
		'',
		'policy | ns | M/s | aim | hit ratio % | octets a key, arrays | heap | result',
		'--- | --- | --- | --- | --- | --- | --- | ---',
		...names.map((name, index) => row(name, results[index])),
		'',
		'libCacheSim, by its README, on a machine of its own: over 20 M requests a second.',
	];
	process.stdout.write(`${lines.join('\n')}\n`);
}

if (import.meta.main) main();
