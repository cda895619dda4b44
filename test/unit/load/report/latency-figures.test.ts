import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packHistogram, unpackHistogram } from '../../../../src/load/measure/histograms.ts';
import { bucketsOf, momentsOf, replyBuckets } from '../../../../src/load/report/histogram.ts';
import { figuresOf, noLosses, percentileOf } from '../../../../src/load/report/latency.ts';
import { fakeMeasured, steps } from './support.ts';

const timeoutUs = 2_000_000;

test('a percentile is the value that so many percent are not above', () => {
	const { latencyUs } = fakeMeasured({ answersUs: steps(1000, 1) });
	const at = (percent: number): number => percentileOf(latencyUs, percent, noLosses)!.us;
	assert.deepEqual([at(50), at(90), at(99), at(99.9), at(100)], [500, 900, 990, 999, 1000]);
});

test('a percentile among what was lost is the timeout, and marked', () => {
	const { latencyUs } = fakeMeasured({ answersUs: steps(990, 1), lost: 10 });
	const losses = { lost: 10, late: 0, timeoutUs };
	assert.deepEqual(percentileOf(latencyUs, 99, losses), { us: 990, atLeast: false });
	assert.deepEqual(percentileOf(latencyUs, 99.1, losses), { us: timeoutUs, atLeast: true });
	const { p999, max, mean, p50 } = figuresOf(latencyUs, losses)!;
	assert.deepEqual(
		[p999, max],
		[
			{ us: timeoutUs, atLeast: true },
			{ us: timeoutUs, atLeast: true },
		],
	);
	assert.deepEqual([mean.atLeast, p50.atLeast], [true, false]);
});

test('the timeout stays exact in a histogram that went through its encoding', () => {
	const { latencyUs } = fakeMeasured({ answersUs: steps(10, 1), lost: 5 });
	const packed = unpackHistogram(packHistogram(latencyUs));
	const { max, p999 } = figuresOf(packed, { lost: 5, late: 0, timeoutUs })!;
	assert.deepEqual([max.us, p999.us], [timeoutUs, timeoutUs]);
});

test('late answers without losses are known exactly', () => {
	const { latencyUs } = fakeMeasured({ answersUs: steps(9, 100), lateUs: [2_500_000] });
	const { max } = figuresOf(latencyUs, { lost: 0, late: 1, timeoutUs })!;
	assert.deepEqual(max, { us: 2_500_000, atLeast: false });
});

test('nothing measured has no figures', () => {
	assert.equal(figuresOf(fakeMeasured().latencyUs, noLosses), undefined);
	assert.equal(percentileOf(fakeMeasured().latencyUs, 50, noLosses), undefined);
});

/** The slow way: lost queries take forever; a value that only holds if they do not is an at-least value. */
test('at-least marks agree with a list in which lost queries take forever', () => {
	const answers = fc.array(fc.integer({ min: 1, max: timeoutUs - 2000 }), { maxLength: 60 });
	const late = fc.array(fc.integer({ min: timeoutUs + 2000, max: 10_000_000 }), { maxLength: 8 });
	fc.assert(
		fc.property(
			answers,
			late,
			fc.nat(8),
			fc.integer({ min: 1, max: 1000 }),
			(answersUs, lateUs, lost, tenths) => {
				const count = answersUs.length + lateUs.length + lost;
				fc.pre(count > 0);
				const { latencyUs } = fakeMeasured({ answersUs, lateUs, lost });
				const figure = percentileOf(latencyUs, tenths / 10, { lost, late: lateUs.length, timeoutUs })!;
				const truth = [...answersUs, ...lateUs, ...Array(lost).fill(Number.POSITIVE_INFINITY)].sort(
					(a, b) => a - b,
				);
				const rank = Math.max(1, Math.ceil((tenths * count) / 1000));
				const wanted = truth[rank - 1];
				if (figure.atLeast) assert.ok(figure.us <= wanted * 1.001);
				else assert.ok(Math.abs(figure.us - wanted) <= wanted * 0.001, `${figure.us} is not ${wanted}`);
				assert.equal(figure.atLeast, lost > 0 && rank > answersUs.length);
			},
		),
	);
});

test('buckets are complete, and replies alone are without the lost', () => {
	const { latencyUs } = fakeMeasured({ answersUs: [5, 5, 3000, 1_999_990], lateUs: [2_100_000], lost: 7 });
	const counts = (buckets: readonly { count: number }[]): number =>
		buckets.reduce((sum, { count }) => sum + count, 0);
	const all = bucketsOf(latencyUs);
	assert.equal(counts(all), 12);
	assert.deepEqual(all[0], { fromUs: 5, toUs: 5, count: 2 });
	for (const { fromUs, toUs } of all) assert.ok(fromUs <= toUs);
	assert.equal(counts(replyBuckets(latencyUs, 7, timeoutUs, true)), 5);
	assert.equal(counts(replyBuckets(latencyUs, 7, timeoutUs, false)), 4);
});

test('moments of buckets are those of the values', () => {
	const { latencyUs } = fakeMeasured({ answersUs: [100, 200, 300, 400] });
	const { count, minUs, maxUs, meanUs, deviationUs } = momentsOf(bucketsOf(latencyUs));
	assert.deepEqual([count, minUs, maxUs, meanUs], [4, 100, 400, 250]);
	assert.equal(deviationUs, Math.sqrt(12_500));
	assert.deepEqual(momentsOf([]).count, 0);
});
