/** Goal: the profile evicts as dnsmasq does. Method: small scenarios with a clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AsDnsmasq } from '../../../../src/lab/policies/as-dnsmasq.ts';
import { ask, ever, heldOf, range } from './ask.ts';

const all = range(0, 10);

function filled(expiresMs: readonly number[]): AsDnsmasq {
	const policy = new AsDnsmasq({ capacity: expiresMs.length, seed: 1 });
	policy.advance(0);
	expiresMs.forEach((each, key) => {
		policy.put(key, 1, each);
	});
	return policy;
}

test('where there is no room, all that has expired goes, and nothing else', () => {
	const policy = filled([ever, 1000, ever, 500, 1001]);
	policy.advance(1000);
	ask(policy, [1, 3, 9]);
	assert.deepEqual(heldOf(policy, all), [0, 2, 4, 9]);
});

test('if nothing has expired, the least recently used goes', () => {
	const policy = filled([ever, ever, 5000]);
	policy.advance(4999);
	ask(policy, [0, 9]);
	assert.deepEqual(heldOf(policy, all), [0, 2, 9]);
});

test('what has expired stays while there is room', () => {
	const policy = new AsDnsmasq({ capacity: 3, seed: 1 });
	ask(policy, [0], 1, 10);
	policy.advance(50_000);
	ask(policy, [1, 2]);
	assert.deepEqual(heldOf(policy, all), [0, 1, 2]);
});

test('if what has expired was not enough, the least recently used go besides', () => {
	const policy = new AsDnsmasq({ capacity: 100, seed: 1 });
	ask(policy, [0, 1, 2], 25);
	ask(policy, [3], 25, 10);
	policy.advance(20);
	ask(policy, [4], 60);
	assert.deepEqual(heldOf(policy, all), [2, 4]);
});

test('an answer with a TTL of 0 is not kept, and nothing goes for it', () => {
	const policy = filled([500, ever]);
	policy.advance(1000);
	policy.put(9, 1, 1000);
	assert.deepEqual(heldOf(policy, all), [0, 1]);
});
