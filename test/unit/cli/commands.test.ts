/** The command line as a person sees it: results on stdout, the rest on stderr, exit codes 0, 1 and 2. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Finished, runPetrel } from './petrel-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'petrel-cli-'));
after(() => rmSync(folder, { recursive: true }));

const good = join(folder, 'good');
writeFileSync(good, '.:5300 {\n\tbind 127.0.0.1\n\tforward . 192.0.2.1\n\tcache 3600s\n}\n');
const bad = join(folder, 'bad');
writeFileSync(bad, '. {\n\tforwrd . 192.0.2.1\n}\n');

interface Row {
	readonly name: string;
	readonly args: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly code: number;
	readonly stdout?: RegExp;
	readonly stderr?: RegExp;
}

const rows: Row[] = [
	{
		name: '--version names version, Node.js, platform and transport',
		args: ['--version'],
		code: 0,
		stdout: /^petrel \d+\.\d+\.\d+ \(Node\.js \d+\.\d+\.\d+, \w+-\w+, transport (native|dgram(: .+)?)\)\n$/,
	},
	{
		name: '--help lists the commands',
		args: ['--help'],
		code: 0,
		stdout: /serve[\s\S]*check[\s\S]*query[\s\S]*Examples:/,
	},
	{ name: 'no command at all is a usage error with the help', args: [], code: 2, stderr: /Usage: petrel/ },
	{ name: 'an unknown command', args: ['serv'], code: 2, stderr: /^petrel: unknown command 'serv'\n.*serve/ },
	{
		name: 'an unknown flag',
		args: ['serve', '--worker', '2'],
		code: 2,
		stderr: /^petrel: unknown option[\s\S]*--workers/,
	},
	{ name: 'a bad value', args: ['serve', '--workers', 'two'], code: 2, stderr: /whole number from 1/ },
	{
		name: 'a bad listen address',
		args: ['serve', '--listen', '127.0.0.1'],
		code: 2,
		stderr: /127\.0\.0\.1:53/,
	},
	{
		name: 'a bad value in the environment names the variable',
		args: ['serve'],
		env: { PETREL_CACHE_SIZE: '1TB' },
		code: 2,
		stderr: /PETREL_CACHE_SIZE/,
	},
	{
		name: 'serve without a file and without --upstream',
		args: ['serve'],
		code: 2,
		stderr: /--upstream 1\.1\.1\.1.*PETREL_CONFIG/,
	},
	{
		name: 'serve with a file and --upstream',
		args: ['serve', good, '--upstream', '192.0.2.1'],
		code: 2,
		stderr: /leave one of them out/,
	},
	{
		name: 'serve with a bad file',
		args: ['serve', bad],
		code: 2,
		stderr: /bad:2:2: error: .*forwrd[\s\S]*PETREL_CONFIG/,
	},
	{ name: 'serve with a file that is not there', args: ['serve', 'none'], code: 2, stderr: /none.*ENOENT/ },
	{
		name: 'serve with an upstream that is none',
		args: ['serve', '--upstream', 'x y!'],
		code: 2,
		stderr: /--upstream/,
	},
	{
		name: 'check a good file',
		args: ['check', good],
		code: 0,
		stdout: /warning: `3600s`[\s\S]*ok, 1 server block, 1 warning\n$/,
	},
	{
		name: 'check a bad file',
		args: ['check', bad],
		code: 2,
		stdout: /bad:2:2: error: [\s\S]*\^[\s\S]*hint: [\s\S]*1 error\n$/,
	},
	{
		name: 'check --format with an unknown format',
		args: ['check', good, '--format', 'xml'],
		code: 2,
		stderr: /text, json/,
	},
	{
		name: 'query where nobody listens',
		args: ['query', 'www.demo', 'A', '@127.0.0.1:1'],
		code: 1,
		stderr: /^petrel: 127\.0\.0\.1:1 over UDP: .*\[PETREL_QUERY\]\n$/,
	},
	{
		name: 'query for a type that is none',
		args: ['query', 'www.demo', 'AAAAA'],
		code: 2,
		stderr: /AAAAA.*TYPE65/,
	},
	{
		name: 'query at a server that is no address',
		args: ['query', 'www.demo', 'A', '@localhost'],
		code: 2,
		stderr: /@127\.0\.0\.1:1053/,
	},
];

function check(row: Row, { code, stdout, stderr }: Finished): void {
	assert.equal(code, row.code, stderr);
	assert.match(stdout, row.stdout ?? /^$/);
	assert.match(stderr, row.stderr ?? /^$/);
	assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace');
}

for (const row of rows) {
	test(row.name, async () => check(row, await runPetrel(row.args, row.env, folder)));
}

test('check --format json is one object with findings and places', async () => {
	const { code, stdout, stderr } = await runPetrel(['check', bad, '--format', 'json']);
	assert.equal(code, 2);
	assert.equal(stderr, '');
	const result = JSON.parse(stdout);
	assert.deepEqual(Object.keys(result), ['version', 'file', 'ok', 'errors', 'warnings']);
	assert.equal(result.ok, false);
	assert.deepEqual(result.errors[0].at, { file: bad, line: 2, column: 2 });
});

test('PETREL_DEBUG adds the stack trace', async () => {
	const { stderr } = await runPetrel(['query', 'a', 'A', '@127.0.0.1:1'], { PETREL_DEBUG: '1' });
	assert.match(stderr, /\n\s+at /);
});

test('every command has three examples in its help', async () => {
	for (const command of ['serve', 'check', 'query']) {
		const { code, stdout } = await runPetrel([command, '--help']);
		assert.equal(code, 0);
		const examples = stdout.slice(stdout.indexOf('Examples:')).match(/^ .*\bpetrel \w+/gm) ?? [];
		assert.equal(examples.length, 3, command);
	}
});
