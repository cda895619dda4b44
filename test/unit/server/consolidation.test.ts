/** `consolidate` in virtual time: what is written by itself, what is counted, and what the line then says. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ConsolidateRule } from '../../../src/config/model/operations.ts';
import { Consolidation, goDurationText } from '../../../src/server/consolidation.ts';

const timeouts: ConsolidateRule = {
	periodMs: 30_000,
	pattern: '^.* i/o timeout$',
	level: 'warning',
	showFirst: false,
};

function start(t: TestContext, ...rules: ConsolidateRule[]): { errors: Consolidation; lines: string[] } {
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const lines: string[] = [];
	return { errors: new Consolidation(rules, (level, text) => lines.push(`${level}: ${text}`)), lines };
}

test('errors that match are counted, and told when the time since the first is over', (t) => {
	const { errors, lines } = start(t, timeouts);
	assert.equal(errors.count('read udp: i/o timeout'), undefined);
	t.mock.timers.tick(29_999);
	assert.equal(errors.count('read tcp: i/o timeout'), undefined);
	assert.deepEqual(lines, []);
	t.mock.timers.tick(1);
	assert.deepEqual(lines, ["warning: 2 errors like '^.* i/o timeout$' occurred in last 30s"]);
	t.mock.timers.tick(60_000);
	assert.equal(lines.length, 1);
	errors.count('x i/o timeout');
	t.mock.timers.tick(30_000);
	assert.equal(lines[1], "warning: 1 errors like '^.* i/o timeout$' occurred in last 30s");
});

test('an error that matches nothing is written by itself', (t) => {
	const { errors, lines } = start(t, timeouts);
	assert.equal(errors.count('no healthy proxies'), 'error');
	t.mock.timers.tick(60_000);
	assert.deepEqual(lines, []);
});

test('the first rule that matches counts an error', (t) => {
	const { errors, lines } = start(t, timeouts, { ...timeouts, pattern: 'timeout', periodMs: 1000 });
	errors.count('x i/o timeout');
	errors.count('timeout of another kind');
	t.mock.timers.tick(1000);
	assert.deepEqual(lines, ["warning: 1 errors like 'timeout' occurred in last 1s"]);
});

test('`show_first`: the first is written at once in the level of the rule, one alone is not told again', (t) => {
	const { errors, lines } = start(t, { ...timeouts, showFirst: true });
	assert.equal(errors.count('a i/o timeout'), 'warning');
	t.mock.timers.tick(30_000);
	assert.deepEqual(lines, []);
	assert.equal(errors.count('b i/o timeout'), 'warning');
	assert.equal(errors.count('c i/o timeout'), undefined);
	assert.equal(errors.count('d i/o timeout'), undefined);
	t.mock.timers.tick(30_000);
	assert.deepEqual(lines, ["warning: 3 errors like '^.* i/o timeout$' occurred in last 30s"]);
});

test('what is counted is told at the end', (t) => {
	const { errors, lines } = start(t, timeouts);
	errors.count('a i/o timeout');
	errors.close();
	assert.equal(lines.length, 1);
	t.mock.timers.tick(60_000);
	assert.equal(lines.length, 1);
});

test('durations are written as Go writes them', () => {
	const rows: readonly (readonly [number, string])[] = [
		[30_000, '30s'],
		[300_000, '5m0s'],
		[3_600_000, '1h0m0s'],
		[5_430_500, '1h30m30.5s'],
		[500, '500ms'],
		[1.5, '1.5ms'],
	];
	for (const [durationMs, text] of rows) assert.equal(goDurationText(durationMs), text);
});
