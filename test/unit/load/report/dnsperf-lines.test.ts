import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderDnsperfLines } from '../../../../src/load/report/dnsperf-lines.ts';
import { fakeResult, fakeRound, fakeTarget } from './support.ts';

const second = { answersUs: [1010, 2010, 3010, 4010], lateUs: [2_500_000], lost: 5, rcodes: { 3: 1 } };

test('figures stand behind the words of dnsperf, and mean what they mean there', () => {
	const text = renderDnsperfLines(fakeResult([fakeTarget('a', [fakeRound([second, second])])]));
	const figures: Record<string, string> = {};
	for (const line of text.split('\n')) {
		const match = /^ {2}(\S.*?): +(.*)$/.exec(line);
		if (match) figures[match[1]] = match[2];
	}
	assert.deepEqual(figures, {
		'Queries sent': '20',
		'Queries completed': '8 (40.00%)',
		'Queries lost': '12 (60.00%)',
		'Response codes': 'NOERROR 8 (80.00%), NXDOMAIN 2 (20.00%)',
		'Average packet size': 'request 40, response 60',
		'Run time (s)': '2.000000',
		'Queries per second': '4.000000',
		// From when they were sent, 10 µs after they were due, and without what was lost or late.
		'Average Latency (s)': '0.002500 (min 0.001000, max 0.004001)',
		'Latency StdDev (s)': '0.001118',
	});
});

test('connections have statistics of their own', () => {
	const text = renderDnsperfLines(
		fakeResult([fakeTarget('a', [fakeRound([{ ...second, tcp: true }])], 'tcp')]),
	);
	assert.ok(text.includes('Connection Statistics:\n\n  Connection attempts:  5 (4 successful, 80.00%)\n'));
	assert.ok(text.includes('  Average Latency (s):  0.000300 (min 0.000300, max 0.000300)\n'));
});

test('without a reply there are zeros, and no NaN', () => {
	const text = renderDnsperfLines(
		fakeResult([fakeTarget('a', []), fakeTarget('b', [fakeRound([{ lost: 3 }])])]),
	);
	assert.doesNotMatch(text, /NaN|Infinity|undefined/);
	assert.ok(text.includes('[Status] Target: b\n'));
	assert.ok(text.includes('  Average Latency (s):  0.000000 (min 0.000000, max 0.000000)\n'));
});
