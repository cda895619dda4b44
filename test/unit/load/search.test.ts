/** Goal: the highest rate that keeps an objective is found. Method: servers that are a function of the rate. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Round } from '../../../src/load/result.ts';
import { type SearchOptions, searchHighestRate } from '../../../src/load/search.ts';

interface Server {
	/** Whether it keeps the objective at a rate, the how-manieth trial it may be. */
	readonly keeps: (rateQps: number, trial: number) => boolean;
	readonly voids?: (rateQps: number, trial: number) => boolean;
	readonly interruptAfter?: number;
}

async function search(server: Server, options: Partial<SearchOptions> = {}) {
	let trials = 0;
	const kept = new Map<Round, boolean>();
	const tried: number[] = [];
	const result = await searchHighestRate({
		...{ objective: 'p99<5ms', fromQps: 1000, maxQps: 1_000_000, confirmations: 3 },
		tryRate: async (rateQps) => {
			trials++;
			tried.push(rateQps);
			const round = {
				void: server.voids?.(rateQps, trials) ? ['behind'] : [],
				interrupted: false,
			} as unknown as Round;
			kept.set(round, server.keeps(rateQps, trials));
			return round;
		},
		broken: (round) => (kept.get(round) ? [] : ['p99 is 9 ms']),
		interrupted: () => trials >= (server.interruptAfter ?? Number.POSITIVE_INFINITY),
		...options,
	});
	return { ...result, tried };
}

for (const limit of [1, 7, 999, 1000, 1001, 64_321, 300_000]) {
	test(`a server that keeps up to ${limit} a second is found to within a twentieth below`, async () => {
		const { bestQps } = await search({ keeps: (qps) => qps <= limit });
		assert.ok(bestQps <= limit, String(bestQps));
		assert.ok(bestQps * 1.06 >= limit - 1, String(bestQps));
	});
}

test('what was found has been held as often as was asked for', async () => {
	const { bestQps, trials } = await search({ keeps: (qps) => qps <= 5000 });
	const held = trials.filter(({ rateQps, kept }) => rateQps === bestQps && kept);
	assert.equal(held.length, 3);
});

test('a rate that holds once and not again is not the result', async () => {
	const seen = new Map<number, number>();
	const { bestQps } = await search({
		keeps: (qps) => {
			seen.set(qps, (seen.get(qps) ?? 0) + 1);
			return qps <= 4000 || (qps <= 8000 && seen.get(qps) === 1);
		},
	});
	assert.ok(bestQps <= 4000 && bestQps > 0, String(bestQps));
});

test('a server that keeps nothing has no rate', async () => {
	const { bestQps, trials } = await search({ keeps: () => false });
	assert.equal(bestQps, 0);
	assert.equal(trials.at(-1)?.rateQps, 1);
});

test('no rate above the limit is tried', async () => {
	const { bestQps, tried } = await search({ keeps: () => true }, { maxQps: 10_000 });
	assert.equal(bestQps, 10_000);
	assert.equal(Math.max(...tried), 10_000);
});

test('a void round is tried again, and says that the generator was the limit only if it is void again', async () => {
	const once = await search({ keeps: (qps) => qps <= 3000, voids: (_, trial) => trial === 2 });
	assert.ok(once.bestQps > 2800);
	assert.ok(!once.generatorWasLimit);
	const limit = await search({ keeps: () => true, voids: (qps) => qps > 50_000 });
	assert.ok(limit.generatorWasLimit);
	assert.ok(limit.bestQps <= 50_000 && limit.bestQps > 46_000, String(limit.bestQps));
	assert.deepEqual(limit.trials.find(({ kept }) => !kept)?.reasons, ['behind']);
});

test('a search that is interrupted ends, and claims nothing that was not confirmed', async () => {
	const { bestQps, tried } = await search({ keeps: () => true, interruptAfter: 4 });
	assert.equal(tried.length, 4);
	assert.equal(bestQps, 0);
});
