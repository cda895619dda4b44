/**
 * Goal: what the HTTP endpoints say, to whom, and that a change of the configuration never leaves less open than it should.
 * Method: real servers on loopback, models from Corefiles, raw sockets where a client misbehaves.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { loadCorefile } from '../../../src/config/load.ts';
import type { Model } from '../../../src/config/model.ts';
import { httpConnectionsMax } from '../../../src/server/http/http-server.ts';
import { HttpServers } from '../../../src/server/http/http-servers.ts';
import { Readiness } from '../../../src/server/http/probe-source.ts';
import { SelfRequests } from '../../../src/server/http/self-request.ts';
import { wantedServers } from '../../../src/server/http/wanted.ts';
import { createLog } from '../../../src/server/log.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { freePort } from '../../support/integration/free-port.ts';

function modelOf(...blocks: readonly string[]): Model {
	const text = blocks.map((lines, i) => `b${i}.example {\nwhoami\n${lines}\n}\n`).join('');
	const { model, errors } = loadCorefile({ path: 'Corefile', text, env: {} });
	assert.ok(model, JSON.stringify(errors));
	return model;
}

/** What the probes and the scrape say; a test changes it. */
class State {
	failing: string[] = [];
	hanging: string[] = [];
	missing: string[] = [];
	ending = false;
	scrapes = 0;
}

function openServers(context: TestContext): { servers: HttpServers; state: State } {
	const state = new State();
	const probes = {
		unhealthy: () => state.hanging,
		notReady: () => state.missing,
		failing: () => state.failing,
		stopping: () => state.ending,
	};
	const servers = new HttpServers({
		probes,
		readiness: new Readiness(probes),
		scrape: async () => ({ text: Buffer.from(`scrape ${++state.scrapes}\n`) }),
	});
	context.after(() => servers.close());
	return { servers, state };
}

interface Got {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Buffer;
}

function fetchRaw(url: string, method = 'GET', headers = {}): Promise<Got> {
	return new Promise((resolve, reject) => {
		const asked = request(url, { method, headers, agent: false }, async (response) => {
			const chunks: Buffer[] = [];
			for await (const chunk of response) chunks.push(chunk);
			resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
		});
		asked.on('error', reject);
		asked.end();
	});
}

function portsOf(servers: HttpServers): number[] {
	return [...servers.current.values()].map(({ port }) => port);
}

test("status, body and type are CoreDNS's", async (context) => {
	const { servers, state } = openServers(context);
	await servers.update(modelOf('health 127.0.0.1:0\nready 127.0.0.1:0\nprometheus 127.0.0.1:0'));
	const [{ url }] = servers.current.values();
	const plain = 'text/plain; charset=utf-8';
	const expected: readonly [path: string, status: number, type: string, body: string][] = [
		['/health', 200, plain, 'OK'],
		['/health?x=y', 200, plain, 'OK'],
		['/ready', 200, plain, 'OK'],
		['/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores', 'scrape 1\n'],
		['/', 404, plain, '404 page not found\n'],
		['/healthz', 404, plain, '404 page not found\n'],
		['/metrics/', 404, plain, '404 page not found\n'],
	];
	for (const [path, status, type, body] of expected) {
		const got = await fetchRaw(`${url}${path}`);
		assert.deepEqual(
			[path, got.status, got.headers['content-type'], got.body.toString()],
			[path, status, type, body],
		);
		assert.equal(got.headers['content-length'], String(body.length));
	}
	const head = await fetchRaw(`${url}/health`, 'HEAD');
	assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '2', 0]);
	assert.equal(state.scrapes, 1);
});

test('only GET and HEAD, also with a body', async (context) => {
	const { servers } = openServers(context);
	await servers.update(modelOf('health 127.0.0.1:0'));
	const [{ url }] = servers.current.values();
	for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
		const got = await fetchRaw(`${url}/health`, method);
		assert.deepEqual([got.status, got.headers.allow], [405, 'GET, HEAD']);
	}
	assert.equal((await fetchRaw(`${url}/other`, 'POST')).status, 404);
});

test('a scrape is gzipped for those who take that', async (context) => {
	const { servers } = openServers(context);
	await servers.update(modelOf('prometheus 127.0.0.1:0'));
	const [{ url }] = servers.current.values();
	const got = await fetchRaw(`${url}/metrics`, 'GET', { 'Accept-Encoding': 'gzip, deflate' });
	assert.equal(got.headers['content-encoding'], 'gzip');
	assert.equal(gunzipSync(got.body).toString(), 'scrape 1\n');
});

