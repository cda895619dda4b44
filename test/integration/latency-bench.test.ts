/** Goal: the latency bench runs. Method: its smoke mode. What it measures is judged by nobody here. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Child } from '../support/integration/child.ts';

test('the latency bench prints a row for each situation', { timeout: 90_000 }, async (t) => {
	const bench = join(import.meta.dirname, '../../bench/macro/latency.ts');
	const child = await Child.start(t, process.execPath, [bench, '--smoke']);
	const { code } = await child.exited;
	assert.equal(code, 0, child.stderr);
	const rows = child.stdout.split('\n').filter((line) => line.startsWith('|'));
	for (const id of ['T31', 'T40', 'T41', 'T50', 'T51', 'T65', 'T68']) {
		assert.ok(
			rows.some((row) => row.startsWith(`| ${id} |`)),
			id,
		);
	}
	for (const row of rows.slice(2)) assert.match(row, /\| \d+ \| [\d.]+ \| [\d.]+ \| [\d.]+ \|$/);
});
