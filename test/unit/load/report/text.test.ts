import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderText, type TextOptions } from '../../../../src/load/report/text.ts';
import { parseThresholds } from '../../../../src/load/report/thresholds.ts';
import type { LoadResult, Trial } from '../../../../src/load/result.ts';
import { type FakeCounts, fakeResult, fakeRound, fakeSetting, fakeTarget, steps } from './support.ts';

const counts: FakeCounts = {
	answersUs: steps(900, 1),
	lateUs: [2_500_000],
	lost: 9,
	sendErrors: 5,
	notOffered: 10,
	duplicates: 3,
	mismatched: 2,
	unknown: 1,
	truncated: 90,
	rcodes: { 3: 100, 2: 18 },
};

function text(result: LoadResult, options: Partial<TextOptions> = {}): string {
	return renderText(result, { color: false, thresholds: [], ...options });
}

const one = (): LoadResult => fakeResult([fakeTarget('127.0.0.1:5300', [fakeRound([counts, counts])])]);

test('thresholds come first, then the verdict in one line', () => {
	const lines = text(one(), { thresholds: parseThresholds('loss<5% p99<2ms') }).split('\n');
	assert.equal(lines[0], '✓ loss<5%  1.53% (28 of 1,830)');
	assert.equal(lines[1], '✗ p99<2ms  ≥2s');
	assert.equal(lines[2], '');
	assert.equal(
		lines[3],
		'1 of 2 thresholds broken; 127.0.0.1:5300 answered 97.30% of 1,850 queries in time, 900/s, p99 ≥2s.',
	);
});

test('the table has every figure, and both sums stand below it', () => {
	const report = text(one());
	const cells: [label: string, cell: string][] = [
		['due', '1,850'],
		['answered', '1,800   97.30%'],
		['late', '2    0.11%'],
		['lost', '18    0.97%'],
		['send errors', '10    0.54%'],
		['not offered', '20    1.08%'],
		['sent', '910/s'],
		['p50', '455µs'],
		['p99.9', '≥2.5s'],
		['max', '≥2.5s'],
		['SERVFAIL', '36    2.00%'],
		['NXDOMAIN', '200   11.10%'],
		['TC=1', '180    9.99%'],
		['mean reply', '60 octets'],
		['lag p99', '10µs'],
		['CPU a query', '137µs'],
	];
	for (const [label, cell] of cells) {
		const line = report
			.split('\n')
			.find((some) => some.startsWith(`  ${label} `) && some.endsWith(` ${cell}`));
		assert.ok(line, `${label} ${cell} is not in\n${report}`);
	}
	assert.ok(
		report.includes('1,850 due = 1,800 answered + 2 late + 18 lost + 10 send errors + 20 not offered\n'),
	);
	assert.ok(
		report.includes('1,814 received = 1,800 answers + 2 late + 6 duplicates + 4 mismatched + 2 unknown\n'),
	);
});

test('tables keep to the width of the terminal, and targets that do not fit have one of their own', () => {
	const target = (name: string) => fakeTarget(name, [fakeRound([counts])]);
	const result = fakeResult(['10.0.0.1', '10.0.0.2', '10.0.0.3', `${'long.'.repeat(20)}example`].map(target));
	for (const columns of [60, 80, 100, 200]) {
		const tables = text(result, { columns })
			.split('\n\n')
			.filter((block) => block.includes('\nqueries\n'));
		for (const line of tables.join('\n').split('\n'))
			assert.ok(line.length <= columns, `${columns}: ${line}`);
		assert.equal(tables.length, { 60: 3, 80: 2, 100: 2, 200: 1 }[columns]);
	}
});

test('several rounds and targets show their spread and are compared', () => {
	const rounds = (count: number) =>
		[1, 2, 3].map((number) => fakeRound([{ answersUs: steps(count * number, 10) }], { number }));
	const report = text(fakeResult([fakeTarget('a', rounds(100)), fakeTarget('b', rounds(200))]));
	assert.ok(report.includes('a, 3 rounds\n  answered  200/s (100/s to 300/s)\n'), report);
	assert.ok(
		report.includes(
			'times a: median (lowest to highest)\nb, 3 pairs of rounds\n  answered  2.00 (2.00 to 2.00)\n',
		),
	);
	assert.ok(report.includes('; b: 2.00 × that rate, 2.00 × that p99.'));
});

test('answers and p99 over time are a line of blocks, rounds apart', () => {
	const round = (number: number) =>
		fakeRound(
			[100, 800, 400].map((count) => ({ answersUs: steps(count, 1) })),
			{ number },
		);
	const report = text(fakeResult([fakeTarget('a', [round(1), round(2)])]));
	assert.ok(report.includes('answered  ▁█▄ ▁█▄  at most 800/s\n'), report);
	assert.ok(report.includes('p99       ▁█▄ ▁█▄  at most 792µs\n'), report);
});

test('a search lists its trials and the highest rate', () => {
	const trial = (rateQps: number, reasons: string[]): Trial => ({
		rateQps,
		kept: reasons.length === 0,
		reasons,
		round: fakeRound([{ answersUs: steps(100, 10), lost: reasons.length * 4 }]),
	});
	const search = {
		objective: 'p99<5ms',
		trials: [trial(1000, []), trial(2000, ['p99<5ms: ≥2s'])],
		bestQps: 1000,
		generatorWasLimit: true,
	};
	const report = text(fakeResult([fakeTarget('a', [])], { searches: [search] }));
	assert.match(report, /^a keeps p99<5ms up to 1,000\/s\.\n/);
	assert.ok(report.includes('search at a for p99<5ms: highest rate 1,000/s\n'));
	assert.ok(report.includes('  ✓ 1,000/s  p99 990µs  lost    0%\n'), report);
	assert.ok(report.includes('  ✗ 2,000/s  p99   ≥2s  lost 3.85%  p99<5ms: ≥2s\n'), report);
	assert.ok(report.includes('! The generator was the limit of the search'));
});

test('connections of TCP are in the table', () => {
	const report = text(fakeResult([fakeTarget('tcp://a', [fakeRound([{ ...counts, tcp: true }])], 'tcp')]));
	assert.match(report, /connections\n {2}opened +4\n {2}failed +1\n {2}handshake p50 +300µs\n/);
});

test('colors are there for those who want them', () => {
	const thresholds = parseThresholds('loss<5% p99<2ms');
	const begin = '\u001b[';
	assert.ok(!text(one(), { thresholds }).includes(begin));
	const colored = text(one(), { color: true, thresholds });
	assert.ok(colored.startsWith(`${begin}32m✓ loss<5%`));
	assert.ok(colored.includes(`${begin}31m✗ p99<2ms`));
});

test('names cannot command a terminal', () => {
	const name = 'evil\u001b]0;title\u0007\nnext\u202eline';
	const report = text(fakeResult([fakeTarget(name, [fakeRound([counts])])]));
	assert.doesNotMatch(report.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
	assert.ok(report.includes('evil ]0;title next line'));
});

test('a run without a target, a round or a query is a report too', () => {
	for (const targets of [
		[],
		[fakeTarget('a', [])],
		[fakeTarget('a', [fakeRound([])]), fakeTarget('b', [])],
	]) {
		assert.ok(text(fakeResult(targets)).includes('command     petrel load'));
	}
});

test('the command can be run again by a shell', () => {
	const setting = fakeSetting({ arguments: ['load', '::1', '--threshold', "p99<2ms 'x'"] });
	assert.ok(text(fakeResult([], { setting })).includes(`petrel load ::1 --threshold 'p99<2ms '\\''x'\\'''`));
});
