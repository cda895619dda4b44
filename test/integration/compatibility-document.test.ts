/** Goal: docs/compatibility.md claims nothing that no test holds. Method: every row names tests that exist. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { differenceKinds } from '../peers/differences.ts';

const root = join(import.meta.dirname, '../..');
const document = readFileSync(join(root, 'docs/compatibility.md'), 'utf8');
const rows = document
	.split('\n')
	.filter((line) => line.startsWith('| ') && !/^\| (---|behaviour|question)/.test(line))
	.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

/** What `npm run test:peers` has to see: its IDs stand in the document as `peers/ID`. */
const peerTests = new Map<string, Set<string>>();
for (const { id, tests } of differenceKinds) {
	const known = peerTests.get(id) ?? new Set();
	peerTests.set(id, new Set([...known, ...(tests === 'any' ? [] : tests)]));
}

/** The text of a test that the document names: a file of tests, a scenario, or the inputs that show a difference. */
function textOf(name: string): string | undefined {
	if (name.startsWith('peers/')) {
		const tests = peerTests.get(name.slice('peers/'.length));
		return tests && [...tests].join(' ');
	}
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

test('every difference that `npm run test:peers` may see has a row', () => {
	const named = new Set(
		rows.flatMap((row) => [...row.at(-1)!.matchAll(/`peers\/([^`]+)`/g)].map(([, id]) => id)),
	);
	assert.deepEqual([...peerTests.keys()].sort(), [...named].sort());
});
