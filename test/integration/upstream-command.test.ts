/** Goal: `petrel upstream` as a person and a script see it: ready line, answers, reports, summary, exit codes, error texts. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CommanderError } from 'commander';
import { compiler } from '../../bench/lib/compile.ts';
import { loadProgram } from '../../src/cli/program.ts';
import type { PetrelError } from '../../src/util/errors.ts';
import { Child } from '../support/integration/child.ts';
import { askTcp, askUdp, NoAnswer, type Server, UdpClient } from '../support/integration/client.ts';
import { dataOf } from '../support/integration/message.ts';
import { runPetrel, spawnPetrel, startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 60_000 };

interface Upstream extends Server {
	readonly child: Child;
	readonly readyLine: string;
	readonly directory: string;
}

async function start(
	t: TestContext,
	args: readonly string[],
	files: Record<string, string> = {},
): Promise<Upstream> {
	const directory = await temporaryDirectory(t);
	for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
	const child = await spawnPetrel(t, ['upstream', '--listen', '127.0.0.1:0', ...args], { cwd: directory });
	const readyLine = await child.output((_, stderr) => /^.* ready: .*$/m.exec(stderr)?.[0]);
	const port = Number(/127\.0\.0\.1:(\d+)/.exec(readyLine)![1]);
	return { address: '127.0.0.1', port, child, readyLine, directory };
}

/** The lines of JSON among the output so far. */
function reportsIn(text: string): Record<string, unknown>[] {
	const lines = text.split('\n').slice(0, -1);
	return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

test('it answers by labels over UDP and TCP, and ends with a summary', limit, async (t) => {
	const upstream = await start(t, ['--always', 'ttl7']);
	assert.match(
		upstream.readyLine,
		/^petrel \d+\.\d+\.\d+ upstream ready: 127\.0\.0\.1:\d+ udp\+tcp, transport \w+.*, 0 rules$/,
	);
	assert.equal((await askUdp(upstream, 'www.example')).answers[0].ttl, 7);
	assert.equal((await askTcp(upstream, 'nx.www.example', { type: 'AAAA' })).rcode, 'NXDOMAIN');
	assert.equal((await askUdp(upstream, 'delay20ms.www.example')).answers.length, 1);
	upstream.child.signal('SIGTERM');
	assert.deepEqual(await upstream.child.exited, { code: 0, signal: null });
	assert.match(
		upstream.child.stdout,
		/^queries {7}3 in \d+\.\d s: udp 2, tcp 1\ntypes {9}A 2, AAAA 1\nnames {9}3 different, 3 with their types\nsource ports {2}3\n$/,
	);
});

test('SIGINT and the end of --duration end it as well', limit, async (t) => {
	const interrupted = await start(t, []);
	interrupted.child.signal('SIGINT');
	assert.deepEqual(await interrupted.child.exited, { code: 0, signal: null });
	assert.match(interrupted.child.stdout, /^queries {7}0 in \d+\.\d s: udp 0, tcp 0\n$/);
	const short = await start(t, ['--duration', '300ms']);
	assert.deepEqual(await short.child.exited, { code: 0, signal: null });
	assert.match(short.child.stdout, /^queries {7}0 in /);
});

test('a file of rules, zones, and a TTL', limit, async (t) => {
	const rules = '# mine\nwww.example A ttl30 rdata 192.0.2.7\n*.example AAAA nodata\nwww.other * servfail\n';
	const upstream = await start(t, ['my.rules', '--zone', 'example', '--ttl', '5'], { 'my.rules': rules });
	assert.match(upstream.readyLine, /, 3 rules$/);
	const ruled = await askUdp(upstream, 'www.example');
	assert.deepEqual([dataOf(ruled), ruled.answers[0].ttl], [['192.0.2.7'], 30]);
	assert.equal((await askUdp(upstream, 'a.b.example', { type: 'AAAA' })).answers.length, 0);
	assert.equal((await askUdp(upstream, 'made.example')).answers[0].ttl, 5);
	assert.equal((await askUdp(upstream, 'www.other')).rcode, 'SERVFAIL');
	assert.equal((await askUdp(upstream, 'else.where')).rcode, 'REFUSED');
});

test('a schedule, from the first query on', limit, async (t) => {
	const down = await start(t, ['--schedule', 'down 1h', '--report', 'counts.json']);
	await assert.rejects(
		askUdp(down, 'www.example', {}).then(undefined, (error) => Promise.reject(error)),
		NoAnswer,
	);
	await down.child.stop();
	assert.match(down.child.stdout, /^while down {4}1 queries without an answer/m);
	const failing = await start(t, ['--schedule', 'servfail 1h, up 1s']);
	assert.equal((await askUdp(failing, 'www.example')).rcode, 'SERVFAIL');
	const stalled = await start(t, ['--schedule', 'stall 400ms, up 1h']);
	const client = await UdpClient.open(stalled);
	const replies = await Promise.all(Array.from({ length: 50 }, (_, i) => client.ask(`n${i}.example`)));
	client.close();
	assert.equal(replies.length, 50);
});

test('reports at an interval, on SIGUSR1 and at the end, as lines of a file', limit, async (t) => {
	const upstream = await start(t, ['--report', 'counts.json', '--report-every', '100ms', '--seed', '9'], {
		'counts.json': 'from another run\n',
	});
	const path = join(upstream.directory, 'counts.json');
	for (let i = 0; i < 5; i++) await askUdp(upstream, `n${i % 2}.example`);
	await askTcp(upstream, 'n0.example');
	const reports = async () => reportsIn(await readFile(path, 'utf8'));
	await until(async () => (await reports()).some(({ why, total }) => why === 'interval' && total === 6));
	upstream.child.signal('SIGUSR1');
	await until(async () => (await reports()).some(({ why }) => why === 'signal'));
	await upstream.child.stop();
	const all = await reports();
	assert.equal(
		(await readFile(path, 'utf8')).split('\n').length,
		all.length + 1,
		'nothing else is in the file',
	);
	assert.ok(all.every(({ why, top_names }) => (why === 'interval') === (top_names === undefined)));
	const { elapsed_s, listen, transport, source_ports, ids, ...last } = all[all.length - 1];
	assert.deepEqual(last, {
		version: 1,
		why: 'end',
		seed: 9,
		dropped_deliveries: 0,
		kernel_dropped: 0,
		send_errors: 0,
		total: 6,
		udp: 5,
		tcp: 1,
		malformed: 0,
		while_down: 0,
		by_type: { 'A/udp': 5, 'A/tcp': 1 },
		names_seen: 2,
		questions_seen: 2,
		uncounted_names: 0,
		top_names: [
			{ name: 'n0.example.', total: 4, by: { 'A/udp': 3, 'A/tcp': 1 } },
			{ name: 'n1.example.', total: 2, by: { 'A/udp': 2 } },
		],
	});
	assert.deepEqual(listen, [`127.0.0.1:${upstream.port}`]);
	assert.match(String(transport), /^(native|dgram)$/);
	assert.ok(Number(elapsed_s) > 0 && Number(source_ports) <= 6 && Number(ids) === 6);
});

test('a report on stdout sends the summary to stderr', limit, async (t) => {
	const upstream = await start(t, ['--report', '-']);
	await askUdp(upstream, 'www.example');
	await upstream.child.stop();
	assert.deepEqual(
		reportsIn(upstream.child.stdout).map(({ why, total }) => [why, total]),
		[['end', 1]],
	);
	assert.match(upstream.child.stderr, /^queries {7}1 in /m);
	const without = await start(t, []);
	without.child.signal('SIGUSR1');
	await without.child.output((_, stderr) => /^queries {7}0 in /m.exec(stderr) ?? undefined);
	await without.child.stop();
});

test('behind a cache it counts that cache’s true misses', limit, async (t) => {
	const upstream = await start(t, ['--report', '-']);
	const petrel = await startPetrel(t, `. {\n\tcache\n\tforward . 127.0.0.1:${upstream.port}\n}\n`);
	for (let round = 0; round < 10; round++) {
		for (const type of ['A', 'AAAA']) {
			for (const name of ['a.example', 'B.example', 'c.example']) await askUdp(petrel, name, { type });
		}
	}
	const { misses } = await petrel.counters();
	await upstream.child.stop();
	const [{ total, names_seen, questions_seen }] = reportsIn(upstream.child.stdout);
	assert.deepEqual([total, names_seen, questions_seen], [6, 3, 6]);
	assert.equal(misses, 6);
});

test('several addresses are one upstream', limit, async (t) => {
	const upstream = await start(t, ['--listen', '[::1]:0', '--report', '-']);
	const [, port] = /\[::1\]:(\d+)/.exec(upstream.readyLine)!;
	await askUdp(upstream, 'www.example');
	await askUdp({ address: '::1', port: Number(port) }, 'www.example');
	await upstream.child.stop();
	assert.equal(reportsIn(upstream.child.stdout)[0].total, 2);
});

test('a port that is taken is a failure that says so', limit, async (t) => {
	const upstream = await start(t, []);
	const second = await runPetrel(['upstream', '--listen', `127.0.0.1:${upstream.port}`]);
	assert.equal(second.code, 1);
	assert.match(
		second.stderr,
		/cannot listen on TCP 127\.0\.0\.1:\d+: the port is in use .*\[PETREL_BIND\]\n$/,
	);
});

test('a second signal ends it at once', limit, async (t) => {
	const upstream = await start(t, []);
	upstream.child.signal('SIGTERM');
	upstream.child.signal('SIGTERM');
	const { code } = await upstream.child.exited;
	assert.ok(code === 0 || code === 143, `${code}: it may have been done already`);
});

test('--labels prints the table', limit, async () => {
	const { code, stdout, stderr } = await runPetrel(['upstream', '--labels']);
	assert.deepEqual([code, stderr], [0, '']);
	assert.match(stdout, /^ttl30 +records have this TTL/);
});

const wrong: [args: string[], message: RegExp][] = [
	[['--always', 'ttl5 wrong'], /--always[\s\S]*"wrong" is not a behaviour/],
	[['--zone', 'a..b'], /--zone[\s\S]*empty label/],
	[['--ttl', '-1'], /--ttl[\s\S]*whole number from 0 to 4294967295/],
	[['--schedule', 'up 5s, away 5s'], /--schedule[\s\S]*"away 5s" is not a phase/],
	[['--schedule', 'stall 5s'], /needs a phase that is no stall/],
	[['--seed', 'x'], /--seed[\s\S]*whole number/],
	[['--listen', '127.0.0.1'], /--listen[\s\S]*127\.0\.0\.1:53/],
	[['--duration', '0s'], /--duration[\s\S]*from 1ms/],
	[['--report-every', '1s'], /--report-every says how often, and nothing says where/],
	[['--report', '-', '--report-every', '1ms'], /--report-every[\s\S]*from 100ms/],
	[['--report', '/no/such/directory/file'], /--report \/no\/such\/directory\/file: cannot be written/],
	[['--transport', 'quic'], /--transport[\s\S]*auto, native, dgram/],
	[['no-such-file'], /the rules no-such-file cannot be read/],
	[['--listne', '127.0.0.1:0'], /unknown option '--listne'[\s\S]*--listen/],
];

for (const [args, message] of wrong) {
	test(`\`petrel upstream ${args.join(' ')}\` is refused with its reason`, async () => {
		const program = await loadProgram('upstream');
		for (const command of [program, ...program.commands])
			command.configureOutput({ outputError() {}, writeErr() {} });
		await assert.rejects(program.parseAsync(['upstream', ...args], { from: 'user' }), (thrown: Error) => {
			assert.ok(thrown instanceof CommanderError || (thrown as PetrelError).code === 'PETREL_CONFIG');
			assert.match(thrown.message, message);
			return true;
		});
	});
}

test('a rule that is wrong is named with file, line and column', limit, async (t) => {
	const directory = await temporaryDirectory(t);
	await writeFile(join(directory, 'my.rules'), 'www.example A nx\nwww.example A ttl5 nonsense\n');
	const { code, stderr } = await runPetrel(['upstream', 'my.rules'], { cwd: directory });
	assert.equal(code, 2);
	assert.match(stderr, /^petrel: my\.rules:2:20: "nonsense" is not a behaviour .*\[PETREL_CONFIG\]\n$/);
});

test('what a delay says is what a client waits, and no less', limit, async (t) => {
	const upstream = await start(t, []);
	const beganMs = performance.now();
	await askUdp(upstream, 'delay150ms.example');
	assert.ok(performance.now() - beganMs >= 150);
});

test('what its answers cost is measured beside the floor', {
	timeout: 120_000,
	skip: compiler === undefined,
}, async (t) => {
	const bench = join(import.meta.dirname, '../../bench/macro/upstream-cost.ts');
	const child = await Child.start(t, process.execPath, [bench, '--smoke']);
	const { code } = await child.exited;
	assert.equal(code, 0, child.stderr);
	const rows = child.stdout.split('\n').filter((line) => line.startsWith('|'));
	assert.deepEqual(
		rows.slice(2).map((row) => /^\| (\w+) \| [\d.]+ \| [\d.]+ \| [\d.]+ \| \d+ \|$/.exec(row)?.[1]),
		['hot', 'new', 'sockets', 'delayed', 'long'],
	);
});
