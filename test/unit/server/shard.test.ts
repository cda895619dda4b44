/** The loop between sockets and engine, with an engine and sockets that only write down what happens to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { newClockOrigin, systemClock, VirtualClock } from '../../../src/util/clock.ts';
import {
	answerAtOnce,
	bench,
	drop,
	endpoint,
	fail,
	keep,
	taskOf,
	tcpNumber,
	udpNumber,
} from './shard-bench.ts';

test('an endpoint is two listeners of the engine with the same blocks', async () => {
	const { shard, engine } = await bench();
	await shard.listen(endpoint);
	assert.deepEqual(engine.log, [`listener ${udpNumber} blocks 0,2`, `listener ${tcpNumber} blocks 0,2`]);
	await shard.close();
});

test('a batch is one turn, answered slot by slot, with one reading of the clock at each end', async () => {
	const { shard, engine, udp, clockReads } = await bench();
	const before = clockReads();
	assert.deepEqual(udp.receive(answerAtOnce, drop, answerAtOnce), [50, 0, 50]);
	assert.equal(clockReads(), before + 2);
	assert.equal(engine.endedMs, 1000);
	assert.deepEqual(engine.log, [
		`query 1 length 1 at ${udpNumber}/0 max 16 now 1000`,
		`query 3 length 1 at ${udpNumber}/1 max 16 now 1000`,
		`query 1 length 1 at ${udpNumber}/2 max 16 now 1000`,
	]);
	await shard.close();
});

test('a UDP client that the engine keeps is retained from its slot and answered later', async () => {
	const { shard, engine, udp } = await bench();
	udp.receive(drop, keep);
	engine.io.reply(udpNumber, 101, new Uint8Array(4), 0, 4);
	assert.deepEqual(udp.log, ['retain 1', 'reply 101']);
	engine.pendingCount = 0;
	await shard.close();
});

test('a TCP client is answered, released when its query is dropped, and left alone when the engine kept it', async () => {
	const { shard, engine, tcp } = await bench();
	tcp.receive(answerAtOnce, 7);
	tcp.receive(keep, 8);
	tcp.receive(drop, 9);
	assert.deepEqual(tcp.log, ['reply 7: 50', 'release 9']);
	assert.match(engine.log[0], /max 65535/);
	engine.io.reply(tcpNumber, 8, Uint8Array.of(1, 2, 3), 1, 2);
	assert.equal(tcp.log.at(-1), 'reply 8: 2,3');
	engine.pendingCount = 0;
	await shard.close();
});

test('a fault in the engine costs one message, is reported, and the next query is answered', async () => {
	const { shard, udp, tcp, reports, counted } = await bench();
	assert.deepEqual(udp.receive(fail, answerAtOnce), [0, 50]);
	tcp.receive(fail, 7);
	assert.deepEqual(tcp.log, ['release 7']);
	assert.deepEqual(
		reports.map(({ kind }) => kind),
		['fault', 'fault'],
	);
	assert.deepEqual(counted, ['faults', 'faults']);
	await shard.close();
});

test('upstream messages and losses reach the engine; numbers and limits of upstreams reach the sockets', async () => {
	const { shard, engine, events, upstreamLog } = await bench();
	shard.setUpstreams({
		forward: 2,
		upstreams: [
			{ address: '192.0.2.1', port: 53 },
			{ address: '::1', port: 5300 },
		],
	});
	events.begin();
	events.onMessage(5, new Uint8Array(9), 0, 9);
	events.onGone(5, 'ECONNREFUSED');
	events.end();
	assert.deepEqual(engine.log, [
		'forward 2 has 2',
		'upstream 5 length 9 now 1000',
		'gone 5 ECONNREFUSED now 1000',
	]);
	assert.deepEqual(upstreamLog, [
		'32 is 192.0.2.1 53 {"expireMs":2000,"maxIdleConns":0,"maxAgeMs":0}',
		'33 is ::1 5300 {"expireMs":2000,"maxIdleConns":0,"maxAgeMs":0}',
	]);
	await shard.close();
});

test('what is due runs when its time has come, without a query', async (t) => {
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const clock = new VirtualClock(1000);
	const { shard, engine, udp } = await bench(clock);
	engine.deadlineMs = 1250;
	udp.receive(drop);
	clock.advance(249);
	t.mock.timers.tick(249);
	assert.equal(engine.log.length, 1, 'not before');
	clock.advance(1);
	t.mock.timers.tick(1);
	assert.equal(engine.log.at(-1), 'advance now 1250');
	await shard.close();
});

test('an earlier deadline moves the timer, a later one does not', async (t) => {
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const clock = new VirtualClock(1000);
	const { shard, engine, udp } = await bench(clock);
	for (const deadlineMs of [3000, 1100, 2000]) {
		engine.deadlineMs = deadlineMs;
		udp.receive(drop);
	}
	engine.log.length = 0;
	clock.advance(100);
	t.mock.timers.tick(100);
	assert.deepEqual(engine.log, ['advance now 1100']);
	await shard.close();
});

test('while it stops, what can be answered at once is, and nobody new may wait', async () => {
	const { shard, engine, udp, tcp, upstreamLog } = await bench();
	udp.receive(keep);
	const drained = shard.drain(60_000);
	assert.deepEqual(udp.receive(answerAtOnce, keep), [50, 0]);
	assert.equal(engine.pendingCount, 1, 'the newcomer was not kept');
	assert.ok(!udp.log.includes('close'), 'the socket stays while somebody waits');
	engine.pendingCount = 0;
	await drained;
	assert.deepEqual(udp.log, ['retain 0']);
	await shard.close();
	assert.deepEqual(udp.log, ['retain 0', 'close']);
	assert.deepEqual(
		tcp.log.map((line) => line.split(' ')[0]),
		['close'],
	);
	assert.deepEqual(upstreamLog, ['close', 'transport close']);
});

test('whoever still waits after the grace is not waited for', async () => {
	const { shard, engine, udp } = await bench({ nowMs: systemClock(newClockOrigin()).nowMs });
	udp.receive(keep);
	await shard.drain(50);
	assert.equal(engine.pendingCount, 1);
	await shard.close();
});

test('an endpoint that is taken away is closed, and late replies to it do nothing', async () => {
	const { shard, engine, udp, tcp } = await bench();
	udp.receive(keep);
	await shard.unlisten(endpoint.number);
	engine.io.reply(udpNumber, 100, new Uint8Array(4), 0, 4);
	engine.io.release(tcpNumber, 1);
	assert.deepEqual(udp.log, ['retain 0', 'close']);
	assert.deepEqual(tcp.log, ['close 0']);
	engine.pendingCount = 0;
	await shard.close();
});

test('a flood of events is reported up to a bound, then as a number', async () => {
	const { shard, engine, reports } = await bench();
	for (let i = 0; i < 1000; i++) engine.io.log({ kind: 'upstream-down', upstream: i });
	await shard.close();
	const events = reports.filter(({ kind }) => kind === 'event').length;
	const suppressed = reports.find((report) => report.kind === 'suppressed');
	assert.ok(events > 0 && events < 1000);
	assert.equal(suppressed?.kind === 'suppressed' && suppressed.count, 1000 - events);
});

test('a hand-over of this shard to itself reaches its engine after the turn', async () => {
	const { shard, engine } = await bench();
	engine.io.handOver(0, Uint8Array.of(1, 2));
	assert.deepEqual(engine.log, []);
	await nextTurn();
	assert.deepEqual(engine.log, ['handed 1,2 now 1000']);
	await shard.close();
});

test('another configuration takes over at once, and who waits is answered by the one that was asked', async () => {
	const { shard, engine, engines, udp, tcp, events } = await bench();
	udp.receive(keep);
	await shard.adopt(taskOf(1, [{ ...endpoint, blocks: [1] }]));
	const next = engines[1];
	assert.deepEqual(next.log, [`listener ${udpNumber} blocks 1`, `listener ${tcpNumber} blocks 1`]);
	engine.log.length = 0;
	assert.deepEqual(udp.receive(answerAtOnce), [50]);
	tcp.receive(answerAtOnce, 7);
	assert.equal(engine.log.length, 0);
	assert.equal(next.log.length, 4);
	// An upstream answers the one that asked, which still holds its client.
	events.onMessage(9, new Uint8Array(4), 0, 4);
	assert.deepEqual(engine.log, ['upstream 9 length 4 now 1000']);
	engine.io.reply(udpNumber, 100, new Uint8Array(4), 0, 4);
	assert.deepEqual(udp.log, ['retain 0', 'reply 100']);
	engine.pendingCount = 0;
	await shard.close();
});

test('what a reload no longer listens on is closed when the one before has answered everybody', async (t) => {
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const { shard, engine, engines, udp, upstreamLog } = await bench();
	await shard.adopt(taskOf(1, []));
	assert.deepEqual(udp.receive(answerAtOnce), [50], 'queries that are still under way are answered');
	assert.equal(engine.log.length, 1);
	assert.equal(engines[1].log.length, 0);
	t.mock.timers.tick(4900);
	assert.deepEqual(udp.log, []);
	t.mock.timers.tick(100);
	await nextTurn();
	assert.deepEqual(udp.log, ['close']);
	assert.deepEqual(upstreamLog, ['close']);
	await shard.close();
});
