/** Goal: every slot and every datagram ends in exactly one class. Method: virtual time, servers that are functions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answersAfter, answerTo, type Ended, type Reply, startMs, World } from './world.ts';

const slotKinds = ['answered', 'late', 'lost', 'sendError', 'notOffered'] as const;
const strayKinds = ['duplicate', 'mismatched', 'unknown'] as const;

function slots(world: World): Record<string, number> {
	return Object.fromEntries(
		slotKinds.map((kind) => [kind, world.count(kind)]).filter(([, count]) => count !== 0),
	);
}

test('a query that is answered in time is answered, its latency counted from when it was due', () => {
	const world = new World({ server: answersAfter(20), qps: 100, gatherMs: 0 }).run();
	assert.deepEqual(slots(world), { answered: 100 });
	for (const { latencyMs, lagMs } of world.ended) {
		assert.equal(lagMs, 0);
		assert.equal(latencyMs, 20);
	}
});

test('queries that are due within the gathering time leave together, and are charged for the wait', () => {
	const world = new World({ server: answersAfter(20), qps: 1000, gatherMs: 10 }).run();
	assert.deepEqual(slots(world), { answered: 1000 });
	assert.ok(world.flushes.slice(1, -1).every((count) => count === 10));
	const lags = world.ended.map(({ lagMs }) => Math.round(lagMs)).slice(1, 11);
	assert.deepEqual(
		[...lags].sort((a, b) => b - a),
		[9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
	);
	assert.ok(world.ended.every((end) => Math.abs(end.latencyMs - end.sinceSentMs - end.lagMs) < 0.01));
});

test('a query that is answered after the timeout is late, with the latency that it had', () => {
	const world = new World({ server: answersAfter(300), qps: 10, timeoutMs: 200 }).run();
	assert.deepEqual(slots(world), { late: 10 });
	assert.ok(world.ended.every((end) => end.latencyMs === 300));
});

test('a query that is answered after twice the timeout was lost, and nobody waits for its answer', () => {
	const world = new World({ server: answersAfter(500), qps: 10, timeoutMs: 200 }).run();
	assert.equal(world.count('lost'), 10);
	assert.equal(world.count('unknown'), 9);
	assert.ok(world.ended.filter(({ kind }) => kind === 'lost').every((end) => end.latencyMs === 200));
});

test('a query that is not answered is lost at the timeout as an at-least value', () => {
	const world = new World({ server: () => [], qps: 10, timeoutMs: 200 }).run();
	assert.deepEqual(slots(world), { lost: 10 });
	assert.ok(world.ended.every(({ latencyMs, sinceSentMs }) => latencyMs === 200 && sinceSentMs === 200));
});

test('replies that answer nothing are told apart', () => {
	const world = new World({
		qps: 8,
		server: (query) => {
			const answer = answerTo(query);
			const replies: Record<number, readonly Reply[]> = {
				0: [
					{ afterMs: 5, octets: answer },
					{ afterMs: 6, octets: answer },
				],
				1: [
					{ afterMs: 4, octets: answerTo(query, (octets) => (octets[14] ^= 1)) },
					{ afterMs: 5, octets: answer },
				],
				2: [
					{ afterMs: 4, octets: answerTo(query, (octets) => (octets[2] &= 0x7f)) },
					{ afterMs: 5, octets: answer },
				],
				3: [
					{ afterMs: 4, octets: answer.slice(0, 11) },
					{ afterMs: 5, octets: answer },
				],
				4: [
					{ afterMs: 4, octets: answer.slice(0, 12) },
					{ afterMs: 5, octets: answer },
				],
			};
			return replies[query.index] ?? [{ afterMs: 5, octets: answer }];
		},
	}).run();
	assert.deepEqual(slots(world), { answered: 8 });
	assert.equal(world.count('duplicate'), 1);
	assert.equal(world.count('mismatched'), 3);
	assert.equal(world.count('unknown'), 1);
});

test('an ID that nobody waits for is unknown', () => {
	const world = new World({
		qps: 4,
		channels: 1,
		idsPerChannel: 4,
		server: (query) => [
			{ afterMs: 1, octets: answerTo(query, (octets) => (octets[0] ^= 0xff)) },
			{ afterMs: 2, octets: answerTo(query) },
		],
	}).run();
	assert.deepEqual(slots(world), { answered: 4 });
	assert.equal(world.count('unknown') + world.count('mismatched'), 4);
	assert.ok(world.count('unknown') >= 2);
});

test('while the generator stands still, what was due is sent late or, beyond 100 ms, not at all', () => {
	const world = new World({ server: answersAfter(1), qps: 1000, frozen: [200, 500] }).run();
	assert.equal(world.count('notOffered') + world.count('answered'), 1000);
	assert.equal(world.count('notOffered'), 200);
	const longest = Math.max(...world.ended.map(({ lagMs }) => lagMs));
	assert.ok(longest > 99 && longest <= 100, String(longest));
	const { latencyMs } = world.ended.find(({ lagMs }) => lagMs === longest)!;
	assert.equal(latencyMs, longest + 1);
});

test('a server that stands still is charged for every query that was due meanwhile', () => {
	// Answers wait for the end of the second half of each second.
	const world = new World({
		qps: 100,
		durationMs: 2000,
		server: (query) => {
			const inSecondMs = query.atMs % 1000;
			return [{ afterMs: inSecondMs < 500 ? 0 : 1000 - inSecondMs, octets: answerTo(query) }];
		},
	}).run();
	const waited = world.ended.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
	assert.equal(waited.filter((ms) => ms > 0).length, 100);
	assert.equal(waited.at(-1), 500);
	assert.equal(waited[150], 260);
});

test('the closed loop has its window under way at any time, and is charged once for a server that stands still', () => {
	let most = 0;
	let open = 0;
	const ended: Ended[] = [];
	const world = new World({
		window: 7,
		qps: 700,
		ended,
		server: (query) => {
			open = query.index + 1 - ended.length;
			most = Math.max(most, open);
			return [{ afterMs: query.index === 300 ? 1000 : 10, octets: answerTo(query) }];
		},
	}).run();
	assert.deepEqual(slots(world), { answered: 700 });
	assert.equal(most, 7);
	assert.equal(world.ended.filter(({ latencyMs }) => latencyMs > 500).length, 1);
});

test('the closed loop replaces a query that has timed out, and counts it once', () => {
	const world = new World({ window: 2, qps: 20, server: () => [], timeoutMs: 100 }).run();
	assert.deepEqual(slots(world), { lost: 20 });
	assert.equal(world.queries.length, 20);
});

test('a channel that fails takes what was under way on it along as send errors', () => {
	const world = new World({ server: () => [], qps: 100, channels: 2 });
	world.run(500);
	world.generator.onGone(0, 'ECONNREFUSED', world.nowMs);
	world.generator.onGone(1, 'ECONNREFUSED', world.nowMs);
	world.run();
	const failed = world.count('sendError');
	assert.equal(failed, world.generator.errorCodes.get('ECONNREFUSED'));
	assert.equal(failed + world.count('lost'), 100);
	assert.ok(failed >= 50);
});

test('when no channel takes queries they are not offered, and the generator does not spin', () => {
	const world = new World({ server: answersAfter(1), qps: 100, refuses: (_, nowMs) => nowMs < 600 });
	world.run();
	assert.equal(world.count('notOffered') + world.count('answered'), 100);
	assert.equal(world.count('notOffered'), 50);
});

test('when all IDs are in use, what is due meanwhile is not offered', () => {
	const world = new World({
		server: () => [],
		qps: 100,
		channels: 2,
		idsPerChannel: 16,
		timeoutMs: 2000,
	}).run();
	assert.equal(world.count('lost'), 32);
	assert.equal(world.count('notOffered'), 68);
});

test('an ID that is free again is not mistaken for its last query', () => {
	// Four IDs, used over and over: every answer comes a second time when its ID has another query.
	const world = new World({
		qps: 100,
		channels: 1,
		idsPerChannel: 4,
		server: (query) => [
			{ afterMs: 1, octets: answerTo(query) },
			{ afterMs: 45, octets: answerTo(query) },
		],
	}).run();
	assert.deepEqual(slots(world), { answered: 100 });
	assert.ok(world.count('mismatched') > 90);
});

test('the warm-up is told apart by when a query was due', () => {
	const world = new World({ server: answersAfter(300), qps: 10, warmupMs: 500 }).run();
	assert.equal(world.ended.filter(({ warmup }) => warmup).length, 5);
	assert.deepEqual(slots(world), { answered: 10 });
});

test('a second is complete when every slot that was due before its end has ended', () => {
	const world = new World({ server: answersAfter(150), qps: 10, durationMs: 3000 });
	world.run(1000);
	const completeMs = world.generator.completeMs(startMs + 1000);
	assert.ok(completeMs > 800 && completeMs <= 1000, String(completeMs));
});

test('a generator that is stopped makes no more slots, and what is abandoned was lost', () => {
	const world = new World({ server: () => [], qps: 100, durationMs: 10_000 });
	world.run(1005);
	world.generator.abandon(world.nowMs);
	assert.ok(world.generator.done);
	assert.deepEqual(slots(world), { lost: world.queries.length });
});

test('whatever a server does, both sums hold', () => {
	const behaviour = fc.constantFrom('answer', 'late', 'never', 'twice', 'wrong', 'short', 'other-id', 'gone');
	fc.assert(
		fc.property(
			fc.array(behaviour, { minLength: 1, maxLength: 40 }),
			fc.integer({ min: 1, max: 4 }),
			fc.constantFrom(4, 16, 64),
			fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
			(behaviours, channels, idsPerChannel, window) => {
				let sent = 0;
				const server = (query: Parameters<typeof answerTo>[0]): readonly Reply[] => {
					const answer = answerTo(query);
					const does = behaviours[query.index % behaviours.length];
					const replies: Record<typeof does, readonly Reply[]> = {
						answer: [{ afterMs: 3, octets: answer }],
						late: [{ afterMs: 130, octets: answer }],
						never: [],
						twice: [
							{ afterMs: 3, octets: answer },
							{ afterMs: 9, octets: answer },
						],
						wrong: [{ afterMs: 3, octets: answerTo(query, (octets) => (octets[14] ^= 1)) }],
						short: [{ afterMs: 3, octets: answer.slice(0, 5) }],
						'other-id': [{ afterMs: 3, octets: answerTo(query, (octets) => (octets[1] ^= 0x55)) }],
						gone: [],
					};
					sent += replies[does].length;
					if (does === 'gone') gone.push(query.channel);
					return replies[does];
				};
				const gone: number[] = [];
				const world = new World({
					...{ server, channels, idsPerChannel, window },
					...{ qps: 200, durationMs: 500, timeoutMs: 100 },
				});
				for (let untilMs = 10; !world.generator.done; untilMs += 10) {
					world.run(untilMs);
					for (const channel of gone.splice(0)) world.generator.onGone(channel, 'closed', world.nowMs);
				}
				// What was still on its way when the last slot ended is not received any more.
				const received = ['answered', 'late', ...strayKinds] as const;
				const all = received.reduce((sum, kind) => sum + world.count(kind as 'answered'), 0);
				assert.ok(all <= sent);
				const due = slotKinds.reduce((sum, kind) => sum + world.count(kind), 0);
				assert.equal(due, 100);
			},
		),
		{ numRuns: 200 },
	);
});
