/** The ring between a shard and the main thread: order, wrap-around, and what happens when it is full. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogMemory, fillerRule, LogRing, LogRingWriter } from '../../../src/engine/log-ring.ts';
import { randomBelow, seededRandom } from '../../../src/util/random.ts';

const units = 64;
/** The words of a record before its text. */
const fixedUnits = 7;

function openRing(): { ring: LogRing; writer: LogRingWriter; times: Float64Array } {
	const memory = createLogMemory(2, units);
	const times = Float64Array.of(0, 0);
	return {
		ring: new LogRing(memory, 2, 1),
		writer: new LogRingWriter(new LogRing(memory, 2, 1), times),
		times,
	};
}

function put(writer: LogRingWriter, value: number, size = fixedUnits): boolean {
	const place = writer.reserve(size);
	if (place < 0) return false;
	writer.ring.words[place * 2] = size | (7 << 16);
	writer.ring.words[place * 2 + 6] = value;
	return true;
}

/** Takes all records; their values and ends. */
function takeAll(ring: LogRing, most = Number.POSITIVE_INFINITY): { value: number; endMs: number }[] {
	const taken = [];
	for (let at = ring.read; at !== ring.written && taken.length < most; ) {
		const place = at & (ring.units - 1);
		const head = ring.words[place * 2];
		assert.ok((head & 0xffff) > 0 && place + (head & 0xffff) <= ring.units);
		if (head >>> 16 !== fillerRule)
			taken.push({ value: ring.words[place * 2 + 6], endMs: ring.times[place + 6] });
		at = (at + (head & 0xffff)) | 0;
		ring.release(at);
	}
	return taken;
}

test('records are shown when the turn ends, all with its end', () => {
	const { ring, writer, times } = openRing();
	put(writer, 1);
	put(writer, 2);
	assert.deepEqual(takeAll(ring), []);
	times[1] = 12.5;
	writer.endTurn();
	assert.deepEqual(takeAll(ring), [
		{ value: 1, endMs: 12.5 },
		{ value: 2, endMs: 12.5 },
	]);
	writer.endTurn();
	assert.deepEqual(takeAll(ring), []);
});

test('a full ring takes no more, and takes again when it was read', () => {
	const { ring, writer } = openRing();
	let count = 0;
	while (put(writer, count)) count++;
	assert.equal(count, Math.floor(units / fixedUnits));
	writer.endTurn();
	assert.ok(!put(writer, 99));
	assert.deepEqual(
		takeAll(ring).map(({ value }) => value),
		Array.from({ length: count }, (_, value) => value),
	);
	assert.ok(put(writer, 100));
	writer.endTurn();
	assert.deepEqual(
		takeAll(ring).map(({ value }) => value),
		[100],
	);
});

test('records of all sizes come out whole and in order, however often the ring goes round', () => {
	const { ring, writer } = openRing();
	const random = seededRandom(3);
	let written = 0;
	let read = 0;
	for (let round = 0; round < 20_000; round++) {
		if (put(writer, written, fixedUnits + randomBelow(random, 12))) written++;
		if (randomBelow(random, 2) === 0) writer.endTurn();
		if (randomBelow(random, 3) === 0)
			for (const { value } of takeAll(ring, 1 + randomBelow(random, 4))) assert.equal(value, read++);
	}
	writer.endTurn();
	for (const { value } of takeAll(ring)) assert.equal(value, read++);
	assert.equal(read, written);
	assert.ok(written > 1000);
});

test('a successor goes on where a dead writer was seen last', () => {
	const { ring, writer, times } = openRing();
	put(writer, 1);
	writer.endTurn();
	put(writer, 2);
	const next = new LogRingWriter(writer.ring, times);
	put(next, 3);
	next.endTurn();
	assert.deepEqual(
		takeAll(ring).map(({ value }) => value),
		[1, 3],
	);
});
