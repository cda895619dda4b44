import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDurationMs, parseDurationMs, parseInteger } from '../../../src/config/units.ts';
import { nearest } from '../../../src/util/nearest.ts';

const durations: readonly [text: string, ms: number | undefined][] = [
	['1h30m', 5_400_000],
	['500ms', 500],
	['1.5s', 1500],
	['.5s', 500],
	['1us', 0.001],
	['1µs', 0.001],
	['0', 0],
	['-2s', -2000],
	['+2s', 2000],
	['1m1h', 3_660_000],
	['30', undefined],
	['', undefined],
	['s', undefined],
	['.s', undefined],
	['1d', undefined],
	['1s ', undefined],
	['1 s', undefined],
	['--1s', undefined],
	['1S', undefined],
];

for (const [text, ms] of durations) {
	test(`a duration: ${JSON.stringify(text)} is ${ms === undefined ? 'none' : `${ms} ms`}`, () => {
		assert.equal(parseDurationMs(text), ms);
	});
}

test('a duration is written in its shortest exact form and read back', () => {
	for (const [ms, text] of [
		[0, '0s'],
		[500, '500ms'],
		[1500, '1s500ms'],
		[5_400_000, '1h30m'],
	] as const) {
		assert.equal(formatDurationMs(ms), text);
		assert.equal(parseDurationMs(text), ms);
	}
});

test('integers are decimal, with an optional sign', () => {
	assert.deepEqual(['7', '+7', '-7', '007'].map(parseInteger), [7, 7, -7, 7]);
	assert.deepEqual(['', '7s', '0x7', '7.0', '1e3', ' 7'].map(parseInteger), Array(6).fill(undefined));
});

test('a suggestion is near: one slip in a short word, two in a longer one', () => {
	const names = ['cache', 'bind', 'forward', 'log'];
	assert.equal(nearest('chace', names), 'cache');
	assert.equal(nearest('Forwrd', names), 'forward');
	assert.equal(nearest('lg', names), 'log');
	assert.equal(nearest('lxx', names), undefined);
	assert.equal(nearest('kubernetes', names), undefined);
});
