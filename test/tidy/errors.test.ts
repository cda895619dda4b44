/** Goal: docs/errors.md lists exactly the table of errors, in its order, each with the table's own words. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorTable } from '../../src/util/errors.ts';
import { root } from './source.ts';

const sections = readFileSync(join(root, 'docs/errors.md'), 'utf8').split(/^## /m).slice(1);

test('docs/errors.md has a section for each error and for nothing else', () => {
	assert.deepEqual(
		sections.map((section) => section.split('\n')[0].trim()),
		Object.keys(errorTable),
	);
});

test("each section begins with the table's text and says what to do", () => {
	for (const section of sections) {
		const [code, ...rest] = section.trim().split('\n');
		const text = rest.join('\n').trim();
		assert.ok(text.startsWith(errorTable[code.trim() as keyof typeof errorTable]), `${code} has other words`);
		assert.match(text, /\*\*What to do:\*\*/, `${code} says what to do`);
	}
});
