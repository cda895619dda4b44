/**
 * Goal: in a cache without bounds hits are what theory says where entries expire. Method: seeded runs in which whatever has
 * expired is removed when it is asked for, held against the closed forms of Jung, Berger and Balakrishnan (INFOCOM 2003)
 * within three standard errors.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Fifo } from '../../../../src/lab/policies/fifo.ts';
import { seededRandom } from '../../../../src/util/random.ts';
import { Zipf } from '../../../../src/workload/zipf.ts';
import { ttlRatio } from './closed-forms.ts';
import { assertNear, type Sample, sample, zipfPopularity } from './sample.ts';

interface Run {
	readonly keys: number;
	readonly exponent: number;
	readonly ttlSec: number;
	/** Until the next request. */
	readonly gapSec: () => number;
	/** Whether a hit makes an entry last anew. */
	readonly isRenewed?: boolean;
	readonly warmup: number;
	readonly requests: number;
}

function run({ keys, exponent, ttlSec, gapSec, isRenewed = false, warmup, requests }: Run): Sample {
	const cache = new Fifo({ capacity: keys, seed: 1, keys });
	const expiresSec = new Float64Array(keys);
	const zipf = new Zipf(keys, exponent);
	const random = seededRandom(17);
	let nowSec = 0;
	return sample(warmup, requests, () => {
		nowSec += gapSec();
		const key = zipf.draw(random);
		const isExpired = cache.has(key) && expiresSec[key] <= nowSec;
		if (isExpired) cache.remove(key);
		const isHit = !isExpired && cache.get(key);
		if (!isHit) cache.put(key, 1);
		if (!isHit || isRenewed) expiresSec[key] = nowSec + ttlSec;
		return isHit;
	});
}

/** Gaps between requests that come at random times. */
function randomGaps(ratePerSec: number): () => number {
	const random = seededRandom(5);
	return () => -Math.log(1 - random.nextUint32() / 2 ** 32) / ratePerSec;
}

describe('one key', () => {
	const one = { keys: 1, exponent: 1, warmup: 1000, requests: 1_000_000 };

	for (const asked of [0.2, 1, 5]) {
		test(`asked for ${asked} times a TTL, at random times`, () => {
			assertNear(run({ ...one, ttlSec: asked, gapSec: randomGaps(1) }), asked / (1 + asked), 'hit ratio');
			assertNear(
				run({ ...one, ttlSec: asked, gapSec: randomGaps(1), isRenewed: true }),
				1 - Math.exp(-asked),
				'hit ratio where hits renew',
			);
		});
	}

	for (const { gapSec, ttlSec, hitsAMiss } of [
		{ gapSec: 2, ttlSec: 1, hitsAMiss: 0 },
		{ gapSec: 2, ttlSec: 2, hitsAMiss: 0 },
		{ gapSec: 2, ttlSec: 3, hitsAMiss: 1 },
		{ gapSec: 1, ttlSec: 5, hitsAMiss: 4 },
	]) {
		test(`asked for every ${gapSec} s at a TTL of ${ttlSec} s: ${hitsAMiss} hits a miss`, () => {
			const requests = 50 * (hitsAMiss + 1) * 20;
			const { mean } = run({ ...one, warmup: 0, requests, ttlSec, gapSec: () => gapSec });
			assert.ok(Math.abs(mean - hitsAMiss / (hitsAMiss + 1)) < 1e-9, `${mean}`);
		});
	}
});

describe("keys by Zipf's law", () => {
	const cases = [
		{
			keys: 10_000,
			exponent: 1,
			ratePerSec: 100,
			ratios: { 5: 0.46134, 30: 0.64101, 60: 0.70875, 300: 0.85188, 900: 0.92481, 3600: 0.97543 },
		},
		{
			keys: 100_000,
			exponent: 0.9,
			ratePerSec: 1000,
			ratios: { 5: 0.4135, 30: 0.59216, 60: 0.667, 300: 0.83423, 900: 0.91917, 3600: 0.97474 },
		},
	];
	for (const { keys, exponent, ratePerSec, ratios } of cases) {
		const popularity = zipfPopularity(keys, exponent);
		for (const [ttl, ratio] of Object.entries(ratios)) {
			const ttlSec = Number(ttl);
			test(`${keys} keys, exponent ${exponent}, a TTL of ${ttl} s`, () => {
				assert.equal(ttlRatio(popularity, ratePerSec, ttlSec).toFixed(5), ratio.toFixed(5));
				// Longer ones take longer than a test should.
				if (ttlSec > 300 || keys > 10_000) return;
				const warmup = 5 * ratePerSec * ttlSec;
				const requests = Math.max(1_000_000, 50 * ratePerSec * ttlSec);
				assertNear(
					run({ keys, exponent, ttlSec, gapSec: randomGaps(ratePerSec), warmup, requests }),
					ratio,
					'hit ratio',
				);
			});
		}
	}
});
