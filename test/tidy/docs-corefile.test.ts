/** `docs/corefile.md` is what the table of directives says, and each Corefile in it, and in examples/, loads. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { directiveTable } from '../../src/config/directives/table.ts';
import { renderCorefileDocument } from '../../src/config/document.ts';
import { loadCorefile } from '../../src/config/load.ts';

const root = new URL('../../', import.meta.url);
const document = readFileSync(new URL('docs/corefile.md', root), 'utf8');

test('docs/corefile.md is up to date (npm run docs)', () => {
	assert.equal(document, renderCorefileDocument());
});

test('docs/corefile.md has a section for each directive, and each example loads', () => {
	for (const { name, example } of directiveTable.values()) {
		assert.ok(document.includes(`\n### ${name}\n`), name);
		assert.ok(document.includes(example), name);
	}
	const examples = [...document.matchAll(/^```corefile\n(.*?)^```$/gms)];
	assert.ok(examples.length > directiveTable.size);
	for (const [, text] of examples) {
		const { errors, warnings } = loadCorefile({ path: 'example', text, env: {} });
		assert.deepEqual(errors, [], text);
		const surprises = warnings.filter(({ message }) => !/bounds nothing|changes nothing/.test(message));
		assert.deepEqual(surprises, [], text);
	}
});

test('examples/Corefile loads without a warning, for 127.0.0.1 port 1053, without loop', () => {
	const path = 'examples/Corefile';
	const text = readFileSync(new URL(path, root), 'utf8');
	const { model, errors, warnings } = loadCorefile({ path, text, env: {} });
	assert.deepEqual([errors, warnings], [[], []]);
	assert.deepEqual(
		model?.blocks.map(({ keys, bind, loop }) => [keys, bind, loop]),
		[
			[[{ zone: '.', port: 1053 }], ['127.0.0.1'], false],
			[[{ zone: 'demo.', port: 1053 }], ['127.0.0.1'], false],
		],
	);
});
