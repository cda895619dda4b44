/**
 * Goal: streams that are made up are what they say, and the same for the same seed. Method: shares and gaps against what is
 * expected of them, within three standard errors or exactly; hit ratios of an endless cache against the closed form for
 * Poisson arrivals, h = Σ p·pΛT / (1 + pΛT) (Jung, Berger, Balakrishnan, INFOCOM 2003).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnswerModel, usualAnswers } from '../../../../src/lab/generate/answer-model.ts';
import type { DnsStream } from '../../../../src/lab/generate/dns-stream.ts';
import { floodStream } from '../../../../src/lab/generate/flood.ts';
import { oneTimeStream } from '../../../../src/lab/generate/one-time.ts';
import { popularityStream } from '../../../../src/lab/generate/popularity.ts';
import { searchStream } from '../../../../src/lab/generate/search.ts';
import { gather, outcome, type Requests } from '../../../../src/lab/simulate/requests.ts';
import { rrType } from '../../../../src/wire/iana.ts';
import { nameToText } from '../../../../src/wire/presentation.ts';
import { zipfWeights } from '../../../../src/workload/zipf.ts';
import { cacheOf, simulate } from '../simulate/support.ts';

const common = { requests: 20_000, ratePerSec: 100, names: 500, exponent: 1, seed: 7 };
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const shift = { dayMs, newPerDay: 0.5 };

const streams: readonly [string, (seed: number) => DnsStream][] = [
	['popularity', (seed) => popularityStream({ ...common, seed })],
	['daily shift', (seed) => popularityStream({ ...common, ratePerSec: 0.1, shift, seed })],
	['search list', (seed) => searchStream({ ...common, lookupsPerSec: 20, seed })],
	[
		'flood',
		(seed) => floodStream({ hotNames: 100, floodNames: 9001, floodPerHot: 3, ratePerSec: 100, seed }),
	],
	[
		'once and scans',
		(seed) => oneTimeStream({ ...common, onceShare: 0.2, scan: { names: 100, everyRequests: 1000 }, seed }),
	],
];

for (const [name, make] of streams) {
	test(`${name}: as many as it says, in order of time, repeatable, keys with names`, async () => {
		const stream = make(1);
		const requests = await gather(stream.batches());
		assert.equal(requests.count, stream.requests);
		assert.deepEqual(await gather(stream.batches()), requests);
		assert.deepEqual(await gather(make(1).batches()), requests);
		const octets = new Uint8Array(300);
		const texts = new Map<string, number>();
		for (let i = 0; i < requests.count; i++) {
			const key = requests.keys[i];
			assert.ok(key < stream.names.count);
			assert.ok(i === 0 || requests.atMs[i] >= requests.atMs[i - 1]);
			const length = stream.names.writeName(key, octets, 0);
			assert.equal(length, stream.names.nameBytes(key));
			const text = `${nameToText(octets.subarray(0, length))} ${stream.names.qtype(key)}`;
			assert.equal(texts.get(text) ?? key, key, text);
			texts.set(text, key);
		}
		if (name !== 'flood') assert.notDeepEqual((await gather(make(2).batches())).keys, requests.keys);
	});
}

test('the answer to a key is always the same', async () => {
	const requests = await gather(popularityStream(common).batches());
	const answers = new Map<number, string>();
	for (let i = 0; i < requests.count; i++) {
		const { outcomes, ttlsSec, sizes, rttsUs } = requests;
		const answer = [outcomes[i], ttlsSec[i], sizes[i], rttsUs[i]].join();
		assert.equal(answers.get(requests.keys[i]) ?? answer, answer);
		answers.set(requests.keys[i], answer);
	}
});

test('answers as they were measured: TTLs, denials, RTTs', async () => {
	// Each key once.
	const once = { ...common, onceShare: 1, requests: 40_000 };
	const requests = await gather(oneTimeStream(once).batches());
	const median = (values: Uint32Array): number => values.toSorted()[values.length >> 1];
	const denied = requests.outcomes.filter((value) => value === outcome.negative).length;
	const deviation = Math.sqrt(requests.count * 0.05 * 0.95);
	assert.ok(Math.abs(denied - 0.05 * requests.count) < 3 * deviation, `${denied} denied`);
	const positive = requests.ttlsSec.filter((_, i) => requests.outcomes[i] === outcome.positive);
	assert.ok(Math.abs(median(positive) - 1220) < 40, `${median(positive)} s`);
	const zeros = positive.filter((ttlSec) => ttlSec === 0).length / positive.length;
	assert.ok(zeros > 0.045 && zeros < 0.06, `${zeros} of TTL 0`);
	assert.ok(Math.abs(median(requests.rttsUs) - 1000) < 20, `${median(requests.rttsUs)} µs`);
});

const plainAnswers: AnswerModel = { ...usualAnswers, deniedShare: 0, rttUs: 0 };

for (const [ttlSec, expected] of [
	[5, 0.46134],
	[60, 0.70875],
	[900, 0.92481],
] as const) {
	test(`Zipf at random times, ${ttlSec} s of TTL: an endless cache hits as the closed form says`, async () => {
		const names = 10_000;
		const ratePerSec = 100;
		const weights = zipfWeights(names, 1);
		const sum = weights.reduce((one, other) => one + other, 0);
		const closed = weights.reduce((total, weight) => {
			const share = weight / sum;
			const renewals = share * ratePerSec * ttlSec;
			return total + (share * renewals) / (1 + renewals);
		}, 0);
		assert.ok(Math.abs(closed - expected) < 1e-5);
		const stream = popularityStream({
			requests: 600_000,
			ratePerSec,
			names,
			exponent: 1,
			types: [rrType.A],
			answers: { ...plainAnswers, ttlSec },
			seed: 3,
		});
		const requests = await gather(stream.batches());
		const warmupRequests = 2 * ttlSec * ratePerSec;
		const { hitRatio, requests: counted } = simulate(cacheOf('fifo', names, requests), requests, {
			warmupRequests,
		});
		// Hits and misses alternate more evenly than coins, so this is more than three standard errors.
		const error = Math.sqrt((expected * (1 - expected)) / counted);
		assert.ok(
			Math.abs(hitRatio.byRequests - expected) < 3 * error,
			`${hitRatio.byRequests}, not ${expected}`,
		);
	});
}

test('a search list of three makes three of four requests NXDOMAIN, eight a lookup', async () => {
	const requests = await gather(searchStream({ ...common, lookupsPerSec: 10 }).batches());
	const denied = requests.outcomes.filter((value) => value === outcome.negative).length;
	assert.equal(denied / requests.count, 0.75);
	assert.equal(new Set(requests.atMs).size, requests.count / 8);
});

test('by night other names are popular, and some of them are new', async () => {
	const stream = popularityStream({
		...common,
		requests: 48_000,
		ratePerSec: 48_000 / 86_400 / 2,
		types: [1],
		shift,
	});
	const requests = await gather(stream.batches());
	const hotAt = (fromHour: number, toHour: number): Set<number> => {
		const counts = new Map<number, number>();
		for (let i = 0; i < requests.count; i++) {
			if (requests.atMs[i] < fromHour * hourMs || requests.atMs[i] > toHour * hourMs) continue;
			counts.set(requests.keys[i], (counts.get(requests.keys[i]) ?? 0) + 1);
		}
		return new Set(
			[...counts]
				.sort(([, one], [, other]) => other - one)
				.map(([key]) => key)
				.slice(0, 20),
		);
	};
	const shared = (one: Set<number>, other: Set<number>): number =>
		[...one].filter((key) => other.has(key)).length;
	const [day, night, nextDay] = [hotAt(0, 3), hotAt(10, 14), hotAt(22, 26)];
	assert.ok(shared(day, night) <= 2);
	// Half of the places go to a new name within a day.
	assert.ok(shared(day, nextDay) >= 5 && shared(day, nextDay) <= 15, `${shared(day, nextDay)} of 20 stay`);
});

test('names that are asked for once, and scans, have the share that they should', async () => {
	const scan = { names: 100, everyRequests: 1000 };
	const requests = await gather(oneTimeStream({ ...common, onceShare: 0.2, scan }).batches());
	const share = (test: (key: number) => boolean): number =>
		requests.keys.filter(test).length / requests.count;
	assert.equal(
		share((key) => key >= 500 && key < 600),
		0.1,
	);
	const once = requests.keys.filter((key) => key >= 600);
	assert.equal(new Set(once).size, once.length);
	const expected = 0.9 * 0.2;
	const error = Math.sqrt((expected * (1 - expected)) / requests.count);
	assert.ok(Math.abs(once.length / requests.count - expected) < 3 * error);
});

function hotAndFlood(requests: Requests, hotNames: number): [number, number] {
	const hot = requests.keys.filter((key) => key < hotNames).length;
	return [hot, requests.count - hot];
}

test('a flood: every hot name once, then one for so many of the flood', async () => {
	const stream = floodStream({ hotNames: 100, floodNames: 9001, floodPerHot: 3, ratePerSec: 100, seed: 1 });
	const requests = await gather(stream.batches());
	assert.deepEqual([stream.before, stream.hot], [100, 3001]);
	assert.deepEqual(hotAndFlood(requests, 100), [3101, 9001]);
	assert.equal(new Set(requests.keys.subarray(0, stream.before)).size, 100);
	assert.equal(requests.atMs[requests.count - 1], (requests.count - 1) * 10);
});
