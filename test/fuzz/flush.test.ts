/**
 * Goal: a flush takes exactly what it names, whatever is in the cache, and leaves the cache in order.
 * Method: random insertions and flushes beside a slow model: a list of keys with their names as text. Before and after
 * each flush every key is looked up; a key in scope must be gone, any other must give what it gave. What the flush
 * counted must be what the cache has fewer of.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FlushScope } from '../../src/cache/flush-scope.ts';
import { CacheFlusher, nothingFlushed } from '../../src/cache/flusher.ts';
import { type CacheKey, cutType } from '../../src/cache/key.ts';
import { entryKind } from '../../src/cache/layout.ts';
import { WriterIdentity } from '../../src/cache/seqlock.ts';
import { nameToWire } from '../../src/wire/presentation.ts';
import { answerOf, keyOf, openCache } from '../unit/cache/support.ts';
import { fuzz } from './time-box.ts';

const labels = ['a', 'b', 'aa', 'x'.repeat(40)];
const types = [cutType, 1, 28];

const name = fc
	.array(fc.constantFrom(...labels), { maxLength: 4 })
	.map((parts) => parts.map((part) => `${part}.`).join('') || '.');

interface Insert {
	readonly do: 'insert';
	readonly name: string;
	readonly qtype: number;
	readonly flags: number;
	readonly block: number;
	readonly kind: number;
	readonly bodyBytes: number;
}

interface Flush {
	readonly do: 'flush';
	readonly name: string | undefined;
	readonly below: boolean;
	readonly qtype: number | undefined;
	readonly blocks: readonly number[] | undefined;
}

const insert: fc.Arbitrary<Insert> = fc.record({
	do: fc.constant('insert' as const),
	name,
	qtype: fc.constantFrom(...types),
	flags: fc.nat(3),
	block: fc.nat(1),
	kind: fc.constantFrom(entryKind.positive, entryKind.negative, entryKind.failure),
	bodyBytes: fc.integer({ min: 16, max: 900 }),
});

const flush: fc.Arbitrary<Flush> = fc.record({
	do: fc.constant('flush' as const),
	name: fc.option(name, { nil: undefined, freq: 5 }),
	below: fc.boolean(),
	qtype: fc.option(fc.constantFrom(1, 28), { nil: undefined }),
	blocks: fc.option(fc.subarray([0, 1]), { nil: undefined }),
});

const step = fc.oneof({ weight: 8, arbitrary: insert }, { weight: 1, arbitrary: flush });

/** By text, and without a look at petrel's own code. */
function inScope(key: Insert, wanted: Flush): boolean {
	if (wanted.blocks !== undefined && !wanted.blocks.includes(key.block)) return false;
	if (key.qtype !== cutType && wanted.qtype !== undefined && key.qtype !== wanted.qtype) return false;
	if (wanted.name === undefined) return true;
	const isBelow = (low: string, high: string): boolean =>
		high === '.' || low === high || low.endsWith(`.${high}`);
	if (wanted.below && isBelow(key.name, wanted.name)) return true;
	return key.qtype === cutType ? isBelow(wanted.name, key.name) : key.name === wanted.name;
}

function keyOfInsert({ name, qtype, flags, block }: Insert): CacheKey {
	return keyOf(name, { qtype, flags, block });
}

test('random flushes of a cache that fills at random, against a model', () => {
	const scenario = fc.tuple(
		fc.array(step, { minLength: 1, maxLength: 300, size: 'max' }),
		fc.integer({ min: 1, max: 3 }),
	);
	fuzz(
		fc.property(scenario, ([steps, buckets]) => {
			const cache = openCache({ sizeBytes: buckets * 8192 });
			const flusher = new CacheFlusher(cache.words, cache.layout, new WriterIdentity(cache.epochs, 1));
			const known = new Map<string, Insert>();
			const look = (key: Insert): string => {
				const { result, fill } = cache.find(keyOfInsert(key), 1000);
				return `${result} ${fill}`;
			};
			for (const [place, each] of steps.entries()) {
				if (each.do === 'insert') {
					const answer = answerOf(each.kind, 500, place % 251, each.bodyBytes);
					assert.ok(cache.writer.insert(keyOfInsert(each), answer, 1000, false));
					known.set(`${each.name} ${each.qtype} ${each.flags} ${each.block}`, each);
					continue;
				}
				const keys = [...known.values()];
				const before = keys.map(look);
				const entriesBefore = cache.writer.usage().entries;
				const scope: FlushScope = {
					...each,
					name: each.name === undefined ? undefined : nameToWire(each.name),
				};
				const flushed = nothingFlushed();
				for (let bucket = 0; bucket < buckets; bucket++) assert.ok(flusher.flush(bucket, scope, flushed));
				for (const [index, key] of keys.entries()) {
					const expected: string = inScope(key, each) ? '0 -1' : before[index];
					assert.equal(look(key), expected, JSON.stringify({ key, each }));
				}
				const entriesAfter = cache.writer.usage().entries;
				const fewer = entriesBefore.reduce((sum, count, kind) => sum + count - entriesAfter[kind], 0);
				const { positive, negative, failure, cut } = flushed;
				assert.equal(positive + negative + failure + cut, fewer);
			}
		}),
	);
});
