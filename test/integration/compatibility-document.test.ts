/** Goal: docs/compatibility.md claims nothing that no test holds. Method: every row names tests that exist. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const document = readFileSync(join(root, 'docs/compatibility.md'), 'utf8');
const rows = document
	.split('\n')
	.filter((line) => line.startsWith('| ') && !/^\| (---|behaviour|question)/.test(line))
	.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

/** The text of a test that the document names: a file of tests, or a scenario. */
function textOf(name: string): string | undefined {
	const paths = [`${name}.test.ts`, `${name}.rpl`].map((path) => join(root, 'test', path));
	const path = paths.find((each) => existsSync(each));
	return path && readFileSync(path, 'utf8');
}

test('every row names a test that exists', () => {
	assert.ok(rows.length > 50);
	for (const row of rows) {
		const named = [...row.at(-1)!.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
		assert.ok(named.length > 0, `${row[0]}: names no test`);
		for (const name of named) assert.ok(textOf(name) !== undefined, `${row[0]}: there is no test/${name}`);
	}
});

test('every number of a test stands in one of the files that its row names', () => {
	for (const row of rows) {
		const cell = row.at(-1)!;
		const texts = [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => textOf(name) ?? '');
		for (const [id] of cell.matchAll(/\bT\d\d\b/g)) {
			assert.ok(
				texts.some((text) => text.includes(id)),
				`${row[0]}: none of its tests is ${id}`,
			);
		}
	}
});
