/** `loadbalance` turns what stands in a reply, in place: nothing is lost, nothing but the order changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { Answer } from '../../../src/cache/answer.ts';
import { AnswerMaker } from '../../../src/cache/cacheability.ts';
import { Asker, composeReply } from '../../../src/engine/compose.ts';
import { compileRotation, createRotationMemory, Rotator } from '../../../src/engine/rotation.ts';
import { compileHeaderRules } from '../../../src/rewrite/header-rules.ts';
import { rrType } from '../../../src/wire/iana.ts';
import { parseResponse, ResponseView } from '../../../src/wire/response.ts';
import { keyOf, shapeOf } from '../cache/support.ts';
import { a, cname, message, question, type Rr, rr } from '../wire/messages.ts';

const noRules = compileHeaderRules([]);
const plain = compileRotation({ policy: 'round_robin', weights: [], prefer: [] });
const start = 41;

interface Replies {
	next(hash?: number): string[];
}

/** Replies to one question, one after the other, as data of their answer sections. */
function repliesOf(
	answer: readonly Rr[],
	qtype: number,
	rotation = plain,
	memory = createRotationMemory(),
): Replies {
	const qname = 'www.example.';
	const asked = question(qname, qtype);
	const octets = message({ qname, qtype, answer });
	const view = new ResponseView();
	assert.ok(parseResponse(view, octets, 0, octets.length, asked.length));
	const made = new Answer();
	const expandType = qtype === rrType.MX ? rrType.MX : 0;
	assert.ok(new AnswerMaker().make(view, keyOf(qname, { qtype }), shapeOf(undefined, expandType), made));
	const asker = Object.assign(new Asker(), {
		question: asked,
		questionBytes: asked.length,
		limitBytes: 0xffff,
	});
	const rotator = new Rotator(memory);
	return {
		next: (hash = 5) => {
			const out = new Uint8Array(0x1_0400);
			const length = composeReply(made, asker, noRules, out, start);
			rotator.turn(rotation, made, asked.length, hash, out, start);
			const { answers } = packet.decode(Buffer.from(out.subarray(start, start + length)));
			return (answers as packet.StringAnswer[]).map(({ data }) =>
				typeof data === 'string' ? data : JSON.stringify(data),
			);
		},
	};
}

const four = [a('@', 60, 1), a('@', 60, 2), a('@', 60, 3), a('@', 60, 4)];

test('T12: of eight replies with four addresses each is first twice, and all are in every reply', () => {
	const replies = repliesOf(four, rrType.A);
	const seen = Array.from({ length: 8 }, () => replies.next());
	const addresses = [1, 2, 3, 4].map((last) => `192.0.2.${last}`);
	for (const each of seen) assert.deepEqual(each.toSorted(), addresses);
	for (const address of addresses) {
		assert.equal(seen.filter(([first]) => first === address).length, 2, address);
	}
});

test('questions take turns of their own, and several engines share them', () => {
	const memory = createRotationMemory();
	const one = repliesOf(four, rrType.A, plain, memory);
	const other = repliesOf(four, rrType.A, plain, memory);
	const firsts = [one.next(1), one.next(2), other.next(1), other.next(2), one.next(1)].map(
		([first]) => first,
	);
	assert.deepEqual(firsts, ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.2', '192.0.2.3']);
});

test('a count that runs over goes on', () => {
	const memory = createRotationMemory();
	new Int32Array(memory).fill(-2);
	const replies = repliesOf(four, rrType.A, plain, memory);
	const firsts = Array.from({ length: 4 }, () => replies.next()[0]);
	assert.deepEqual(firsts, ['192.0.2.3', '192.0.2.4', '192.0.2.1', '192.0.2.2']);
});

test('one address, or a CNAME in front of it, stays', () => {
	const replies = repliesOf([cname('@', 'web.example.'), a('web.example.', 60, 1)], rrType.A);
	for (let i = 0; i < 3; i++) assert.deepEqual(replies.next(), ['web.example', '192.0.2.1']);
});

test('exchanges of any length turn, with nothing of them lost', () => {
	const names = ['mx.example.', 'a.much.longer.name.example.', 'x.y.'];
	const exchange = (name: string, preference: number): Rr =>
		rr(
			'@',
			rrType.MX,
			60,
			Uint8Array.of(
				0,
				preference,
				...[...name.split('.')].flatMap((label) => [label.length, ...Buffer.from(label)]),
			),
		);
	const replies = repliesOf(
		names.map((name, place) => exchange(name, place)),
		rrType.MX,
	);
	const orders = Array.from({ length: 4 }, () => replies.next().map((text) => JSON.parse(text).preference));
	assert.deepEqual(orders, [
		[0, 1, 2],
		[1, 2, 0],
		[2, 0, 1],
		[0, 1, 2],
	]);
});

test('any number of addresses, any ranges: the same addresses, preferred ones in front', () => {
	const input = fc.record({
		lasts: fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 60 }),
		prefixBits: fc.integer({ min: 24, max: 32 }),
		within: fc.integer({ min: 0, max: 255 }),
		replies: fc.integer({ min: 1, max: 5 }),
	});
	fc.assert(
		fc.property(input, ({ lasts, prefixBits, within, replies: count }) => {
			const rotation = compileRotation({
				policy: 'round_robin',
				weights: [],
				prefer: [{ octets: [192, 0, 2, within], prefixBits }],
			});
			const replies = repliesOf(
				lasts.map((last) => a('@', 60, last)),
				rrType.A,
				rotation,
			);
			const isPreferred = (address: string): boolean =>
				(Number(address.split('.')[3]) ^ within) >> (32 - prefixBits) === 0;
			for (let i = 0; i < count; i++) {
				const got = replies.next();
				assert.deepEqual(new Set(got), new Set(lasts.map((last) => `192.0.2.${last}`)));
				const preferred = got.filter(isPreferred);
				assert.deepEqual(got.slice(0, preferred.length), preferred);
			}
		}),
		{ numRuns: 200 },
	);
});

test('with weights each address is the first as often as its weight says, and none is lost', () => {
	const weights = [
		{
			name: 'web.example.',
			addresses: [
				{ octets: [192, 0, 2, 1], weight: 3 },
				{ octets: [192, 0, 2, 3], weight: 2 },
			],
		},
		{ name: 'example.', addresses: [{ octets: [192, 0, 2, 2], weight: 200 }] },
	];
	const rotation = compileRotation({ policy: 'weighted', weights, prefer: [] });
	const addresses = [1, 2, 3].map((last) => a('web.example.', 60, last));
	const replies = repliesOf([cname('@', 'web.example.'), ...addresses], rrType.A, rotation);
	const seen = Array.from({ length: 12 }, () => replies.next());
	for (const each of seen) {
		assert.equal(each[0], 'web.example');
		assert.deepEqual(each.slice(1).toSorted(), ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
	}
	const firsts = seen.map((each) => each[1]);
	const count = (last: number): number => firsts.filter((first) => first === `192.0.2.${last}`).length;
	assert.deepEqual([count(1), count(2), count(3)], [6, 2, 4]);
});

test('a name without weights has equal ones', () => {
	const rotation = compileRotation({ policy: 'weighted', weights: [], prefer: [] });
	const replies = repliesOf(four, rrType.A, rotation);
	const firsts = Array.from({ length: 4 }, () => replies.next()[0]);
	assert.equal(new Set(firsts).size, 4);
});
