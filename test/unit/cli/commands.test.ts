/** The command line as a person sees it: results on stdout, the rest on stderr, exit codes 0, 1 and 2. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Finished, runPetrel } from './petrel-process.ts';

const program = new URL('../../../bin/petrel.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'petrel-cli-'));
after(() => rmSync(folder, { recursive: true }));

const good = join(folder, 'good');
writeFileSync(good, '.:5300 {\n\tbind 127.0.0.1\n\tforward . 192.0.2.1\n\tcache 3600s\n}\n');
const bad = join(folder, 'bad');
writeFileSync(bad, '. {\n\tforwrd . 192.0.2.1\n}\n');
const dnsmasq = join(folder, 'dnsmasq.conf');
writeFileSync(dnsmasq, 'no-resolv\nserver=192.0.2.1\ndhcp-range=x\nno-hosts\n');

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
		stdout:
			/serve[\s\S]*check[\s\S]*explain[\s\S]*convert[\s\S]*doctor[\s\S]*query[\s\S]*status[\s\S]*flush[\s\S]*top[\s\S]*completion[\s\S]*Examples:/,
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
		stdout: /warning\[cache-time-as-zone\]: `3600s`[\s\S]*ok, 1 server block, 1 warning, 3 notes\n$/,
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
		stderr: /text, json, github/,
	},
	{
		name: 'check --strict a file with a warning',
		args: ['check', good, '--strict', '--format', 'github'],
		code: 3,
		stdout: /^::warning file=.*good,line=4,col=8,title=petrel%3A cache-time-as-zone::/,
	},
	{
		name: 'check several files: each is told, and one that is bad decides',
		args: ['check', good, bad, '--strict'],
		code: 2,
		stdout: /good: ok, [\s\S]*bad: 1 error\n$/,
	},
	{
		name: 'check a file that is not there',
		args: ['check', 'none'],
		code: 2,
		stdout: /none:1:1: error: .*ENOENT/,
	},
	{
		name: 'a file of dnsmasq is not run, and convert is named',
		args: ['serve', dnsmasq],
		code: 2,
		stderr: /^petrel: .*dnsmasq\.conf is a configuration of dnsmasq.*petrel convert .*\[PETREL_CONFIG\]\n$/,
	},
	{ name: 'nor is it checked', args: ['check', dnsmasq], code: 2, stderr: /petrel convert/ },
	{
		name: 'convert it',
		args: ['convert', dnsmasq],
		code: 0,
		stdout: /\n {4}forward \. 192\.0\.2\.1 {2}# line 2\n/,
		stderr: /dnsmasq\.conf:3: not converted: `dhcp-range=x`/,
	},
	{
		name: 'convert --strict when something is lost',
		args: ['convert', dnsmasq, '--strict'],
		code: 3,
		stdout: /forward/,
		stderr: /not converted/,
	},
	{ name: 'convert a Corefile', args: ['convert', good], code: 2, stderr: /looks like a Corefile already/ },
	{ name: 'convert what is not there', args: ['convert', 'none'], code: 2, stderr: /none cannot be read/ },
	{
		name: 'explain a name',
		args: ['explain', good, 'www.example', 'aaaa'],
		code: 0,
		stdout: /www\.example\. AAAA at 127\.0\.0\.1:5300\n[\s\S]*asks 192\.0\.2\.1:53/,
	},
	{ name: 'explain a file', args: ['explain', good], code: 0, stdout: /cache zones +3600s\. +.*good:4/ },
	{ name: 'explain a bad file', args: ['explain', bad], code: 2, stderr: /bad:2:2: error[\s\S]*see above/ },
	{ name: 'explain no name', args: ['explain', good, 'a..b'], code: 2, stderr: /empty label/ },
	{ name: 'explain no type', args: ['explain', good, 'a', 'AAAAA'], code: 2, stderr: /AAAAA is no DNS type/ },
	{
		name: 'doctor with a bad file: a problem',
		args: ['doctor', bad],
		code: 1,
		stdout: /^petrel \d[\s\S]*\nproblem +corefile .*forwrd[\s\S]*1 problem/,
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
		name: 'status where nobody is',
		args: ['status', '--control', '/nowhere/control.sock'],
		code: 1,
		stderr: /^petrel: no petrel answers at \/nowhere\/control\.sock \(not there\)\..*\[PETREL_CONTROL\]\n$/,
	},
	{
		name: 'status where the environment says that there is no socket',
		args: ['status'],
		code: 2,
		stderr: /PETREL_CONTROL or --control is `off`/,
	},
	{ name: 'flush of nothing', args: ['flush'], code: 2, stderr: /petrel flush NAME.*--all/ },
	{
		name: 'flush of a name and all',
		args: ['flush', 'a', '--all'],
		code: 2,
		stderr: /leave one of them out/,
	},
	{ name: 'flush of what is no name', args: ['flush', 'a..b'], code: 2, stderr: /empty label/ },
	{ name: 'flush of what is no type', args: ['flush', 'a', '--type', 'AAAAA'], code: 2, stderr: /TYPE65/ },
	{
		name: 'top with an interval that is none',
		args: ['top', '--interval', '1ms'],
		code: 2,
		stderr: /100ms to 1h/,
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
	assert.deepEqual(Object.keys(result), ['version', 'ok', 'files']);
	assert.deepEqual([result.version, result.ok], [2, false]);
	assert.deepEqual(Object.keys(result.files[0]), ['file', 'ok', 'errors', 'warnings', 'notes']);
	assert.deepEqual(result.files[0].errors[0].at, { file: bad, line: 2, column: 2 });
});

test('explain --format json: where it is asked, the block, the steps', async () => {
	const { code, stdout } = await runPetrel(['explain', good, 'a.example', '--format', 'json']);
	assert.equal(code, 0);
	const { version, question, places } = JSON.parse(stdout);
	assert.deepEqual([version, question.name, question.type], [1, 'a.example.', 'A']);
	assert.deepEqual(
		[places[0].listeners, places[0].block.line, places[0].refused],
		[['127.0.0.1:5300'], 1, null],
	);
	assert.ok(places[0].steps.some(({ directive }: { directive: string }) => directive === 'forward .'));
});

test('doctor --format json: checks with stable names', async () => {
	const { stdout } = await runPetrel(['doctor', '--format', 'json']);
	const { version, petrel, checks } = JSON.parse(stdout);
	assert.equal(version, 1);
	assert.match(petrel, /^petrel \d/);
	assert.ok(checks.some(({ id }: { id: string }) => id === 'receive-buffer'));
});

test('check -: standard input', async () => {
	const { status, stdout } = spawnSync(process.execPath, [program, 'check', '-'], {
		input: '. {\n\tforwrd x\n}\n',
		encoding: 'utf8',
		env: { PATH: process.env.PATH },
	});
	assert.equal(status, 2);
	assert.match(stdout, /^\(stdin\):2:2: error: /);
});

test('colours: none where it is no terminal, or NO_COLOR says so', async () => {
	for (const env of [{}, { NO_COLOR: '1' }]) {
		const { stdout } = await runPetrel(['check', bad], env as Record<string, string>);
		assert.ok(!stdout.includes('\u001b'));
	}
	const { stdout } = await runPetrel(['check', bad], { FORCE_COLOR: '1' });
	assert.ok(stdout.includes('\u001b'));
});

test('PETREL_DEBUG adds the stack trace', async () => {
	const { stderr } = await runPetrel(['query', 'a', 'A', '@127.0.0.1:1'], { PETREL_DEBUG: '1' });
	assert.match(stderr, /\n\s+at /);
});

test('every command has three examples in its help', async () => {
	for (const command of [
		'serve',
		'check',
		'explain',
		'convert',
		'doctor',
		'query',
		'status',
		'flush',
		'top',
		'completion',
	]) {
		const { code, stdout } = await runPetrel([command, '--help']);
		assert.equal(code, 0);
		const examples = stdout.slice(stdout.indexOf('Examples:')).match(/^ .*\bpetrel \w+/gm) ?? [];
		assert.equal(examples.length, 3, command);
	}
});
