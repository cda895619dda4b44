/**
 * Goal: docs/upstream.md is true. Method: its tables are held against the program's, its example against the file, and its
 * shell lines are run, those that start a server with an end after a moment.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { labelHelp } from '../../../src/load/upstream/labels.ts';
import { parseRuleFile } from '../../../src/load/upstream/rule-file.ts';
import { Child } from '../../support/integration/child.ts';
import { runPetrel } from '../../support/integration/petrel.ts';
import { withoutSettings } from '../../support/transport.ts';
import { ask, newScript } from './support.ts';

const root = join(import.meta.dirname, '../../..');
const document = readFileSync(join(root, 'docs/upstream.md'), 'utf8');
const example = readFileSync(join(root, 'examples/upstream.rules'), 'utf8');

function between(mark: string): string {
	const match = new RegExp(`<!-- ${mark}: begin -->\n([\\s\\S]*?)<!-- ${mark}: end -->`).exec(document);
	assert.ok(match, mark);
	return match[1];
}

test('the labels are those of the program', () => {
	const rows = labelHelp()
		.split('\n')
		.map((line) => line.replace(/^(\S+)\s+(.*)$/, '| `$1` | $2 |'));
	assert.equal(between('labels'), `${rows.join('\n')}\n`);
});

test('the example is the file, and it can be read', () => {
	const fence = /<!-- examples\/upstream\.rules -->\n```txt\n([\s\S]*?)```/.exec(document)![1];
	assert.equal(fence, example);
	const script = newScript({ rules: parseRuleFile(example, 'examples/upstream.rules') });
	assert.equal(ask(script, 'www.example').answers.length, 2);
	assert.equal(ask(script, 'broken.example', { type: 'AAAA' }).rcode, 'SERVFAIL');
	assert.equal(ask(script, 'elsewhere.example', { type: 'AAAA' }).answers.length, 0);
	assert.equal(ask(script, 'a.slow.example', { type: 'AAAA' }).answers.length, 1);
});

test('every key of the report is described', async () => {
	const described = [...between('report').matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, keys]) =>
		[...keys.matchAll(/`(\w+)`/g)].map(([, key]) => key),
	);
	const { stdout } = await runPetrel([
		'upstream',
		'--listen',
		'127.0.0.1:0',
		'--duration',
		'100ms',
		'--report',
		'-',
	]);
	assert.deepEqual(described.sort(), Object.keys(JSON.parse(stdout)).sort());
});

test('the shell lines run', { timeout: 60_000 }, async (t) => {
	const lines = [...document.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
		block.trim().split('\n'),
	);
	assert.ok(lines.length >= 4);
	const program = join(root, 'bin/petrel.js');
	let port = '';
	for (const line of lines) {
		const [first, command, ...words] = [...line.matchAll(/"([^"]*)"|\S+/g)].map(
			([word, quoted]) => quoted ?? word,
		);
		assert.equal(first, 'petrel');
		if (command === 'query') {
			const args = words.map((word) => word.replace(':5300', `:${port}`));
			const { code, stderr } = await runPetrel([command, ...args]);
			assert.equal(code, 0, `${line}: ${stderr}`);
		} else {
			assert.equal(command, 'upstream');
			const env = withoutSettings(process.env);
			const child = await Child.start(
				t,
				process.execPath,
				[program, command, ...words, '--listen', '127.0.0.1:0'],
				{ env },
			);
			port = await child.output((_, stderr) => /ready: 127\.0\.0\.1:(\d+)/.exec(stderr)?.[1]);
		}
	}
});
