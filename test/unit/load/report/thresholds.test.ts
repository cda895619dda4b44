import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judge, judgeAll } from '../../../../src/load/report/judgement.ts';
import { metricHelp } from '../../../../src/load/report/metrics.ts';
import { parseThresholds } from '../../../../src/load/report/thresholds.ts';
import { PetrelError } from '../../../../src/util/errors.ts';
import { type FakeCounts, fakeMeasured, fakeResult, fakeRound, fakeTarget, steps } from './support.ts';

const parsed: [text: string, metric: string, operator: string, limit: number, unit: string][] = [
	['p99<2ms', 'p99', '<', 2000, 'us'],
	['p99.9<=10ms', 'p99.9', '<=', 10_000, 'us'],
	['loss<0.1%', 'loss', '<', 0.001, 'share'],
	['loss < 0.01%', 'loss', '<', 0.0001, 'share'],
	['servfail<1%', 'servfail', '<', 0.01, 'share'],
	['rcode23==0', 'rcode23', '==', 0, 'count'],
	['errors==0', 'errors', '==', 0, 'count'],
	['errors=0', 'errors', '==', 0, 'count'],
	['rate>=50k', 'rate', '>=', 50_000, 'perSec'],
	['rate>=1.5M/s', 'rate', '>=', 1_500_000, 'perSec'],
	['rate ≥ 900qps', 'rate', '>=', 900, 'perSec'],
	['late<1%', 'late', '<', 0.01, 'share'],
	['max<1s', 'max', '<', 1e6, 'us'],
	['mean<500us', 'mean', '<', 500, 'us'],
	['mean<500µs', 'mean', '<', 500, 'us'],
	['lag<1ms', 'lag', '<', 1000, 'us'],
	['LAG-P50<0', 'lag-p50', '<', 0, 'us'],
	['sent-p99>1m', 'sent-p99', '>', 60e6, 'us'],
	['not-offered!=2k', 'not-offered', '!=', 2000, 'count'],
];

test('thresholds are parsed', () => {
	for (const [text, metric, operator, limit, unit] of parsed) {
		const [threshold, ...others] = parseThresholds(text);
		assert.deepEqual(others, []);
		assert.deepEqual(
			[threshold.metric, threshold.operator, threshold.limit, threshold.unit],
			[metric, operator, limit, unit],
			text,
		);
	}
});

test('several are separated by blanks or commas', () => {
	const texts = parseThresholds(' p99 < 2ms,loss<0.1% ,  rate>=50k ').map(({ text }) => text);
	assert.deepEqual(texts, ['p99<2ms', 'loss<0.1%', 'rate>=50k']);
});

const refused: [text: string, column: number, what: RegExp][] = [
	['', 1, /no threshold in it/],
	['  ,', 1, /no threshold in it/],
	['p98q<2ms', 1, /no metric "p98q": did you mean p\d+/],
	['p99<2ms los<1%', 9, /no metric "los": did you mean loss\?/],
	['servfial<1%', 1, /did you mean servfail\?/],
	['throughput>5', 1, /there are p99/],
	['p0<2ms', 1, /no metric "p0"/],
	['p100<2ms', 1, /no metric "p100"/],
	['<2ms', 1, /a metric belongs before/],
	['p99', 4, /an operator belongs after p99/],
	['p99 2ms', 5, /an operator belongs/],
	['p99<>2ms', 4, /"<>" is no operator/],
	['p99<', 5, /a value belongs after p99</],
	['p99<2', 5, /"2" needs a unit: us, ms, s or m/],
	['p99<2mz', 5, /"mz" is no unit/],
	['p99<2%', 5, /"%" is no unit/],
	['p99<fast', 5, /"fast" is no number/],
	['loss<1ms', 6, /"ms" is no unit of this metric, whose units are % or none/],
	['loss<101%', 6, /more than all/],
	['rate>=50kk', 7, /"kk" is no unit/],
	['rate>=-5', 7, /"-5" is no number/],
];

