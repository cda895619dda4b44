/**
 * Goal: the floor and the source of the benchmark do what every figure rests on. Method: both are compiled, the source asks
 * the floor for a moment, and what each says of it is held against the other; no time is looked at.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { compile, compiler, type Programs } from '../../bench/lib/compile.ts';
import { stopAll } from '../../bench/lib/process.ts';
import { Reflector } from '../../bench/lib/reflector.ts';
import { type Load, runSource, type SourceReport } from '../../bench/lib/source.ts';
import { decodeReply, makeQuery } from '../support/integration/message.ts';

const skip =
	process.platform !== 'linux'
		? 'the benchmark needs Linux'
		: compiler === undefined && 'no cc: the C programs of the benchmark are not tried';

suite('the programs of the benchmark', { skip }, () => {
	let directory: string;
	let programs: Programs;
	let upstream: Reflector;

	before(async () => {
		directory = mkdtempSync(join(tmpdir(), 'petrel-bench-test-'));
		programs = compile(directory);
		upstream = await Reflector.start(programs.reflector, undefined, ['--upstream', '--ttl', '60']);
	});
	after(async () => {
		await stopAll();
		rmSync(directory, { recursive: true });
	});

	async function ask(load: Partial<Load>): Promise<{ report: SourceReport; reflected: number }> {
		await upstream.counts();
		const server = upstream.place;
		const usual = { server, zone: 'example', names: ['--fixed', '10'], seconds: 0.1, timeoutMs: 2000 };
		const report = await runSource(programs.source, { ...usual, ...load });
		return { report, reflected: (await upstream.counts()).udpQueries };
	}

	for (const names of [['--fixed', '10'], ['--new'], ['--zipf', '1000:1']]) {
		test(`every query of ${names.join(' ')} is answered once`, async () => {
			const { report, reflected } = await ask({ names, window: 8 });
			assert.ok(report.answered > 0);
			assert.equal(report.rcodes[0], report.answered, 'nothing but answers');
			// What is in flight at the end is reflected, but nobody waits for it.
			const inFlight = report.sent - report.answered;
			assert.ok(inFlight <= 8 && reflected <= report.sent && reflected >= report.answered);
			assert.equal(report.lost, 0);
		});
	}

	test('--fill asks each name once', async () => {
		const { report, reflected } = await ask({ names: ['--fill', '500'], seconds: 20 });
		assert.equal(report.answered, 500);
		assert.equal(report.unanswered, 0);
		assert.equal(reflected, 500);
	});

	test('more sockets than queries in flight are all used', async () => {
		await upstream.counts();
		const server = upstream.place;
		const names = ['--fill', '500'];
		await runSource(programs.source, { server, zone: 'example', names, seconds: 20, window: 5, sockets: 50 });
		assert.equal((await upstream.counts()).udpPorts, 50);
	});

	test('the open loop sends at its rate, and says when it falls behind', async () => {
		const { report } = await ask({ rateQps: 1000, seconds: 0.2 });
		assert.ok(report.sent <= 200, `${report.sent} of at most 200 were due`);
		const hurried = await ask({ rateQps: 100_000_000 });
		assert.equal(hurried.report.void, true);
	});

	test('a silent server costs lost queries, not an endless run', async () => {
		const silent = createSocket('udp4').bind(0, '127.0.0.1');
		await once(silent, 'listening');
		const server = { address: '127.0.0.1', port: silent.address().port };
		const { report } = await ask({ server, window: 4, timeoutMs: 20, seconds: 0.3 });
		silent.close();
		assert.equal(report.answered, 0);
		assert.ok(report.lost >= 4);
	});

	test('the reflector answers an A query as a cache would', async () => {
		const socket = createSocket('udp4');
		const received = once(socket, 'message');
		socket.send(makeQuery('Host.Example', { id: 7 }), upstream.place.port, upstream.place.address);
		const [message] = (await received) as [Buffer];
		socket.close();
		const reply = decodeReply(message);
		assert.equal(reply.id, 7);
		assert.deepEqual(
			reply.answers.map(({ name, type, ttl }) => ({ name, type, ttl })),
			[{ name: 'Host.Example', type: 'A', ttl: 60 }],
		);
	});

	test('over TCP, messages in one segment are all answered', async () => {
		const query = makeQuery('a.example');
		const framed = Buffer.concat([Buffer.of(0, query.length), query]);
		const socket = connect(upstream.place.port, upstream.place.address);
		socket.write(Buffer.concat([framed, framed, framed]));
		let octets = Buffer.alloc(0);
		const replies: Buffer[] = [];
		for await (const chunk of socket) {
			octets = Buffer.concat([octets, chunk]);
			while (octets.length >= 2 && octets.length >= 2 + octets.readUInt16BE(0)) {
				const end = 2 + octets.readUInt16BE(0);
				replies.push(octets.subarray(2, end));
				octets = octets.subarray(end);
			}
			if (replies.length === 3) break;
		}
		assert.deepEqual(
			replies.map((reply) => decodeReply(reply).answers.length),
			[1, 1, 1],
		);
	});

	test('what is no query is passed over', async () => {
		await upstream.counts();
		const socket = createSocket('udp4');
		const received = once(socket, 'message');
		const { port, address } = upstream.place;
		for (const bad of [Buffer.alloc(3), Buffer.alloc(12), makeQuery('a.example').subarray(0, 20)]) {
			socket.send(bad, port, address);
		}
		socket.send(makeQuery('a.example'), port, address);
		await received;
		socket.close();
		const counts = await upstream.counts();
		assert.deepEqual([counts.udpQueries, counts.ignored], [1, 3]);
	});
});
