/**
 * Goal: docs/policies.md stays true. Method: its shell lines are run, every flag that it names must exist, and every figure of
 * the table of details must stand in it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { evictionPolicies } from '../../src/cache/policy/index.ts';
import { policiesCommand } from '../../src/cli/policies.ts';
import { detailColumns } from '../../src/lab/report/details.ts';
import { sampledBytesMin, sampledEntriesMin } from '../../src/lab/sampling/plan.ts';
import { headBytes } from '../../src/lab/simulate/charge.ts';
import { defaultTtlSec } from '../../src/lab/simulate/read-dns.ts';
import { requestsMax } from '../../src/lab/simulate/requests.ts';
import { studyFormats } from '../../src/lab/study/find-format.ts';
import { sampledBytesLeast } from '../../src/lab/study/sampled-runs.ts';
import { liveBytesMin } from '../../src/lab/study/sizes.ts';
import { root } from './source.ts';

const text = readFileSync(join(root, 'docs/policies.md'), 'utf8');

test('docs/policies.md: every flag that it names is one of petrel policies, or of petrel serve', () => {
	const known = new Set(policiesCommand().options.map(({ long }) => long));
	for (const [whole, command, flag] of text.matchAll(/(petrel serve )?(--[a-z][a-z-]+)/g)) {
		if (command === undefined) assert.ok(known.has(flag), whole);
	}
});

test('docs/policies.md: every format has its row', () => {
	for (const format of studyFormats) assert.match(text, new RegExp(`^\\| .*\`${format}\``, 'm'), format);
});

test('docs/policies.md: every column of the details is explained', () => {
	const table = /^\| column \|[\s\S]*?\n\n/m.exec(text)![0];
	for (const { head } of detailColumns) {
		for (const word of head) assert.ok(table.includes(word), word);
	}
});

test('docs/policies.md: petrel’s own policies are those that there are, in their order', () => {
	const rows = evictionPolicies.map(({ name, help }) => `| \`${name}\` | ${help} |\n`).join('');
	assert.ok(text.includes(`|---|---|\n${rows}\n`), rows);
});

test('docs/policies.md: its numbers are the code’s', () => {
	assert.ok(text.includes(`${headBytes} octets of times and counts`));
	assert.ok(text.includes(`\`--ttl\` (${defaultTtlSec} s)`));
	assert.ok(text.includes(`needs ${liveBytesMin / 1024} KiB`));
	assert.ok(text.includes(`${requestsMax / 1e6} million requests`));
	const samples = sampledBytesLeast / sampledBytesMin;
	const least = `below ${sampledBytesLeast / 1024} KiB, or ${(samples * sampledEntriesMin).toLocaleString('en')} entries`;
	assert.ok(text.includes(least), least);
	assert.ok(text.includes(`has ${sampledBytesMin / 1024} KiB in each sample`));
});

const lines = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block.trim().split('\n'));

for (const line of lines) {
	test(`docs/policies.md: ${line}`, () => {
		const [program, ...args] = line.split(' ');
		assert.equal(program, 'petrel');
		const env = Object.fromEntries(
			Object.entries(process.env).filter(([name]) => !name.startsWith('PETREL_')),
		);
		const run = spawnSync(process.execPath, ['bin/petrel.js', ...args], { cwd: root, encoding: 'utf8', env });
		assert.equal(run.status, 0, run.stderr + run.stdout);
		assert.notEqual(run.stdout, '');
	});
}
