import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	createConnectionCounts,
	forgetConnections,
	sharedConnectionSlots,
} from '../../../src/server/connection-slots.ts';

test('the bound holds over all shards, and a shard that dies gives its connections back', () => {
	const counts = createConnectionCounts(2);
	const [first, second] = [0, 1].map((shard) => sharedConnectionSlots(counts, shard, 3));
	assert.ok(first.acquire());
	assert.ok(first.acquire());
	assert.ok(second.acquire());
	assert.equal(second.acquire(), false);
	assert.equal(first.acquire(), false);
	second.release();
	assert.ok(second.acquire());
	forgetConnections(counts, 0);
	assert.ok(second.acquire());
	assert.ok(second.acquire());
	assert.equal(second.acquire(), false);
});
