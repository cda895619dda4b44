/** Goal: a flush takes what its scope names, all of it, and nothing else, whatever the bucket's state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlushScope } from '../../../src/cache/flush-scope.ts';
import { CacheFlusher, nothingFlushed } from '../../../src/cache/flusher.ts';
import { cutType } from '../../../src/cache/key.ts';
import { LargeAnswers } from '../../../src/cache/large-answers.ts';
import { entryKind } from '../../../src/cache/layout.ts';
import { found } from '../../../src/cache/reader.ts';
import { acquireWrite, WriterIdentity } from '../../../src/cache/seqlock.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { answerOf, type KeyOptions, keyOf, openCache, type TestCache } from './support.ts';

const nowTicks = 1000;

function scope(name: string | undefined, more: Partial<FlushScope> = {}): FlushScope {
	const wire = name === undefined ? undefined : nameToWire(name);
	return { name: wire, below: false, qtype: undefined, blocks: undefined, ...more };
}

function flusherOf({ words, layout, epochs }: TestCache): CacheFlusher {
	return new CacheFlusher(words, layout, new WriterIdentity(epochs, 1));
}

const entries: readonly { id: string; name: string; kind: number; options?: KeyOptions }[] = [
	{ id: 'a', name: 'svc.ns.example.', kind: entryKind.positive },
	{ id: 'aaaa', name: 'svc.ns.example.', kind: entryKind.negative, options: { qtype: rrType.AAAA } },
	{ id: 'srv', name: 'svc.ns.example.', kind: entryKind.failure, options: { qtype: rrType.SRV } },
	{ id: 'do', name: 'svc.ns.example.', kind: entryKind.positive, options: { flags: 1 } },
	{ id: 'cd', name: 'svc.ns.example.', kind: entryKind.positive, options: { flags: 2 } },
	{ id: 'block 1', name: 'svc.ns.example.', kind: entryKind.positive, options: { block: 1 } },
	{ id: 'cut', name: 'svc.ns.example.', kind: entryKind.negative, options: { qtype: cutType } },
	{ id: 'below', name: 'x.svc.ns.example.', kind: entryKind.positive },
	{ id: 'cut above', name: 'ns.example.', kind: entryKind.negative, options: { qtype: cutType } },
	{ id: 'above', name: 'ns.example.', kind: entryKind.positive },
	{ id: 'beside', name: 'xsvc.ns.example.', kind: entryKind.positive },
	{ id: 'cut beside', name: 'beside.ns.example.', kind: entryKind.negative, options: { qtype: cutType } },
	{ id: 'longer label', name: 'vc.ns.example.', kind: entryKind.positive },
	{ id: 'root', name: '.', kind: entryKind.positive },
];

const ofName = ['a', 'aaaa', 'srv', 'do', 'cd', 'block 1', 'cut', 'cut above'];

const rows: readonly { what: string; scope: FlushScope; gone: readonly string[] }[] = [
	{
		what: 'a name: all its types, flags, blocks and kinds, and what denies it from above',
		scope: scope('svc.ns.example.'),
		gone: ofName,
	},
	{
		what: 'a suffix: the names below too, at whole labels',
		scope: scope('svc.ns.example.', { below: true }),
		gone: [...ofName, 'below'],
	},
	{
		what: 'a suffix above all of them',
		scope: scope('ns.example.', { below: true }),
		gone: entries.map(({ id }) => id).filter((id) => id !== 'root'),
	},
	{
		what: 'a type: denials of all types go with it',
		scope: scope('svc.ns.example.', { qtype: rrType.AAAA }),
		gone: ['aaaa', 'cut', 'cut above'],
	},
	{ what: 'a block', scope: scope('svc.ns.example.', { blocks: [1, 7] }), gone: ['block 1'] },
	{ what: 'a name that nothing is kept of', scope: scope('nothing.example.'), gone: [] },
	{ what: 'the root alone', scope: scope('.'), gone: ['root'] },
	{ what: 'everything', scope: scope(undefined), gone: entries.map(({ id }) => id) },
	{ what: 'everything of one block', scope: scope(undefined, { blocks: [1] }), gone: ['block 1'] },
	{
		what: 'everything below the root',
		scope: scope('.', { below: true }),
		gone: entries.map(({ id }) => id),
	},
];

for (const row of rows) {
	test(`a flush of ${row.what}`, () => {
		const cache = openCache({ sizeBytes: 5 * 8192 });
		for (const { name, kind, options } of entries) {
			assert.ok(cache.writer.insert(keyOf(name, options), answerOf(kind, 500, 7), nowTicks, false));
		}
		const flusher = flusherOf(cache);
		const flushed = nothingFlushed();
		for (let bucket = 0; bucket < flusher.bucketCount; bucket++) {
			assert.ok(flusher.flush(bucket, row.scope, flushed));
		}
		const left = entries.filter(
			({ name, options }) => cache.find(keyOf(name, options), nowTicks).result !== found.nothing,
		);
		const expected = entries.filter(({ id }) => !row.gone.includes(id));
		assert.deepEqual(
			left.map(({ id }) => id),
			expected.map(({ id }) => id),
		);
		const gone = entries.filter(({ id }) => row.gone.includes(id));
		const counted = (kind: number): number =>
			gone.filter((entry) => entry.kind === kind && entry.options?.qtype !== cutType).length;
		assert.deepEqual(flushed, {
			positive: counted(entryKind.positive),
			negative: counted(entryKind.negative),
			failure: counted(entryKind.failure),
			cut: gone.filter(({ options }) => options?.qtype === cutType).length,
		});
	});
}

test('a flush of large answers takes the same', () => {
	for (const row of rows) {
		const large = new LargeAnswers(1 << 20);
		for (const { name, kind, options } of entries) {
			large.insert(keyOf(name, options), answerOf(kind, 500, 7, 5000), nowTicks);
		}
		assert.equal(large.flush(row.scope), row.gone.length, row.what);
		for (const { id, name, options } of entries) {
			const there = large.lookup(keyOf(name, options), nowTicks, 0, answerOf(0, 0, 0));
			assert.equal(there, !row.gone.includes(id), `${row.what}: ${id}`);
		}
	}
});

test('a bucket that another writer holds is not flushed, and can be when it is free again', () => {
	const cache = openCache();
	const key = keyOf('www.example.');
	cache.writer.insert(key, answerOf(entryKind.positive, 500, 7), nowTicks, false);
	acquireWrite(cache.words, 0, new WriterIdentity(cache.epochs, 2));
	const flusher = flusherOf(cache);
	const flushed = nothingFlushed();
	assert.equal(flusher.flush(0, scope('www.example.'), flushed), false);
	assert.deepEqual(flushed, nothingFlushed());
	// It died inside: what it left may be half-written, so the bucket is made empty.
	Atomics.add(cache.epochs, 2, 1);
	assert.equal(flusher.flush(0, scope('www.example.'), flushed), true);
	assert.equal(cache.find(key, nowTicks).result, found.nothing);
	assert.ok(cache.writer.insert(key, answerOf(entryKind.positive, 500, 9), nowTicks, false));
	assert.equal(cache.find(key, nowTicks).fill, 9);
});

test('a bucket without anything in scope is left alone: its sequence number stays', () => {
	const cache = openCache();
	cache.writer.insert(keyOf('www.example.'), answerOf(entryKind.positive, 500, 7), nowTicks, false);
	const before = cache.words[0];
	assert.ok(flusherOf(cache).flush(0, scope('other.example.'), nothingFlushed()));
	assert.equal(cache.words[0], before);
});
