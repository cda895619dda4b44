/**
 * Goal: docs/commands.md is what the commands say of themselves, and docs/from-dnsmasq.md what `petrel convert` does.
 * Method: both are compared with what the program writes; the shell lines of commands.md are run.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { convertedOptions } from '../../src/cli/convert/dnsmasq-names.ts';
import { renderCommandsDocument } from '../../src/cli/document.ts';
import { loadProgram } from '../../src/cli/program.ts';
import { root } from './source.ts';

const commands = readFileSync(join(root, 'docs/commands.md'), 'utf8');
const fromDnsmasq = readFileSync(join(root, 'docs/from-dnsmasq.md'), 'utf8');

const { commands: all } = await loadProgram();

function petrel(args: readonly string[]) {
	const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PETREL_')));
	return spawnSync(process.execPath, ['bin/petrel.js', ...args], { cwd: root, encoding: 'utf8', env });
}

test('docs/commands.md is up to date (npm run docs)', async () => {
	assert.equal(commands, await renderCommandsDocument());
});

/** What a flush takes out and what is recorded is said where it is asked for, not in an environment that somebody forgot. */
const notFromEnvironment = /^(?:flush --(?:all|suffix|type|block)|record --(?!control$).*)$/;

test('every command has three examples in its help, and every flag a name in the environment', () => {
	for (const command of all.filter(({ name }) => name !== undefined)) {
		if (['complete', 'help'].includes(command.name())) continue;
		const section = commands.split(`\n## ${command.name()}\n`)[1]?.split('\n## ')[0] ?? '';
		const examples = section.slice(section.indexOf('Examples:')).match(/^.*\bpetrel \w+/gm) ?? [];
		assert.equal(examples.length, 3, command.name());
		for (const { long, envVar } of command.options) {
			if (notFromEnvironment.test(`${command.name()} ${long}`)) continue;
			assert.match(envVar ?? '', /^PETREL_[A-Z_]+$/, `${command.name()} ${long}`);
		}
	}
});

const shellLines = [...commands.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
	block.split('\n').filter((line) => line !== ''),
);

for (const line of shellLines) {
	test(`docs/commands.md: ${line}`, () => {
		const [name, ...args] = line.split(' ');
		assert.equal(name, 'petrel');
		const { status, stdout, stderr } = petrel(args);
		assert.equal(status, 0, stderr);
		assert.notEqual(stdout, '');
	});
}

function fenced(mark: string): string {
	const match = new RegExp(`<!-- ${mark} -->\n\`\`\`\\w+\n([\\s\\S]*?)^\`\`\``, 'm').exec(fromDnsmasq);
	assert.ok(match, mark);
	return match[1];
}

test('docs/from-dnsmasq.md shows examples/dnsmasq.conf and what convert makes of it', () => {
	const path = 'examples/dnsmasq.conf';
	assert.equal(fenced(path), readFileSync(join(root, path), 'utf8'));
	const { status, stdout, stderr } = petrel(['convert', path]);
	assert.equal(status, 0);
	assert.equal(fenced('stdout'), stdout);
	assert.equal(fenced('stderr'), stderr);
});

test('docs/from-dnsmasq.md names every option that is converted', () => {
	for (const name of convertedOptions) assert.match(fromDnsmasq, new RegExp(`\`${name}[\`=]`), name);
});
