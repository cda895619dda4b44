/** The whole server inside this process: worker threads, real sockets on ephemeral ports, the embedded demo upstream. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, test } from 'node:test';
import { ask, type Question, type Reply } from '../../../src/cli/query-client.ts';
import { loadCorefile } from '../../../src/config/load.ts';
import { createLog, type Log } from '../../../src/server/log.ts';
import { Server } from '../../../src/server/server.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { cryptoRandom } from '../../../src/util/random.ts';
import { wantedTransport } from '../../support/transport.ts';

const corefile = `
. {
	forward . /nonexistent/resolv.conf
	errors
}
demo {
	forward . demo://
	cache
}
`;

const limitMs = 20_000;

interface Running {
	server: Server;
	port: number;
	lines: string[];
	/** Resolves with the first line, also of those that were written already, that matches. */
	line(pattern: RegExp): Promise<string>;
	ask(name: string, transport?: 'udp' | 'tcp'): Promise<Reply>;
}

async function start(workers: number, listen = '127.0.0.1'): Promise<Running> {
	const { model, errors } = loadCorefile({ path: 'Corefile', text: corefile, env: {} });
	assert.ok(model, JSON.stringify(errors));
	const lines: string[] = [];
	const events = new EventEmitter();
	const log: Log = createLog('coredns', (line) => {
		lines.push(line);
		events.emit('line');
	});
	const server = new Server({
		model,
		workers,
		cacheBytes: 4 * 1024 * 1024,
		listen: [{ address: listen, port: 0 }],
		transport: wantedTransport,
		steering: 'flow',
		trains: true,
		log,
		version: '9.9.9',
	});
	await server.start();
	after(() => server.stop(0));
	const { port } = server.endpoints[0];
	return {
		server,
		port,
		lines,
		async line(pattern) {
			const signal = AbortSignal.timeout(limitMs);
			for (;;) {
				const found = lines.find((line) => pattern.test(line));
				if (found !== undefined) return found;
				await once(events, 'line', { signal });
			}
		},
		ask(name, transport = 'udp') {
			const question: Question = { name, type: 1, recursionDesired: true, dnssecOk: false };
			return ask(question, { address: listen, port, transport }, limitMs, systemClock(0), cryptoRandom());
		},
	};
}

test('it answers over UDP and TCP, all workers from one cache, and counts what it does', async () => {
	const { server, ask, line, port } = await start(3);
	const ready = await line(/ready/);
	assert.match(
		ready,
		new RegExp(`^petrel 9\\.9\\.9 ready: 127\\.0\\.0\\.1:${port} udp\\+tcp, 3 workers \\(as asked\\)`),
	);
	const first = await ask('www.demo');
	assert.equal(first.message.rcode, 'NOERROR');
	// Each question comes from a port of its own, so the kernel spreads them over the workers.
	const replies = await Promise.all(
		Array.from({ length: 40 }, (_, i) => ask('www.demo', i % 2 ? 'tcp' : 'udp')),
	);
	for (const { message } of replies) assert.deepEqual(message.answers?.length, first.message.answers?.length);
	const counters = server.counters();
	assert.equal(counters.upstream_queries_udp, 1);
	assert.equal(counters.hits_positive, 40);
});

test('without a usable resolv.conf it starts, says so, and answers SERVFAIL and `demo.`', async () => {
	const { ask, line } = await start(1);
	await line(/^\[WARNING\] \/nonexistent\/resolv\.conf does not exist/);
	assert.equal((await ask('www.example')).message.rcode, 'SERVFAIL');
	await line(/^\[ERROR\] plugin\/errors: 2 www\.example\. A: /);
	assert.equal((await ask('www.demo')).message.rcode, 'NOERROR');
});

test('a worker that dies is replaced while the others answer', async () => {
	const { server, ask, line, lines } = await start(2);
	await ask('www.demo');
	const [victim] = server.threads;
	await victim.terminate();
	await line(/^\[ERROR\] shard \d died: .*; the other shards go on, and it is replaced in 100 ms/);
	await ask('www.demo');
	await line(/^\[INFO\] shard \d is replaced/);
	const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`new${i}.demo`)));
	assert.ok(replies.every(({ message }) => message.rcode === 'NOERROR'));
	assert.equal(lines.filter((text) => text.includes('died')).length, 1);
});

test('who waits when it is told to stop still gets the answer', async () => {
	const { server, ask, port } = await start(2);
	const waiting = Array.from({ length: 50 }, (_, i) => ask(`delay400ms.n${i}.demo`, i % 5 ? 'udp' : 'tcp'));
	// Until all have arrived.
	while (server.counters().misses < 50) await new Promise((resolve) => setTimeout(resolve, 5));
	await server.stop(5000);
	const replies = await Promise.all(waiting);
	assert.ok(replies.every(({ message }) => message.rcode === 'NOERROR'));
	const question: Question = { name: 'www.demo', type: 1, recursionDesired: true, dnssecOk: false };
	const again = ask(question.name);
	await assert.rejects(again, {
		code: 'PETREL_QUERY',
		message: new RegExp(`127\\.0\\.0\\.1:${port} .*ECONNREFUSED`),
	});
});

test('it serves IPv6', async () => {
	const { ask } = await start(1, '::1');
	assert.equal((await ask('www.demo')).message.rcode, 'NOERROR');
	assert.equal((await ask('www.demo', 'tcp')).message.rcode, 'NOERROR');
});

test('a port in use stops the start with its name, and leaves nothing running', async () => {
	const first = await start(1);
	const { model } = loadCorefile({ path: 'Corefile', text: corefile, env: {} });
	assert.ok(model);
	const second = new Server({
		model,
		workers: 1,
		cacheBytes: 1024 * 1024,
		listen: [{ address: '127.0.0.1', port: first.port }],
		transport: wantedTransport,
		steering: 'flow',
		trains: true,
		log: createLog('coredns', () => {}),
		version: '9.9.9',
	});
	await assert.rejects(second.start(), {
		code: 'PETREL_BIND',
		message: new RegExp(`127\\.0\\.0\\.1:${first.port}.*in use`),
	});
	assert.equal(second.threads.length, 0);
});
