/** Goal: denials and positive answers do not push each other out. Method: small scenarios with a predicate that changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AsDnsmasq } from '../../../../src/lab/policies/as-dnsmasq.ts';
import { AsKnotResolver } from '../../../../src/lab/policies/as-knot-resolver.ts';
import { Lru } from '../../../../src/lab/policies/lru.ts';
import { Lru2 } from '../../../../src/lab/policies/lru-2.ts';
import { SplitNegative } from '../../../../src/lab/policies/split-negative.ts';
import { ask, heldOf, range } from './ask.ts';

const seed = 1;

class Noting extends Lru {
	readonly asked: number[] = [];

	override get(key: number): boolean {
		this.asked.push(key);
		return super.get(key);
	}
}

function lru(capacity: number): Lru {
	return new Lru({ capacity, seed });
}

test('a flood of denials leaves positive answers alone', () => {
	const policy = new SplitNegative(lru(3), lru(5), (key) => key >= 100);
	ask(policy, [0, 1, 2, ...range(100, 1000)]);
	assert.deepEqual(heldOf(policy, range(0, 1000)), [0, 1, 2, ...range(995, 1000)]);
	assert.deepEqual([policy.held, policy.entries], [8, 8]);
	assert.deepEqual(ask(policy, [0, 1, 2, 999]), []);
});

test('an answer whose kind has changed goes where it belongs', () => {
	const negative = new Set([1]);
	const policy = new SplitNegative(lru(1), lru(1), (key) => negative.has(key));
	ask(policy, [0, 1]);
	policy.remove(1);
	negative.clear();
	ask(policy, [1]);
	assert.deepEqual(heldOf(policy, [0, 1]), [1]);
});

test('each request is one for one of both', () => {
	const positive = new Noting({ capacity: 2, seed });
	const negative = new Noting({ capacity: 2, seed });
	const policy = new SplitNegative(positive, negative, (key) => key >= 100);
	ask(policy, [0, 100, 100, 0, 101, 100, 1]);
	assert.deepEqual(positive.asked, [0, 100, 0, 101, 1]);
	assert.deepEqual(negative.asked, [100, 100]);
});

test('it has a clock if one of both has', () => {
	assert.equal(new SplitNegative(lru(1), lru(1), () => false).advance, undefined);
	const negative = new AsDnsmasq({ capacity: 2, seed });
	const policy = new SplitNegative(lru(1), negative, () => true);
	ask(policy, [0], 1, 50);
	ask(policy, [1], 1, 200);
	policy.advance!(100);
	ask(policy, [0, 2]);
	assert.deepEqual(heldOf(policy, range(0, 3)), [1, 2]);
});

test('it needs what the larger of both needs, and the sketches of both', () => {
	const knot = new AsKnotResolver({ capacity: 1024, seed });
	for (const [positive, negative] of [
		[knot, lru(1)],
		[lru(1), knot],
	]) {
		const { metadata } = new SplitNegative(positive, negative, () => false);
		assert.deepEqual(metadata, { perEntryBytes: 8, perGhostBytes: 0, ghostsPerEntry: 0, fixedBytes: 64 });
	}
	const ghosts = new Lru2({ capacity: 1, seed }, { remembered: 2, correlatedRequests: 0 });
	const { metadata } = new SplitNegative(lru(1), ghosts, () => false);
	assert.deepEqual(metadata, ghosts.metadata);
});
