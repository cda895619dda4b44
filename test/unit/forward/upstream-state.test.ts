/** Goal: what one shard learns about an upstream every shard knows, and a dead shard leaves nothing behind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WriterIdentity } from '../../../src/cache/seqlock.ts';
import {
	createUpstreamMemory,
	Outstanding,
	UpstreamStates,
	upstreamStride,
} from '../../../src/forward/upstream-state.ts';

function shards(
	count: number,
	forwards = 3,
): { states: UpstreamStates[]; epochs: Int32Array; memory: SharedArrayBuffer } {
	const epochs = new Int32Array(new SharedArrayBuffer(4 * count));
	const memory = createUpstreamMemory(forwards);
	const states = Array.from(
		{ length: count },
		(_, shard) => new UpstreamStates(memory, new WriterIdentity(epochs, shard)),
	);
	return { states, epochs, memory };
}

test('failures in a row are counted over all shards, and forgotten by one success', () => {
	const [one, other] = shards(2).states;
	assert.equal(one.failed(17), 1);
	assert.equal(other.failed(17), 2);
	assert.equal(one.failures(17), 2);
	assert.equal(one.failures(16), 0);
	assert.equal(other.succeeded(17), 2);
	assert.equal(other.succeeded(17), 0);
	assert.equal(one.failures(17), 0);
});

test('an upstream is down after more than max_fails failures; with 0 never', () => {
	const [states] = shards(1).states;
	for (const [failures, maxFails, down] of [
		[0, 2, false],
		[2, 2, false],
		[3, 2, true],
		[3, 0, false],
	] as const) {
		states.forget(1);
		for (let i = 0; i < failures; i++) states.failed(1);
		assert.equal(states.isDown(1, maxFails), down, `${failures} of ${maxFails}`);
	}
});

test('one shard probes at a time', () => {
	const [one, other] = shards(2).states;
	assert.equal(one.startProbing(3), true);
	assert.equal(one.startProbing(3), false, 'it does already');
	assert.equal(other.startProbing(3), false);
	assert.equal(other.startProbing(4), true, 'another upstream');
	other.stopProbing(3);
	assert.equal(other.startProbing(3), false, 'only who probes can stop');
	one.stopProbing(3);
	assert.equal(other.startProbing(3), true);
});

test('the probe of a dead shard is taken over, once', () => {
	const { states, epochs, memory } = shards(2);
	assert.equal(states[0].startProbing(3), true);
	Atomics.add(epochs, 0, 1);
	assert.equal(states[1].startProbing(3), true);
	const successor = new UpstreamStates(memory, new WriterIdentity(epochs, 0));
	assert.equal(successor.startProbing(3), false);
	states[0].stopProbing(3);
	assert.equal(successor.startProbing(3), false, 'the dead one has nothing to give up');
});

test('an upstream that refused EDNS is asked without it for ten minutes', () => {
	const [one, other] = shards(2).states;
	assert.equal(one.refusesEdns(5, 100), false);
	one.setRefusesEdns(5, 100);
	assert.equal(other.refusesEdns(5, 100 + 5999), true);
	assert.equal(other.refusesEdns(5, 100 + 6000), false);
	assert.equal(other.refusesEdns(6, 100), false);
});

test('what was known is forgotten when the number belongs to another address', () => {
	const [states] = shards(1).states;
	states.failed(5);
	states.setRefusesEdns(5, 100);
	states.forget(5);
	assert.deepEqual([states.failures(5), states.refusesEdns(5, 100)], [0, false]);
});

test('turns go round over all shards, each forward its own', () => {
	const [one, other] = shards(2).states;
	assert.deepEqual([one.nextTurn(0), other.nextTurn(0), one.nextTurn(0), other.nextTurn(1)], [0, 1, 2, 0]);
});

test('the last forward’s last upstream lies in the memory', () => {
	const [states] = shards(1, 2).states;
	const last = upstreamStride + 14;
	assert.equal(states.failed(last), 1);
	assert.equal(states.failures(last), 1);
});

function counters(count: number, forwards = 2): { shards: Outstanding[]; memory: SharedArrayBuffer } {
	const memory = Outstanding.createMemory(forwards, count);
	return {
		memory,
		shards: Array.from({ length: count }, (_, shard) => new Outstanding(memory, count, shard)),
	};
}

test('max_concurrent holds over all shards and is exact', () => {
	const [one, other] = counters(2).shards;
	assert.deepEqual(
		[one.tryAdd(0, 2), other.tryAdd(0, 2), one.tryAdd(0, 2), other.tryAdd(0, 2)],
		[true, true, false, false],
	);
	assert.equal(one.count(0), 2, 'what was refused is not counted');
	assert.equal(one.tryAdd(1, 2), true, 'another forward');
	other.remove(0);
	assert.equal(one.tryAdd(0, 2), true);
});

test('without a limit everything is counted and nothing refused', () => {
	const [one] = counters(1).shards;
	for (let i = 0; i < 5000; i++) assert.equal(one.tryAdd(0, 0), true);
	assert.equal(one.count(0), 5000);
});

test('what a dead shard had under way is struck off, of every forward, and nothing else', () => {
	const { shards: all, memory } = counters(3);
	for (const shard of all) for (const forward of [0, 1]) shard.tryAdd(forward, 0);
	Outstanding.clearShard(memory, 3, 1);
	assert.deepEqual([all[0].count(0), all[0].count(1)], [2, 2]);
	all[0].remove(0);
	assert.equal(all[2].count(0), 1);
});
