/** Goal: the profile evicts as the record cache of PowerDNS Recursor does. Method: small scenarios with a clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AsPdnsRecursor } from '../../../../src/lab/policies/as-pdns-recursor.ts';
import { ask, ever, heldOf, range } from './ask.ts';

/** With 200 entries in it, the expired ones of those keys; key 0 is the least recently used. */
function filled(expired: readonly number[]): AsPdnsRecursor {
	const policy = new AsPdnsRecursor({ capacity: 200, seed: 1 });
	policy.advance(0);
	for (const key of range(0, 200)) policy.put(key, 1, expired.includes(key) ? 100 : ever);
	policy.advance(100);
	return policy;
}

const all = range(0, 200);

function missingOf(policy: AsPdnsRecursor): number[] {
	return all.filter((key) => !policy.has(key));
}

test('expired entries among the tenth that is least recently used go first', () => {
	const policy = filled([7, 12, 19]);
	ask(policy, [999]);
	assert.deepEqual(missingOf(policy), [7, 12, 19]);
});

test('those behind it are not seen', () => {
	const policy = filled([20, 150]);
	ask(policy, [999]);
	assert.deepEqual(missingOf(policy), [0, 1]);
});

test('what is missing to a hundredth of the entries is the least recently used', () => {
	const policy = filled([9]);
	ask(policy, [0, 999, 1000]);
	assert.deepEqual(missingOf(policy), [1, 9]);
	assert.equal(policy.entries, 200);
});

test('in a small cache five are looked at for one that is too much', () => {
	const policy = new AsPdnsRecursor({ capacity: 9, seed: 1 });
	for (const key of range(0, 9)) policy.put(key, 1, key === 4 || key === 5 ? 100 : ever);
	policy.advance(100);
	ask(policy, [999]);
	assert.deepEqual(heldOf(policy, all), [0, 1, 2, 3, 5, 6, 7, 8]);
});

test('every five seconds expired entries of that tenth go without need', () => {
	const policy = new AsPdnsRecursor({ capacity: 200, seed: 1 });
	policy.advance(0);
	const lifetimesMs: Readonly<Record<number, number>> = { 3: 100, 5: 5001, 150: 100 };
	for (const key of all) policy.put(key, 1, lifetimesMs[key] ?? ever);
	policy.advance(4999);
	assert.equal(policy.entries, 200);
	policy.advance(5000);
	assert.deepEqual(missingOf(policy), [3]);
	policy.advance(9999);
	assert.deepEqual(missingOf(policy), [3]);
	policy.advance(10_000);
	assert.deepEqual(missingOf(policy), [3, 5]);
});

test('with sizes as many go as are needed', () => {
	const policy = new AsPdnsRecursor({ capacity: 1000, seed: 1 });
	ask(policy, range(0, 10), 100);
	ask(policy, [999], 250);
	assert.deepEqual(heldOf(policy, all), range(3, 10));
	assert.equal(policy.held, 950);
});
