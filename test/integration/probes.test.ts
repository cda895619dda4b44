/** Goal: `health` and `ready` of a real process: up, while a worker is replaced, while it ends, and when it cannot start. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { find, sumOf } from '../support/exposition.ts';
import { askUdp, UdpClient } from '../support/integration/client.ts';
import { startHouse } from '../support/integration/house.ts';
import { httpGet, httpUrl, scrape } from '../support/integration/http.ts';
import { runPetrel, temporaryDirectory } from '../support/integration/petrel.ts';
import { until } from '../support/integration/until.ts';

const limit = { timeout: 30_000 };
const probes = 'health 127.0.0.1:0\n\tready 127.0.0.1:0\n\tprometheus 127.0.0.1:0';
const corefile = (target: string): string => `. {\n\t${probes}\n\tforward . ${target}\n}\n`;

test('a petrel that is up is healthy and ready, and measures its own health endpoint', limit, async (t) => {
	const { petrel } = await startHouse(t, corefile);
	assert.deepEqual(await httpGet(httpUrl(petrel, '/health')), { status: 200, body: 'OK' });
	assert.deepEqual(await httpGet(httpUrl(petrel, '/ready')), { status: 200, body: 'OK' });
	await until(async () => sumOf(await scrape(petrel), 'coredns_health_request_duration_seconds_count')! > 0);
	const exposition = await scrape(petrel);
	assert.equal(sumOf(exposition, 'coredns_health_request_failures_total'), 0);
	assert.deepEqual(
		find(exposition, 'coredns_health_request_duration_seconds_bucket').map(({ labels }) => labels.le),
		['0.00025', '0.0025', '0.025', '0.25', '2.5', '+Inf'],
	);
});

test(
	'after SIGTERM ready says so while clients that wait are served, and health goes on',
	limit,
	async (t) => {
		const { petrel } = await startHouse(t, corefile);
		const client = await UdpClient.open(petrel);
		const waiting = client.ask('delay1500ms.waits.test');
		await until(async () => (await petrel.counters()).upstream_queries_udp > 0);
		petrel.child.signal('SIGTERM');
		await petrel.child.output((_, stderr) => (stderr.includes('SIGTERM: stopping') ? true : undefined));
		assert.deepEqual(await httpGet(httpUrl(petrel, '/ready')), { status: 503, body: 'Shutting down' });
		assert.equal((await httpGet(httpUrl(petrel, '/health'))).status, 200);
		assert.equal((await waiting).rcode, 'NOERROR');
		assert.equal((await petrel.child.exited).code, 0);
	},
);

test(
	'lameduck: after SIGTERM it is not ready at once, and takes on queries as before for a while',
	limit,
	async (t) => {
		const lame = (target: string): string =>
			corefile(target).replace('health 127.0.0.1:0', '$& {\n\t\tlameduck 2s\n\t}');
		const { petrel } = await startHouse(t, lame);
		petrel.child.signal('SIGTERM');
		await petrel.child.output((_, stderr) => (stderr.includes('SIGTERM: stopping') ? true : undefined));
		assert.equal((await httpGet(httpUrl(petrel, '/ready'))).status, 503);
		// A new question, which a server that drains would not take on.
		assert.equal((await askUdp(petrel, 'delay300ms.new.test')).rcode, 'NOERROR');
		assert.equal((await petrel.child.exited).code, 0);
	},
);

test(
	'an HTTP address that is taken stops the start, with the directive, the address and the line',
	limit,
	async (t) => {
		const blocker = createServer().listen(0, '127.0.0.1');
		await once(blocker, 'listening');
		t.after(() => void blocker.close());
		const { port } = blocker.address() as { port: number };
		const directory = await temporaryDirectory(t);
		const path = join(directory, 'Corefile');
		await writeFile(path, `. {\n\tforward . 192.0.2.1\n\thealth 127.0.0.1:${port}\n}\n`);
		const { code, stderr } = await runPetrel(['serve', path, '--listen', '127.0.0.1:0'], { cwd: directory });
		assert.equal(code, 1);
		assert.match(
			stderr,
			new RegExp(
				`HTTP 127\\.0\\.0\\.1:${port}, which \`health\` in .*Corefile:3 asks for: the port is in use.*\\[PETREL_BIND\\]`,
			),
		);
	},
);

test('a petrel without the directives opens nothing', limit, async (t) => {
	const { petrel } = await startHouse(t);
	await askUdp(petrel, 'a.test');
	assert.ok(!petrel.log.includes('HTTP on'), petrel.log);
});
