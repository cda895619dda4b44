/**
 * Goal: a set holds the queries that went into it, in order of their times, within its bounds, and threads share it.
 * Method: what comes out is decoded by dns-packet; times against a sort of JavaScript's own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { decode } from 'dns-packet';
import fc from 'fast-check';
import { PetrelError } from '../../../src/util/errors.ts';
import { rrClass, rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import type { EncodedFields } from '../../../src/workload/encode-query.ts';
import type { QuerySet } from '../../../src/workload/query-set.ts';
import { QuerySetBuilder } from '../../../src/workload/query-set-builder.ts';

const plain: EncodedFields = { qclass: rrClass.IN, recursionDesired: true, edns: undefined };

function messages(set: QuerySet): Buffer[] {
	const offsets = new Uint32Array(set.offsets);
	const octets = Buffer.from(new Uint8Array(set.octets));
	return Array.from({ length: set.count }, (_, i) => octets.subarray(offsets[i], offsets[i + 1]));
}

test('a query has ID 0, RD as wanted, one question and, with EDNS, an OPT', () => {
	const builder = new QuerySetBuilder();
	builder.add(nameToWire('WWW.example'), rrType.AAAA, plain);
	builder.add(nameToWire('.'), rrType.TXT, { ...plain, qclass: rrClass.CH, recursionDesired: false });
	builder.add(nameToWire('a.b'), 65_280, { ...plain, edns: { udpPayloadBytes: 1232, dnssecOk: true } });
	const [first, second, third] = messages(builder.finish()).map((message) => decode(message));
	assert.deepEqual(
		[first.id, first.flags, first.questions, first.additionals],
		[0, 0x100, [{ name: 'WWW.example', type: 'AAAA', class: 'IN' }], []],
	);
	assert.deepEqual([second.flags, second.questions], [0, [{ name: '.', type: 'TXT', class: 'CH' }]]);
	assert.equal(third.questions![0].type, 'UNKNOWN_65280');
	const opt = third.additionals![0] as unknown as Record<string, unknown>;
	assert.deepEqual([opt.type, opt.udpPayloadSize, opt.flag_do, opt.options], ['OPT', 1232, true, []]);
});

test('many queries of all lengths come out as they went in', () => {
	const names = Array.from({ length: 5000 }, (_, i) => `${'l'.repeat(1 + (i % 63))}.n${i}.example`);
	const builder = new QuerySetBuilder();
	for (const name of names) builder.add(nameToWire(name), rrType.A, plain);
	const set = builder.finish();
	assert.equal(set.dueMs, undefined);
	assert.deepEqual(
		messages(set).map((message) => decode(message).questions![0].name),
		names,
	);
});

test('a full set says what its limit is', () => {
	const few = new QuerySetBuilder({ queries: 2, bytes: 1000 });
	for (let i = 0; i < 2; i++) few.add(nameToWire('a'), rrType.A, plain);
	assert.throws(
		() => few.add(nameToWire('a'), rrType.A, plain),
		(error) => error instanceof PetrelError && /more than 2 queries/.test(error.message),
	);
	assert.equal(few.finish().count, 2);
	const small = new QuerySetBuilder({ queries: 1_000_000, bytes: 2 ** 20 });
	const name = nameToWire(`${'a'.repeat(63)}.b`);
	assert.throws(() => {
		for (;;) small.add(name, rrType.A, plain);
	}, /more than 1 MiB/);
	assert.equal(small.count, Math.floor(2 ** 20 / (16 + name.length)));
});

test('a name that is too long is refused', () => {
	const builder = new QuerySetBuilder();
	assert.throws(() => builder.add(new Uint8Array(256), rrType.A, plain), /256 octets; 1 to 255/);
	assert.throws(() => builder.add(new Uint8Array(0), rrType.A, plain), /0 octets/);
});

test('queries are put in the order of their times, and those of one time stay in theirs', () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 50 }), (times) => {
			const builder = new QuerySetBuilder();
			times.forEach((ms, i) => {
				builder.add(nameToWire(`n${i}`), rrType.A, plain, 1.5e12 + ms);
			});
			const set = builder.finish();
			const expected = times.map((ms, i) => ({ ms, i })).sort((a, b) => a.ms - b.ms);
			const dueMs = new Float64Array(set.dueMs!);
			assert.deepEqual(
				messages(set).map((message, i) => [decode(message).questions![0].name, dueMs[i]]),
				expected.map(({ ms, i }) => [`n${i}`, ms - expected[0].ms]),
			);
		}),
	);
});

test('a clone is the same memory', () => {
	const builder = new QuerySetBuilder();
	builder.add(nameToWire('a.example'), rrType.A, plain, 5);
	const set = builder.finish();
	const { port1, port2 } = new MessageChannel();
	port1.postMessage(set);
	const clone: QuerySet = receiveMessageOnPort(port2)!.message;
	port1.close();
	new Uint8Array(set.octets)[13] = 'b'.charCodeAt(0);
	assert.equal(decode(messages(clone)[0]).questions![0].name, 'b.example');
});
