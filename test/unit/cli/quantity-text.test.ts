/** Goal: quantities read well and take few columns; tables keep to their width. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	ageText,
	barText,
	durationText,
	percentText,
	rateText,
	sparkText,
} from '../../../src/cli/quantity-text.ts';
import { cutText, tableLines } from '../../../src/cli/table-text.ts';

test('rates, parts, durations and ages', () => {
	const rows: [string, string][] = [
		[rateText(0), '0'],
		[rateText(0.04), '0.0'],
		[rateText(9.94), '9.9'],
		[rateText(9.97), '10'],
		[rateText(12_345.6), '12,346'],
		[rateText(12_345_678), '12.3M'],
		[percentText(0, 0), '-'],
		[percentText(1, 3), '33.3 %'],
		[durationText(undefined), '-'],
		[durationText(0), '0 µs'],
		[durationText(0.0425), '43 µs'],
		[durationText(0.9996), '1.0 ms'],
		[durationText(9.96), '10 ms'],
		[durationText(999.6), '1.0 s'],
		[durationText(4500), '4.5 s'],
		[ageText(0.4), '0s'],
		[ageText(59), '59s'],
		[ageText(200), '3m 20s'],
		[ageText(7260), '2h 1m'],
		[ageText(86_400 * 3 + 3600 * 4), '3d 4h'],
	];
	for (const [text, expected] of rows) assert.equal(text, expected);
});

test('bars and sparklines have the width that they were given', () => {
	for (const share of [-1, 0, 0.03, 0.5, 0.999, 1, 2, Number.NaN]) assert.ok(barText(share, 10).length <= 10);
	assert.equal(barText(0.5, 10), '█████░░░░░');
	assert.equal(barText(0.5625, 4), '██▎░');
	assert.equal(sparkText([0, 1, 4, 8], 6, 8), '   ▁▄█');
	assert.equal(sparkText([9, 0, 8], 2, 8), ' █');
	assert.equal(sparkText([0.001], 1, 8), '▁', 'something is never nothing');
	assert.equal(sparkText([0, 0], 3, 0), '   ');
});

test('a table aligns its columns, and shrinks those that may before it is cut', () => {
	const columns = [
		{ head: 'NAME', align: 'left', shrinkTo: 6 },
		{ head: 'RATE', align: 'right' },
	] as const;
	const rows = [
		['a.very.long.name', '12'],
		['b', '1,234'],
	];
	assert.deepEqual(tableLines(columns, rows, 80), [
		'NAME               RATE',
		'a.very.long.name     12',
		'b                 1,234',
	]);
	assert.deepEqual(tableLines(columns, rows, 15), ['NAME       RATE', 'a.very.…     12', 'b         1,234']);
	assert.deepEqual(
		tableLines(columns, rows, 8),
		['NAME    …', 'a.ver…  …', 'b       …'].map((line) => cutText(line, 8)),
	);
	assert.equal(tableLines(columns, [], 80).length, 1);
});
