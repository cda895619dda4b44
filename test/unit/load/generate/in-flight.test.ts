import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryState, InFlight } from '../../../../src/load/generate/in-flight.ts';
import { seededRandom } from '../../../../src/util/random.ts';

test('every entry of a channel has an ID of its own, and is found by it', () => {
	for (const idsPerChannel of [1, 4, 1024, 0x1_0000]) {
		const table = new InFlight(2, idsPerChannel, seededRandom(idsPerChannel));
		for (const channel of [0, 1]) {
			const ids = new Set<number>();
			for (let place = 0; place < idsPerChannel; place++) {
				const entry = channel * idsPerChannel + place;
				const id = table.idOf(entry);
				ids.add(id);
				assert.equal(table.find(channel, id), entry);
				assert.equal(table.channelOf(entry), channel);
			}
			assert.equal(ids.size, idsPerChannel);
		}
	}
});

test('an ID that no entry has is not found', () => {
	const table = new InFlight(1, 16, seededRandom(3));
	const found = Array.from({ length: 0x1_0000 }, (_, id) => table.find(0, id)).filter((entry) => entry >= 0);
	assert.deepEqual(
		found.sort((a, b) => a - b),
		Array.from({ length: 16 }, (_, entry) => entry),
	);
});

test('entries are taken in turns, those in use are passed over, and a channel can be full', () => {
	const table = new InFlight(2, 4, seededRandom(1));
	assert.deepEqual([table.take(1), table.take(1), table.take(1)], [4, 5, 6]);
	table.end(5, true);
	assert.equal(table.state[5], entryState.answered);
	assert.deepEqual([table.take(1), table.take(1), table.take(1)], [7, 5, -1]);
	assert.equal(table.open, 4);
	table.end(4, false);
	assert.equal(table.state[4], entryState.idle);
	assert.equal(table.take(1), 4);
	assert.equal(table.take(0), 0);
});
