import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
	type Chunk,
	EventChunks,
	eventKind,
	truncatedBit,
	warmupBit,
} from '../../../../src/load/generate/events.ts';
import { Bookkeeper } from '../../../../src/load/measure/bookkeeper.ts';
import type { Interval, Measured } from '../../../../src/load/result.ts';

interface Event {
	readonly second: number;
	readonly kind: keyof typeof eventKind;
	readonly latencyUs?: number;
	readonly rcode?: number;
	readonly truncated?: boolean;
	readonly warmup?: boolean;
	readonly queryBytes?: number;
	readonly replyBytes?: number;
}

function chunkOf(events: readonly Event[], completeMs: number): Chunk {
	let chunk: Chunk | undefined;
	const chunks = new EventChunks((words, count) => {
		chunk = { words, events: count, completeMs, handshakes: undefined };
	});
	for (const event of events) {
		const { second, kind, latencyUs = 1000, rcode = 0, queryBytes = 40, replyBytes = 60 } = event;
		const bits = (event.truncated ? truncatedBit : 0) | (event.warmup ? warmupBit : 0);
		const word = eventKind[kind] | (rcode << 8) | bits;
		chunks.add(second, word, latencyUs, latencyUs - 100, 100, queryBytes | (replyBytes << 16));
	}
	chunks.flush();
	return chunk!;
}

function sums({ slots, datagrams }: Measured) {
	return {
		due: slots.due,
		slots: slots.answered + slots.late + slots.lost + slots.sendErrors + slots.notOffered,
		received: datagrams.received,
		datagrams:
			datagrams.answers + datagrams.late + datagrams.duplicates + datagrams.mismatched + datagrams.unknown,
	};
}

const books = (warmupMs = 0, workers = 1, onInterval?: (interval: Interval) => void) =>
	new Bookkeeper({ workers, warmupMs, live: false, onInterval });

test('slots and datagrams are summed by their classes', () => {
	const keeper = books();
	const kinds = Object.keys(eventKind) as (keyof typeof eventKind)[];
	keeper.add(
		0,
		chunkOf(
			kinds.map((kind) => ({ second: 0, kind, latencyUs: 3 })),
			0,
		),
	);
	const { measured } = keeper.close();
	assert.deepEqual(measured.slots, { due: 7, answered: 1, late: 1, lost: 1, sendErrors: 1, notOffered: 3 });
	assert.deepEqual(measured.datagrams, {
		...{ received: 5, answers: 1, late: 1 },
		...{ duplicates: 1, mismatched: 1, unknown: 1 },
	});
});

test('what was lost is among the latencies, what was not sent is not', () => {
	const keeper = books();
	keeper.add(
		0,
		chunkOf(
			[
				{ second: 0, kind: 'answered', latencyUs: 1000 },
				{ second: 0, kind: 'lost', latencyUs: 2_000_000 },
				{ second: 0, kind: 'sendError' },
				{ second: 0, kind: 'notOffered', latencyUs: 5 },
			],
			0,
		),
	);
	const { latencyUs, lagUs } = keeper.close().measured;
	assert.equal(latencyUs.totalCount, 2);
	assert.ok(Math.abs(latencyUs.maxValue - 2_000_000) < 2000);
	assert.equal(lagUs.totalCount, 3);
});

test('rcodes, truncated answers and sizes are those of answers', () => {
	const keeper = books();
	keeper.add(
		0,
		chunkOf(
			[
				{ second: 0, kind: 'answered', rcode: 3, queryBytes: 30, replyBytes: 90 },
				{ second: 0, kind: 'late', rcode: 2, truncated: true, queryBytes: 50, replyBytes: 12 },
				{ second: 0, kind: 'lost', queryBytes: 44 },
			],
			0,
		),
	);
	const { rcodes, truncated, queries, replies } = keeper.close().measured;
	assert.deepEqual(
		[...rcodes],
		[
			[3, 1],
			[2, 1],
		],
	);
	assert.equal(truncated, 1);
	assert.deepEqual(queries, { messages: 3, bytes: 124, minBytes: 30, maxBytes: 50 });
	assert.deepEqual(replies, { messages: 2, bytes: 102, minBytes: 12, maxBytes: 90 });
});

test('a second is told when all workers have completed it, in order', () => {
	const told: number[] = [];
	const keeper = books(0, 2, ({ fromSec }) => told.push(fromSec));
	keeper.add(0, chunkOf([{ second: 0, kind: 'answered' }], 2500));
	assert.deepEqual(told, []);
	keeper.add(1, chunkOf([{ second: 2, kind: 'answered' }], 1999));
	assert.deepEqual(told, [0]);
	keeper.add(1, chunkOf([{ second: 3, kind: 'answered' }], 4000));
	assert.deepEqual(told, [0, 1]);
	keeper.close();
	assert.deepEqual(told, [0, 1, 2, 3]);
});

test('the warm-up is in the series and not in the sum, also where it ends within a second', () => {
	const keeper = books(1500);
	const events: Event[] = [
		{ second: 0, kind: 'answered', warmup: true },
		{ second: 1, kind: 'answered', warmup: true },
		{ second: 1, kind: 'answered' },
		{ second: 2, kind: 'answered' },
	];
	keeper.add(0, chunkOf(events, 0));
	const { measured, intervals } = keeper.close();
	assert.equal(measured.slots.answered, 2);
	assert.equal(measured.latencyUs.totalCount, 2);
	assert.deepEqual(
		intervals.map(({ warmup, measured: { slots } }) => [warmup, slots.answered]),
		[
			[true, 1],
			[true, 2],
			[false, 1],
		],
	);
});

test('whatever happens, both sums hold, and the seconds add up to the whole', () => {
	const kind = fc.constantFrom(...(Object.keys(eventKind) as (keyof typeof eventKind)[]));
	const event = fc.record({
		second: fc.integer({ min: 0, max: 6 }),
		kind,
		latencyUs: fc.integer({ min: 1, max: 3_000_000 }),
	});
	fc.assert(
		fc.property(fc.array(fc.array(event, { maxLength: 30 }), { maxLength: 5 }), (chunks) => {
			const keeper = books();
			for (const [i, events] of chunks.entries()) keeper.add(0, chunkOf(events, i * 700));
			const { measured, intervals } = keeper.close();
			const whole = sums(measured);
			assert.equal(whole.due, whole.slots);
			assert.equal(whole.received, whole.datagrams);
			const due = intervals.reduce((sum, interval) => sum + interval.measured.slots.due, 0);
			assert.equal(due, whole.due);
			const latencies = intervals.reduce((sum, { measured: part }) => sum + part.latencyUs.totalCount, 0);
			assert.equal(latencies, measured.latencyUs.totalCount);
		}),
		{ numRuns: 60 },
	);
});
