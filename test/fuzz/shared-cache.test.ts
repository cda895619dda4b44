/**
 * Goal: whatever is stored, replaced, evicted and looked up, what is found for a key is what was last stored for it,
 * whole, or nothing; and the cache stays inside its octets.
 * Method: random operations on a cache of one to three buckets beside a `Map`. The model knows everything that was
 * stored and not replaced; eviction may have taken any of it, so a look-up must give what one of the subsets gives.
 * Some of the keys have equal hashes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CacheKey } from '../../src/cache/key.ts';
import { entryKind, maxSharedBodyBytes } from '../../src/cache/layout.ts';
import { found } from '../../src/cache/reader.ts';
import { answerOf, keyOf, openCache, type TestCache } from '../unit/cache/support.ts';
import { fuzz } from './time-box.ts';

const { positive, negative, failure } = entryKind;
const keyCount = 60;

type Operation =
	| {
			readonly do: 'insert';
			key: number;
			kind: number;
			lifetime: number;
			bodyBytes: number;
			keepPositive: boolean;
	  }
	| { readonly do: 'look'; key: number; stale: number }
	| { readonly do: 'remove'; key: number }
	| { readonly do: 'wait'; ticks: number };

const key = fc.nat(keyCount - 1);
const operation: fc.Arbitrary<Operation> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			do: fc.constant('insert' as const),
			key,
			kind: fc.constantFrom(positive, positive, negative, failure),
			lifetime: fc.integer({ min: 1, max: 200 }),
			bodyBytes: fc.oneof(
				{ weight: 6, arbitrary: fc.integer({ min: 16, max: 120 }) },
				{ weight: 2, arbitrary: fc.integer({ min: 16, max: 1200 }) },
				{ weight: 1, arbitrary: fc.integer({ min: 3000, max: maxSharedBodyBytes + 2 }) },
			),
			keepPositive: fc.boolean(),
		}),
	},
	{
		weight: 6,
		arbitrary: fc.record({ do: fc.constant('look' as const), key, stale: fc.constantFrom(0, 50, 500) }),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), key }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ticks: fc.nat(60) }) },
);

interface Entry {
	readonly kind: number;
	readonly fill: number;
	readonly bodyBytes: number;
	readonly expiresAt: number;
}

/** What a look-up gives if exactly these entries stand for the key: [result, fill]. */
function chosen(entries: readonly Entry[], nowTicks: number, stale: number): string {
	const [p, n, f] = [positive, negative, failure].map((kind) => entries.find((entry) => entry.kind === kind));
	const isFresh = (entry: Entry | undefined): boolean => entry !== undefined && nowTicks < entry.expiresAt;
	const isStale = (entry: Entry | undefined): boolean => {
		return entry !== undefined && nowTicks < entry.expiresAt + stale;
	};
	if (isFresh(p)) return `${found.fresh} ${p?.fill}`;
	if (isStale(p)) return `${isFresh(f) || isFresh(n) ? found.staleHeld : found.stale} ${p?.fill}`;
	if (isFresh(n)) return `${found.fresh} ${n?.fill}`;
	if (isStale(n)) return `${isFresh(f) ? found.staleHeld : found.stale} ${n?.fill}`;
	if (isFresh(f)) return `${found.failure} ${f?.fill}`;
	return `${found.nothing} -`;
}

function subsets(entries: readonly Entry[]): Entry[][] {
	return Array.from({ length: 2 ** entries.length }, (_, bits) =>
		entries.filter((_entry, index) => bits & (1 << index)),
	);
}

class Model {
	readonly #entries = new Map<number, Entry[]>();
	readonly #inserted = new Map<number, number>();

	/** What the next answer for a key is filled with: other octets than any that may still stand for it. */
	nextFill(key: number): number {
		const count = this.#inserted.get(key) ?? 0;
		this.#inserted.set(key, count + 1);
		return count % 251;
	}

