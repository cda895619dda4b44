/** Goal: the flags of `petrel policies` take what their help says, and say what they want instead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	parseColumns,
	parsePolicies,
	parsePositiveShare,
	parsePrefetch,
	parseServeStale,
	parseSizes,
	parseTtl,
} from '../../../src/cli/policies/values.ts';
import { choices } from '../../../src/lab/study/choices.ts';

test('sizes: octets with a unit, shares, entries, several at once and several times', () => {
	const [first, ...more] = parseSizes('64KiB,1.5MiB, 10%,5000', parseSizes('512b', []));
	assert.deepEqual(first, { written: '512b', unit: 'bytes', amount: 512 });
	assert.deepEqual(
		more.map(({ unit, amount }) => [unit, amount]),
		[
			['bytes', 65_536],
			['bytes', 1_572_864],
			['share', 0.1],
			['entries', 5000],
		],
	);
});

for (const [text, message] of [
	['big', /"big" is no size: write octets with a unit \(64KiB, 1MiB\)/],
	['0', /from 1 to/],
	['0%', /above 0%/],
	['1001%', /at most 1000%/],
	['1.5', /is no size/],
	['0.1b', /is no size/],
	['99999GiB', /is no size/],
	['-5', /is no size/],
] as const) {
	test(`no size: ${text}`, () => assert.throws(() => parseSizes(text, []), message));
}

test('policies: names with commas; all is every one', () => {
	assert.deepEqual(parsePolicies('lru, min', ['petrel']), ['petrel', 'lru', 'min']);
	assert.deepEqual(
		parsePolicies('all', []),
		choices.map(({ name }) => name),
	);
});

test('TTLs: seconds without a unit', () => {
	assert.deepEqual(['60', '60s', '1h30m', '0'].map(parseTtl), [60, 60, 5400, 0]);
	assert.throws(() => parseTtl('soon'), /A TTL is a number/);
	assert.throws(() => parseTtl('99999999999'), /A TTL/);
});

test('serve-stale and prefetch are written as in the Corefile', () => {
	assert.deepEqual(parseServeStale('30m verify'), { windowSec: 1800, mode: 'verify', recheckSec: 30 });
	assert.deepEqual(parseServeStale('1h'), { windowSec: 3600, mode: 'immediate', recheckSec: 30 });
	assert.deepEqual(parsePrefetch('5'), { amount: 5, durationSec: 60, percentage: 10 });
	assert.deepEqual(parsePrefetch('3 2m 20%'), { amount: 3, durationSec: 120, percentage: 20 });
	assert.throws(() => parsePrefetch('5 1m 95%'), /from 10% to 90%/);
	assert.throws(() => parsePrefetch('5 1m 10% now'), /nothing more/);
	assert.throws(() => parsePrefetch(''), /The number of hits/);
});

test('columns of a csv, by number or name', () => {
	assert.deepEqual(parseColumns('id=5,time=ts'), { id: '5', time: 'ts' });
	for (const text of ['5', 'id=', 'name=5']) assert.throws(() => parseColumns(text), /Columns are id=/, text);
});

test('a sample is above nothing', () => {
	assert.equal(parsePositiveShare('1%'), 0.01);
	assert.throws(() => parsePositiveShare('0'), /above 0%/);
});
