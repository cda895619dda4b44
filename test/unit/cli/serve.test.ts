/** `petrel serve` and `petrel query` as processes, from the ready line to the signal that ends them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transportInUse } from '../../support/transport.ts';
import { type PetrelProcess, runPetrel, startPetrel } from './petrel-process.ts';

const example = new URL('../../../examples/Corefile', import.meta.url).pathname;

async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
	const petrel = startPetrel(['serve', '--listen', '127.0.0.1:0', ...args], env);
	const stderr = await petrel.stderrMatch(/ready.*\n/);
	const server = `@${/127\.0\.0\.1:\d+/.exec(stderr)?.[0]}`;
	return { petrel, server, stderr };
}

async function stop(petrel: PetrelProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
	petrel.kill(signal);
	const { code, signal: endedBy, stderr } = await petrel.finished;
	assert.deepEqual({ code, endedBy }, { code: 0, endedBy: null }, stderr);
}

test('serve answers `demo.`, the second time from the cache, and ends with 0 on SIGTERM', async () => {
	const { petrel, server, stderr } = await start([example, '--workers', '2']);
	assert.match(
		stderr,
		new RegExp(
			`^petrel \\S+ ready: 127\\.0\\.0\\.1:\\d+ udp\\+tcp, 2 workers \\(as asked\\), transport ${transportInUse}, cache 32 MiB$`,
			'm',
		),
	);
	const first = await runPetrel(['query', 'www.demo', 'A', server]);
	assert.equal(first.code, 0, first.stderr);
	assert.match(
		first.stdout,
		/status NOERROR[\s\S]*flags: qr aa rd ra;[\s\S]*ANSWER\nwww\.demo\.\t\d+\tIN\tA\t192\.0\.2\.\d+\n/,
	);
	const second = await runPetrel(['query', 'www.demo', 'A', server, '--tcp', '--json']);
	const reply = JSON.parse(second.stdout);
	assert.equal(reply.rcode, 'NOERROR');
	assert.equal(reply.transport, 'tcp');
	assert.equal(reply.answer[0].type, 'A');
	petrel.kill('SIGUSR2');
	const counters = JSON.parse(await petrel.stdoutLine());
	assert.equal(counters.misses, 1);
	assert.equal(counters.hits_positive, 1);
	await stop(petrel);
});

test('an answer with an error is shown, and the exit code is 1', async () => {
	const { petrel, server } = await start([example, '--workers', '1']);
	const { code, stdout } = await runPetrel(['query', 'refused.www.demo', server]);
	assert.equal(code, 1);
	assert.match(stdout, /status REFUSED/);
	const nxdomain = await runPetrel(['query', 'nx.demo', server]);
	assert.equal(nxdomain.code, 0);
	assert.match(nxdomain.stdout, /status NXDOMAIN[\s\S]*AUTHORITY\n.*SOA/);
	await stop(petrel);
});

test('flags come from the environment too, and SIGINT ends it as well', async () => {
	const env = {
		PETREL_WORKERS: '1',
		PETREL_CACHE_SIZE: '2MiB',
		PETREL_UPSTREAM: '127.0.0.1:1',
		PETREL_LOG_FORMAT: 'json',
	};
	const { petrel, stderr } = await start([], env);
	const line = stderr.split('\n').find((text) => text.includes('ready')) ?? '';
	const { level, workers, cacheBytes, transport } = JSON.parse(line);
	assert.deepEqual(
		{ level, workers, cacheBytes, transport },
		{ level: 'info', workers: 1, cacheBytes: 2 * 1024 * 1024, transport: transportInUse },
	);
	await stop(petrel, 'SIGINT');
});

test('a port in use: which one, and what to do', async () => {
	const { petrel, server } = await start([example, '--workers', '1']);
	const second = await runPetrel(['serve', example, '--listen', server.slice(1)]);
	assert.equal(second.code, 1);
	assert.ok(second.stderr.includes(server.slice(1)));
	assert.match(second.stderr, /in use[\s\S]*--listen[\s\S]*\[PETREL_BIND\]/);
	await stop(petrel);
});
