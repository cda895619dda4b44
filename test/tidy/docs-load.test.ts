/**
 * Goal: docs/load.md stays true. Method: its table of metrics is compared with the code's, its shell lines are run against
 * the server that the README starts, and every flag that it names must exist.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { withMetrics } from '../../src/cli/load/document.ts';
import { loadCommand } from '../../src/cli/load.ts';
import { root } from './source.ts';

const text = readFileSync(join(root, 'docs/load.md'), 'utf8');
const env = { ...process.env, PETREL_CONTROL: 'off' };

test('docs/load.md: the metrics are the code’s (npm run docs)', () => {
	assert.match(text, /\bp99\.9<=10ms\b/);
	assert.equal(text, withMetrics(text));
});

test('docs/load.md: every flag that it names is one of petrel load', () => {
	const known = new Set(loadCommand().options.map(({ long }) => long));
	for (const [flag] of text.matchAll(/--[a-z][a-z-]+/g)) assert.ok(known.has(flag), flag);
});

test('docs/load.md: the word for a slot or datagram is the one of the report', () => {
	for (const word of [
		'answered',
		'late',
		'lost',
		'send error',
		'not offered',
		'duplicate',
		'mismatched',
		'unknown',
	]) {
		assert.match(text, new RegExp(`\\| ([a-z, ]+, )?${word}[ ,|]`), word);
	}
});

const server = spawn(
	process.execPath,
	['bin/petrel.js', 'serve', 'examples/Corefile', '--listen', '127.0.0.1:0'],
	{
		cwd: root,
		env,
	},
);
let log = '';
const ready = new Promise<string>((resolve, reject) => {
	server.stderr.on('data', (chunk) => {
		log += chunk;
		const port = /ready:[^\n]*?127\.0\.0\.1:(\d+)/.exec(log)?.[1];
		if (port !== undefined) resolve(port);
	});
	server.on('exit', () => reject(new Error(log)));
});
after(async () => {
	server.kill('SIGTERM');
	await once(server, 'exit');
});

const lines = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block.trim().split('\n'));

for (const line of lines) {
	test(`docs/load.md: ${line}`, async () => {
		const words = line.replaceAll('1053', await ready).match(/'[^']*'|\S+/g) ?? [];
		const [program, ...args] = words.map((word) => word.replaceAll("'", ''));
		assert.equal(program, 'petrel');
		const run = spawnSync(process.execPath, ['bin/petrel.js', ...args, '--max-lag', '20s'], {
			cwd: root,
			encoding: 'utf8',
			env,
		});
		assert.equal(run.status, 0, run.stderr + run.stdout);
	});
}
