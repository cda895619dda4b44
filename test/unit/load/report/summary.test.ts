import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from '../../../../src/load/report/comparison.ts';
import { spreadOf, summarize } from '../../../../src/load/report/summary.ts';
import { sumFaults } from '../../../../src/load/report/sums.ts';
import { type FakeCounts, fakeMeasured, fakeResult, fakeRound, fakeTarget, steps } from './support.ts';

const busy: FakeCounts = {
	answersUs: steps(90, 10),
	lateUs: [2_200_000, 2_300_000],
	lost: 3,
	sendErrors: 4,
	notOffered: 1,
	duplicates: 2,
	mismatched: 1,
	unknown: 5,
	truncated: 6,
	rcodes: { 2: 7 },
};

test('a summary adds up rounds and leaves out warm-up', () => {
	const rounds = [1, 2].map((number) => fakeRound([busy, busy, busy], { number, warmupCount: 1 }));
	const [summary] = summarize(fakeResult([fakeTarget('a', rounds)]));
	assert.deepEqual(summary.measured.slots, {
		due: 400,
		answered: 360,
		late: 8,
		lost: 12,
		sendErrors: 16,
		notOffered: 4,
	});
	assert.deepEqual(summary.measured.datagrams, {
		received: 400,
		answers: 360,
		late: 8,
		duplicates: 8,
		mismatched: 4,
		unknown: 20,
	});
	assert.deepEqual(
		[summary.sent, summary.seconds, summary.sentPerSec, summary.answeredPerSec],
		[380, 4, 95, 90],
	);
	assert.equal(summary.cpuUsPerQuery, 500_000 / 380);
	assert.deepEqual(
		[...summary.measured.rcodes],
		[
			[0, 340],
			[2, 28],
		],
	);
	assert.equal(summary.measured.truncated, 24);
	assert.equal(summary.measured.latencyUs.totalCount, 380);
	assert.deepEqual(summary.measured.replies, { messages: 368, bytes: 368 * 60, minBytes: 52, maxBytes: 80 });
	assert.deepEqual(sumFaults(summary.measured), []);
});

test('adding up leaves the parts as they are', () => {
	const result = fakeResult([fakeTarget('a', [fakeRound([busy]), fakeRound([busy], { number: 2 })])]);
	summarize(result);
	assert.equal(result.targets[0].rounds[0].measured.slots.answered, 90);
	assert.equal(result.targets[0].rounds[0].measured.latencyUs.totalCount, 95);
});

test('a void round stays out of the figures, unless all are void', () => {
	const good = fakeRound([{ answersUs: steps(100, 1) }]);
	const bad = fakeRound([{ answersUs: steps(50, 1000), notOffered: 50 }], {
		number: 2,
		void: ['it fell behind'],
	});
	const [some, none] = summarize(fakeResult([fakeTarget('a', [good, bad]), fakeTarget('b', [bad])]));
	assert.deepEqual(
		[some.void, some.measured.slots.due, some.rounds.length, some.counted.length],
		[false, 100, 2, 1],
	);
	assert.deepEqual([none.void, none.measured.slots.due], [true, 100]);
});

test('rounds are spread around their median', () => {
	const rounds = [30, 10, 20].map((count, place) =>
		fakeRound([{ answersUs: steps(count, 100), lost: 10 }], { number: place + 1 }),
	);
	const [{ spreads }] = summarize(fakeResult([fakeTarget('a', rounds)]));
	assert.deepEqual(spreads.answeredPerSec, { median: 20, min: 10, max: 30 });
	assert.deepEqual(spreads.loss, { median: 10 / 30, min: 0.25, max: 0.5 });
	assert.deepEqual(spreads.p99, {
		median: { us: 2_000_000, atLeast: true },
		min: { us: 2_000_000, atLeast: true },
		max: { us: 2_000_000, atLeast: true },
	});
	assert.deepEqual(spreads.p50?.min, { us: 1000, atLeast: false });
	assert.equal(spreadOf([4, 1])?.median, 2.5);
	assert.equal(spreadOf([undefined]), undefined);
});

test('targets are compared round against round', () => {
	const round = (number: number, count: number, stepUs: number, more = {}) =>
		fakeRound([{ answersUs: steps(count, stepUs) }], { number, ...more });
	const a = fakeTarget('a', [round(1, 100, 10), round(2, 200, 10), round(3, 100, 10)]);
	const b = fakeTarget('b', [round(1, 50, 40), round(2, 200, 10), round(3, 100, 99, { void: ['slow'] })]);
	const [comparison, ...others] = compare(summarize(fakeResult([a, b])));
	assert.deepEqual(others, []);
	assert.deepEqual([comparison.target, comparison.base, comparison.pairs], ['b', 'a', 2]);
	assert.deepEqual(comparison.ratios.answeredPerSec, { median: 0.75, min: 0.5, max: 1 });
	assert.deepEqual(comparison.ratios.p50, { median: 1.5, min: 1, max: 2 });
});

test('latencies that are only known at least are not compared', () => {
	const round = (lost: number) => fakeRound([{ answersUs: steps(10, 10), lost }]);
	const [{ ratios }] = compare(
		summarize(fakeResult([fakeTarget('a', [round(0)]), fakeTarget('b', [round(5)])])),
	);
	assert.equal(ratios.p99, undefined);
	assert.notEqual(ratios.p50, undefined);
});

test('without rounds and without time there are no rates', () => {
	const [none, empty] = summarize(fakeResult([fakeTarget('a', []), fakeTarget('b', [fakeRound([])])]));
	for (const summary of [none, empty]) {
		assert.deepEqual(
			[summary.sentPerSec, summary.latency, summary.cpuUsPerQuery],
			[undefined, undefined, undefined],
		);
		assert.equal(summary.void, false);
	}
});

test('a search speaks by its trials at the highest rate that was kept', () => {
	const trial = (rateQps: number, kept: boolean) => ({
		rateQps,
		kept,
		reasons: kept ? [] : ['p99<1ms: 2ms'],
		round: fakeRound([{ answersUs: steps(rateQps, 1) }]),
	});
	const trials = [trial(100, true), trial(200, false), trial(150, true), trial(150, true)];
	const search = { objective: 'p99<1ms', trials, bestQps: 150, generatorWasLimit: false };
	const [summary] = summarize(fakeResult([fakeTarget('a', [])], { searches: [search] }));
	assert.deepEqual([summary.rounds.length, summary.everyRound.length, summary.answeredPerSec], [2, 4, 150]);
	const named = fakeTarget('a', [trials[1].round]);
	const [last] = summarize(fakeResult([named], { searches: [search] }));
	assert.deepEqual([last.rounds.length, last.everyRound.length, last.answeredPerSec], [1, 4, 200]);
});

test('counts that do not add up are told', () => {
	const measured = fakeMeasured({ answersUs: steps(10, 1) });
	measured.slots.due = 12;
	measured.datagrams.unknown = 1;
	assert.deepEqual(sumFaults(measured), [
		'12 due, but answered + late + lost + send errors + not offered is 10',
		'10 received, but answers + late + duplicates + mismatched + unknown is 11',
	]);
});
