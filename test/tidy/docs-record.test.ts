/** Goal: docs/record.md stays true. Method: its flags, columns and bounds are held against the code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { policiesCommand } from '../../src/cli/policies.ts';
import { zeekHead } from '../../src/cli/record/zeek-rows.ts';
import { recordCommand } from '../../src/cli/record.ts';
import { root } from './source.ts';

const text = readFileSync(join(root, 'docs/record.md'), 'utf8');
const { options } = recordCommand();

test('docs/record.md: every flag is there, and every flag that it names exists', () => {
	const flags = options.map(({ long }) => long!);
	for (const flag of flags) if (flag !== '--control') assert.ok(text.includes(flag), flag);
	const others = [...policiesCommand().options.map(({ long }) => long!), '--trace'];
	for (const [flag] of text.matchAll(/(?<!-)--[a-z][a-z-]+/g)) {
		assert.ok(flags.includes(flag) || others.includes(flag), flag);
	}
});

test('docs/record.md: bounds are those of the command', () => {
	const row = (flag: string): string => new RegExp(`^\\| \`${flag}\`.*\\| (.*) \\|$`, 'm').exec(text)![1];
	const byDefault = (flag: string): string =>
		options.find(({ long }) => long === flag)!.defaultValueDescription!;
	assert.match(row('--duration'), /^1 minute;/);
	assert.equal(byDefault('--duration'), '1m');
	assert.equal(row('--max-queries'), byDefault('--max-queries'));
	assert.equal(row('--max-bytes'), byDefault('--max-bytes'));
});

test('docs/record.md: every column is explained', () => {
	const fields = /^#fields\t(.*)$/m.exec(zeekHead(0, {}))![1].split('\t');
	for (const field of fields) {
		const isNamed = text.includes(`\`${field}\``) || /^q(class|type)_name$|^rcode_name$|^Z$/.test(field);
		assert.ok(isNamed, field);
	}
});
