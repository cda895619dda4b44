/**
 * Goal: a study is what the simulator says, run for run, in whichever way the requests reach it. Method: its runs against
 * simulations made by hand; in memory against streamed, in one reading and in several.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPolicies } from '../../../../src/lab/policies/index.ts';
import { nextUses } from '../../../../src/lab/simulate/next-uses.ts';
import { openPolicy } from '../../../../src/lab/simulate/open-policy.ts';
import { gather } from '../../../../src/lab/simulate/requests.ts';
import { Simulation } from '../../../../src/lab/simulate/simulation.ts';
import { usualChoices } from '../../../../src/lab/study/choices.ts';
import { capacityOf } from '../../../../src/lab/study/sizes.ts';
import { entries, octets, outcomeOf, share, study, zipfSource } from './support.ts';

const requests = 30_000;

test('every policy at every size is what a simulation of it alone gives', async () => {
	const names = ['lru', 'min', 'w-tiny-lfu', 'as-coredns'];
	const report = await study({
		source: zipfSource(requests),
		policies: names,
		sizes: [share(10), entries(200), octets(30_000)],
	});
	assert.deepEqual(
		report.sizes.map(({ unit }) => unit),
		['entries', 'bytes', 'bytes'],
	);
	const source = zipfSource(requests);
	const all = await gather(source.batches());
	const expected = names.flatMap((policy) =>
		report.sizes.map((size, place) => {
			const { make } = allPolicies.find(({ name }) => name === policy)!;
			const nextUse = nextUses(all.keys);
			const capacity = capacityOf(size);
			const cache = openPolicy({ make, capacity, names: source.names, seed: 1, nextUse });
			const simulation = new Simulation(cache, { requests: all.count });
			simulation.run(all);
			return { policy, size: place, result: simulation.result(), problem: undefined };
		}),
	);
	assert.deepEqual(report.runs.map(outcomeOf), expected);
});

for (const [what, memoryBytes] of [
	['one reading', 1e9],
	['several readings', 2e6],
] as const) {
	test(`streamed in ${what} the numbers are those of requests in memory, to the last`, async () => {
		const setup = {
			policies: ['petrel', 'lru', 's3-fifo', 'as-dnsmasq', 'random'],
			sizes: [entries(50), share(5), share(20)],
			simulation: { serveStale: { windowSec: 60, mode: 'immediate', recheckSec: 30 }, warmupRequests: 5000 },
		} as const;
		const inMemory = await study({ source: zipfSource(requests), ...setup });
		const source = zipfSource(requests);
		let readings = 0;
		const counted = new Proxy(source, {
			get: (target, key) => {
				if (key === 'batches') readings++;
				const value = Reflect.get(target, key, target) as unknown;
				return typeof value === 'function' ? value.bind(target) : value;
			},
		});
		const streamed = await study({ source: counted, ...setup, stream: true, memoryBytes });
		assert.deepEqual(streamed.runs.map(outcomeOf), inMemory.runs.map(outcomeOf));
		assert.equal(streamed.unlimitedHitRatio, inMemory.unlimitedHitRatio);
		assert.deepEqual({ ...streamed.source, notes: [] }, { ...inMemory.source, notes: [] });
		assert.match(streamed.source.notes.join(), /streamed/);
		assert.ok(what === 'one reading' ? readings === 2 : readings > 3, `${readings} readings`);
	});
}

test('what does not fit in the memory that may be used is streamed by itself', async () => {
	const fitting = await study({ source: zipfSource(requests), memoryBytes: 50 * requests });
	const tooLong = await study({ source: zipfSource(requests), memoryBytes: 50 * requests - 1 });
	assert.doesNotMatch(fitting.source.notes.join(), /streamed/);
	assert.match(tooLong.source.notes.join(), /streamed/);
	assert.deepEqual(tooLong.runs.map(outcomeOf), fitting.runs.map(outcomeOf));
});

test('threads and the order of policies change nothing', async () => {
	const runs = async (threads: number, policies: readonly string[]) => {
		const report = await study({ source: zipfSource(requests), policies, threads });
		return new Map(report.runs.map((run) => [run.policy, run.result]));
	};
	const one = await runs(1, ['random', 'petrel', 'lru', 'gdsf']);
	const three = await runs(3, ['gdsf', 'lru', 'petrel', 'random']);
	for (const [policy, result] of one) assert.deepEqual(three.get(policy), result, policy);
});

test('no policy hits more than an unlimited cache, and at the whole footprint LRU hits as much', async () => {
	const report = await study({
		source: zipfSource(requests),
		policies: usualChoices,
		sizes: [share(10), share(50), share(400)],
	});
	for (const { policy, result } of report.runs) {
		assert.ok(result!.hitRatio.byRequests <= report.unlimitedHitRatio, policy);
	}
	const last = report.runs.find(({ policy, size }) => policy === 'lru' && size === 2);
	assert.equal(last?.result?.hitRatio.byRequests, report.unlimitedHitRatio);
});

test('what cannot be run says why, and the rest is run all the same', async () => {
	const report = await study({
		source: zipfSource(requests),
		policies: ['petrel', 'lru', 'min'],
		sizes: [entries(10), octets(1000)],
		negativeShare: 0.2,
		stream: true,
	});
	const problems = report.runs.map(({ problem = '' }) => problem);
	assert.match(problems[0], /no number of entries, only octets/);
	assert.match(problems[1], /8192 octets/);
	assert.equal(problems[2], '');
	assert.match(problems[4], /future.*streamed/);
	assert.ok(report.runs[2].result!.requests === requests);
});

test('MIN beside a part for denials is refused', async () => {
	const report = await study({ source: zipfSource(1000), policies: ['min'], negativeShare: 0.1 });
	assert.match(report.runs[0].problem ?? '', /leave --negative-share out/);
});

test('a study that was ended has what was through, and reasons for the rest', async () => {
	const ending = new AbortController();
	ending.abort();
	await assert.rejects(study({ source: zipfSource(requests), signal: ending.signal }), /no request/);
	const later = new AbortController();
	const source = zipfSource(400_000);
	const batches = source.batches.bind(source);
	source.batches = async function* () {
		yield* batches();
		later.abort();
	};
	const report = await study({ source, policies: ['lru', 'fifo'], signal: later.signal });
	for (const { result, problem } of report.runs)
		assert.ok(result === undefined && /ended/.test(problem ?? ''));
	assert.equal(report.source.requests, 400_000);
});

test('memory is measured, and more of it for those who hold more for each key', async () => {
	const report = await study({
		source: zipfSource(100_000, 50_000),
		policies: ['fifo', 'lru-2'],
		threads: 1,
	});
	const [fifo, lru2] = report.runs.map(({ memoryPerKeyBytes }) => memoryPerKeyBytes);
	// The simulator's own arrays: 41 octets a key; sizes and links: 12.
	assert.ok(fifo >= 53 && fifo < 200, `${fifo}`);
	assert.ok(lru2 > fifo, `${lru2} and ${fifo}`);
});

test('a policy that there is not is refused with the nearest name', async () => {
	const source = zipfSource(10);
	await assert.rejects(
		study({ source, policies: ['s3fifo'] }),
		/"s3fifo"; did you mean s3-fifo\? there are petrel, /,
	);
	await assert.rejects(
		study({ source, policies: ['pseudo-lru-xyz'] }),
		/no policy "pseudo-lru-xyz"; there are/,
	);
});
