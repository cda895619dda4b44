/** Goal: the profile collects as Knot Resolver's garbage collector does. Method: small scenarios with a clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AsKnotResolver } from '../../../../src/lab/policies/as-knot-resolver.ts';
import { ask, heldOf, range } from './ask.ts';

const capacity = 100;
const hourMs = 3_600_000;

function started(): AsKnotResolver {
	const policy = new AsKnotResolver({ capacity, seed: 1 });
	policy.advance(0);
	return policy;
}

test('at four fifths whole categories go, the least asked for first, until a tenth is free', () => {
	const policy = started();
	ask(policy, [...range(0, 79), ...range(0, 30), ...range(0, 15)]);
	policy.advance(1000);
	ask(policy, [79]);
	assert.equal(policy.entries, 80, 'not yet');
	policy.advance(2000);
	ask(policy, [80]);
	assert.deepEqual(heldOf(policy, range(0, 100)), [...range(0, 30), 80]);
	policy.advance(3000);
	ask(policy, [81]);
	assert.equal(policy.entries, 32);
});

test('one category is enough where it is a tenth', () => {
	const policy = started();
	ask(policy, [...range(0, 80), ...range(0, 72), ...range(0, 60)]);
	policy.advance(1000);
	ask(policy, [80]);
	assert.deepEqual(heldOf(policy, range(0, 100)), [...range(0, 72), 80]);
});

test('what has expired goes first, however often it was asked for', () => {
	const policy = started();
	ask(policy, range(0, 10), 1, 1000);
	ask(policy, range(10, 80), 1, 1001);
	for (let times = 0; times < 50; times++) ask(policy, range(0, 10));
	policy.advance(1000);
	ask(policy, [80]);
	assert.deepEqual(heldOf(policy, range(0, 100)), range(10, 81));
});

test('an octet of a large answer is asked for less often', () => {
	const policy = new AsKnotResolver({ capacity: 10_000, seed: 1 });
	policy.advance(0);
	ask(policy, range(0, 7), 1000);
	ask(policy, range(10, 20), 100);
	ask(policy, [...range(0, 2), ...range(0, 2)]);
	policy.advance(1000);
	ask(policy, [99], 100);
	assert.deepEqual(heldOf(policy, range(0, 100)), [...range(0, 2), ...range(10, 20), 99]);
});

test('it looks once a second, or when an entry does not fit', () => {
	const policy = started();
	ask(policy, [...range(0, 100), ...range(0, 90)]);
	assert.equal(policy.entries, 100, 'the first look was at an empty cache');
	ask(policy, [100]);
	assert.deepEqual(heldOf(policy, range(0, 101)), [...range(0, 90), 100]);
	policy.advance(999);
	ask(policy, [101]);
	assert.equal(policy.entries, 92);
	policy.advance(1000);
	ask(policy, [102]);
	assert.ok(policy.entries < 92);
});

test('half of the load is left after five hours', () => {
	const gone = [6, 4].map((hours) => {
		const policy = started();
		for (let times = 0; times < 4; times++) ask(policy, range(0, 40));
		policy.advance(hours * hourMs);
		for (let times = 0; times < 2; times++) ask(policy, range(40, 80));
		policy.advance((hours + 1) * hourMs);
		ask(policy, [80]);
		return [heldOf(policy, range(0, 40)).length, heldOf(policy, range(40, 80)).length];
	});
	assert.deepEqual(gone, [
		[0, 40],
		[40, 0],
	]);
});

test('counts outlive entries', () => {
	const policy = started();
	for (let times = 0; times < 5; times++) ask(policy, [0]);
	policy.remove(0);
	ask(policy, range(0, 80));
	policy.advance(1000);
	ask(policy, [80]);
	assert.deepEqual(heldOf(policy, range(0, 100)), [0, 80]);
});

test('its sketch has eight octets for each 128 of the cache, a power of two of them', () => {
	const fixed = [2 ** 20, 2 ** 20 + 1].map((capacity) => new AsKnotResolver({ capacity, seed: 1 }).metadata);
	assert.deepEqual(
		fixed.map(({ fixedBytes }) => fixedBytes),
		[2 ** 16, 2 ** 17],
	);
});
