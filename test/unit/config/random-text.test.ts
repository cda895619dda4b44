/**
 * Goal: no text makes the configuration throw, and every finding points into the file. Method: random text, and random
 * sequences of words that mean something, which come much deeper.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { refusedDirectives } from '../../../src/config/directives/refused.ts';
import { directiveTable } from '../../../src/config/directives/table.ts';
import { loadCorefile } from '../../../src/config/load.ts';
import type { Finding } from '../../../src/config/model.ts';

// An empty directory, so that `import *` finds nothing.
const directory = mkdtempSync(join(tmpdir(), 'corefile-'));
after(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'Corefile');

const optionNames = [...directiveTable.values()].flatMap((directive) =>
	directive.options.map((option) => option.name),
);

const word = fc.constantFrom(
	...directiveTable.keys(),
	...[...refusedDirectives.keys()].slice(0, 5),
	...optionNames,
	...'{ } ( ) # " "" \\ , . / * : :0 :53 , (x) x import {args[0]} {args.1} {$A} {%B%} {$} a, {} a{ 7}'.split(
		' ',
	),
	...'-1 0 1 30 99999999999 1s 5m 0s 1h30m 10% 101% ra aa rd tc set clear success denial immediate verify'.split(
		' ',
	),
	...'192.0.2.1 192.0.2.1:53 [::1]:53 ::1 10.0.0.0/9 2001:db8::/33 tls://a dns://. demo:// ./x no_rec domain SERVFAIL'.split(
		' ',
	),
	'*.org',
	'ü',
	'\u0000',
	'\ufeff',
);
const separator = fc.constantFrom(' ', ' ', '\n', '\n', '\t', '\r\n', '');
const wordy = fc
	.array(fc.tuple(word, separator), { maxLength: 60 })
	.map((parts) => parts.map(([text, space]) => `${text}${space}`).join(''));
const block = wordy.map((text) => `. {\n${text}\n}\n`);
const text = fc.oneof(fc.string({ unit: 'binary' }), wordy, block);

function assertInside(finding: Finding, lines: readonly string[]): void {
	const { file, line, column } = finding.at;
	assert.equal(file, path);
	assert.ok(line >= 1 && line <= lines.length, `line ${line} of ${lines.length}: ${finding.message}`);
	const length = [...lines[line - 1]].length;
	assert.ok(column >= 1 && column <= length + 1, `column ${column} of ${length}: ${finding.message}`);
}

test('random text: nothing throws, findings point into the file, a model comes only without errors', () => {
	fc.assert(
		fc.property(text, (corefile) => {
			const { model, errors, warnings } = loadCorefile({ path, text: corefile, env: { A: 'a,b {', B: '' } });
			const lines = corefile.split('\n');
			for (const finding of [...errors, ...warnings]) assertInside(finding, lines);
			assert.equal(model === undefined, errors.length > 0);
		}),
		{ numRuns: 3000 },
	);
});