test('health is 503 with the names of what hangs', async (context) => {
	const { servers, state } = openServers(context);
	await servers.update(modelOf('health 127.0.0.1:0'));
	const [{ url }] = servers.current.values();
	state.hanging = ['shard-1', 'shard-3'];
	const got = await fetchRaw(`${url}/health`);
	assert.deepEqual([got.status, got.body.toString()], [503, 'shard-1,shard-3']);
});

test('ready is 503 with the names of what is missing, until it was ready once, and while the server ends', async (context) => {
	const { servers, state } = openServers(context);
	await servers.update(modelOf('ready 127.0.0.1:0'));
	const [{ url }] = servers.current.values();
	const ask = async (): Promise<unknown> => {
		const { status, body } = await fetchRaw(`${url}/ready`);
		return [status, body.toString()];
	};
	state.missing = ['shards', 'hosts'];
	assert.deepEqual(await ask(), [503, 'hosts,shards']);
	state.missing = [];
	assert.deepEqual(await ask(), [200, 'OK']);
	state.missing = ['shards'];
	assert.deepEqual(await ask(), [200, 'OK']);
	await servers.update(modelOf('ready 127.0.0.1:0 {\nmonitor continuously\n}'));
	assert.deepEqual(await ask(), [503, 'shards']);
	state.missing = [];
	state.ending = true;
	assert.deepEqual(await ask(), [503, 'Shutting down']);
});

test('the same address is one server for all blocks and directives; each answers only its own paths', async (context) => {
	const { servers } = openServers(context);
	const [first, second] = [await freePort(), await freePort()];
	await servers.update(
		modelOf(
			`health localhost:${first}\nready 127.0.0.1:${second}`,
			`health 127.0.0.1:${first}\nprometheus 127.0.0.1:${second}`,
		),
	);
	assert.deepEqual(portsOf(servers).sort(), [first, second].sort());
	const status = async (port: number, path: string): Promise<number> =>
		(await fetchRaw(`http://127.0.0.1:${port}${path}`)).status;
	assert.deepEqual(
		await Promise.all(['/health', '/ready', '/metrics'].map((path) => status(first, path))),
		[200, 404, 404],
	);
	assert.deepEqual(
		await Promise.all(['/health', '/ready', '/metrics'].map((path) => status(second, path))),
		[404, 200, 200],
	);
});

test('where blocks differ in `monitor`, the stricter one holds', () => {
	const strict = 'ready :1 {\nmonitor continuously\n}';
	for (const blocks of [
		[strict, 'ready :1'],
		['ready :1', strict],
	]) {
		assert.equal(wantedServers(modelOf(...blocks)).get(':1')?.routes.ready, 'continuously');
	}
});

test('IPv6 and every address of the machine', async (context) => {
	const { servers } = openServers(context);
	await servers.update(modelOf('health [::1]:0', 'health :0'));
	for (const { url } of servers.current.values()) assert.equal((await fetchRaw(`${url}/health`)).status, 200);
	const everywhere = servers.current.get(':0')!;
	assert.equal((await fetchRaw(`http://127.0.0.1:${everywhere.port}/health`)).status, 200);
});

test('an address that cannot be bound is an error that names it and who asks for it, and changes nothing', async (context) => {
	const { servers } = openServers(context);
	const blocker = createServer().listen(0, '127.0.0.1');
	await once(blocker, 'listening');
	context.after(() => void blocker.close());
	const { port: taken } = blocker.address() as { port: number };
	const [kept, fresh] = [await freePort(), await freePort()];
	await servers.update(modelOf(`health 127.0.0.1:${kept}`));
	const before = [...servers.current.values()];
	await assert.rejects(servers.update(modelOf(`health 127.0.0.1:${fresh}`, `ready 127.0.0.1:${taken}`)), {
		code: 'PETREL_BIND',
		message: new RegExp(
			`HTTP 127\\.0\\.0\\.1:${taken}, which \`ready\` in Corefile:7 asks for: the port is in use`,
		),
	});
	assert.deepEqual([...servers.current.values()], before);
	assert.equal((await fetchRaw(`http://127.0.0.1:${kept}/health`)).status, 200);
	await assert.rejects(fetchRaw(`http://127.0.0.1:${fresh}/health`), { code: 'ECONNREFUSED' });
	await assert.rejects(servers.update(modelOf('health 192.0.2.77:0')), {
		code: 'PETREL_BIND',
		message: /HTTP 192\.0\.2\.77:0, which `health` in Corefile:3 asks for: this machine has no such address/,
	});
});

