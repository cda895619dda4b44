/** Goal: a study of some of the keys says what all of them would, and how sure it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entries, octets, outcomeOf, study, zipfSource } from './support.ts';

const setup = { policies: ['lru', 'petrel', 'min'], sizes: [octets(1 << 20)] };
const source = () => zipfSource(100_000, 20_000);

test('hit ratios of samples are within twice their error of the whole, plus a point', async () => {
	const whole = await study({ source: source(), ...setup });
	const sampled = await study({ source: source(), ...setup, sampleShare: 0.3 });
	for (const [i, { policy, result, sampled: how, problem }] of sampled.runs.entries()) {
		assert.equal(problem, undefined);
		const off = Math.abs(result!.hitRatio.byRequests - whole.runs[i].result!.hitRatio.byRequests);
		assert.ok(off <= 2 * how!.error + 0.01, `${policy}: off by ${off}, error ${how!.error}`);
		assert.ok(how!.samples === 8 && how!.keys < whole.source.keys);
	}
	assert.match(sampled.source.notes.join(), /estimated from [\d.]+ % of the keys, in 8 samples/);
});

test('streamed, the samples are the same', async () => {
	const inMemory = await study({ source: source(), ...setup, sampleShare: 0.3 });
	const streamed = await study({ source: source(), ...setup, sampleShare: 0.3, stream: true });
	assert.deepEqual(streamed.runs.map(outcomeOf), inMemory.runs.map(outcomeOf));
	assert.deepEqual(
		streamed.runs.map(({ sampled }) => sampled),
		inMemory.runs.map(({ sampled }) => sampled),
	);
});

test('sizes that are too small for a sample say so', async () => {
	const report = await study({
		source: source(),
		policies: ['lru'],
		sizes: [entries(100), entries(5000)],
		sampleShare: 0.2,
	});
	assert.match(report.runs[0].problem ?? '', /too small for 8 samples/);
	assert.ok(report.runs[1].result !== undefined);
	await assert.rejects(
		study({ source: source(), sizes: [entries(100)], sampleShare: 0.2 }),
		/every size is too small for a sample/,
	);
});
