import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHgrm } from '../../../../src/load/report/hgrm.ts';
import { fakeMeasured, steps } from './support.ts';

/** As HdrHistogram's own plotter reads it: four columns, and no line that begins with "#". */
function pointsOf(text: string): number[][] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => !line.startsWith('#'))
		.map((line) => line.split(/ +/).map(Number))
		.filter((columns) => columns.length === 4 && columns.every((column) => !Number.isNaN(column)));
}

test('the percentile distribution is in milliseconds and ascends', () => {
	const points = pointsOf(toHgrm(fakeMeasured({ answersUs: steps(1000, 10) }).latencyUs));
	assert.ok(points.length > 20);
	assert.deepEqual(
		points.find(([, percentile]) => percentile === 0.5),
		[5.003, 0.5, 500, 2],
	);
	for (const column of [0, 1, 2]) {
		const values = points.map((point) => point[column]);
		assert.deepEqual(
			values,
			[...values].sort((a, b) => a - b),
		);
	}
});

test('what was lost is told in a comment', () => {
	const { latencyUs } = fakeMeasured({ answersUs: steps(90, 10), lost: 10 });
	const text = toHgrm(latencyUs, 10, 2_000_000);
	assert.match(
		text,
		/^# Latency in milliseconds.*\n# 10 queries without an answer count at the timeout, 2s: /,
	);
	assert.doesNotMatch(toHgrm(latencyUs), /without an answer/);
});

test('an empty histogram is an empty distribution', () => {
	assert.deepEqual(pointsOf(toHgrm(fakeMeasured().latencyUs)), []);
});
