/**
 * Goal: cache and forwarding behave as they should, in time as well. Method: every `.rpl` file here is a test: real
 * engines over one shared memory, with virtual time, scripted clients and upstreams (docs/scenarios.md).
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { readScenario } from '../support/scenario/read-scenario.ts';
import { runScenario } from '../support/scenario/run.ts';

const root = resolve(import.meta.dirname, '../..');

const scenarios = globSync('**/*.rpl', { cwd: import.meta.dirname })
	.sort()
	.map((name) => {
		const path = join(import.meta.dirname, name);
		const text = readFileSync(path, 'utf8');
		const title = /^SCENARIO_BEGIN\s+(.+)$/m.exec(text)?.[1] ?? name;
		return { file: relative(root, path), text, title };
	});

for (const { file, text, title } of scenarios) {
	test(title, () => runScenario(readScenario(file, text)));
}

/** Cases that scenarios are there to show; T33, the flood, has a test file of its own. */
const cases: readonly (readonly [number, number])[] = [
	[1, 15],
	[20, 32],
	[40, 47],
];

test('every case of positive, negative and stale caching has a scenario', () => {
	const shown = new Set(scenarios.flatMap(({ title }) => title.match(/\bT\d\d\b/g) ?? []));
	const missing: string[] = [];
	for (const [first, last] of cases) {
		for (let number = first; number <= last; number++) {
			const id = `T${String(number).padStart(2, '0')}`;
			if (!shown.has(id)) missing.push(id);
		}
	}
	assert.deepEqual(missing, []);
});

test('every scenario opens with what it is about', () => {
	const silent = scenarios.filter(({ text }) => !text.startsWith('; ')).map(({ file }) => file);
	assert.deepEqual(silent, []);
});

test('no two scenarios have the same title', () => {
	const titles = scenarios.map(({ title }) => title);
	assert.deepEqual(titles.length, new Set(titles).size);
});