	of(key: number): Entry[] {
		return this.#entries.get(key) ?? [];
	}

	insert(key: number, entry: Entry, keepPositive: boolean): void {
		const survives = (old: Entry): boolean => {
			if (entry.kind === failure) return old.kind !== failure;
			return entry.kind === negative && keepPositive && old.kind === positive;
		};
		this.#entries.set(key, [...this.of(key).filter(survives), entry]);
	}

	remove(key: number): void {
		this.#entries.delete(key);
	}
}

/** Every fifth key has the hash of the one before it. */
const keys: CacheKey[] = Array.from({ length: keyCount }, (_, index) =>
	keyOf(`n${index}.${'x'.repeat(index % 40)}a.example.`),
);
for (let index = 5; index < keyCount; index += 5) {
	keys[index].hashHigh = keys[index - 1].hashHigh;
	keys[index].hashLow = keys[index - 1].hashLow;
}

function look(
	cache: TestCache,
	index: number,
	nowTicks: number,
	stale: number,
	candidates: readonly Entry[],
): string {
	const { result, answer, fill } = cache.find(keys[index], nowTicks, stale);
	if (result === found.nothing) return `${result} -`;
	const entry = candidates.find((candidate) => candidate.fill === fill);
	assert.ok(entry, 'an answer that was never stored for this key, or was replaced');
	assert.equal(answer.kind, entry.kind);
	assert.equal(answer.bodyBytes, entry.bodyBytes);
	const body = answer.octets.subarray(answer.bodyStart, answer.bodyStart + answer.bodyBytes);
	assert.ok(
		body.every((octet) => octet === fill),
		'not every octet is of this answer',
	);
	return `${result} ${fill}`;
}

test('random operations on the shared cache against a map', () => {
	const scenario = fc.tuple(
		fc.array(operation, { minLength: 1, maxLength: 400, size: 'max' }),
		fc.integer({ min: 1, max: 3 }),
		fc.constantFrom(0, 500),
	);
	fuzz(
		fc.property(scenario, ([operations, buckets, longestStaleTicks]) => {
			const cache = openCache({ sizeBytes: buckets * 8192, longestStaleTicks });
			const model = new Model();
			let nowTicks = 1000;
			for (const step of operations) {
				if (step.do === 'wait') nowTicks += step.ticks;
				else if (step.do === 'remove') {
					cache.writer.remove(keys[step.key]);
					model.remove(step.key);
				} else if (step.do === 'insert') {
					const { kind, lifetime, bodyBytes, keepPositive } = step;
					const fill = model.nextFill(step.key);
					const answer = answerOf(kind, lifetime, fill, bodyBytes);
					const stored = cache.writer.insert(keys[step.key], answer, nowTicks, keepPositive);
					assert.equal(stored, bodyBytes <= maxSharedBodyBytes);
					if (!stored) continue;
					const entry = { kind, fill, bodyBytes, expiresAt: nowTicks + lifetime };
					model.insert(step.key, entry, keepPositive);
					const possible = subsets(model.of(step.key)).filter((subset) => subset.includes(entry));
					const expected = new Set(possible.map((subset) => chosen(subset, nowTicks, 0)));
					const got = look(cache, step.key, nowTicks, 0, model.of(step.key));
					assert.ok(expected.has(got), `just stored: found ${got}, not one of ${[...expected]}`);
				} else {
					const entries = model.of(step.key);
					const expected = new Set(subsets(entries).map((subset) => chosen(subset, nowTicks, step.stale)));
					const got = look(cache, step.key, nowTicks, step.stale, entries);
					assert.ok(expected.has(got), `found ${got}, not one of ${[...expected]}`);
				}
			}
			const { usedBytes, entries } = cache.writer.usage();
			assert.ok(usedBytes <= cache.layout.sizeBytes, `${usedBytes} octets`);
			assert.ok(entries.every((count) => count <= keyCount));
			assert.equal(cache.events.gaveUp, 0);
		}),
	);
});
