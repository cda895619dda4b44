/**
 * Goal: a source keeps to the words of the interface: numbers stand for queries, always the same; a reply is known by its
 * question and by nothing else. Method: properties over all kinds of workloads.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { headerBytes } from '../../../src/wire/header.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { openSource } from '../../../src/workload/open-source.ts';
import { planTrace } from '../../../src/workload/plan-trace.ts';
import { planWorkload } from '../../../src/workload/plan-workload.ts';
import { maxQueryBytes } from '../../../src/workload/query-source.ts';
import type { Workload } from '../../../src/workload/workload.ts';
import { alone, messageOf, questionOf, take, traceQuery } from './support.ts';

const both = [rrType.A, rrType.AAAA];
const edns = { udpPayloadBytes: 1232, dnssecOk: true };
const search = { domains: ['a.test', 'b.test'], ndots: 5, found: [] };

const workloads: Readonly<Record<string, Workload>> = {
	'in order': planWorkload({ names: 10, types: both }),
	'in order, once': planWorkload({ names: 10, draw: { kind: 'in-order', repeat: false } }),
	'even draws': planWorkload({ names: 10, draw: { kind: 'uniform' }, edns }),
	Zipf: planWorkload({ names: 1000, types: both, draw: { kind: 'zipf', exponent: 1 } }),
	'a hit ratio': planWorkload({ names: 10, types: both, draw: { kind: 'hit-ratio', hitRatio: 0.5 }, edns }),
	'a label in front': planWorkload({ names: 10, types: both, prefix: true, edns }),
	'a label in front, once': planWorkload({
		names: 10,
		prefix: true,
		draw: { kind: 'in-order', repeat: false },
	}),
	'a label in front of even draws': planWorkload({ names: 10, prefix: true, draw: { kind: 'uniform' } }),
	'a label in front of Zipf': planWorkload({
		names: 100,
		types: both,
		prefix: true,
		draw: { kind: 'zipf', exponent: 1 },
	}),
	lookups: planWorkload({ names: 10, draw: { kind: 'zipf', exponent: 1 }, searchList: search }),
	'a trace': await planTrace(
		[
			traceQuery('.', { atMs: 7 }),
			traceQuery('A.bb.CCC.Example', { atMs: 7.5, qtype: 65_535, qclass: 3, edns }),
			traceQuery(`${'x'.repeat(63)}.${'y'.repeat(63)}.${'z'.repeat(63)}.${'w'.repeat(61)}`, { atMs: 9 }),
			traceQuery('\\000\\255\\@[`{\\000', { atMs: 9 }),
		],
		{ source: 'test' },
	),
};

/** The reply to a query, somewhere in a larger buffer, with more octets behind it. */
function replyTo(query: Uint8Array, at = 24): Uint8Array {
	const octets = new Uint8Array(at + maxQueryBytes + 100).fill(0xee);
	octets.set(query, at);
	octets[at + 2] |= 0x80;
	return octets;
}

for (const [kind, workload] of Object.entries(workloads)) {
	const source = openSource(workload, alone);
	const numbers = take(source, 60);

	test(`${kind}: numbers are whole and below 2^32, and write the same whatever was written in between`, () => {
		const before = numbers.map((number) => Buffer.from(messageOf(source, number)).toString('hex'));
		take(source, 25);
		const after = numbers
			.toReversed()
			.map((number) => Buffer.from(messageOf(source, number)).toString('hex'));
		assert.deepEqual(after.toReversed(), before);
		const again = openSource(structuredClone(workload), alone);
		assert.deepEqual(
			take(again, 60).map((number) => Buffer.from(messageOf(again, number)).toString('hex')),
			before,
		);
		for (const number of numbers) assert.ok(Number.isInteger(number) && number >= 0 && number < 2 ** 32);
	});

	test(`${kind}: a query is written where it should be, and nowhere else`, () => {
		const octets = new Uint8Array(maxQueryBytes + 40).fill(0xaa);
		for (const number of numbers) {
			octets.fill(0xaa);
			const length = source.write(number, octets, 17);
			assert.ok(length >= headerBytes + 5 && length <= maxQueryBytes);
			assert.deepEqual(octets.subarray(17, 17 + length), messageOf(source, number));
			assert.ok(octets.subarray(0, 17).every((octet) => octet === 0xaa));
			assert.ok(octets.subarray(17 + length).every((octet) => octet === 0xaa));
		}
	});

	test(`${kind}: a reply with the question of a query asks it, in any case`, () => {
		for (const number of numbers) {
			const query = messageOf(source, number);
			const reply = replyTo(query);
			assert.ok(source.asks(number, reply, 24, query.length));
			assert.ok(source.asks(number, reply, 24, query.length + 50), 'with records behind it');
			for (let i = 24 + headerBytes, odd = false; reply[i] !== 0; i += reply[i] + 1) {
				for (let j = i + 1; j <= i + reply[i]; j++, odd = !odd) {
					const octet = reply[j];
					const letter = (octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x7a;
					if (letter && odd) reply[j] = octet ^ 0x20;
				}
			}
			assert.ok(source.asks(number, reply, 24, query.length), 'with letters in another case');
		}
	});

	test(`${kind}: a reply with another question does not ask it, whichever octet is other`, () => {
		const anyChange = fc.record({
			number: fc.constantFrom(...numbers),
			place: fc.nat(),
			octet: fc.integer({ min: 1, max: 255 }),
		});
		const lower = (octet: number): number => (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet);
		fc.assert(
			fc.property(anyChange, ({ number, place, octet }) => {
				const query = messageOf(source, number);
				const questionBytes = query.length - headerBytes - (query[11] === 1 ? 11 : 0);
				const reply = replyTo(query);
				const changed = 24 + headerBytes + (place % questionBytes);
				reply[changed] ^= octet;
				const inName = place % questionBytes < questionBytes - 4;
				const same = inName && lower(reply[changed]) === lower(query[changed - 24]);
				assert.equal(source.asks(number, reply, 24, query.length), same);
			}),
			{ numRuns: 300 },
		);
	});

	test(`${kind}: a reply without its one whole question does not ask it`, () => {
		for (const number of numbers.slice(0, 10)) {
			const query = messageOf(source, number);
			const questionEnd = query.length - (query[11] === 1 ? 11 : 0);
			const reply = replyTo(query);
			for (const length of [0, 2, headerBytes - 1, headerBytes, headerBytes + 1, questionEnd - 1]) {
				assert.ok(!source.asks(number, reply, 24, length), `${length} octets`);
			}
			assert.ok(source.asks(number, reply, 24, questionEnd));
			for (const count of [0, 2, 256, 257]) {
				reply[24 + 4] = count >>> 8;
				reply[24 + 5] = count;
				assert.ok(!source.asks(number, reply, 24, query.length), `QDCOUNT ${count}`);
			}
		}
	});
}

test('each number asks another question, but for names that are drawn again', () => {
	for (const kind of ['in order', 'a label in front', 'a label in front of even draws', 'a trace']) {
		const source = openSource(workloads[kind], alone);
		const numbers = new Set(take(source, 20));
		const questions = new Set([...numbers].map((number) => questionOf(source, number)));
		assert.equal(questions.size, numbers.size, kind);
	}
});
