/** Goal: no counter is only a name. Method: each is looked for in the sources, outside the table that lists it. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { counterNames } from '../../src/metrics/hot/counters.ts';

const root = join(import.meta.dirname, '../..');

test('every counter is counted somewhere', () => {
	const sources = globSync('src/**/*.ts', { cwd: root })
		.filter((path) => !path.endsWith('metrics/hot/counters.ts'))
		.map((path) => readFileSync(join(root, path), 'utf8'))
		.join('\n');
	const idle = counterNames.filter((name) => !new RegExp(`counter\\.${name}\\b|'${name}'`).test(sources));
	assert.deepEqual(idle, []);
});
