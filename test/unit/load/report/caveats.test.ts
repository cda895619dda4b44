import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caveatsOf } from '../../../../src/load/report/caveats.ts';
import { judgeSummaries } from '../../../../src/load/report/judgement.ts';
import { summarize } from '../../../../src/load/report/summary.ts';
import { parseThresholds } from '../../../../src/load/report/thresholds.ts';
import { verdictOf } from '../../../../src/load/report/verdict.ts';
import type { LoadResult, Round } from '../../../../src/load/result.ts';
import { type FakeCounts, fakeResult, fakeRound, fakeSetting, fakeTarget, steps } from './support.ts';

const enough: FakeCounts = { answersUs: Array(10_000).fill(1000) };

function caveats(result: LoadResult): string[] {
	return caveatsOf(result, summarize(result));
}

function withRound(
	counts: FakeCounts,
	more: Partial<Round> = {},
	result: Partial<LoadResult> = {},
): LoadResult {
	return fakeResult([fakeTarget('a', [fakeRound([counts], more)])], result);
}

test('a sound run has none', () => {
	assert.deepEqual(caveats(withRound(enough, { offeredQps: 10_000 })), []);
});

const rows: [name: string, result: LoadResult, said: RegExp][] = [
	[
		'void',
		withRound(enough, { void: ['it fell behind', 'it was late'] }),
		/round 1 is void.*: it fell behind; it was late\./,
	],
	['lag', withRound({ ...enough, lagUs: 500 }), /50% of the p50 is the generator's own lag \(500µs of 1ms\)/],
	['drops', withRound(enough, { ownDrops: 7 }), /the kernel dropped 7 replies at this process's own sockets/],
	['CPU', withRound(enough, { cpuSec: 0.97 }), /the generator used 97% of a core/],
	[
		'rate',
		withRound(enough, { offeredQps: 20_000 }),
		/10,000\/s were sent of the 20,000\/s that were asked for/,
	],
	['few', withRound({ answersUs: steps(9000, 1) }), /9 queries are beyond p99\.9: it takes 10,000 queries/],
	['very few', withRound({ answersUs: steps(500, 1) }), /no query is beyond p99\.9/],
	['none', withRound({ notOffered: 4 }), /nothing was answered or lost/],
	[
		'send errors',
		withRound({ ...enough, sendErrors: 3 }, { errorCodes: new Map([['ECONNREFUSED', 3]]) }),
		/3 queries could not be sent: ECONNREFUSED 3\./,
	],
	['strays', withRound({ ...enough, mismatched: 1, unknown: 1 }), /2 datagrams were no answer to any query/],
	['interrupted', withRound(enough, {}, { interrupted: true }), /^It was interrupted/],
	['closed loop', withRound(enough, {}, { setting: fakeSetting({ mode: 'concurrency' }) }), /^Closed loop/],
	[
		'dgram',
		withRound(enough, {}, { setting: fakeSetting({ transportText: 'dgram (no addon)' }) }),
		/Sockets are dgram \(no addon\)/,
	],
];

for (const [name, result, said] of rows) {
	test(`a report knows its caveat: ${name}`, () => {
		const found = caveats(result);
		assert.equal(found.length, 1, found.join('\n'));
		assert.match(found[0], said);
	});
}

test('CPU is held against as many cores as there are workers', () => {
	const setting = fakeSetting({ workers: 2 });
	assert.deepEqual(caveats(withRound(enough, { cpuSec: 1.2 }, { setting })), []);
	assert.equal(caveats(withRound(enough, { cpuSec: 1.9 }, { setting })).length, 1);
});

test('counts that do not add up are the fault of petrel', () => {
	const result = withRound(enough);
	result.targets[0].rounds[0].measured.slots.lost++;
	assert.match(caveats(result)[0], /do not add up, which is a fault in petrel: 10,000 due, but .* is 10,001/);
});

test('with several targets a caveat names its own', () => {
	const target = (name: string, ownDrops: number) => fakeTarget(name, [fakeRound([enough], { ownDrops })]);
	const found = caveats(fakeResult([target('a', 0), target('b', 1)]));
	assert.match(found[0], /^b: the kernel dropped 1 reply /);
	assert.match(found[1], /^One round each/);
});

test('the verdict tells a void run, and that its thresholds are neither kept nor broken', () => {
	const result = withRound(enough, { void: ['it fell behind'] }, { interrupted: true });
	const summaries = summarize(result);
	const judgements = judgeSummaries(summaries, parseThresholds('p99<1us'));
	const { mood, text } = verdictOf(result, summaries, judgements);
	assert.equal(mood, 'void');
	assert.equal(text, 'Interrupted; void: a was not measured, it fell behind.');
});
