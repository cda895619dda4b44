/**
 * Goal: over all shards one asks at a time, everybody who waits is known to it, and a dead shard holds nobody up.
 * Method: the shards of one process in one thread, step by step. (`test/concurrency` has them in threads.)
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CacheKey } from '../../../src/cache/key.ts';
import { acquired, acquireWrite, releaseWrite, WriterIdentity } from '../../../src/cache/seqlock.ts';
import { Claims, claimOffset, claimResult, createClaimMemory } from '../../../src/forward/claims.ts';
import { keyOf } from '../cache/support.ts';

const { owned, joined, none } = claimResult;

class Shards {
	readonly epochs = new Int32Array(new SharedArrayBuffer(4 * 32));
	readonly memory: SharedArrayBuffer;

	constructor(capacity = 8) {
		this.memory = createClaimMemory(capacity);
	}

	open(shard: number): Claims {
		return new Claims(this.memory, new WriterIdentity(this.epochs, shard), shard);
	}

	kill(shard: number): void {
		Atomics.add(this.epochs, shard, 1);
	}
}

const key = keyOf('www.example.');
const nowTicks = 500;

test('the first owns, the others join the same claim, and are owed the answer', () => {
	const shards = new Shards();
	const [one, two, three] = [0, 1, 5].map((shard) => shards.open(shard));
	assert.equal(one.claim(key, nowTicks), owned);
	const { place, generation } = one;
	for (const other of [two, three]) {
		assert.equal(other.claim(key, nowTicks), joined);
		assert.deepEqual([other.place, other.generation, other.isOwn], [place, generation, false]);
		assert.equal(other.isHeld(place, generation), true);
	}
	assert.equal(one.release(place, generation), (1 << 1) | (1 << 5));
	assert.equal(two.isHeld(place, generation), false);
});

test('a shard that asks already joins itself and owes itself nothing', () => {
	const one = new Shards().open(3);
	one.claim(key, nowTicks);
	const { place, generation } = one;
	assert.equal(one.claim(key, nowTicks), joined);
	assert.equal(one.isOwn, true);
	assert.equal(one.release(place, generation), 0);
});

test('the shard of the highest number has a bit of its own', () => {
	const shards = new Shards();
	const [one, last] = [shards.open(0), shards.open(31)];
	one.claim(key, nowTicks);
	last.claim(key, nowTicks);
	assert.equal(one.release(one.place, one.generation) >>> 0, 0x8000_0000);
});

test('after a release the next one owns, under another generation, and is owed nothing from before', () => {
	const shards = new Shards();
	const [one, two] = [shards.open(0), shards.open(1)];
	one.claim(key, nowTicks);
	const { place, generation } = one;
	two.claim(key, nowTicks);
	one.release(place, generation);
	assert.equal(two.claim(key, nowTicks), owned);
	assert.equal(two.place, place);
	assert.notEqual(two.generation, generation);
	assert.equal(one.isHeld(place, generation), false);
	assert.equal(two.release(two.place, two.generation), 0);
});

test('a release by somebody else, twice, or of an older generation does nothing', () => {
	const shards = new Shards();
	const [one, two] = [shards.open(0), shards.open(1)];
	one.claim(key, nowTicks);
	const { place, generation } = one;
	two.claim(key, nowTicks);
	assert.equal(two.release(place, generation), 0);
	assert.equal(one.isHeld(place, generation), true);
	assert.equal(one.release(place, generation), 2);
	assert.equal(one.release(place, generation), 0);
	one.claim(key, nowTicks);
	assert.equal(one.release(place, generation), 0, 'the generation before');
	assert.equal(one.isHeld(one.place, one.generation), true);
});

test('two keys of equal hash are two claims', () => {
	const shards = new Shards();
	const [one, two] = [shards.open(0), shards.open(1)];
	for (const twin of [
		keyOf('other.example.'),
		keyOf('www.example.', { qtype: 28 }),
		keyOf('www.example.', { flags: 1 }),
	]) {
		twin.hashHigh = key.hashHigh;
		twin.hashLow = key.hashLow;
		assert.equal(one.claim(key, nowTicks), owned);
		const { place, generation } = one;
		assert.equal(two.claim(twin, nowTicks), owned);
		assert.notEqual(two.place, place);
		two.release(two.place, two.generation);
		one.release(place, generation);
	}
});

/** As many keys as a group of the table has places, and one more. */
function neighbours(): CacheKey[] {
	return Array.from({ length: 9 }, (_, index) => keyOf(`n${index}.example.`));
}

test('a group that is full gives no claim, and one that is released is free again', () => {
	const shards = new Shards(8);
	const one = shards.open(0);
	const keys = neighbours();
	const claims = keys.slice(0, 8).map((each) => {
		assert.equal(one.claim(each, nowTicks), owned);
		return [one.place, one.generation] as const;
	});
	assert.equal(new Set(claims.map(([place]) => place)).size, 8);
	assert.equal(one.claim(keys[8], nowTicks), none);
	assert.equal(shards.open(1).claim(keys[3], nowTicks), joined, 'what is there can still be joined');
	assert.equal(one.release(...claims[5]), 0);
	assert.equal(one.claim(keys[8], nowTicks), owned);
	assert.equal(one.place, claims[5][0]);
});

