/** Goal: what a person and an init system see of the process: ready line, signals, exit codes, error texts. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { askUdp, openUdpClients, TcpClient } from '../support/integration/client.ts';
import { startHouse, startScriptedUpstream } from '../support/integration/house.ts';
import { runPetrel, spawnPetrel, startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 30_000 };

test(
	'the ready line names addresses, workers, transport and cache size; nothing was asked upstream before a client',
	limit,
	async (t) => {
		const { petrel, upstream } = await startHouse(t, undefined, {
			workers: 3,
			listen: ['127.0.0.1:0', '[::1]:0'],
			args: ['--cache-size', '8MiB'],
		});
		assert.match(
			petrel.readyLine,
			/^petrel \d+\.\d+\.\d+ ready: 127\.0\.0\.1:\d+ \[::1\]:\d+ udp\+tcp, 3 workers \(.+\), transport \w+, cache 8 MiB$/,
		);
		await sleep(1500);
		assert.equal(upstream.script.report.total, 0);
		await askUdp(petrel, 'first.test');
		assert.equal(upstream.script.report.total, 1);
	},
);

test('the ready line as JSON has the same as fields', limit, async (t) => {
	const directory = await temporaryDirectory(t);
	const args = ['serve', '--upstream', '127.0.0.1:9', '--listen', '127.0.0.1:0', '--workers', '2'];
	const child = await spawnPetrel(t, [...args, '--log-format', 'json'], { cwd: directory });
	const line = await child.output((_, stderr) => /^.*ready.*$/m.exec(stderr)?.[0]);
	const fields = JSON.parse(line);
	assert.equal(fields.workers, 2);
	assert.equal(fields.pid, child.pid);
	assert.match(fields.addresses, /^127\.0\.0\.1:\d+$/);
});

test('SIGTERM: clients that wait are answered, then the exit code is 0', limit, async (t) => {
	const { petrel } = await startHouse(t);
	const clients = await openUdpClients(petrel, 20);
	const tcp = await TcpClient.open(petrel);
	const waiting = [
		...clients.map((client, i) => client.ask(`delay900ms.waiting-${i}.test`)),
		...clients.map((client) => client.ask('delay900ms.same.test')),
		tcp.ask('delay900ms.by-tcp.test'),
	];
	await until(async () => {
		const { misses, coalesced_local, coalesced_remote } = await petrel.counters();
		return misses >= 22 && misses + coalesced_local + coalesced_remote >= 41;
	});
	petrel.child.signal('SIGTERM');
	for (const reply of await Promise.all(waiting)) assert.equal(reply.rcode, 'NOERROR');
	assert.deepEqual(await petrel.child.exited, { code: 0, signal: null });
});

test('SIGINT ends it in good order too, and SIGUSR2 does not end it', limit, async (t) => {
	const { petrel } = await startHouse(t);
	await askUdp(petrel, 'counted.test');
	await askUdp(petrel, 'counted.test');
	const counters = await petrel.counters();
	assert.equal(counters.queries_udp, 2);
	assert.equal(counters.replies_udp, 2);
	assert.equal(counters.hits_positive, 1);
	assert.equal(counters.misses, 1);
	assert.equal(counters.upstream_queries_udp, 1);
	petrel.child.signal('SIGINT');
	assert.deepEqual(await petrel.child.exited, { code: 0, signal: null });
});

describe('a port that somebody else has', limit, () => {
	const corefile = '. {\n\tforward . 127.0.0.1:9\n}\n';

	for (const protocol of ['UDP', 'TCP'] as const) {
		test(
			`${protocol} in use: exit code 1, and the message says which port and what to do`,
			limit,
			async (t) => {
				const directory = await temporaryDirectory(t);
				await writeFile(join(directory, 'Corefile'), corefile);
				const holder =
					protocol === 'UDP'
						? createSocket('udp4').bind(0, '127.0.0.1')
						: createServer().listen(0, '127.0.0.1');
				await once(holder, 'listening');
				const { port } = holder.address() as { port: number };
				const listen = ['--listen', `127.0.0.1:${port}`];
				const { code, stderr, stdout } = await runPetrel(['serve', 'Corefile', ...listen], {
					cwd: directory,
				});
				await new Promise<void>((resolve) => {
					holder.close(() => resolve());
				});
				assert.equal(code, 1);
				assert.equal(stdout, '');
				assert.match(
					stderr,
					new RegExp(`cannot listen on ${protocol} 127\\.0\\.0\\.1:${port}: the port is in use`),
				);
				assert.match(stderr, /--listen/);
				assert.match(stderr, /\[PETREL_BIND\]/);
				assert.doesNotMatch(stderr, /ready/);
			},
		);
	}

	test('another petrel on the same port is an error, although both would share it', limit, async (t) => {
		const { petrel } = await startHouse(t);
		const directory = await temporaryDirectory(t);
		const listen = ['--listen', `127.0.0.1:${petrel.port}`];
		const args = ['serve', '--upstream', '127.0.0.1:9', ...listen];
		const { code, stderr } = await runPetrel(args, { cwd: directory });
		assert.equal(code, 1);
		assert.match(stderr, /the port is in use/);
		assert.equal((await askUdp(petrel, 'still-here.test')).rcode, 'NOERROR');
	});
});

describe('a Corefile that cannot be used', limit, () => {
	const wrong: readonly (readonly [what: string, corefile: string, at: string, text: RegExp])[] = [
		[
			'a directive that exists elsewhere',
			'. {\n\tforward . 127.0.0.1\n\tkubernetes a.b\n}\n',
			'3:2',
			/kubernetes/,
		],
		['a directive that exists nowhere', '. {\n\tforwrad . 127.0.0.1\n}\n', '2:2', /forwrad/],
	];
	for (const command of ['serve', 'check']) {
		for (const [what, corefile, at, text] of wrong) {
			test(`petrel ${command}: ${what} is named with file, line and column`, limit, async (t) => {
				const directory = await temporaryDirectory(t);
				await writeFile(join(directory, 'Corefile'), corefile);
				const { code, stdout, stderr } = await runPetrel([command, 'Corefile'], { cwd: directory });
				assert.equal(code, 2);
				const said = stdout + stderr;
				assert.ok(said.includes(`Corefile:${at}:`), said);
				assert.match(said, text);
				assert.doesNotMatch(said, /\n\s+at .*\.ts:/);
			});
		}
	}
});

test('petrel check: a TTL that is read as a zone is flagged with its cure', limit, async (t) => {
	const directory = await temporaryDirectory(t);
	await writeFile(join(directory, 'Corefile'), '. {\n\tforward . 127.0.0.1\n\tcache 3600s\n}\n');
	const { code, stdout, stderr } = await runPetrel(['check', 'Corefile'], { cwd: directory });
	assert.equal(code, 0);
	assert.match(stdout + stderr, /Corefile:3:8: .*3600s/);
	assert.match(stdout + stderr, /cache 3600\b(?!s)/);
});

test('petrel query asks it and shows flags, answer and exit code', limit, async (t) => {
	const { petrel } = await startHouse(t);
	const at = `@127.0.0.1:${petrel.port}`;
	const good = await runPetrel(['query', 'www.test', 'A', at]);
	assert.equal(good.code, 0);
	assert.equal(good.stderr, '');
	assert.match(good.stdout, /NOERROR/);
	assert.match(good.stdout, /www\.test\.\s.*\bA\b/);
	const tcp = await runPetrel(['query', 'tc.count59.test', at, '--tcp', '--json']);
	assert.equal(tcp.code, 0);
	assert.doesNotThrow(() => JSON.parse(tcp.stdout));
	assert.equal((await runPetrel(['query', 'nx.test', at])).code, 0);
	assert.equal((await runPetrel(['query', 'servfail.test', at])).code, 1);
	const upstream = await startScriptedUpstream(t);
	await upstream.pause();
	const dead = await runPetrel(['query', 'www.test', `@${upstream.target}`, '--timeout', '500ms']);
	assert.equal(dead.code, 1);
	assert.match(dead.stderr, /PETREL_QUERY/);
});

test('settings come from the environment too', limit, async (t) => {
	const upstream = await startScriptedUpstream(t);
	const petrel = await startPetrel(t, `. {\n\tforward . ${upstream.target}\n}\n`, {
		env: { PETREL_CACHE_SIZE: '5MiB' },
	});
	assert.match(petrel.readyLine, /cache 5 MiB/);
});
