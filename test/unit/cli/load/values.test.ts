import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	parseCount,
	parseNumber,
	parseRamp,
	parseRate,
	parseShare,
	parseSpan,
} from '../../../../src/cli/load/values.ts';

test('rates are numbers with a unit of thousands', () => {
	assert.equal(parseRate('800'), 800);
	assert.equal(parseRate('20k'), 20_000);
	assert.equal(parseRate('1.5M'), 1_500_000);
	assert.equal(parseRate('0.5'), 0.5);
	assert.equal(parseRate('50k/s'), 50_000);
	for (const text of ['', '0', '-1', 'fast', '10 k s', '1e3', '6M', 'NaN']) {
		assert.throws(() => parseRate(text), /A rate is a number of queries a second/, text);
	}
});

test('a ramp is two rates', () => {
	assert.deepEqual(parseRamp('1k..200k'), { fromQps: 1000, toQps: 200_000 });
	assert.deepEqual(parseRamp('5000..1'), { fromQps: 5000, toQps: 1 });
	for (const text of ['1k', '1k-2k', '1k..2k..3k'])
		assert.throws(() => parseRamp(text), /two rates with two dots/, text);
	assert.throws(() => parseRamp('1k..much'), /A rate is/);
});

test('counts are whole and within their bounds', () => {
	const parse = parseCount('The number of names', 1, 1_000_000);
	assert.equal(parse('100k'), 100_000);
	assert.equal(parse('7'), 7);
	for (const text of ['0', '1.5', '2M', '', 'all', '-3']) {
		assert.throws(() => parse(text), /The number of names is a whole number from 1 to 1000000/, text);
	}
});

test('numbers have fractions', () => {
	const parse = parseNumber('The exponent', 0, 5);
	assert.equal(parse('1.1'), 1.1);
	assert.equal(parse('0'), 0);
	for (const text of ['', '6', '-1', '1e1', '.5']) {
		assert.throws(() => parse(text), /The exponent is a number from 0 to 5/, text);
	}
});

test('shares are percents or fractions', () => {
	assert.equal(parseShare('90%'), 0.9);
	assert.equal(parseShare('0.25'), 0.25);
	assert.equal(parseShare('0'), 0);
	for (const text of ['', '101%', '2', 'half', '-1%'])
		assert.throws(() => parseShare(text), /A share is/, text);
});

test('spans of time have units down to microseconds', () => {
	const parse = parseSpan('A tick', 0, 60_000);
	assert.equal(parse('100us'), 0.1);
	assert.equal(parse('1.5ms'), 1.5);
	assert.equal(parse('1m'), 60_000);
	assert.equal(parse('1s500ms'), 1500);
	assert.equal(parse('0'), 0);
	for (const text of ['', '5', '2m', '1s 2', 's', '1h', '-1s']) {
		assert.throws(
			() => parse(text),
			/A tick is a number with a unit, such as 500ms or 10s, from 0 to 60s/,
			text,
		);
	}
});
