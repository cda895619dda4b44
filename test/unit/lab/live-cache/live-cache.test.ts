/**
 * Goal: the laboratory runs the cache that serves, with answers as large as those of the trace. Method: what is found in it
 * against what must be there; its own count of octets against the look of the laboratory; answers parsed as messages.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxSharedBodyBytes } from '../../../../src/cache/layout.ts';
import { NumberedNames } from '../../../../src/lab/generate/numbered-names.ts';
import { AnswerForge, bodyBytesMin, keyOfBody } from '../../../../src/lab/live-cache/lab-answer.ts';
import { LiveCache, type LiveCacheOptions } from '../../../../src/lab/live-cache/live-cache.ts';
import { holding } from '../../../../src/lab/simulate/lab-cache.ts';
import { rrType } from '../../../../src/wire/iana.ts';
import { parseResponse, ResponseView } from '../../../../src/wire/response.ts';

const types = [rrType.A, rrType.AAAA, rrType.TXT];
const names = new NumberedNames(10_000, types);
const minuteMs = 60_000;

function open(options: Partial<LiveCacheOptions> = {}): LiveCache {
	return new LiveCache({ bytes: 1 << 20, names, seed: 1, ...options });
}

test('an answer is found for its time, to a tenth of a second', () => {
	const cache = open({ staleMs: minuteMs });
	assert.equal(cache.find(0, 0), holding.nothing);
	cache.store(0, false, 100, minuteMs, 0);
	const { nothing, fresh, stale, dead } = holding;
	const at = [0, 59_999, 60_000, 119_999, 120_000, 1e9];
	assert.deepEqual(
		at.map((nowMs) => cache.find(0, nowMs)),
		[fresh, fresh, stale, stale, dead, dead],
	);
	assert.equal(cache.find(1, 0), nothing);
	cache.end(0);
	assert.equal(cache.find(0, 0), nothing);
});

test('what never expires is there after years', () => {
	const cache = open();
	cache.store(0, false, 100, Number.POSITIVE_INFINITY, 1e6);
	assert.equal(cache.find(0, 1e6 + 5 * 365 * 86_400_000), holding.fresh);
});

test('answers of every size and type are messages, and tell which key they are to', () => {
	const forge = new AnswerForge();
	const view = new ResponseView();
	const qname = new Uint8Array(300);
	const sizes = fc.integer({ min: bodyBytesMin, max: 5000 });
	fc.assert(
		fc.property(sizes, fc.nat({ max: names.count - 1 }), fc.boolean(), (bytes, key, isDenial) => {
			const answer = forge.make(key, names.qtype(key), isDenial, bytes, minuteMs);
			assert.equal(answer.bodyBytes, bytes);
			assert.equal(answer.isDenial, isDenial);
			assert.equal(keyOfBody(answer.octets, answer.bodyStart), key);
			const questionBytes = names.writeName(key, qname, 0) + 4;
			const message = Buffer.concat([
				Buffer.from([0, 0, 0x81, isDenial ? 0x83 : 0x80, 0, 1]),
				Buffer.from([answer.answerCount >>> 8, answer.answerCount, 0, answer.authorityCount, 0, 0]),
				qname.subarray(0, questionBytes),
				answer.octets.subarray(0, bytes),
			]);
			assert.ok(parseResponse(view, message, 0, message.length, questionBytes));
			assert.equal(view.recordCount, answer.recordCount);
			for (let record = 0; record < view.recordCount; record++) {
				assert.equal(view.ttlAt(record) - view.bodyStart, answer.ttlOffsets[record]);
			}
		}),
		{ numRuns: 300 },
	);
});

test('a body too small for a record is made larger, one too large for the cache is not kept', () => {
	const cache = open();
	cache.store(0, false, 0, minuteMs, 0);
	cache.store(1, false, maxSharedBodyBytes, minuteMs, 0);
	cache.store(2, false, maxSharedBodyBytes + 1, minuteMs, 0);
	assert.deepEqual(
		[0, 1, 2].map((key) => cache.find(key, 0)),
		[holding.fresh, holding.fresh, holding.nothing],
	);
	assert.deepEqual(cache.counts, { stored: 3, evicted: 0, cleaned: 0, notAdmitted: 1 });
});

test('with room for large answers they are kept, and go by their time', () => {
	const cache = open({ largeBytes: 1 << 16, staleMs: minuteMs });
	cache.store(0, false, 100, minuteMs, 0);
	cache.store(0, false, 20_000, minuteMs, 0);
	assert.deepEqual(
		[0, 60_000, 120_000].map((nowMs) => cache.find(0, nowMs)),
		[holding.fresh, holding.stale, holding.nothing],
	);
	cache.end(0);
	assert.equal(cache.find(0, 0), holding.nothing);
	cache.store(0, false, 20_000, minuteMs, 0);
	cache.store(0, false, 100, minuteMs, 0);
	assert.equal(cache.find(0, 0), holding.fresh);
});

test('a look counts what lies in the memory, in all buckets or in some of many', () => {
	const each = 16;
	for (const [bytes, tolerance] of [
		[1 << 20, 0.001],
		[32 << 20, 0.05],
	] as const) {
		const cache = open({ bytes });
		const keys = Math.floor(bytes / 512);
		for (let key = 0; key < keys; key++) {
			cache.store(key, false, each, key % 2 === 0 ? minuteMs : 2 * minuteMs, 0);
		}
		const look = cache.measure(minuteMs, (key) => key < keys / 4);
		const near = (actual: number, expected: number): void =>
			assert.ok(Math.abs(actual / expected - 1) <= tolerance, `${actual} is not ${expected}`);
		near(cache.entries, keys);
		near(look.expiredBytes / look.bytes, 0.5);
		// Names grow by a digit, and entries by words.
		assert.ok(Math.abs(look.onceBytes / look.bytes - 0.25) < 0.02 + tolerance);
		assert.equal(cache.held, look.bytes);
	}
});

test('memory is whole buckets, and what does not fit is evicted', () => {
	const cache = open({ bytes: 20_000 });
	assert.equal(cache.capacityBytes, 16_384);
	for (let key = 0; key < 1000; key++) cache.store(key, false, 60, minuteMs, 0);
	const { bytes } = cache.measure(0, () => false);
	assert.ok(bytes <= 16_384 && bytes > 0.85 * 16_384, `${bytes} octets`);
	assert.equal(cache.entries, 1000 - cache.counts.evicted);
});