test('an update opens what is new, keeps what stays, closes what is gone', async (context) => {
	const { servers } = openServers(context);
	const [stays, goes, comes] = [await freePort(), await freePort(), await freePort()];
	await servers.update(modelOf(`health 127.0.0.1:${stays}\nready 127.0.0.1:${goes}`));
	const [kept] = servers.current.values();
	// A connection that is open all the time shows that its server is the same.
	const client = connect(stays, '127.0.0.1');
	await once(client, 'connect');
	await servers.update(modelOf(`prometheus 127.0.0.1:${stays}\nhealth 127.0.0.1:${comes}`));
	assert.equal(servers.current.get(`127.0.0.1:${stays}`), kept);
	client.end('GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
	const [answer] = await once(client, 'data');
	assert.match(String(answer), /^HTTP\/1\.1 200 OK/);
	assert.equal((await fetchRaw(`http://127.0.0.1:${stays}/health`)).status, 404);
	assert.equal((await fetchRaw(`http://127.0.0.1:${comes}/health`)).status, 200);
	await assert.rejects(fetchRaw(`http://127.0.0.1:${goes}/ready`), { code: 'ECONNREFUSED' });
	await servers.close();
	await assert.rejects(fetchRaw(`http://127.0.0.1:${stays}/metrics`), { code: 'ECONNREFUSED' });
});

test('updates that overlap take their turns', async (context) => {
	const { servers } = openServers(context);
	const ports = [await freePort(), await freePort(), await freePort()];
	await Promise.all(ports.map((port) => servers.update(modelOf(`health 127.0.0.1:${port}`))));
	assert.deepEqual(portsOf(servers), [ports[2]]);
});

test('more connections than the bound are closed; one that ends makes room', async (context) => {
	const { servers } = openServers(context);
	await servers.update(modelOf('health 127.0.0.1:0'));
	const [{ port, url }] = servers.current.values();
	const clients = await Promise.all(
		Array.from({ length: httpConnectionsMax }, async () => {
			const client = connect(port, '127.0.0.1').on('error', () => {});
			await once(client, 'connect');
			return client;
		}),
	);
	const extra = connect(port, '127.0.0.1').on('error', () => {});
	await once(extra, 'close');
	for (const client of clients) client.destroy();
	for (;;) {
		const got = await fetchRaw(`${url}/health`).catch(() => undefined);
		if (got?.status === 200) break;
	}
});

test('a client that sends no sense, or a header without an end, is let go', async (context) => {
	const { servers } = openServers(context);
	await servers.update(modelOf('health 127.0.0.1:0'));
	const [{ port, url }] = servers.current.values();
	for (const text of ['\0\0\0\r\n\r\n', `GET /health HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n`]) {
		const client = connect(port, '127.0.0.1').on('error', () => {});
		client.resume().write(text);
		await once(client, 'close');
	}
	assert.equal((await fetchRaw(`${url}/health`)).status, 200);
});

test('the own health endpoint is asked over HTTP and measured; a failure is counted and said once', async (context) => {
	const { servers, state } = openServers(context);
	await servers.update(modelOf('health 127.0.0.1:0'));
	const [{ url }] = servers.current.values();
	const lines: string[] = [];
	const self = new SelfRequests(
		systemClock(0),
		createLog('coredns', (line) => lines.push(line)),
	);
	context.after(() => self.close());
	self.follow([url]);
	await self.ask(url);
	state.hanging = ['shard-0'];
	// 503 is an answer: the endpoint works.
	await self.ask(url);
	const { counts, sum } = self.durations.histogram;
	assert.equal(
		counts.reduce((all, count) => all + count, 0),
		2,
	);
	assert.ok(sum > 0);
	assert.equal(self.durations.failures, 0);
	await servers.close();
	await self.ask(url);
	await self.ask(url);
	assert.equal(self.durations.failures, 2);
	assert.equal(lines.filter((line) => /the request to .*\/health failed: ./.test(line)).length, 1);
	self.follow([]);
	await self.ask(url);
	assert.equal(self.durations.failures, 2);
});
