/**
 * Goal: plans make the workloads that their options say, describe them in words, and refuse what cannot be with the value
 * and the place. Method: tables.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PetrelError } from '../../../src/util/errors.ts';
import { rrClass, rrType } from '../../../src/wire/iana.ts';
import { openSource } from '../../../src/workload/open-source.ts';
import { planTrace, type TraceOptions } from '../../../src/workload/plan-trace.ts';
import { type GeneratedOptions, planWorkload } from '../../../src/workload/plan-workload.ts';
import type { TraceQuery } from '../../../src/workload/trace-query.ts';
import { alone, decoded, firstQuestions, take, traceQuery } from './support.ts';

const both = [rrType.A, rrType.AAAA];
const searchList = { domains: ['a.test'], ndots: 5, found: [] };

const refused =
	(message: RegExp) =>
	(error: unknown): boolean => {
		assert.ok(error instanceof PetrelError && error.code === 'PETREL_CONFIG', String(error));
		assert.match(error.message, message);
		return true;
	};

const generated: [text: string, options: GeneratedOptions][] = [
	['1 name below petrel.example., in order, over and over, A', { names: 1 }],
	[
		'2,000 names below x.example., in order, once, A and AAAA in turn',
		{ names: 2000, zone: 'x.example', types: both, draw: { kind: 'in-order', repeat: false } },
	],
	[
		'Zipf 1.1 over 10 names below petrel.example., AAAA, each with a new label in front',
		{ names: 10, types: [rrType.AAAA], prefix: true, draw: { kind: 'zipf', exponent: 1.1 } },
	],
	[
		'drawn evenly from 10 names below ., TXT, A and TYPE65280 in turn, EDNS 1232 with DO, without RD',
		{
			names: 10,
			zone: '.',
			types: [rrType.TXT, rrType.A, 65_280],
			draw: { kind: 'uniform' },
			edns: { udpPayloadBytes: 1232, dnssecOk: true },
			recursionDesired: false,
		},
	],
	[
		'99.5 % known from 10 names below petrel.example., the rest new, A',
		{ names: 10, draw: { kind: 'hit-ratio', hitRatio: 0.995 } },
	],
	[
		'Zipf 1 over 10 names below petrel.example., looked up with 1 search domain and ndots 5',
		{ names: 10, draw: { kind: 'zipf', exponent: 1 }, searchList },
	],
];

for (const [text, options] of generated) {
	test(`in words: ${text}`, () => assert.equal(planWorkload(options).text, text));
}

test('generated names lie below the zone that is named', () => {
	const questions = (zone: string): string[] => firstQuestions(planWorkload({ names: 12, zone }), 12);
	assert.equal(questions('Sub.Example')[0], 'n1.Sub.Example A');
	assert.equal(questions('.')[11], 'n12 A');
});

test('RD and EDNS are as the options say', () => {
	const workload = planWorkload({
		names: 1,
		recursionDesired: false,
		edns: { udpPayloadBytes: 4096, dnssecOk: false },
		draw: { kind: 'hit-ratio', hitRatio: 0 },
	});
	const source = openSource(workload, alone);
	for (const number of take(source, 2)) {
		const { flags, additionals } = decoded(source, number);
		const [opt] = additionals as unknown as Record<string, unknown>[];
		assert.deepEqual([flags, opt.udpPayloadSize, opt.flag_do], [0, 4096, false]);
	}
});

test('Zipf 0 is the even draw', () => {
	const { draw } = planWorkload({ names: 3, draw: { kind: 'zipf', exponent: 0 } });
	assert.equal(draw.kind, 'uniform');
});

const bad: [options: GeneratedOptions, message: RegExp][] = [
	[{ names: 0 }, /^0 names: .* from 1 to 50,000,000$/],
	[{ names: 1.5 }, /^1\.5 names/],
	[{ names: 30_000_000, types: both }, /^30,000,000 names with 2 types each: .* from 1 to 25,000,000$/],
	[{ names: 1, zone: 'a..b' }, /"a\.\.b\." has an empty label/],
	[{ names: 1, zone: `${'a.'.repeat(125)}bb` }, /takes 257 octets/],
	[{ names: 1, zone: `${'a.'.repeat(120)}b`, prefix: true }, /with a label of 16 octets in front of it 239/],
	[{ names: 1, types: [] }, /no types/],
	[{ names: 1, types: [65_536] }, /type 65536/],
	[{ names: 1, draw: { kind: 'zipf', exponent: -1 } }, /exponent of Zipf's law is -1/],
	[{ names: 1, draw: { kind: 'zipf', exponent: Number.NaN } }, /exponent of Zipf's law is NaN/],
	[{ names: 1, draw: { kind: 'hit-ratio', hitRatio: 90 } }, /hit ratio is 90; write a number from 0 to 1/],
	[{ names: 1, edns: { udpPayloadBytes: 70_000, dnssecOk: false } }, /EDNS payload size is 70000/],
	[
		{ names: 1, prefix: true, draw: { kind: 'hit-ratio', hitRatio: 0.5 } },
		/random prefix makes every query a miss/,
	],
	[{ names: 1, prefix: true, searchList }, /search list and a random prefix/],
	[{ names: 1, types: both, searchList }, /leave the types out/],
	[{ names: 1, draw: { kind: 'hit-ratio', hitRatio: 1 }, searchList }, /search list and a hit ratio/],
	[{ names: 1, searchList: { ...searchList, domains: ['a..b'] } }, /search list: name "a\.\.b"/],
	[{ names: 1, searchList: { ...searchList, found: ['a..b'] } }, /"a\.\.b" has an empty label/],
	[{ names: 1, searchList: { ...searchList, ndots: -1 } }, /ndots is -1/],
	[{ names: 8, searchList, limits: { queries: 20, bytes: 10_000 } }, /more than 20 queries/],
];

for (const [options, message] of bad) {
	test(`refused: ${message.source}`, () => {
		assert.throws(() => planWorkload(options), refused(message));
	});
}

async function* slowly(queries: readonly TraceQuery[]): AsyncGenerator<TraceQuery> {
	for (const query of queries) {
		await Promise.resolve();
		yield query;
	}
}

const trace = [
	traceQuery('www.example.', { line: 1 }),
	traceQuery('Mail.example.', { line: 3, qtype: rrType.MX, qclass: rrClass.CH, recursionDesired: false }),
	traceQuery('dnssec.example.', { line: 4, edns: { udpPayloadBytes: 512, dnssecOk: true } }),
];

test('recorded queries are asked as they were, from an iterable that waits or not', async () => {
	for (const queries of [trace, slowly(trace)]) {
		const workload = await planTrace(queries, { source: 'q.txt' });
		assert.equal(workload.text, '3 queries of q.txt, in order, over and over');
		const source = openSource(workload, alone);
		const messages = take(source, 3).map((number) => decoded(source, number));
		assert.deepEqual(
			messages.map(({ questions }) => questions![0]),
			[
				{ name: 'www.example', type: 'A', class: 'IN' },
				{ name: 'Mail.example', type: 'MX', class: 'CH' },
				{ name: 'dnssec.example', type: 'A', class: 'IN' },
			],
		);
		assert.deepEqual(
			messages.map(({ flags, additionals }) => [flags, additionals!.length]),
			[
				[0x100, 0],
				[0, 0],
				[0x100, 1],
			],
		);
	}
});

test('options hold in place of what was recorded', async () => {
	const workload = await planTrace(trace, {
		source: 'q.txt',
		types: both,
		recursionDesired: true,
		edns: { udpPayloadBytes: 1232, dnssecOk: false },
	});
	assert.equal(workload.text, '3 queries of q.txt, in order, over and over, A and AAAA in turn, EDNS 1232');
	const source = openSource(workload, alone);
	const messages = take(source, 6).map((number) => decoded(source, number));
	assert.deepEqual(
		messages.map(({ questions }) => questions![0].type),
		['A', 'AAAA', 'A', 'AAAA', 'A', 'AAAA'],
	);
	for (const { flags, additionals } of messages) assert.deepEqual([flags, additionals!.length], [0x100, 1]);
});

test('new names of a recorded hit ratio lie below the recorded ones', async () => {
	const workload = await planTrace(trace, { source: 'q.txt', draw: { kind: 'hit-ratio', hitRatio: 0 } });
	const questions = firstQuestions(workload, 7).map((text) => text.replace(/^x\w{14}\./, 'new.'));
	assert.deepEqual(questions, [
		'www.example A',
		'Mail.example MX',
		'dnssec.example A',
		'new.www.example A',
		'new.Mail.example MX',
		'new.dnssec.example A',
		'new.www.example A',
	]);
});

test('recorded names are looked up with the search list, but for absolute ones', async () => {
	const names = [traceQuery('x.'), traceQuery('x.', { absolute: true }), traceQuery('.')];
	const options = { source: 'q.txt', draw: { kind: 'in-order', repeat: false }, searchList } as const;
	assert.deepEqual(firstQuestions(await planTrace(names, options), 99), [
		'x.a.test A',
		'x.a.test AAAA',
		'x A',
		'x AAAA',
		'x A',
		'x AAAA',
		'. A',
		'. AAAA',
	]);
});

test('a trace with times is asked once, at them', async () => {
	const timed = trace.map((query, i) => ({ ...query, atMs: 1.5e12 + i }));
	const workload = await planTrace(timed, { source: 'q.pcap' });
	assert.equal(workload.text, '3 queries of q.pcap, in order, once, at their own times');
	assert.equal(workload.timed, true);
	for (const options of [{ timed: false }, { draw: { kind: 'uniform' } }] satisfies Partial<TraceOptions>[]) {
		const untimed = await planTrace(timed, { source: 'q.pcap', ...options });
		assert.deepEqual([untimed.timed, untimed.set.dueMs], [false, undefined]);
	}
});

const badTraces: [queries: TraceQuery[], options: Partial<TraceOptions>, message: RegExp][] = [
	[[], {}, /^q\.txt has no queries$/],
	[trace, { timed: true }, /^q\.txt:1: this query has no time/],
	[[traceQuery('a', { atMs: 1 }), traceQuery('b', { line: 9 })], {}, /^q\.txt:9: this query has no time/],
	[[traceQuery('a', { atMs: Number.POSITIVE_INFINITY, line: 2 })], {}, /^q\.txt:2: this query has no time/],
	[trace, { timed: true, draw: { kind: 'uniform' } }, /^q\.txt: the times of its queries hold only in order/],
	[
		[traceQuery('a'.repeat(63)), traceQuery(`${'a.'.repeat(120)}a`, { line: 12 })],
		{ prefix: true },
		/^q\.txt:12: name "a\.a\..*" takes 243 octets; .* 239 are allowed/,
	],
	[trace, { limits: { queries: 2, bytes: 1000 } }, /^q\.txt:4: more than 2 queries/],
];

for (const [queries, options, message] of badTraces) {
	test(`refused: ${message.source}`, async () => {
		await assert.rejects(planTrace(queries, { source: 'q.txt', ...options }), refused(message));
	});
}

test('what a reader throws goes through', async () => {
	const broken = new Error('the file ends early');
	async function* reader(): AsyncGenerator<TraceQuery> {
		yield trace[0];
		throw broken;
	}
	await assert.rejects(planTrace(reader(), { source: 'q.txt' }), broken);
});
