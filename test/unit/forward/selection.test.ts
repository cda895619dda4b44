/** Goal: which upstream is asked first, and next, by policy and by what is known about them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WriterIdentity } from '../../../src/cache/seqlock.ts';
import {
	firstPlace,
	newTries,
	nextUpstream,
	type SelectableForward,
} from '../../../src/forward/selection.ts';
import { createUpstreamMemory, UpstreamStates, upstreamStride } from '../../../src/forward/upstream-state.ts';
import { seededRandom } from '../../../src/util/random.ts';

const number = 2;
const base = number * upstreamStride;

function forwardOf(count: number, changes: Partial<SelectableForward> = {}): SelectableForward {
	return { number, count, policy: 'sequential', maxFails: 2, failfast: false, ...changes };
}

function statesWithDown(...places: number[]): UpstreamStates {
	const epochs = new Int32Array(new SharedArrayBuffer(4));
	const states = new UpstreamStates(createUpstreamMemory(3), new WriterIdentity(epochs, 0));
	for (const place of places) for (let i = 0; i < 3; i++) states.failed(base + place);
	return states;
}

function firsts(forward: SelectableForward, count: number): number[] {
	const states = statesWithDown();
	const random = seededRandom(1);
	return Array.from({ length: count }, () => firstPlace(forward, states, random));
}

/** The places that are tried one after another until none is left. */
function order(
	forward: SelectableForward,
	states: UpstreamStates,
	start: number,
	maxTries: number,
): number[] {
	const tries = newTries();
	const random = seededRandom(1);
	const places: number[] = [];
	for (;;) {
		const upstream = nextUpstream(forward, states, tries, start, maxTries, random);
		if (upstream < 0) return places;
		assert.ok(places.length < 100);
		tries[upstream - base]++;
		places.push(upstream - base);
	}
}

test('sequential begins with the first, always', () =>
	assert.deepEqual(firsts(forwardOf(3), 4), [0, 0, 0, 0]));

test('round_robin begins with each in turn', () => {
	assert.deepEqual(firsts(forwardOf(3, { policy: 'round_robin' }), 7), [0, 1, 2, 0, 1, 2, 0]);
});

test('random begins with each equally often', () => {
	const counts = [0, 0, 0];
	for (const place of firsts(forwardOf(3, { policy: 'random' }), 3000)) counts[place]++;
	for (const count of counts) assert.ok(count > 850 && count < 1150, `${counts}`);
});

test('with one upstream, or none, every policy begins with the first place', () => {
	for (const policy of ['random', 'round_robin', 'sequential'] as const) {
		for (const count of [0, 1]) assert.deepEqual(firsts(forwardOf(count, { policy }), 2), [0, 0]);
	}
});

test('each upstream gets its turn, from the first place round the list, the least tried first', () => {
	assert.deepEqual(order(forwardOf(3), statesWithDown(), 0, 2), [0, 1, 2, 0, 1, 2]);
	assert.deepEqual(order(forwardOf(3), statesWithDown(), 2, 2), [2, 0, 1, 2, 0, 1]);
	assert.deepEqual(order(forwardOf(1), statesWithDown(), 0, 3), [0, 0, 0]);
});

test('one that is down is tried when all others are used up', () => {
	assert.deepEqual(order(forwardOf(3), statesWithDown(0), 0, 1), [1, 2, 0]);
	assert.deepEqual(order(forwardOf(2), statesWithDown(1), 1, 2), [0, 0, 1, 1]);
});

test('when all are down one of them is tried at random; with failfast none is', () => {
	const forward = forwardOf(3);
	const seen = new Set<number>();
	const random = seededRandom(3);
	for (let i = 0; i < 100; i++)
		seen.add(nextUpstream(forward, statesWithDown(0, 1, 2), newTries(), 0, 1, random) - base);
	assert.deepEqual([...seen].sort(), [0, 1, 2]);
	assert.deepEqual(order(forward, statesWithDown(0, 1, 2), 0, 1).sort(), [0, 1, 2]);
	assert.deepEqual(order(forwardOf(3, { failfast: true }), statesWithDown(0, 1, 2), 0, 1), []);
	assert.deepEqual(order(forwardOf(3, { failfast: true }), statesWithDown(0), 0, 1), [1, 2]);
});

test('with max_fails 0 nobody is down', () => {
	assert.deepEqual(order(forwardOf(2, { maxFails: 0 }), statesWithDown(0, 1), 0, 1), [0, 1]);
});

test('a forward without upstreams gives none', () =>
	assert.deepEqual(order(forwardOf(0), statesWithDown(), 0, 3), []));

test('no upstream is tried more often than allowed', () => {
	for (const maxTries of [1, 2, 3]) {
		const places = order(forwardOf(15), statesWithDown(3, 7), 5, maxTries);
		assert.equal(places.length, 15 * maxTries);
	}
});
