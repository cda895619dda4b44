/** Goal: flags become the pace and the workload that they say, and those that exclude each other are refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { LoadCommandOptions } from '../../../../src/cli/load/command-options.ts';
import { paceOf } from '../../../../src/cli/load/pace-options.ts';
import { planWork } from '../../../../src/cli/load/plan-work.ts';
import { loadCommand } from '../../../../src/cli/load.ts';
import type { Round } from '../../../../src/load/result.ts';

const directory = mkdtempSync(join(tmpdir(), 'petrel-plan-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
	const path = join(directory, name);
	writeFileSync(path, text);
	return path;
}

/** What commander makes of a command line. */
function optionsOf(...args: string[]): LoadCommandOptions {
	let options: LoadCommandOptions | undefined;
	const command = loadCommand()
		.exitOverride()
		.configureOutput({ writeErr: () => {} })
		.action((_targets, parsed) => {
			options = parsed;
		});
	command.parse(['127.0.0.1', ...args], { from: 'user' });
	return options!;
}

const said: string[] = [];

function planned(...args: string[]) {
	const options = optionsOf(...args);
	return planWork(options, paceOf(options, options.trace !== undefined), (line) => said.push(line));
}

test('without flags: 1,000 names, drawn evenly, 1,000 a second', async () => {
	const { workload, pace, warmupMs, words } = await planned();
	assert.deepEqual(pace, { kind: 'rate', qps: 1000, arrivals: 'even' });
	assert.equal(workload.set.count, 1000);
	assert.equal(workload.draw.kind, 'uniform');
	assert.equal(warmupMs, 1000);
	assert.ok(words.predictedHitRatio! > 0.9);
});

test('modes become paces', () => {
	const pace = (...args: string[]) => paceOf(optionsOf(...args), false);
	assert.deepEqual(pace('--rate', '5k', '--arrivals', 'poisson'), {
		kind: 'rate',
		qps: 5000,
		arrivals: 'poisson',
	});
	assert.deepEqual(pace('--concurrency', '7'), { kind: 'closed', window: 7 });
	assert.deepEqual(pace('--ramp', '1..9'), { kind: 'ramp', fromQps: 1, toQps: 9 });
	assert.deepEqual(paceOf(optionsOf('--trace', 'x', '--speed', '3'), true), { kind: 'timed', speed: 3 });
	assert.deepEqual(paceOf(optionsOf('--trace', 'x', '--rate', '3'), true), {
		kind: 'rate',
		qps: 3,
		arrivals: 'even',
	});
});

test('an objective says what a round did not keep', () => {
	const search = paceOf(optionsOf('--max', 'rate>=10, loss<1%', '--rate', '50'), false);
	assert.ok('objective' in search);
	assert.equal(search.objective, 'rate>=10 loss<1%');
	assert.equal(search.fromQps, 50);
	const slots = { due: 10, answered: 5, late: 0, lost: 5, sendErrors: 0, notOffered: 0 };
	const broken = search.broken({ measured: { slots }, seconds: 1 } as Round);
	assert.equal(broken.length, 2);
	assert.match(broken[1], /^loss<1%: 50/);
});

test('modes that exclude each other are refused', () => {
	for (const args of [
		['--rate', '5', '--concurrency', '5'],
		['--ramp', '1..5', '--max', 'p99<1s'],
		['--concurrency', '5', '--max', 'p99<1s'],
	]) {
		assert.throws(() => paceOf(optionsOf(...args), false), /exclude each other/);
	}
});

test('a file is asked in order, over and over or once; Zipf draws from it', async () => {
	const queries = file('queries.txt', 'a.example A\nb.example AAAA\n');
	const over = await planned('--queries', queries);
	assert.deepEqual(over.workload.draw, { kind: 'in-order', repeat: true });
	assert.equal(over.words.predictedHitRatio, undefined);
	const once = await planned('--queries', queries, '--once');
	assert.deepEqual(once.workload.draw, { kind: 'in-order', repeat: false });
	const zipf = await planned('--queries', queries, '--zipf', '1');
	assert.equal(zipf.workload.draw.kind, 'zipf');
	assert.match(once.words.workloadText, /queries\.txt/);
});

test('lines that cannot be read are told, the first of them one by one, and left out', async () => {
	const queries = file('bad.txt', `ok.example A\n${'no-type.example\n'.repeat(7)}b.example AAAA\n`);
	said.length = 0;
	const { workload } = await planned('--queries', queries);
	assert.equal(workload.set.count, 2);
	assert.equal(said.length, 4);
	assert.match(said[0], /bad\.txt:2: no type stands behind "no-type\.example"/);
	assert.match(said[3], /bad\.txt: 7 of 9 could not be read and are left out \(7 no type\)/);
});

test('a list of names will do for a search list', async () => {
	const names = file('list.txt', 'www.example\nkubernetes.default\n');
	said.length = 0;
	const { workload } = await planned('--queries', names, '--search-list');
	assert.equal(workload.set.count, 16);
	assert.deepEqual(said, []);
});

test('a trace without times is asked at a rate', async () => {
	const log = file(
		'log.txt',
		'127.0.0.1:1 - 1 "A IN www.example. udp 41 false 4096" NOERROR qr 68 0.0001s\n',
	);
	const { pace, workload } = await planned('--trace', log);
	assert.equal(workload.timed, false);
	assert.deepEqual(pace, { kind: 'rate', qps: 1000, arrivals: 'even' });
});

test('a search list asks for A and AAAA of every candidate until one exists', async () => {
	const names = file('names.txt', 'kubernetes.default A\n');
	const all = await planned('--queries', names, '--search-list');
	assert.equal(all.workload.set.count, 8);
	const exists = 'kubernetes.default.svc.cluster.local';
	const found = await planned('--queries', names, '--search-list', '--search-found', exists);
	assert.equal(found.workload.set.count, 4);
	const own = await planned('--queries', names, '--search-list', 'corp.example', '--ndots', '1');
	assert.equal(own.workload.set.count, 4);
});

test('the warm-up of a hit ratio is long enough to ask every name once', async () => {
	const { warmupMs, words } = await planned('--hit-ratio', '90%', '--names', '10k', '--rate', '2k');
	assert.ok(warmupMs >= 5000);
	assert.ok(Math.abs(words.predictedHitRatio! - 0.9) < 0.01);
});

for (const [args, message] of [
	[['--zipf', '1', '--hit-ratio', '0.5'], /--zipf and --hit-ratio/],
	[['--once', '--zipf', '1'], /--once/],
	[['--queries', 'x', '--trace', 'y'], /--queries and --trace/],
	[['--hit-ratio', '0.5', '--ramp', '1..5'], /--hit-ratio needs --rate/],
	[['--search-list', '--type', 'A'], /leave the types out/],
	[['--search-list', 'a..b'], /search list/],
	[['--zone', 'a..b'], /a\.\.b/],
] as const) {
	test(`${args.join(' ')} is refused`, async () => {
		await assert.rejects(planned(...args), { code: 'PETREL_CONFIG', message });
	});
}
