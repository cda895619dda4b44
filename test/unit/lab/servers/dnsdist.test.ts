/** Goal: the profile evicts as dnsdist's packet cache does. Method: small scenarios in single shards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AsDnsdist } from '../../../../src/lab/policies/as-dnsdist.ts';
import { ask, ever, heldOf, range } from './ask.ts';
import { keysOfShard } from './keys-of-shard.ts';

const shards = 20;
/** Two entries a shard. */
const capacity = 2 * shards;
const [one, two, three, four] = keysOfShard(3, shards, 4);
const minuteMs = 60_000;

function started(): AsDnsdist {
	const policy = new AsDnsdist({ capacity, seed: 1 });
	policy.advance(0);
	return policy;
}

test('a full shard keeps what it has and takes in nothing', () => {
	const policy = started();
	assert.deepEqual(ask(policy, [one, two, three, four, three, one, two]), [one, two, three, four, three]);
	assert.deepEqual(heldOf(policy, [one, two, three, four]), [one, two]);
});

test('shards fill up each for itself', () => {
	const policy = started();
	ask(policy, range(0, 1000));
	assert.equal(policy.entries, capacity);
	for (let shard = 0; shard < shards; shard++) {
		const keys = keysOfShard(shard, shards, 3);
		assert.deepEqual(heldOf(policy, keys), keys.slice(0, 2));
	}
});

test('once a minute what has expired goes, and makes room', () => {
	const policy = started();
	ask(policy, [one], 1, minuteMs);
	ask(policy, [two], 1, minuteMs + 1);
	policy.advance(minuteMs - 1);
	ask(policy, [three]);
	assert.deepEqual(heldOf(policy, [one, two, three]), [one, two]);
	policy.advance(minuteMs);
	assert.deepEqual(heldOf(policy, [one, two, three]), [two]);
	ask(policy, [three]);
	policy.advance(2 * minuteMs - 1);
	assert.deepEqual(heldOf(policy, [one, two, three]), [two, three]);
	policy.advance(2 * minuteMs);
	assert.deepEqual(heldOf(policy, [one, two, three]), [three]);
});

test('in a full shard not even a new answer takes the place of its expired one, until the minute is over', () => {
	const policy = started();
	ask(policy, [one], 1, 1000);
	ask(policy, [two]);
	policy.advance(2000);
	policy.remove(one);
	policy.put(one, 1, ever);
	policy.put(three, 1, ever);
	assert.deepEqual(heldOf(policy, [one, two, three]), [two]);
	assert.deepEqual([policy.held, policy.entries], [1, 1]);
	policy.advance(minuteMs);
	policy.put(one, 1, ever);
	assert.deepEqual(heldOf(policy, [one, two, three]), [one, two]);
});

test('in a shard that is not full a new answer has the place of its expired one', () => {
	const policy = started();
	ask(policy, [one], 1, 1000);
	policy.advance(2000);
	policy.remove(one);
	ask(policy, [one, two, three]);
	assert.deepEqual(heldOf(policy, [one, two, three]), [one, two]);
	policy.advance(minuteMs);
	assert.deepEqual(heldOf(policy, [one, two, three]), [one, two]);
	ask(policy, [three]);
	assert.equal(policy.entries, 2);
});

test('with sizes, what expired counts for the whole as well', () => {
	const policy = new AsDnsdist({ capacity: 100, seed: 1 });
	policy.advance(0);
	const keys = range(0, 20).map((shard) => keysOfShard(shard, shards, 1)[0]);
	policy.put(keys[0], 60, 1000);
	policy.remove(keys[0]);
	policy.put(keys[1], 50, ever);
	assert.ok(!policy.has(keys[1]));
	policy.put(keys[1], 40, ever);
	assert.ok(policy.has(keys[1]));
	policy.advance(minuteMs);
	policy.put(keys[2], 60, ever);
	assert.deepEqual(heldOf(policy, keys), [keys[1], keys[2]]);
});

test('with sizes, a new answer has the octets of its expired one', () => {
	const policy = new AsDnsdist({ capacity: 4000, seed: 1 });
	const [own] = keysOfShard(0, shards, 1);
	ask(policy, [own], 100);
	for (let shard = 1; shard < shards; shard++) ask(policy, keysOfShard(shard, shards, 2), 100);
	policy.remove(own);
	policy.put(own, 201, ever);
	assert.equal(policy.held, 3800);
	policy.put(own, 200, ever);
	assert.equal(policy.held, 4000);
});

test('a shard has one entry at least, and the whole is bounded all the same', () => {
	const policy = new AsDnsdist({ capacity: 7, seed: 1 });
	ask(policy, [one, two, ...range(0, 1000)]);
	assert.deepEqual(heldOf(policy, [one, two]), [one]);
	assert.equal(policy.entries, 7);
});
