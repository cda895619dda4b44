/**
 * Goal: `petrel policies` reads every source, prints what the simulator found, and refuses what cannot be. Method: the real
 * command over small files, made-up requests, and, where they are, recorded traces whose hits are known.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { StudyReport } from '../../src/lab/study/report.ts';
import { tracePath, unlessTrace } from '../unit/workload/read/traces.ts';

const program = resolve(import.meta.dirname, '../../bin/petrel.js');
const directory = mkdtempSync(join(tmpdir(), 'petrel-policies-'));
after(() => rmSync(directory, { recursive: true }));
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PETREL_')));
const limit = { timeout: 120_000 };

interface Run {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

function start(args: readonly string[]) {
	return spawn(process.execPath, [program, 'policies', ...args], { env, cwd: directory });
}

async function policies(args: readonly string[], input: string | Buffer = ''): Promise<Run> {
	const child = start(args);
	child.stdin.end(input);
	const [stdout, stderr, code] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		new Promise<number | null>((done) => child.on('close', done)),
	]);
	return { code, stdout, stderr };
}

async function reportOf(args: readonly string[], input?: string | Buffer): Promise<StudyReport> {
	const { code, stdout, stderr } = await policies([...args, '--json', '-'], input);
	assert.equal(code, 0, stderr);
	return JSON.parse(stdout) as StudyReport;
}

function file(name: string, content: string | Buffer): string {
	writeFileSync(join(directory, name), content);
	return name;
}

const zeek = 'zeek-dns.log.gz';

test('a log of Zeek gives the hits and expired entries that others counted', {
	...limit,
	...unlessTrace(zeek),
}, async () => {
	const args = ['--keep-incomplete', '--duplicates-within', '10ms', '--ttl', '60'];
	const sizes = ['--policy', 'lru,lru-cache', '--size', '64,1024,1000000'];
	for (const more of [[], ['--stream']]) {
		const { runs } = await reportOf([tracePath(zeek), ...args, ...sizes, ...more]);
		const found = runs.map(({ result }) => [result?.hits.all, result?.misses.expired]);
		const expected = [
			[15_933, 25],
			[18_007, 1640],
			[18_022, 1806],
		];
		assert.deepEqual(found, [...expected, ...expected]);
	}
	const { stdout } = await policies([tracePath(zeek), ...args, ...sizes, '--details']);
	for (const count of ['15,933', '18,007', '18,022', '1,640', '1,806'])
		assert.ok(stdout.includes(count), count);
});

const blocks = 'cloudPhysicsIO.csv.gz';

test('a block trace with a TTL gives libCacheSim’s misses', {
	...limit,
	...unlessTrace(blocks),
}, async () => {
	const { runs } = await reportOf([
		...[tracePath(blocks), '--ttl', '2400', '--ttl-inclusive'],
		...['--policy', 'lru', '--size', '128MiB,1GiB'],
	]);
	assert.deepEqual(
		runs.map(({ result }) => result?.misses.all),
		[93_240, 72_086],
	);
});

const queries = Array.from({ length: 400 }, (_, i) => `n${(i * i) % 37}.example A\n`).join('');
const small = ['--policy', 'lru,fifo', '--size', '5,10'];

test('files, packed files and standard input are the same trace', limit, async () => {
	const expected = await reportOf([file('queries.txt', queries), ...small]);
	assert.equal(expected.source.requests, 400);
	assert.equal(expected.source.format, 'dnsperf');
	const packed = await reportOf([file('queries.gz', gzipSync(queries)), ...small]);
	const piped = await reportOf(['-', ...small], queries);
	for (const { runs } of [packed, piped]) {
		assert.deepEqual(
			runs.map(({ result }) => result),
			expected.runs.map(({ result }) => result),
		);
	}
	assert.equal(piped.source.name, 'stdin');
});

test('several files are one trace', limit, async () => {
	const one = file('one.txt', 'a.example A\nb.example A\n');
	const two = file('two.txt', 'b.example A\na.example A\n');
	const { source, runs } = await reportOf([one, two, ...small]);
	assert.deepEqual([source.requests, source.keys], [4, 2]);
	assert.equal(runs[0].result?.hits.all, 2);
});

test('objects of a csv, with its columns named', limit, async () => {
	const csv = file('objects.csv', '1|x|10\n2|y|20\n3|x|10\n');
	const columns = ['--trace-format', 'csv', '--columns', 'id=2,time=1,size=3', '--delimiter', '|'];
	const { source, runs } = await reportOf([csv, ...columns, '--policy', 'lru,petrel', '--size', '100%']);
	assert.deepEqual([source.isDns, source.footprint.bytes, runs[0].result?.hits.all], [false, 30, 1]);
	assert.match(runs[1].problem ?? '', /the trace has none/);
});

const generators: Readonly<Record<string, readonly string[]>> = {
	zipf: ['--zipf', '0.9', '--names', '500'],
	'a search list': ['--search-list', '--names', '100'],
	'a flood': ['--flood', '2000', '--names', '50', '--flood-per-hot', '4'],
	'once-only names and scans': [
		'--once-share',
		'20%',
		'--scan',
		'50',
		'--scan-every',
		'500',
		'--names',
		'100',
	],
	'a daily shift': ['--daily-shift', '10%', '--day', '10s', '--names', '100'],
};

for (const [what, args] of Object.entries(generators)) {
	test(`made-up requests: ${what}`, limit, async () => {
		const requests = what === 'a flood' ? [] : ['--requests', '4000'];
		const run = (...more: string[]) =>
			reportOf([...args, ...requests, '--policy', 'petrel,lru', '--size', '64KiB', ...more]);
		const report = await run();
		assert.equal(report.source.format, 'generated');
		assert.ok(report.runs.every(({ result }) => result !== undefined && result.requests > 0));
		const again = await run('--stream', '--threads', '1');
		assert.deepEqual(
			again.runs.map(({ result }) => result),
			report.runs.map(({ result }) => result),
		);
		const other = await run('--seed', '2');
		if (what !== 'a flood') {
			assert.notDeepEqual(other.runs[1].result?.hits, report.runs[1].result?.hits);
		}
	});
}

test('serve-stale, prefetch and bounds reach the simulation and stand in the report', limit, async () => {
	const made = [
		...['--zipf', '1', '--names', '200', '--requests', '5000', '--rate', '100', '--ttl', '2s'],
		...['--policy', 'lru', '--size', '100'],
	];
	const plain = await reportOf(made);
	const more = ['--serve-stale', '1h', '--prefetch', '2 1m 90%', '--min-ttl', '3s', '--max-ttl', '4s'];
	const report = await reportOf([...made, ...more, '--warmup-requests', '1000']);
	const [{ result }] = report.runs;
	assert.ok(result!.staleHits > 0 && result!.upstream.prefetches > 0);
	assert.equal(result!.requests, 4000);
	assert.equal(plain.runs[0].result?.staleHits, 0);
	assert.deepEqual(report.settings, [
		['ttl', '2s'],
		['min-ttl', '3s'],
		['max-ttl', '4s'],
		['serve-stale', '1h'],
		['prefetch', '2 1m 90%'],
		['warmup-requests', '1000'],
		['rate', '100'],
		['seed', '1'],
	]);
});

test('results go to files, and the table to stdout', limit, async () => {
	const { code, stdout } = await policies(
		['-', ...small, '--json', 'r.json', '--csv', 'r.csv', '--details'],
		queries,
	);
	assert.equal(code, 0);
	assert.match(stdout, /hit ratio, %/);
	assert.match(stdout, /^at 5 entries$/m);
	const report = JSON.parse(readFileSync(join(directory, 'r.json'), 'utf8')) as StudyReport;
	assert.equal(report.runs.length, 4);
	assert.equal(readFileSync(join(directory, 'r.csv'), 'utf8').trimEnd().split('\n').length, 5);
});

test('--list has every policy, what it does and where it is from', limit, async () => {
	const { code, stdout } = await policies(['--list']);
	assert.equal(code, 0);
	for (const name of ['petrel', 'petrel-sieve', 'lru', 'min', 'as-unbound']) {
		assert.match(stdout, new RegExp(`^${name} `, 'm'));
	}
});

test('Ctrl-C ends it with what there is and exit code 130', limit, async () => {
	const child = start(['-', '--policy', 'lru,min']);
	const stdout = text(child.stdout);
	const closed = new Promise((done) => child.on('close', done));
	// More than a pipe holds: when it is written, the command reads, and took signals before that.
	await new Promise((done) => child.stdin.write('a.example A\n'.repeat(100_000), done));
	child.kill('SIGINT');
	assert.equal(await closed, 130);
	assert.match(await stdout, /^all: it was ended before it was through$/m);
});

const refusals: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
	'nothing to study': [[], /name a trace, - for standard input, or make requests up/],
	'a policy that there is not': [['-', '--policy', 'lur'], /there is no policy "lur"; did you mean lru\?/],
	'a size that is none': [['-', '--size', 'large'], /"large" is no size/],
	'a file that is not there': [['/nowhere/t'], /\/nowhere\/t: cannot be read/],
	'a trace and a generator': [['x', '--zipf', '1'], /--zipf make requests up, and x has some/],
	'two generators': [['--flood', '5', '--search-list'], /--search-list and --flood are different traces/],
	'a flood of so many requests': [['--flood', '5', '--requests', '5'], /--requests mean nothing to --flood/],
	'a scan that is longer than its turn': [
		['--scan', '50', '--scan-every', '20'],
		/--scan 50 is more than --scan-every 20/,
	],
	'standard input twice': [['-', '-'], /is named twice/],
	'standard input as a stream': [['-', '--stream'], /stdin cannot be streamed/],
	'an empty trace': [['-'], /stdin: is empty/],
	'TTLs in no order': [
		['-', '--min-ttl', '5m', '--max-ttl', '5s'],
		/the smallest TTL, 5m, is above the largest, 5s/,
	],
	'two results on stdout': [['-', '--json', '-', '--csv', '-'], /--json and --csv both go to stdout/],
	'a result that cannot be written': [
		['-', '--html', '/nowhere/r.html'],
		/--html \/nowhere\/r\.html: it cannot/,
	],
};

for (const [what, [args, message]] of Object.entries(refusals)) {
	test(`${what} is refused with exit code 2`, limit, async () => {
		const { code, stdout, stderr } = await policies(args);
		assert.equal(code, 2, stderr);
		assert.match(stderr, message);
		assert.equal(stdout, '');
	});
}

test('when nothing could be run the exit code is 1', limit, async () => {
	const { code, stdout } = await policies(['-', '--policy', 'petrel', '--size', '10'], queries);
	assert.equal(code, 1);
	assert.match(stdout, /the live cache has no number of entries/);
});
