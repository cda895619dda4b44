/**
 * Goal: the quick way gives what the script gives, octet for octet, and takes what load tests are made of.
 * Method: two scripts with one seed, one asked the quick way first, the other always the long way; random names, types,
 * flags, EDNS, behaviours, rules, zones and phases. Answers, their times and the reports must be equal.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Delivery } from '../../../src/load/upstream/answer.ts';
import { labelExamples } from '../../../src/load/upstream/labels.ts';
import { askTheScript, noAnswer, type QuickAnswers } from '../../../src/load/upstream/quick-answers.ts';
import { UpstreamScript, type UpstreamScriptOptions } from '../../../src/load/upstream/script.ts';
import { makeQuery } from './support.ts';

const slotBytes = 4608;
/** Somewhere in a larger buffer, as a slot is. */
const at = 300;

interface Asked {
	readonly octets: Uint8Array;
	readonly port: number;
	readonly nowMs: number;
}

class QuickScript {
	readonly script: UpstreamScript;
	readonly #reply = new Uint8Array(at + slotBytes + 100);
	readonly #times = new Float64Array(2);
	readonly #quick: QuickAnswers;
	/** Whether the last answer was a quick one. */
	wasQuick = false;

	constructor(options: UpstreamScriptOptions) {
		this.script = new UpstreamScript({ ...options, remembered: 0 });
		this.#quick = this.script.quickAnswers(this.#reply, this.#times)!;
	}

	ask({ octets, port, nowMs }: Asked): readonly Delivery[] {
		this.#reply.fill(0xee);
		this.#times[0] = nowMs;
		const received = new Uint8Array(octets.length + 50).fill(0xdd);
		received.set(octets, 7);
		const length = this.#quick.answer(received, 7, octets.length, port, at, slotBytes);
		this.wasQuick = length !== askTheScript;
		const origin = { port, queryOfConnection: 1, datagramBytesMax: slotBytes };
		if (!this.wasQuick) return this.script.answer(octets, 'udp', nowMs, origin).deliveries;
		if (length === noAnswer) return [];
		assert.ok(
			this.#reply.subarray(0, at).every((octet) => octet === 0xee),
			'nothing in front of the slot',
		);
		return [{ afterMs: this.#quick.afterMs[0], octets: this.#reply.slice(at, at + length) }];
	}
}

const plainLabels = [
	'www',
	'n',
	'a'.repeat(63),
	'x-1',
	'tc1',
	'adelay',
	'ttl',
	'1ttl',
	'delay',
	'loss1in0',
	'ttl99999999999',
];
const label = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...labelExamples.filter((example) => !example.includes('.'))) },
	{ weight: 2, arbitrary: fc.constantFrom(...plainLabels) },
	{ weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'abtl019-'), minLength: 1, maxLength: 20 }) },
);
const name = fc
	.tuple(
		fc.array(label, { maxLength: 4 }),
		fc.constantFrom('example', 'sub.example', 'TEST', 'ruled.example', 'x'),
	)
	.map(([labels, zone]) => [...labels, zone].join('.'));
const mixedCase = fc
	.tuple(name, fc.infiniteStream(fc.boolean()))
	.map(([text, upper]) =>
		[...text].map((character) => (upper.next().value ? character.toUpperCase() : character)).join(''),
	);

/** One of the first nine times of ten. */
function often(common: readonly number[], rare: readonly number[]) {
	return fc.oneof(
		{ weight: 9, arbitrary: fc.constantFrom(...common) },
		{ weight: 1, arbitrary: fc.constantFrom(...rare) },
	);
}

const query = fc
	.record({
		name: mixedCase,
		type: often([1, 1, 28, 65, 64, 15, 2, 33, 257, 13, 255, 6, 5, 99, 65280], [16, 12, 252, 251]),
		flags: often([0, 0x0100, 0x0110, 0x0130], [0x2900, 0x0800, 0x8100]),
		id: fc.nat(0xffff),
		edns: fc.option(
			fc.record({ size: fc.constantFrom(0, 512, 513, 1232, 4096, 65535), dnssecOk: fc.boolean() }),
		),
		version: often([0], [1]),
		classNumber: often([1], [3, 255]),
		cut: often([0], [1, 5]),
		port: fc.integer({ min: 1, max: 65535 }),
		waitMs: fc.constantFrom(0, 0.25, 3, 400),
	})
	.map(({ name: text, type, flags, id, edns, version, classNumber, cut, port, waitMs }) => {
		const octets = makeQuery(text, { id, ...(edns ? { edns } : {}) });
		octets.writeUInt16BE(flags, 2);
		const behindName = octets.length - (edns ? 11 : 0) - 4;
		octets.writeUInt16BE(type, behindName);
		octets.writeUInt16BE(classNumber, behindName + 2);
		if (edns) octets[octets.length - 5] = version;
		return { octets: octets.subarray(0, octets.length - cut), port, waitMs };
	});