test('the claim of a dead shard is taken over by whoever asks, who owes those who waited', () => {
	const shards = new Shards();
	const [one, two, three] = [0, 1, 2].map((shard) => shards.open(shard));
	one.claim(key, nowTicks);
	const { place, generation } = one;
	two.claim(key, nowTicks);
	shards.kill(0);
	assert.equal(two.isHeld(place, generation), false, 'who waits sees it');
	assert.equal(three.claim(key, nowTicks), owned);
	assert.deepEqual([three.tookOver, three.place, three.generation], [true, place, generation]);
	assert.equal(two.isHeld(place, generation), true);
	assert.equal(three.release(place, generation), 1 << 1);
	assert.equal(three.claim(key, nowTicks), owned);
	assert.equal(three.tookOver, false);
});

test('places of dead shards make room in a full group', () => {
	const shards = new Shards(8);
	const [one, two] = [shards.open(0), shards.open(1)];
	const keys = neighbours();
	for (const each of keys.slice(0, 8)) one.claim(each, nowTicks);
	assert.equal(two.claim(keys[8], nowTicks), none);
	shards.kill(0);
	assert.equal(two.claim(keys[8], nowTicks), owned);
});

test('a dead shard’s successor is somebody else', () => {
	const shards = new Shards();
	const before = shards.open(0);
	before.claim(key, nowTicks);
	const { place, generation } = before;
	shards.kill(0);
	const successor = shards.open(0);
	assert.equal(successor.release(place, generation), 0);
	assert.equal(successor.claim(key, nowTicks), owned);
	assert.equal(successor.isOwn, false);
	assert.equal(successor.tookOver, true);
});

test('a shard that died inside the lock of a group does not lock it for ever', () => {
	const shards = new Shards(8);
	const words = new Int32Array(shards.memory);
	assert.equal(acquireWrite(words, 0, new WriterIdentity(shards.epochs, 0)), acquired.clean);
	const one = shards.open(1);
	assert.equal(one.claim(key, nowTicks), none, 'while it lives: asked without a claim');
	shards.kill(0);
	assert.equal(one.claim(key, nowTicks), owned);
	assert.equal(one.release(one.place, one.generation), 0);
});

test('a claim is let go even if the lock of its group cannot be had', () => {
	const shards = new Shards(8);
	const words = new Int32Array(shards.memory);
	const [one, two] = [shards.open(0), shards.open(1)];
	one.claim(key, nowTicks);
	const { place, generation } = one;
	two.claim(key, nowTicks);
	const descheduled = new WriterIdentity(shards.epochs, 2);
	assert.equal(acquireWrite(words, 0, descheduled), acquired.clean);
	assert.equal(one.release(place, generation), 1 << 1);
	assert.equal(two.isHeld(place, generation), false);
	releaseWrite(words, 0);
	assert.equal(two.claim(key, nowTicks), owned);
});

test('a shard that died while it wrote a claim leaves one that anybody can take', () => {
	const shards = new Shards(8);
	const words = new Int32Array(shards.memory);
	const [dead, one] = [shards.open(0), shards.open(1)];
	dead.claim(key, nowTicks);
	const { place } = dead;
	// As if it had come no further than the holder: the rest is of an earlier claim, or nothing.
	words.fill(0, claimOffset(place), claimOffset(place) + 60);
	shards.kill(0);
	assert.equal(one.claim(key, nowTicks), owned);
	assert.equal(one.release(one.place, one.generation), 0);
});

test('a claim that a living shard has forgotten is taken over after ten seconds, by itself too', () => {
	const shards = new Shards();
	const [one, two, three] = [0, 1, 2].map((shard) => shards.open(shard));
	one.claim(key, nowTicks);
	const { place, generation } = one;
	two.claim(key, nowTicks);
	assert.equal(three.claim(key, nowTicks + 100), joined, 'ten seconds old: still believed');
	assert.equal(three.claim(key, nowTicks + 101), owned);
	assert.equal(three.tookOver, true);
	assert.deepEqual([three.place, three.generation], [place, generation]);
	assert.equal(one.release(place, generation), 0, 'no longer its own');
	assert.equal(two.isHeld(place, generation), true);
	assert.equal(three.release(place, generation), (1 << 1) | (1 << 2), 'who waited is owed the answer');
	one.claim(key, nowTicks);
	assert.equal(one.claim(key, nowTicks + 101), owned, 'its own as well');
});

test('in a full group a forgotten claim gives its place to another key', () => {
	const shards = new Shards(8);
	const one = shards.open(0);
	for (let i = 0; i < 8; i++) assert.equal(one.claim(keyOf(`n${i}.example.`), nowTicks), owned);
	const another = keyOf('another.example.');
	assert.equal(one.claim(another, nowTicks + 100), none);
	assert.equal(one.claim(another, nowTicks + 101), owned);
});
