/**
 * Goal: queries come in the order and with the frequency that the draw says, and threads together ask what one would. Method:
 * orders are compared whole; counts are held against their expectation within three standard errors (three and a half where
 * there are many), with fixed seeds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rrType } from '../../../src/wire/iana.ts';
import { openSource } from '../../../src/workload/open-source.ts';
import { planTrace } from '../../../src/workload/plan-trace.ts';
import { planWorkload } from '../../../src/workload/plan-workload.ts';
import { primedQueries, type Workload } from '../../../src/workload/workload.ts';
import { alone, counted, deviation, firstQuestions, questionOf, take, traceQuery } from './support.ts';

const both = [rrType.A, rrType.AAAA];

test('queries in order come over and over, or once', () => {
	const order = [
		'n1.petrel.example A',
		'n1.petrel.example AAAA',
		'n2.petrel.example A',
		'n2.petrel.example AAAA',
	];
	const over = planWorkload({ names: 2, types: both });
	assert.deepEqual(firstQuestions(over, 9), [...order, ...order, order[0]]);
	const once = planWorkload({ names: 2, types: both, draw: { kind: 'in-order', repeat: false } });
	assert.deepEqual(firstQuestions(once, 9), order);
	const source = openSource(once, alone);
	take(source, 9);
	assert.deepEqual([source.next(), source.next()], [-1, -1]);
});

test('threads together ask in order what one would, each its share', () => {
	const inputs = fc.record({
		names: fc.integer({ min: 1, max: 12 }),
		workers: fc.integer({ min: 1, max: 15 }),
		repeat: fc.boolean(),
		prefix: fc.boolean(),
	});
	fc.assert(
		fc.property(inputs, ({ names, workers, repeat, prefix }) => {
			const workload = planWorkload({ names, types: both, prefix, draw: { kind: 'in-order', repeat } });
			const each = 6;
			const one = firstQuestions(workload, each * workers);
			for (let worker = 0; worker < workers; worker++) {
				assert.deepEqual(
					firstQuestions(workload, each, { ...alone, worker, workers }),
					one.filter((_, k) => k % workers === worker),
				);
			}
		}),
		{ numRuns: 200 },
	);
});

test('a trace has its times, once or over and over', async () => {
	const times = [1000, 1010, 1040];
	const queries = times.map((atMs, i) => traceQuery(`n${i}`, { atMs }));
	const dueTimes = (workload: Workload, worker: number, workers: number): number[] => {
		const source = openSource(workload, { ...alone, worker, workers });
		const due: number[] = [];
		for (let i = 0; i < 5 && source.next() >= 0; i++) due.push(source.dueMs);
		return due;
	};
	const once = await planTrace(queries, { source: 'test' });
	assert.deepEqual(dueTimes(once, 0, 1), [0, 10, 40]);
	assert.deepEqual(dueTimes(once, 1, 2), [10]);
	const over = await planTrace(queries, { source: 'test', draw: { kind: 'in-order', repeat: true } });
	assert.deepEqual(dueTimes(over, 0, 1), [0, 10, 40, 60, 70], 'the mean gap, 20 ms, between two passes');
	assert.deepEqual(dueTimes(over, 1, 2), [10, 60, 100, 130, 180]);
	const labelled = await planTrace(queries, { source: 'test', prefix: true });
	assert.deepEqual(dueTimes(labelled, 0, 2), [0, 40]);
	const untimed = await planTrace(queries, { source: 'test', timed: false });
	assert.deepEqual(dueTimes(untimed, 0, 1), [0, 0, 0, 0, 0]);
});

test('draws are as popular as Zipf says, each name with its types in turn', () => {
	const names = 20;
	const draws = 200_000;
	const harmonic = Array.from({ length: names }, (_, rank) => 1 / (rank + 1)).reduce((a, b) => a + b);
	for (const prefix of [false, true]) {
		const workload = planWorkload({ names, types: both, prefix, draw: { kind: 'zipf', exponent: 1 } });
		const questions = firstQuestions(workload, draws).map((text) => text.replace(/^x\w{14}\./, ''));
		assert.equal(counted(questions.map((text) => text.split(' ')[1])).get('A'), draws / 2);
		const counts = counted(questions);
		for (const rank of [0, 1, 5, 19]) {
			for (const type of ['A', 'AAAA']) {
				const count = counts.get(`n${rank + 1}.petrel.example ${type}`)!;
				const away = deviation(count, draws / 2, 1 / (rank + 1) / harmonic);
				assert.ok(away < 3, `rank ${rank} ${type} is ${away} standard errors off`);
			}
		}
	}
});

test('even draws are even, and those of two threads are others', () => {
	const workload = planWorkload({ names: 20, draw: { kind: 'uniform' } });
	const draws = 100_000;
	const streams = [0, 1].map((worker) => take(openSource(workload, { ...alone, worker, workers: 2 }), draws));
	for (const stream of streams) {
		assert.equal(counted(stream).size, 20);
		for (const count of counted(stream).values()) assert.ok(deviation(count, draws, 1 / 20) < 3.5);
	}
	const equal = streams[0].filter((number, i) => number === streams[1][i]).length;
	assert.ok(deviation(equal, draws, 1 / 20) < 3, `${equal} draws are equal`);
	const otherSeed = take(openSource(workload, { ...alone, seed: 2 }), 100);
	assert.notDeepEqual(otherSeed, streams[0].slice(0, 100));
});

test('a hit ratio: first every known query once, then that share of known ones, and the rest never asked before', () => {
	const workload = planWorkload({ names: 50, types: both, draw: { kind: 'hit-ratio', hitRatio: 0.8 } });
	const workers = 3;
	const draws = 50_000;
	const known = new Set<string>();
	const unknown: string[] = [];
	let hits = 0;
	for (let worker = 0; worker < workers; worker++) {
		const place = { ...alone, worker, workers };
		const source = openSource(workload, place);
		for (const number of take(source, primedQueries(workload, place))) {
			const question = questionOf(source, number);
			assert.ok(!known.has(question), `${question} is primed once`);
			known.add(question);
		}
		for (const number of take(source, draws)) {
			const question = questionOf(source, number);
			if (question.startsWith('n')) hits++;
			else unknown.push(question);
		}
	}
	assert.equal(known.size, 100);
	assert.ok(deviation(hits, workers * draws, 0.8) < 3, `${hits} hits`);
	assert.equal(hits + unknown.length, workers * draws);
	assert.equal(new Set(unknown).size, unknown.length, 'no name comes twice');
	for (const question of unknown) assert.match(question, /^x[0-9a-v]{14}\.petrel\.example (A|AAAA)$/);
	const ofTypeA = unknown.filter((question) => question.endsWith(' A')).length;
	assert.ok(Math.abs(ofTypeA / unknown.length - 0.5) < 0.02, `${ofTypeA} of ${unknown.length} are A`);
});

test('known names of a hit ratio are drawn evenly; 0 and 1 are possible', () => {
	const draws = 100_000;
	const after = (hitRatio: number): number[] => {
		const workload = planWorkload({ names: 10, draw: { kind: 'hit-ratio', hitRatio } });
		return take(openSource(workload, alone), 10 + draws).slice(10);
	};
	const counts = counted(after(1));
	assert.equal(counts.size, 10);
	for (const count of counts.values()) assert.ok(deviation(count, draws, 0.1) < 3.5);
	assert.ok(after(0).every((number) => number >= 10));
});

test('a workload without a hit ratio primes nothing', () => {
	assert.equal(primedQueries(planWorkload({ names: 10 }), { worker: 0, workers: 1 }), 0);
	const one = planWorkload({ names: 1, draw: { kind: 'hit-ratio', hitRatio: 1 } });
	assert.deepEqual(
		[0, 1, 2].map((worker) => primedQueries(one, { worker, workers: 3 })),
		[1, 0, 0],
	);
});

test('labels in front are each their own: over threads, over turns, and over seeds', () => {
	const workload = planWorkload({ names: 3, prefix: true });
	const seen = new Set<string>();
	let asked = 0;
	for (const seed of [0, 1, 2, 0xffff_ffff]) {
		for (let worker = 0; worker < 3; worker++) {
			for (const question of firstQuestions(workload, 5000, { worker, workers: 3, seed })) {
				assert.match(question, /^x[0-9a-v]{14}\.n[123]\.petrel\.example A$/);
				seen.add(question.slice(0, 15));
				asked++;
			}
		}
	}
	assert.equal(seen.size, asked);
});

test('a name that is drawn is looked up to its end', () => {
	const workload = planWorkload({
		names: 3,
		draw: { kind: 'uniform' },
		searchList: { domains: ['a.test'], ndots: 5, found: ['n2.petrel.example.a.test'] },
	});
	const questions = firstQuestions(workload, 4000);
	const lookup = (name: string, candidates: string[]): string[] =>
		candidates.flatMap((candidate) => [`${name}${candidate} A`, `${name}${candidate} AAAA`]);
	const drawn: string[] = [];
	for (let at = 0; at < questions.length - 4; ) {
		const name = /^n\d\.petrel\.example/.exec(questions[at])![0];
		const expected = lookup(name, name.startsWith('n2') ? ['.a.test'] : ['.a.test', '']);
		assert.deepEqual(questions.slice(at, at + expected.length), expected);
		at += expected.length;
		drawn.push(name);
	}
	for (const count of counted(drawn).values()) assert.ok(deviation(count, drawn.length, 1 / 3) < 3);
});