test('what cannot be parsed is told with its place', () => {
	for (const [text, column, what] of refused) {
		assert.throws(
			() => parseThresholds(text),
			(thrown: unknown) => {
				assert.ok(thrown instanceof PetrelError, text);
				assert.equal(thrown.code, 'PETREL_CONFIG');
				assert.match(thrown.message, what);
				assert.ok(thrown.message.includes(`'${text}', column ${column}:`), thrown.message);
				return true;
			},
		);
	}
});

test('any text is parsed or refused', () => {
	const piece = fc.constantFrom(
		'p99',
		'loss',
		'rate',
		'<',
		'>=',
		'==',
		'2ms',
		'1%',
		'50k',
		' ',
		',',
		'.',
		'-',
	);
	const text = fc.oneof(
		fc.string(),
		fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
	);
	fc.assert(
		fc.property(text, (some) => {
			try {
				for (const { limit } of parseThresholds(some)) assert.ok(limit >= 0);
			} catch (thrown) {
				assert.ok(thrown instanceof PetrelError && thrown.code === 'PETREL_CONFIG', String(thrown));
			}
		}),
	);
});

test('every example of the help is a threshold', () => {
	const examples = metricHelp()
		.split('\n')
		.map((line) => line.split(' ')[0]);
	assert.ok(examples.length > 10);
	for (const example of examples) assert.equal(parseThresholds(example)[0].text, example);
});

const counts: FakeCounts = {
	answersUs: steps(900, 1),
	lateUs: [2_500_000],
	lost: 9,
	sendErrors: 5,
	notOffered: 10,
	duplicates: 3,
	truncated: 90,
	rcodes: { 2: 18 },
	lagUs: 40,
};

test('thresholds are held against what was measured', () => {
	const judged = { measured: fakeMeasured(counts), seconds: 2 };
	const rows: [text: string, kept: boolean, said: string][] = [
		['p50<=455us', true, '455µs'],
		['p50<455us', false, '455µs'],
		['p99<5s', false, '≥2s'],
		['p99>=2s', true, '≥2s'],
		['max<1m', false, '≥2.5s'],
		['max!=0', true, '≥2.5s'],
		['sent-p50<=415us', true, '415µs'],
		['lag==40us', true, '40µs'],
		['lag-mean<41us', true, '40µs'],
		['loss<1%', false, '1.53% (14 of 915)'],
		['loss<=14', true, '14'],
		['loss==0', false, '14'],
		['late<0.1%', false, '0.11% (1 of 910)'],
		['errors==5', true, '5'],
		['not-offered<1%', false, '1.08% (10 of 925)'],
		['servfail<2%', true, '2.00% (18 of 901)'],
		['nxdomain==0', true, '0'],
		['truncated<10%', true, '9.99% (90 of 901)'],
		['duplicates<=3', true, '3'],
		['rate>=450', true, '450/s'],
		['rate>450', false, '450/s'],
		['sent-rate>=455', true, '455/s'],
	];
	for (const [text, kept, said] of rows) {
		const judgement = judge(parseThresholds(text)[0], judged);
		assert.deepEqual([judgement.kept, judgement.text], [kept, said], text);
	}
});

test('where nothing was measured nothing is kept', () => {
	const judged = { measured: fakeMeasured(), seconds: 0 };
	for (const text of ['p99<2ms', 'loss<1%', 'rate>=0', 'servfail<1%']) {
		const { kept, value, text: said } = judge(parseThresholds(text)[0], judged);
		assert.deepEqual([kept, value, said], [false, undefined, 'nothing was measured'], text);
	}
	assert.equal(judge(parseThresholds('errors==0')[0], judged).kept, true);
});

test('every threshold is held against every target, and a void one is told', () => {
	const good = fakeTarget('a', [fakeRound([{ answersUs: steps(10, 1) }])]);
	const bad = fakeTarget('b', [fakeRound([{ answersUs: steps(10, 1) }], { void: ['it fell behind'] })]);
	const judgements = judgeAll(fakeResult([good, bad]), parseThresholds('p99<1ms errors==1'));
	assert.deepEqual(
		judgements.map(({ threshold, target, kept, void: isVoid }) => [threshold.text, target, kept, isVoid]),
		[
			['p99<1ms', 'a', true, false],
			['p99<1ms', 'b', true, true],
			['errors==1', 'a', false, false],
			['errors==1', 'b', false, true],
		],
	);
});