const textLabels = [...labelExamples, 'loss0.5', 'delay0.25ms', 'count70', 'count0'];
const usualLabels = [
	'ttl5',
	'delay0.25ms',
	'delayexp2ms loss0.5',
	'loss1in3 nx',
	'limit2',
	'noaa count5',
	'tc',
];
const options = fc.record({
	seed: fc.nat(),
	ttlSec: fc.constantFrom(0, 60, 0xffff_ffff),
	aa: fc.boolean(),
	ra: fc.boolean(),
	always: fc.oneof(
		{ weight: 2, arbitrary: fc.constant('') },
		{ weight: 2, arbitrary: fc.constantFrom(...usualLabels) },
		{
			weight: 1,
			arbitrary: fc.array(fc.constantFrom(...textLabels), { maxLength: 2 }).map((all) => all.join(' ')),
		},
	),
	zones: fc.constantFrom(undefined, ['example.', 'sub.example.'], ['.'], ['TEST']),
	rules: fc.constantFrom(
		[],
		[{ name: '*.ruled.example', action: 'ttl7 count2' }],
		[
			{ name: '*', type: 28, action: 'nodata' },
			{ name: 'ruled.example', action: { records: ['@ IN A 192.0.2.7'] } },
			{ name: 'www.ruled.example', transport: 'tcp' as const, action: 'servfail' },
			{ name: '*.example', type: 1, action: 'delayexp1ms loss50' },
		],
	),
	schedule: fc.constantFrom(undefined, [
		{ forMs: 1000, state: 'up' as const },
		{ forMs: 500, state: 'stall' as const },
		{ forMs: 300, state: 'down' as const },
		{ forMs: 200, state: 'servfail' as const },
	]),
});

test('every answer, its time and the report are those of the long way', () => {
	let asked = 0;
	let quick = 0;
	fc.assert(
		fc.property(
			options,
			fc.array(query, { minLength: 10, maxLength: 40 }),
			({ zones, schedule, ...rest }, queries) => {
				const script = { ...rest, ...(zones && { zones }), ...(schedule && { schedule }) };
				const quickly = new QuickScript(script);
				const slowly = new UpstreamScript({ ...script, remembered: 0 });
				let nowMs = 1234.5;
				for (const { octets, port, waitMs } of queries) {
					nowMs += waitMs;
					const got = quickly.ask({ octets, port, nowMs });
					const origin = { port, queryOfConnection: 1, datagramBytesMax: slotBytes };
					const { deliveries } = slowly.answer(octets, 'udp', nowMs, origin);
					assert.deepEqual(
						got.map(({ afterMs, octets }) => [afterMs, Buffer.from(octets).toString('hex')]),
						deliveries.map(({ afterMs, octets }) => [afterMs, Buffer.from(octets).toString('hex')]),
					);
					asked++;
					quick += Number(quickly.wasQuick);
				}
				assert.deepEqual(quickly.script.report.toJSON(), slowly.report.toJSON());
			},
		),
		{ numRuns: 800 },
	);
	assert.ok(quick > asked / 4, `the quick way was compared: ${quick} of ${asked}`);
});

test('what load tests are made of goes the quick way', () => {
	const quickly = new QuickScript({ seed: 1, always: 'delay5ms loss1in100 limit100000' });
	const rows: [name: string, type?: string, edns?: object][] = [
		['www.example'],
		['n123456.miss.example', 'A', { size: 1232 }],
		['www.example', 'AAAA', { size: 1232, dnssecOk: true }],
		['www.example', 'MX'],
		['www.example', 'SOA'],
		['ttl30.nx.www.example'],
		['nodata.example', 'AAAA'],
		['servfail.example'],
		['delaylognormal5-40ms.loss10.www.example'],
		['silent.example'],
		['tc.example'],
		['example', 'CNAME'],
	];
	for (const [text, type = 'A', edns] of rows) {
		quickly.ask({ octets: makeQuery(text, { type, ...(edns && { edns }) }), port: 1, nowMs: 0 });
		assert.equal(quickly.wasQuick, true, `${text} ${type}`);
	}
});

test('labels that are new each time are read right, however many come', () => {
	const quickly = new QuickScript({ seed: 1 });
	for (let i = 0; i < 20_000; i++) {
		const ttlSec = i % 9973;
		const [{ octets }] = quickly.ask({
			octets: makeQuery(`ttl${ttlSec}.count${i % 3}.example`),
			port: 1,
			nowMs: 0,
		});
		assert.equal(octets[7], i % 3);
		if (i % 3 > 0) assert.equal(Buffer.from(octets).readUInt32BE(octets.length - 10), ttlSec);
	}
	assert.equal(quickly.script.report.total, 20_000);
});

test('top-level names that are new each time are zones of their own, however many come', () => {
	const quickly = new QuickScript({ seed: 1 });
	for (let i = 0; i < 1000; i++) {
		const [{ octets }] = quickly.ask({
			octets: makeQuery(`www.zone${i}`, { type: 'NS' }),
			port: 1,
			nowMs: 0,
		});
		assert.ok(
			Buffer.from(octets).includes(
				`\x03ns1\x05zone${i}`.replace('\x05', String.fromCharCode(4 + `${i}`.length)),
			),
		);
	}
});

test('a script that remembers queries has no quick way', () => {
	assert.equal(
		new UpstreamScript({ seed: 1 }).quickAnswers(new Uint8Array(99), new Float64Array(2)),
		undefined,
	);
});
