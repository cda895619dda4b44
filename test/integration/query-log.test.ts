/** `log`, `errors` and `debug` of a real process: what comes out of stdout and stderr, and that nothing waits for it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CounterName } from '../../src/metrics/hot/counters.ts';
import { askTcp, askUdp, type Server, UdpClient } from '../support/integration/client.ts';
import { startHouse, startScriptedUpstream } from '../support/integration/house.ts';
import { makeQuery } from '../support/integration/message.ts';
import { type Petrel, startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

/** The lines of the query log so far. */
function logged(petrel: Petrel): string[] {
	return petrel.child.stdout.split('\n').filter((line) => /^(\[|\{"level")/.test(line));
}

/** Lines with what differs from run to run as one letter. */
function masked(petrel: Petrel): string[] {
	return logged(petrel).map((line) =>
		line.replace(/^(\[INFO\] [^ ]+):\d+ - \d+ /, '$1:P - I ').replace(/ \d+(\.\d+)?s$/, ' Ds'),
	);
}

async function lines(petrel: Petrel, count: number): Promise<string[]> {
	await until(() => logged(petrel).length >= count);
	return masked(petrel);
}

test('a line for each query, as CoreDNS has it: miss, hit, NXDOMAIN, SERVFAIL, TCP, EDNS', async (t) => {
	const { petrel } = await startHouse(t, (target) => `. {\n\tcache\n\tlog\n\tforward . ${target}\n}\n`);
	const asks = [
		() => askUdp(petrel, 'Www.Demo'),
		() => askUdp(petrel, 'www.demo'),
		() => askUdp(petrel, 'nx.demo', { ad: true }),
		() => askUdp(petrel, 'servfail.demo', { cd: true }),
		() => askTcp(petrel, 'www.demo'),
		() => askUdp(petrel, 'www.demo', { edns: { sizeBytes: 4096, dnssecOk: true } }),
		() => askUdp(petrel, "it's.demo", { type: 'AAAA', rd: false }),
	];
	for (const [i, ask] of asks.entries()) {
		await ask();
		await lines(petrel, i + 1);
	}
	assert.deepEqual(await lines(petrel, asks.length), [
		'[INFO] 127.0.0.1:P - I "A IN www.demo. udp 26 false 512" NOERROR qr,rd,ra 50 Ds',
		'[INFO] 127.0.0.1:P - I "A IN www.demo. udp 26 false 512" NOERROR qr,rd,ra 50 Ds',
		'[INFO] 127.0.0.1:P - I "A IN nx.demo. udp 25 false 512" NXDOMAIN qr,rd,ra 88 Ds',
		'[INFO] 127.0.0.1:P - I "A IN servfail.demo. udp 31 false 512" SERVFAIL qr,rd,ra,cd 31 Ds',
		'[INFO] 127.0.0.1:P - I "A IN www.demo. tcp 26 false 65535" NOERROR qr,rd,ra 50 Ds',
		'[INFO] 127.0.0.1:P - I "A IN www.demo. udp 37 true 4096" NOERROR qr,rd,ra 50 Ds',
		'[INFO] 127.0.0.1:P - I "AAAA IN it\\\'s.demo. udp 27 false 512" NOERROR qr,ra 64 Ds',
	]);
	assert.doesNotMatch(petrel.log, /\[INFO\] 127/);
});

test('as JSON a line is an object, with what it belongs to', async (t) => {
	const { petrel } = await startHouse(
		t,
		(target) => `. {\n\tlog\n\tforward . ${target}\n}\nzone.demo {\n\tlog\n\tforward . ${target}\n}\n`,
		{ args: ['--log-format', 'json'] },
	);
	await askUdp(petrel, 'nx.zone.demo', { id: 4711 });
	await lines(petrel, 1);
	const { time, client, duration_us, ...rest } = JSON.parse(logged(petrel)[0]);
	assert.deepEqual(rest, {
		level: 'info',
		server: `127.0.0.1:${petrel.port}`,
		zone: 'zone.demo.',
		qname: 'nx.zone.demo.',
		qtype: 'A',
		qclass: 'IN',
		rcode: 'NXDOMAIN',
		plugin: 'forward',
		size: 30,
		rsize: 93,
		proto: 'udp',
		id: 4711,
		flags: 'qr,rd,ra',
		msg: 'query',
	});
	assert.ok(Math.abs(time - Date.now()) < 60_000);
	assert.match(client, /^127\.0\.0\.1:\d+$/);
	assert.ok(duration_us > 0);
});

test('formats, classes and names of several `log` lines', async (t) => {
	const { petrel } = await startHouse(
		t,
		(target) =>
			`. {\n\tlog quiet.demo {\n\t\tclass error\n\t}\n\tlog . "{local} {name} {rcode} {/x} {>opcode}"\n\tforward . ${target}\n}\n`,
	);
	for (const name of ['a.quiet.demo', 'servfail.quiet.demo', 'b.demo']) await askUdp(petrel, name);
	assert.deepEqual(await lines(petrel, 2), [
		'[INFO] 127.0.0.1:P - I "A IN servfail.quiet.demo. udp 37 false 512" SERVFAIL qr,rd,ra 37 Ds',
		'[INFO] 127.0.0.1 b.demo. NOERROR - 0',
	]);
});

test('what is beyond `rate` is counted, not written', async (t) => {
	const { petrel } = await startHouse(t, () => '. {\n\twhoami\n\tlog {\n\t\trate 5\n\t}\n}\n');
	const client = await UdpClient.open(petrel);
	for (let i = 0; i < 6; i++) await Promise.all(Array.from({ length: 50 }, () => client.ask('x.demo')));
	client.close();
	await until(async () => {
		const { log_lines_written: written, log_lines_over_rate: over } = await petrel.counters();
		return written + over === 300;
	});
	const counters = await petrel.counters();
	assert.equal(logged(petrel).length, counters.log_lines_written);
	assert.ok(counters.log_lines_written >= 5 && counters.log_lines_over_rate > 0);
});

const timeout = /^\[ERROR\] plugin\/errors: 2 silent\.demo\. A: read udp ->127\.0\.0\.1:\d+: i\/o timeout$/m;

test('an upstream that is silent makes an error that ends in `i/o timeout`', async (t) => {
	const upstream = await startScriptedUpstream(t);
	const corefile = `. {\n\terrors\n\tforward . ${upstream.target} {\n\t\tread_timeout 200ms\n\t}\n}\n`;
	const petrel = await startPetrel(t, corefile);
	await askUdp(petrel, 'silent.demo');
	await petrel.child.output((_, stderr) => (timeout.test(stderr) ? true : undefined));
	assert.equal(petrel.child.stdout, '');
});

test('`consolidate` counts the errors of all shards, and tells them at the end; `stdout` and `debug` do what they say', async (t) => {
	const { petrel } = await startHouse(
		t,
		(target) =>
			`. {\n\tdebug\n\terrors stdout {\n\t\tconsolidate 1h "answered SERVFAIL$" debug show_first\n\t}\n\tforward . ${target}\n}\n`,
	);
	for (let i = 0; i < 5; i++) await askUdp(petrel, `servfail.n${i}.demo`);
	await petrel.child.output((stdout) => (stdout.includes('servfail.') ? true : undefined));
	assert.match(petrel.log, /^\[DEBUG\] .*Corefile:1: \.:\d+: no cache, forward \. to 127\.0\.0\.1 port/m);
	await petrel.child.stop();
	const [first, sum, ...more] = petrel.child.stdout.trim().split('\n');
	assert.match(first, /^\[DEBUG\] plugin\/errors: 2 servfail\.n\d\.demo\. A: upstream answered SERVFAIL$/);
	assert.equal(sum, "[DEBUG] plugin/errors: 5 errors like 'answered SERVFAIL$' occurred in last 1h0m0s");
	assert.deepEqual(more, []);
});

/** A petrel whose stdout is a pipe that nobody empties before it is told to. */
async function startUnread(t: TestContext): Promise<{ child: ChildProcess; server: Server }> {
	const directory = await temporaryDirectory(t);
	const path = join(directory, 'Corefile');
	await writeFile(path, '. {\n\twhoami\n\tlog {\n\t\trate 0\n\t}\n}\n');
	const program = join(import.meta.dirname, '../../bin/petrel.js');
	const args = [program, 'serve', path, '--listen', '127.0.0.1:0', '--workers', '1'];
	const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
	t.after(() => child.kill('SIGKILL'));
	let stderr = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const ready = /ready: 127\.0\.0\.1:(\d+) /;
	await until(() => ready.test(stderr));
	return { child, server: { address: '127.0.0.1', port: Number(ready.exec(stderr)![1]) } };
}

const manyQueries = 20_000;
const atOnce = 100;

test('a stdout that nobody reads costs lines, never an answer, and does not hold up the end', async (t) => {
	const { child, server } = await startUnread(t);
	const client = await UdpClient.open(server);
	let answered = 0;
	while (answered < manyQueries) {
		const replies = await Promise.all(
			Array.from({ length: atOnce }, () => client.exchange(makeQuery('x.demo'))),
		);
		answered += replies.length;
	}
	client.close();
	// Now somebody reads: what waited comes, then the counters.
	let stdout = '';
	child.stdout!.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	const dumps = (): Record<CounterName, number>[] =>
		(stdout.match(/^\{.*\}$/gm) ?? []).map((line) => JSON.parse(line));
	const isWhole = (counters: Record<CounterName, number>): boolean =>
		counters.log_lines_dropped + counters.log_lines_written === manyQueries;
	await until(() => {
		child.kill('SIGUSR2');
		return dumps().some(isWhole);
	});
	const counters = dumps().find(isWhole)!;
	assert.equal(counters.replies_udp, manyQueries);
	assert.ok(counters.log_lines_dropped > 0, 'lines were dropped');
	await until(() => (stdout.match(/^\[INFO\] .*s$/gm) ?? []).length === counters.log_lines_written);
	child.kill('SIGTERM');
	await once(child, 'exit');
	assert.equal(child.exitCode, 0);
});

test('a process ends in good order while its stdout is full', async (t) => {
	const { child, server } = await startUnread(t);
	const client = await UdpClient.open(server);
	for (let i = 0; i < 40; i++) {
		await Promise.all(Array.from({ length: atOnce }, () => client.exchange(makeQuery('x.demo'))));
	}
	client.close();
	const exited = once(child, 'exit');
	child.kill('SIGTERM');
	const [code] = await exited;
	assert.equal(code, 0);
});

test('a stdout whose reader has gone costs lines, and the server goes on', async (t) => {
	const { child, server } = await startUnread(t);
	child.stdout!.destroy();
	for (let i = 0; i < 5; i++) {
		await askUdp(server, 'x.demo');
		await sleep(60);
	}
	assert.equal(child.exitCode, null);
	const exited = once(child, 'exit');
	child.kill('SIGTERM');
	assert.equal((await exited)[0], 0);
});

test('lines for a file are all there when the process has ended', async (t) => {
	const directory = await temporaryDirectory(t);
	const path = join(directory, 'Corefile');
	await writeFile(path, '. {\n\twhoami\n\tlog\n}\n');
	const file = await open(join(directory, 'out'), 'w');
	const program = join(import.meta.dirname, '../../bin/petrel.js');
	const args = [program, 'serve', path, '--listen', '127.0.0.1:0', '--workers', '2'];
	const child = spawn(process.execPath, args, { stdio: ['ignore', file.fd, 'pipe'] });
	t.after(() => child.kill('SIGKILL'));
	let stderr = '';
	child.stderr!.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const ready = /ready: 127\.0\.0\.1:(\d+) /;
	await until(() => ready.test(stderr));
	const server = { address: '127.0.0.1', port: Number(ready.exec(stderr)![1]) };
	await Promise.all(Array.from({ length: 50 }, () => askUdp(server, 'x.demo')));
	const exited = once(child, 'exit');
	child.kill('SIGTERM');
	assert.equal((await exited)[0], 0);
	await file.close();
	const text = await readFile(join(directory, 'out'), 'utf8');
	assert.equal(text.split('\n').filter((line) => line.startsWith('[INFO] 127.0.0.1:')).length, 50);
});
