/**
 * Goal: a shard that dies or hangs is replaced while the others answer, and the process ends in good order. Method: a real
 * process whose shards the test hurts, asked at a steady rate from many ports meanwhile.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { askUdp, openUdpClients } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { httpGet, httpUrl } from '../support/integration/http.ts';
import { spawnPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { SteadyLoad } from '../support/integration/steady-load.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 60_000 };
const queriesPerSec = 1000;
const shards = 3;

for (const [fault, cause] of [
	['throw', /shard 1 died: a fault that a test asked for/],
	['exhaust-memory', /shard 1 died: .*memory/],
	['terminate', /shard 1 died/],
] as const) {
	test(`a shard that ends by \`${fault}\` is replaced, and the others answer meanwhile`, limit, async (t) => {
		const { petrel } = await startHouse(t, undefined, { workers: shards, faults: true });
		await askUdp(petrel, 'warm.test');
		const load = await SteadyLoad.start(petrel, { queriesPerSec, nameOf: () => 'warm.test' });
		await until(() => load.sent > queriesPerSec / 4);
		petrel.hurt(1, fault);
		await petrel.logged(cause);
		const diedAt = load.sent;
		await petrel.logged(/shard 1 is replaced/);
		const replacedAt = load.sent;
		await until(() => load.sent > replacedAt + queriesPerSec / 4);
		const { sent, answered, lost, lostOnes } = await load.end();
		t.diagnostic(`${sent} sent, ${answered} answered, ${lost} lost`);
		const lostAfter = lostOnes.filter((n) => n >= diedAt);
		assert.deepEqual(lostAfter, [], 'only what the shard held was lost, not what came after its end');
		const clients = await openUdpClients(petrel, 60);
		for (const reply of await Promise.all(clients.map((client) => client.ask('warm.test')))) {
			assert.equal(reply.rcode, 'NOERROR');
		}
		for (const client of clients) client.close();
	});
}

test(
	'a shard that hangs is ended, its port goes to the others at once, and it is replaced',
	limit,
	async (t) => {
		const { petrel } = await startHouse(t, undefined, { workers: shards, faults: true });
		await askUdp(petrel, 'warm.test');
		petrel.hurt(2, 'spin');
		await petrel.logged(/shard 2 has been stuck for 2\.\d s: it is ended/);
		await petrel.logged(/shard 2 died/);
		// From sixty ports: if the dead shard's socket were still in the group, it would get a third of them.
		const clients = await openUdpClients(petrel, 60);
		const replies = await Promise.all(clients.map((client) => client.ask('warm.test')));
		assert.ok(replies.every(({ rcode }) => rcode === 'NOERROR'));
		for (const client of clients) client.close();
		await petrel.logged(/shard 2 is replaced/);
	},
);

test('a shard that keeps dying is left down for ever longer, and `ready` says so', limit, async (t) => {
	const corefile = (target: string): string => `. {\n\tready 127.0.0.1:0\n\tforward . ${target}\n}\n`;
	const { petrel } = await startHouse(t, corefile, { workers: 2, faults: true });
	for (const [round, waitMs] of [100, 200, 400, 800].entries()) {
		petrel.hurt(0, 'throw');
		await petrel.logged(new RegExp(`shard 0 died: .* it is replaced in ${waitMs} ms`));
		await until(() => (petrel.log.match(/shard 0 is replaced/g) ?? []).length === round + 1);
	}
	assert.equal((await httpGet(httpUrl(petrel, '/ready'))).status, 200);
	petrel.hurt(0, 'throw');
	await petrel.logged(/it is replaced in 1600 ms/);
	assert.deepEqual(await httpGet(httpUrl(petrel, '/ready')), { status: 503, body: 'shard-0' });
	assert.equal((await askUdp(petrel, 'after.test')).rcode, 'NOERROR');
	await until(async () => (await httpGet(httpUrl(petrel, '/ready'))).status === 200);
});

test('T91: SIGTERM with 50 misses in flight: all are answered, and the exit code is 0', limit, async (t) => {
	const { petrel } = await startHouse(t);
	const clients = await openUdpClients(petrel, 50);
	const waiting = clients.map((client, i) => client.ask(`delay1500ms.in-flight-${i}.test`));
	await until(async () => (await petrel.counters()).misses === 50);
	petrel.child.signal('SIGTERM');
	const replies = await Promise.all(waiting);
	assert.ok(replies.every(({ rcode }) => rcode === 'NOERROR'));
	assert.deepEqual(await petrel.child.exited, { code: 0, signal: null });
	for (const client of clients) client.close();
});

test(
	'the PID file is there while petrel runs; a living one is respected, a stale one replaced',
	limit,
	async (t) => {
		const directory = await temporaryDirectory(t);
		const path = join(directory, 'petrel.pid');
		await writeFile(path, '4194303\n');
		const args = ['serve', '--upstream', '127.0.0.1:9', '--listen', '127.0.0.1:0', '--workers', '1'];
		const child = await spawnPetrel(t, [...args, '--pidfile', path], { cwd: directory });
		await child.output((_, stderr) => /ready:/.exec(stderr) ?? undefined);
		assert.match(child.stderr, /petrel\.pid is stale: there is no petrel with number 4194303/);
		await until(async () => Number(await readFile(path, 'utf8')) === child.pid);
		const second = await spawnPetrel(t, [...args, '--pidfile', path], { cwd: directory });
		assert.deepEqual(await second.exited, { code: 1, signal: null });
		assert.match(second.stderr, new RegExp(`petrel runs already, as process ${child.pid}`));
		await child.stop();
		await assert.rejects(readFile(path), { code: 'ENOENT' });
	},
);

test(
	'systemd is told of readiness, reloads and the end, by its program where the addon is not there',
	limit,
	async (t) => {
		const directory = await temporaryDirectory(t);
		const told = join(directory, 'told');
		// Stands in for the program: it writes down what it was called with.
		const program = join(directory, 'systemd-notify');
		await writeFile(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $@" >> ${told}\n`, { mode: 0o755 });
		const env = {
			NOTIFY_SOCKET: '/run/some/socket',
			PATH: `${directory}:${process.env.PATH}`,
			PETREL_NATIVE_ADDON: join(directory, 'none.node'),
			PETREL_TRANSPORT: 'dgram',
		};
		const args = ['serve', '--upstream', '127.0.0.1:9', '--listen', '127.0.0.1:0', '--workers', '1'];
		const child = await spawnPetrel(t, args, { cwd: directory, env });
		const lines = async (): Promise<string> => readFile(told, 'utf8').catch(() => '');
		await until(async () => (await lines()).includes(`/run/some/socket --pid=${child.pid} READY=1 STATUS=`));
		child.signal('SIGHUP');
		await until(async () => /RELOADING=1 MONOTONIC_USEC=\d+/.test(await lines()));
		await child.stop();
		await until(async () => (await lines()).includes('STOPPING=1'));
	},
);
