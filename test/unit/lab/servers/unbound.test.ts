/** Goal: the profile evicts as Unbound's message cache does. Method: small scenarios in single slabs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AsUnbound } from '../../../../src/lab/policies/as-unbound.ts';
import { ask, heldOf } from './ask.ts';
import { keysOfShard } from './keys-of-shard.ts';

const slabs = 4;
const keys = keysOfShard(2, slabs, 6);

test('the least recently used of the slab goes, whatever other slabs have', () => {
	const policy = new AsUnbound({ capacity: 12, seed: 1 });
	const other = keysOfShard(0, slabs, 1);
	ask(policy, [...other, ...keys.slice(0, 3), keys[0], keys[3]]);
	assert.deepEqual(heldOf(policy, keys), [keys[0], keys[2], keys[3]]);
	assert.deepEqual(heldOf(policy, other), other);
});

test('as many go as a newcomer needs octets, of a fourth of the memory', () => {
	const policy = new AsUnbound({ capacity: 4000, seed: 1 });
	ask(policy, keys.slice(0, 3), 300);
	ask(policy, [keys[3]], 650);
	assert.deepEqual(heldOf(policy, keys), [keys[2], keys[3]]);
	assert.equal(policy.held, 950);
});

test('what is larger than a slab is not taken in, and nothing goes for it', () => {
	const policy = new AsUnbound({ capacity: 4000, seed: 1 });
	ask(policy, [keys[0]], 1000);
	ask(policy, [keys[1]], 1001);
	assert.deepEqual(heldOf(policy, keys), [keys[0]]);
});

test('a cache of less than four entries is one slab', () => {
	const policy = new AsUnbound({ capacity: 3, seed: 1 });
	ask(policy, keys.slice(0, 4));
	assert.deepEqual(heldOf(policy, keys), keys.slice(1, 4));
});
