/** Goal: whatever is sent to the control socket, it answers in time or hangs up, and goes on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectionsMax, createControlListener } from '../../../../src/server/control/control-listener.ts';
import { bindControlSocket } from '../../../../src/server/control/control-socket.ts';
import { until } from '../../../support/integration/until.ts';
import { exchange, FakeTarget, temporaryFolder } from './support.ts';

const limit = { timeout: 30_000 };

async function start(t: TestContext) {
	const path = join(temporaryFolder(t), 'control.sock');
	const fake = new FakeTarget();
	const events = { requests: 0, refused: 0 };
	const listener = createControlListener(fake.target, {
		request: () => void events.requests++,
		refusedConnection: () => void events.refused++,
	});
	await bindControlSocket(listener.server, path, true);
	t.after(() => listener.close());
	return { path, fake, events };
}

/** Sends octets as they are and collects what comes until the connection ends. */
async function sendRaw(path: string, octets: string): Promise<string> {
	const socket = createConnection({ path });
	let received = '';
	socket.on('data', (chunk) => (received += chunk));
	socket.on('error', () => {});
	socket.write(octets);
	await once(socket, 'close');
	return received;
}

test('routes, methods and bodies', limit, async (t) => {
	const { path, fake, events } = await start(t);
	const ok = await exchange(path, 'GET', '/status?x=1');
	assert.deepEqual(ok, { status: 200, body: { schema: 1, status: true } });
	const rows: [string, string, string | undefined, number, RegExp][] = [
		['GET', '/', undefined, 404, /\/status, \/sample, \/flush/],
		['GET', '/toString', undefined, 404, /not there/],
		['POST', '/status', '{}', 405, /takes GET/],
		['GET', '/flush', undefined, 405, /takes POST/],
		['GET', '/sample', undefined, 500, /the sample broke/],
		['POST', '/flush', '', 400, /JSON object/],
		['POST', '/flush', '[1]', 400, /JSON object/],
		['POST', '/flush', 'null', 400, /JSON object/],
		['POST', '/flush', '{"name":', 400, /JSON object/],
		['POST', '/flush', '{"nme":"a"}', 400, /no "nme"; it has name, all/],
		['POST', '/flush', '{"name":7}', 400, /"name" of a flush is a string/],
		['POST', '/flush', '{"__proto__":7,"constructor":1}', 400, /a flush has no/],
		['POST', '/flush', `{"name":"${'a'.repeat(5000)}"}`, 413, /4096 octets/],
	];
	for (const [method, route, body, status, error] of rows) {
		const got = await exchange(path, method, route, body);
		assert.equal(got.status, status, `${method} ${route} ${body?.slice(0, 40)}`);
		assert.match(got.body.error ?? '', error);
	}
	assert.deepEqual(fake.flushed, []);
	assert.equal((await exchange(path, 'POST', '/flush', '{"name":"a.example"}')).status, 200);
	assert.deepEqual(fake.flushed, [{ name: 'a.example' }]);
	assert.equal(events.requests, rows.length + 2);
});

test('what is no HTTP is answered 400 or not at all, and the next request is answered', limit, async (t) => {
	const { path } = await start(t);
	const bad = [
		'hello\r\n\r\n',
		'\0\0\0\0\r\n\r\n',
		`GET /status HTTP/1.1\r\nX: ${'y'.repeat(8000)}\r\n\r\n`,
		'POST /flush HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
		'POST /flush HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
	];
	for (const octets of bad) assert.match(await sendRaw(path, octets), /^(HTTP\/1\.1 4\d\d |$)/);
	assert.equal((await exchange(path, 'GET', '/status')).status, 200);
});

test('a body that never ends is not collected', limit, async (t) => {
	const { path } = await start(t);
	const head = 'POST /flush HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
	const socket = createConnection({ path });
	let received = '';
	let closed = false;
	socket.on('data', (chunk) => (received += chunk));
	socket.on('error', () => {});
	socket.on('close', () => (closed = true));
	socket.write(head);
	const chunk = `400\r\n${' '.repeat(1024)}\r\n`;
	await until(() => {
		if (!closed && socket.writable) socket.write(chunk);
		return closed;
	});
	assert.match(received, /^HTTP\/1\.1 413 /);
});

test('a request that does not arrive in time is ended', limit, async (t) => {
	const { path } = await start(t);
	const [nothing, half] = await Promise.all([
		sendRaw(path, ''),
		sendRaw(path, 'POST /flush HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{'),
	]);
	for (const received of [nothing, half]) assert.match(received, /^(HTTP\/1\.1 408 |$)/);
});

test('connections are bounded, counted when refused, and had again when others end', limit, async (t) => {
	const { path, events } = await start(t);
	const held: Socket[] = [];
	for (let i = 0; i < connectionsMax; i++) {
		const socket = createConnection({ path });
		socket.on('error', () => {});
		await once(socket, 'connect');
		held.push(socket);
	}
	// The server has let all of them in before it sees this one.
	await assert.rejects(exchange(path, 'GET', '/status'));
	assert.equal(events.refused, 1);
	for (const socket of held) socket.destroy();
	await until(async () => {
		return exchange(path, 'GET', '/status').then(
			({ status }) => status === 200,
			() => false,
		);
	});
});
