/** `docs/directives.md` is what the table of directives says, and every test that it names is there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { directiveTable } from '../../src/config/directives/table.ts';
import { renderDirectivesDocument, testFile } from '../../src/config/directives-document.ts';

const root = new URL('../../', import.meta.url);

test('docs/directives.md is up to date (npm run docs)', () => {
	assert.equal(readFileSync(new URL('docs/directives.md', root), 'utf8'), renderDirectivesDocument());
});

test('every test that a directive or an option names exists', () => {
	const missing: string[] = [];
	for (const { name, tests, options } of directiveTable.values()) {
		const lists = [tests, ...options.map((option) => option.tests ?? [])];
		for (const file of lists.flat().map(testFile)) {
			if (!existsSync(new URL(file, root))) missing.push(`${name}: ${file}`);
		}
	}
	assert.deepEqual(missing, []);
});

test('every directive names a test', () => {
	const without = [...directiveTable.values()].filter(({ tests }) => tests.length === 0);
	assert.deepEqual(
		without.map(({ name }) => name),
		[],
	);
});
