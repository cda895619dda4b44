/** Goal: large answers are found like others and never take more than their octets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answer } from '../../../src/cache/answer.ts';
import { LargeAnswers } from '../../../src/cache/large-answers.ts';
import { entryKind } from '../../../src/cache/layout.ts';
import { answerOf, keyOf } from './support.ts';

const key = keyOf('big.example.');
const now = 1000;

function found(store: LargeAnswers, of = key, at = now, stale = 0): Answer | undefined {
	const answer = new Answer();
	return store.lookup(of, at, stale, answer) ? answer : undefined;
}

test('a large answer comes back with every field, and does not change with the octets it was made from', () => {
	const store = new LargeAnswers(1 << 20);
	const stored = answerOf(entryKind.positive, 100, 9, 20_000);
	stored.bodyStart = 0;
	stored.flags = 0x20;
	stored.extendedRcode = 1;
	[stored.answerCount, stored.authorityCount, stored.additionalCount] = [3, 2, 1];
	stored.ttlOffsets.set([2, 20, 200, 2000, 10_000, 19_000]);
	store.insert(key, stored, now);
	stored.octets.fill(0);
	stored.ttlOffsets.fill(0);
	const answer = found(store, key, now + 25)!;
	assert.ok(
		answer.octets
			.subarray(answer.bodyStart, answer.bodyStart + answer.bodyBytes)
			.every((octet) => octet === 9),
	);
	assert.equal(answer.bodyBytes, 20_000);
	assert.deepEqual([...answer.ttlOffsets.subarray(0, 6)], [2, 20, 200, 2000, 10_000, 19_000]);
	assert.deepEqual([answer.answerCount, answer.authorityCount, answer.additionalCount], [3, 2, 1]);
	assert.deepEqual([answer.flags, answer.extendedRcode, answer.kind], [0x20, 1, entryKind.positive]);
	assert.deepEqual([answer.storedAtTicks, answer.lifetimeTicks, answer.ageSec], [now, 100, 2]);
});

test('an answer is found until it expires, and as stale as long as the caller allows', () => {
	const store = new LargeAnswers(1 << 20);
	store.insert(key, answerOf(entryKind.positive, 100, 9, 5000), now);
	for (const [at, stale, there] of [
		[now + 99, 0, true],
		[now + 100, 0, false],
		[now + 100, 10, true],
		[now + 109, 10, true],
		[now + 110, 10, false],
	] as const) {
		assert.equal(found(store, key, at, stale) !== undefined, there, `${at} ${stale}`);
	}
});

test('only the very key finds it', () => {
	const store = new LargeAnswers(1 << 20);
	store.insert(key, answerOf(entryKind.positive, 100, 9, 5000), now);
	const others = [{ qtype: 28 }, { flags: 1 }, { block: 1 }].map((options) => keyOf('big.example.', options));
	for (const other of [...others, keyOf('bih.example.'), keyOf('example.')])
		assert.equal(found(store, other), undefined);
});

test('the octets kept stay below the bound, the youngest survive', () => {
	const store = new LargeAnswers(100_000);
	for (let i = 0; i < 50; i++) store.insert(keyOf(`n${i}.`), answerOf(entryKind.positive, 100, i, 9000), now);
	const kept = Array.from({ length: 50 }, (_, i) => i).filter(
		(i) => found(store, keyOf(`n${i}.`)) !== undefined,
	);
	assert.ok(kept.length * 9000 <= 100_000 && kept.length >= 9, `${kept.length} kept`);
	assert.equal(kept.at(-1), 49);
});

test('an answer above the bound is not stored and drives nothing out', () => {
	const store = new LargeAnswers(40_000);
	store.insert(key, answerOf(entryKind.positive, 100, 9, 20_000), now);
	store.insert(keyOf('other.'), answerOf(entryKind.positive, 100, 9, 50_000), now);
	assert.equal(found(store, keyOf('other.')), undefined);
	assert.ok(found(store));
});

test('with no octets nothing is stored', () => {
	const store = new LargeAnswers(0);
	store.insert(key, answerOf(entryKind.positive, 100, 9, 5000), now);
	assert.equal(store.isEmpty, true);
});

test('what is removed is gone, and nothing else', () => {
	const store = new LargeAnswers(1 << 20);
	const other = keyOf('other.');
	store.insert(key, answerOf(entryKind.positive, 100, 9, 5000), now);
	store.insert(other, answerOf(entryKind.positive, 100, 9, 5000), now);
	store.remove(key);
	assert.equal(found(store), undefined);
	assert.ok(found(store, other));
});
