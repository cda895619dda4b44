/** `npm run test:peers`: what counts as a difference, and when the run fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCase } from '../../peers/case.ts';
import { allCases } from '../../peers/cases/all.ts';
import { compareSteps, type Difference } from '../../peers/compare.ts';
import { type DifferenceKind, differenceKinds } from '../../peers/differences.ts';
import type { CaseResult } from '../../peers/houses.ts';
import { judge } from '../../peers/judge.ts';

const steps = (fields: Record<string, string>) => new Map([['asked', new Map(Object.entries(fields))]]);

function fieldsThatDiffer(coredns: Record<string, string>, petrel: Record<string, string>): string[] {
	return compareSteps('T01', steps(coredns), steps(petrel)).map(({ field }) => field);
}

test('compare: a field is a difference when its value is another, or missing', () => {
	assert.deepEqual(fieldsThatDiffer({ rcode: 'NOERROR', aa: '1' }, { rcode: 'NOERROR', aa: '0' }), ['aa']);
	assert.deepEqual(fieldsThatDiffer({ ede: 'none' }, {}), ['ede']);
	const [row] = compareSteps('T01', steps({ aa: '1' }), new Map());
	assert.deepEqual(row, { test: 'T01', step: 'asked', field: 'aa', coredns: '1', petrel: 'nothing' });
});

test('compare: TTLs may be one second apart, and no more', () => {
	const ttl = (text: string) => ({ 'answer ttl': text });
	assert.deepEqual(fieldsThatDiffer(ttl('A:60 A:59'), ttl('A:59 A:60')), []);
	assert.deepEqual(fieldsThatDiffer(ttl('A:60'), ttl('A:58')), ['answer ttl']);
	assert.deepEqual(fieldsThatDiffer(ttl('A:60'), ttl('AAAA:60')), ['answer ttl']);
	assert.deepEqual(fieldsThatDiffer(ttl('A:60'), ttl('A:60 A:60')), ['answer ttl']);
});

test('compare: what only follows from another difference is not one of its own', () => {
	assert.deepEqual(
		fieldsThatDiffer({ answer: 'a', 'answer ttl': 'A:60' }, { answer: 'b', 'answer ttl': 'A:5' }),
		['answer'],
	);
	assert.deepEqual(
		fieldsThatDiffer(
			{ reply: 'silence', upstream: 'none' },
			{ reply: 'a message', rcode: 'X', upstream: 'one' },
		),
		['reply', 'upstream'],
	);
});

const peerCase = (id: string): PeerCase => ({ id, what: '', corefile: '', run: async () => {} });
const row = (test: string, field = 'aa'): Difference => ({
	test,
	step: 's',
	field,
	coredns: '1',
	petrel: '0',
});
const result = (id: string, ...differences: Difference[]): CaseResult => ({
	peerCase: peerCase(id),
	differences,
});
const kinds: readonly DifferenceKind[] = [
	{ id: 'one', tests: ['T01', 'T02'], field: /^aa$/, coredns: /1/, petrel: /0/ },
	{ id: 'anywhere', tests: 'any', field: /^ra$/ },
];

test('judge: everything explained and everything seen passes', () => {
	const verdict = judge(
		[result('T01', row('T01')), result('T02', row('T02'), row('T02', 'ra'))],
		true,
		kinds,
	);
	assert.equal(verdict.failed, false, verdict.summary.join('\n'));
	assert.equal(verdict.idOf(row('T09', 'ra')), 'anywhere');
});

test('judge: a difference without an explanation fails, also where the same is explained elsewhere', () => {
	const seen = [result('T01', row('T01')), result('T02', row('T02'), row('T02', 'ra'))];
	for (const extra of [row('T03'), { ...row('T01'), coredns: '0', petrel: '1' }, row('T01', 'rcode')]) {
		const verdict = judge([...seen, result(extra.test, extra)], true, kinds);
		assert.equal(verdict.failed, true);
		assert.match(verdict.summary.join('\n'), /1 not explained, 0 no longer seen/);
	}
});

test('judge: an explanation that nothing needs any more fails', () => {
	const gone = judge([result('T01', row('T01')), result('T02', row('T02', 'ra'))], true, kinds);
	assert.equal(gone.failed, true);
	assert.match(gone.summary.join('\n'), /one: T02 no longer shows it/);
	const anywhere = judge([result('T01', row('T01')), result('T02', row('T02'))], true, kinds);
	assert.match(anywhere.summary.join('\n'), /anywhere: no longer occurs/);
});

test('judge: inputs that did not run are not missed, and one that broke fails', () => {
	const skipped = { ...result('T02'), skipped: 'petrel refuses it' };
	assert.equal(judge([result('T01', row('T01'), row('T01', 'ra')), skipped], true, kinds).failed, false);
	assert.equal(judge([result('T01', row('T01'))], false, kinds).failed, false);
	const broken = { ...result('T02'), failure: 'no answer' };
	assert.equal(judge([result('T01', row('T01'), row('T01', 'ra')), broken], true, kinds).failed, true);
});

test('the inputs have IDs of their own, and every explanation names inputs that there are', () => {
	const ids = allCases.map(({ id }) => id);
	assert.equal(new Set(ids).size, ids.length);
	for (const { id, tests } of differenceKinds) {
		for (const name of tests === 'any' ? [] : tests)
			assert.ok(ids.includes(name), `${id}: there is no ${name}`);
	}
});

test('the numbers T01 to T86 of the catalogue all have an input', () => {
	const numbers = new Set(allCases.map(({ id }) => id.slice(0, 3)));
	const spans = [
		[1, 15],
		[20, 33],
		[40, 47],
		[50, 70],
		[80, 86],
	];
	for (const [from, to] of spans) {
		for (let n = from; n <= to; n++) assert.ok(numbers.has(`T${String(n).padStart(2, '0')}`), `T${n}`);
	}
});
