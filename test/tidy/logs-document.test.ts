/** `docs/logs.md` lists the placeholders and the counters that there are, and no others. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { logLabels } from '../../src/config/directives/log-labels.ts';
import { cause } from '../../src/engine/causes.ts';
import { counterNames } from '../../src/metrics/hot/counters.ts';
import { labelWriters, shorthands } from '../../src/server/query-log/format.ts';

const document = readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8');

/** The rows of the table under a head. */
function rowsUnder(head: string): string[][] {
	const [, rows] = document.split(`${head}\n|---|---|\n`);
	assert.ok(rows, head);
	const table = rows.slice(0, rows.indexOf('\n\n'));
	return table.split('\n').map((row) => row.slice(2, -2).split(' | '));
}

test('the placeholders of docs/logs.md are those of the code, with the same words', () => {
	const listed = Object.fromEntries(
		rowsUnder('| placeholder | stands for |').map(([name, text]) => [name.slice(1, -1), text]),
	);
	assert.deepEqual(listed, logLabels);
	const written = [...Object.keys(labelWriters), ...Object.keys(shorthands)];
	assert.deepEqual(Object.keys(listed).sort(), written.sort());
});

test('the counters of docs/logs.md are those of the code', () => {
	const listed = rowsUnder('| counter | counts lines |').map(([name]) => name.slice(1, -1));
	const kept = counterNames.filter((name) => name.startsWith('log_lines_'));
	assert.deepEqual(listed.sort(), [...kept].sort());
	for (const [, name] of document.matchAll(/`((?:events|upstream|waiters)_[a-z_]+)`/g)) {
		assert.ok((counterNames as readonly string[]).includes(name), name);
	}
});

test('docs/logs.md explains the causes that the engine gives', () => {
	assert.ok(document.includes(cause.timeout));
	assert.ok(document.includes(`| \`${cause.noUpstream}\` |`));
	assert.ok(document.includes(cause.tooMany(0).replace('0', 'N')));
});
