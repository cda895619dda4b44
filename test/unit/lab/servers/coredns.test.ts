/** Goal: the profile evicts as CoreDNS's `cache` does. Method: small scenarios in single shards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AsCoreDns } from '../../../../src/lab/policies/as-coredns.ts';
import type { Policy } from '../../../../src/lab/policy.ts';
import { shardOf } from '../../../../src/lab/shards.ts';
import { ask, heldOf, range } from './ask.ts';
import { keysOfShard } from './keys-of-shard.ts';

const shards = 256;
/** Four entries a shard, the least that there are. */
const capacity = 4 * shards;

function entriesByShard(policy: Policy, keys: readonly number[]): number[] {
	const counts = Array<number>(shards).fill(0);
	for (const key of heldOf(policy, keys)) counts[shardOf(key, shards)]++;
	return counts;
}

test('a full shard puts out one of its own, though the cache has room', () => {
	const [first, ...others] = keysOfShard(5, shards, 6);
	const policy = new AsCoreDns({ capacity, seed: 1 });
	ask(policy, [...others.slice(0, 4), ...keysOfShard(6, shards, 4)]);
	ask(policy, [first]);
	assert.equal(policy.entries, 8);
	assert.ok(policy.has(first));
	assert.equal(heldOf(policy, others).length, 3);
	assert.equal(heldOf(policy, keysOfShard(6, shards, 4)).length, 4);
});

test('any entry of the shard may go, each as likely, those that were hit too', () => {
	const keys = keysOfShard(0, shards, 5);
	const gone = new Map<number, number>();
	for (let seed = 0; seed < 4000; seed++) {
		const policy = new AsCoreDns({ capacity, seed });
		ask(policy, keys.slice(0, 4));
		ask(policy, [keys[0], keys[0], keys[4]]);
		const victim = keys.find((key) => !policy.has(key))!;
		gone.set(victim, (gone.get(victim) ?? 0) + 1);
	}
	assert.deepEqual([...gone.keys()].sort(), keys.slice(0, 4).sort());
	// Five standard deviations of a binomial distribution.
	for (const times of gone.values()) assert.ok(Math.abs(times - 1000) < 5 * Math.sqrt(750), `${times}`);
});

test('what has expired stays, and takes room, until it is drawn', () => {
	const policy: Policy = new AsCoreDns({ capacity, seed: 1 });
	const keys = keysOfShard(1, shards, 5);
	assert.equal(policy.advance, undefined);
	ask(policy, keys.slice(0, 4), 1, 10);
	ask(policy, [keys[4]], 1, 100_000);
	assert.equal(policy.entries, 4);
	assert.equal(heldOf(policy, keys.slice(0, 4)).length, 3);
});

test('a shard has a 256th of the entries', () => {
	const policy = new AsCoreDns({ capacity: 9999, seed: 1 });
	const keys = range(0, 40_000);
	ask(policy, keys);
	assert.deepEqual(entriesByShard(policy, keys), Array<number>(shards).fill(39));
});

test('a shard has four entries at least', () => {
	const policy = new AsCoreDns({ capacity: 2 * shards, seed: 1 });
	const keys = keysOfShard(9, shards, 5);
	ask(policy, keys.slice(0, 4));
	assert.equal(policy.entries, 4);
	ask(policy, keys);
	assert.equal(policy.entries, 4);
});

test('with sizes a shard has a 256th of the entries that fit, and may be smaller or larger than its part', () => {
	const policy = new AsCoreDns({ capacity: 40 * shards * 100, seed: 1 });
	const keys = range(0, 40_000);
	for (const key of keys) if (!policy.get(key)) policy.put(key, 50 + (key % 101));
	const counts = entriesByShard(policy, keys);
	assert.ok(Math.max(...counts) <= 42 && Math.min(...counts) >= 36, `${counts}`);
	assert.ok(policy.held <= policy.capacity && policy.held > 0.95 * policy.capacity);
});

test('the whole is bounded even where CoreDNS would make shards of four entries', () => {
	const policy = new AsCoreDns({ capacity: 10, seed: 1 });
	for (const key of range(0, 1000)) {
		ask(policy, [key]);
		assert.ok(policy.has(key));
	}
	assert.equal(policy.entries, 10);
});
