/**
 * Goal: query logs are read as CoreDNS and petrel write them, and with the prefixes that containers and services put
 * before them. Method: lines by hand; and what petrel's own writers make of queries of all kinds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileFormat } from '../../../../src/server/query-log/format.ts';
import { jsonLines } from '../../../../src/server/query-log/json.ts';
import type { LogRecord } from '../../../../src/server/query-log/record.ts';
import { corednsName } from '../../../../src/wire/coredns-text.ts';
import { lowerCase } from '../../../../src/wire/name.ts';
import { asked, readTrace, reasons } from './support.ts';

const line =
	'127.0.0.1:50759 - 29008 "A IN example.org. udp 52 false 4096" NOERROR qr,rd,ra,ad 68 0.037990251s';
const coredns = { format: 'coredns-log' } as const;

test('a line', async () => {
	const { queries, trace } = await readTrace(`[INFO] ${line}\n`);
	assert.equal(trace.format, 'coredns-log');
	assert.deepEqual(queries, [
		{
			atMs: Number.NaN,
			client: '127.0.0.1',
			qname: Uint8Array.from(Buffer.from('\x07example\x03org\0', 'latin1')),
			qtype: 1,
			qclass: 1,
			edns: { udpPayloadBytes: 4096, dnssecOk: false },
			recursionDesired: true,
			rcode: 0,
			answerTtlSec: undefined,
			replyBytes: 68,
			rttUs: 37_990,
			line: 1,
			absolute: true,
		},
	]);
});

test('prefixes, and the time that they tell: the query was asked by its duration before', async () => {
	const noon = Date.parse('2024-05-06T12:00:00Z');
	const asking = noon + 0.123456 - 37.990251;
	const rows: [string, number][] = [
		[line, Number.NaN],
		[`[INFO] ${line} `, Number.NaN],
		[`2024-05-06T12:00:00.000123456Z [INFO] ${line}`, asking],
		[`2024-05-06T14:00:00.000123456+02:00 stdout F [INFO] ${line}`, asking],
		[`2024-05-06 12:00:00,000123456 [INFO] ${line}`, asking],
		[`[pod/coredns-5d78c9869d-x2/coredns] 2024-05-06T12:00:00.000123456Z [INFO] ${line}`, asking],
		[`May  6 12:00:00 node coredns[17]: [INFO] ${line}`, Number.NaN],
		[`some - thing: ${line} "0"`, Number.NaN],
		[
			JSON.stringify({ log: `[INFO] ${line}\n`, stream: 'stdout', time: '2024-05-06T12:00:00.000123456Z' }),
			asking,
		],
	];
	for (const [text, atMs] of rows) {
		const { queries, bad } = await readTrace(text, coredns);
		assert.deepEqual(bad, [], text);
		assert.deepEqual(asked(queries), ['example.org. 1'], text);
		if (Number.isNaN(atMs)) assert.ok(Number.isNaN(queries[0].atMs), text);
		else assert.ok(Math.abs(queries[0].atMs - atMs) < 0.001, `${text}: ${queries[0].atMs}`);
	}
});

test('clients, types, classes, RCODEs, flags', async () => {
	const lines = [
		'[2001:db8::1]:53124 - 1 "AAAA IN a. tcp 19 false 65535" NXDOMAIN qr,aa 75 0.000057s',
		'10.0.0.1:1 - 2 "TYPE65280 CLASS7 b. udp 19 false 512" NOTIMP qr 12 1.5s',
		'10.0.0.1:1 - 3 "NSAP-PTR CH c. udp 19 false 512" BADCOOKIE qr,rd 12 3e-05s',
		'10.0.0.1:1 - 4 "None ANY d. udp 19 true 1232" - - 0 2.0s',
		'10.0.0.1:1 - 5 "HTTPS IN e. tcp 30 true 65535" 3841 qr,rd 12 0s',
		'[fe80::1%eth0]:1 - 6 "A IN \\(\\ \\"f\\046\\200. udp 24 false 512" SERVFAIL qr,rd 12 0.1s "0"',
	];
	const { queries, bad } = await readTrace(lines.join('\n'), coredns);
	assert.deepEqual(bad, []);
	assert.deepEqual(asked(queries), [
		'a. 28',
		'b. 65280',
		'c. 23',
		'd. 0',
		'e. 65',
		'\\(\\032\\"f\\.\\200. 1',
	]);
	assert.deepEqual(
		queries.map(({ client, qclass, rcode, recursionDesired, rttUs }) => [
			client,
			qclass,
			rcode,
			recursionDesired,
			rttUs,
		]),
		[
			['2001:db8::1', 1, 3, false, 57],
			['10.0.0.1', 7, 4, false, 1_500_000],
			['10.0.0.1', 3, 23, true, 30],
			['10.0.0.1', 255, undefined, true, undefined],
			['10.0.0.1', 1, 3841, true, 0],
			['fe80::1%eth0', 1, 2, true, 100_000],
		],
	);
	assert.equal(queries[3].replyBytes, undefined);
});

test('EDNS is known by the size of the query, and by DO', async () => {
	const edns = async (words: string): Promise<unknown> => {
		const text = `10.0.0.1:1 - 1 "A IN abc. ${words}" NOERROR qr 12 0.1s`;
		return (await readTrace(text, coredns)).queries[0].edns;
	};
	assert.equal(await edns('udp 21 false 512'), undefined);
	assert.deepEqual(await edns('udp 32 false 512'), { udpPayloadBytes: 512, dnssecOk: false });
	assert.deepEqual(await edns('udp 44 true 1400'), { udpPayloadBytes: 1400, dnssecOk: true });
	assert.equal(await edns('tcp 21 false 65535'), undefined);
	assert.deepEqual(await edns('tcp 32 true 65535'), { udpPayloadBytes: 1232, dnssecOk: true });
});

test('other lines of the log are passed over, query lines that are not whole are told', async () => {
	const text = [
		'.:53',
		'[INFO] plugin/reload: Running configuration SHA512 = abc',
		'CoreDNS-1.14.7',
		'linux/amd64, go1.25, 4b26cce',
		'[ERROR] plugin/errors: 2 example.org. A: read udp 10.0.0.1:5->192.0.2.1:53: i/o timeout',
		'',
		`[INFO] ${line}`,
		`[INFO] ${line.slice(0, 60)}`,
		`[INFO] ${line.replace(' A ', ' ').replace('"A', '"NOSUCH')}`,
		`[INFO] ${line.replace(' IN ', ' XX ')}`,
		`[INFO] ${line.replace('example.org.', 'a..b.')}`,
		'{"level":"info","time":1,"msg":"listening"}',
		'{"level":',
	].join('\n');
	const { queries, bad, trace } = await readTrace(text);
	assert.equal(trace.format, 'coredns-log');
	assert.equal(queries.length, 1);
	assert.deepEqual(reasons(trace.passedOver), { 'no query line': 7 });
	assert.deepEqual(reasons(trace.skipped), {
		'bad query line': 1,
		'unknown type': 1,
		'unknown class': 1,
		'bad name': 1,
		'bad JSON': 1,
	});
	assert.match(bad[0], /^trace:8: "\[INFO\] 127.0.0.1:50759 .* is not a whole line of the format \{common\}/);
	assert.equal(bad[1], 'trace:9: "NOSUCH" is no type');
});

test('logs of several pods, one after the other, come in order of their time', async () => {
	const at = (second: number, name: string): string =>
		`2024-05-06T12:00:0${second}Z [INFO] ${line.replace('example.org.', name)}`;
	const { queries } = await readTrace([at(1, 'a.'), at(5, 'c.'), at(2, 'b.'), at(7, 'd.')].join('\n'));
	assert.deepEqual(asked(queries), ['a. 1', 'b. 1', 'c. 1', 'd. 1']);
});

const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const records = fc.record({
	labels: fc.array(label, { maxLength: 5 }),
	client: fc.oneof(fc.ipV4(), fc.constant('2001:db8::1'), fc.constant('fe80::1%eth0')),
	port: uint16,
	id: uint16,
	qtype: uint16,
	qclass: uint16,
	rcode: fc.integer({ min: 0, max: 0xfff }),
	replied: fc.boolean(),
	overTcp: fc.boolean(),
	payloadBytes: fc.integer({ min: 512, max: 0xffff }),
	hasOpt: fc.boolean(),
	dnssecOk: fc.boolean(),
	recursionDesired: fc.boolean(),
	answerBytes: uint16,
	durationUs: fc.integer({ min: 0, max: 10_000_000 }),
});

type Made = typeof records extends fc.Arbitrary<infer T> ? T : never;

function recordOf(made: Made, qname: Uint8Array): LogRecord {
	return {
		...made,
		dnssecOk: made.hasOpt && made.dnssecOk,
		qname: corednsName(qname, 0),
		queryBytes: 16 + qname.length + (made.hasOpt ? 11 : 0),
		replyFlags: 0x8000 | (made.recursionDesired ? 0x0100 : 0),
		queryFlags: 0,
		rule: 0,
		listener: 0,
		plugin: 0,
		row: 0,
		startMs: 0,
		endMs: made.durationUs / 1000,
	};
}

test('what petrel logs is read again, as text and as JSON', async () => {
	const toText = compileFormat('{common}');
	const toJson = jsonLines();
	await fc.assert(
		fc.asyncProperty(records, async (made) => {
			const qname = wireOf(made.labels);
			const record = recordOf(made, qname);
			const text = `[INFO] ${toText({ record, local: '127.0.0.1' })}\n`;
			const json = toJson({ record, server: '127.0.0.1:53', zone: '.', timeMs: 1_700_000_000_000 });
			const { queries, bad } = await readTrace(text + json, coredns);
			assert.deepEqual(bad, []);
			const edns = (udpPayloadBytes: number): object | undefined =>
				made.hasOpt ? { udpPayloadBytes, dnssecOk: record.dnssecOk } : undefined;
			const expected = {
				atMs: Number.NaN,
				client: made.client,
				qname: qname.map(lowerCase),
				qtype: made.qtype,
				qclass: made.qclass,
				edns: edns(made.overTcp ? 1232 : made.payloadBytes),
				recursionDesired: !made.replied || made.recursionDesired,
				rcode: made.replied ? made.rcode : undefined,
				answerTtlSec: undefined,
				replyBytes: made.replied ? made.answerBytes : undefined,
				rttUs: made.replied ? made.durationUs : undefined,
				line: 1,
				absolute: true,
			};
			assert.deepEqual(queries[0], expected);
			// The JSON has the time, and neither DO nor the payload size.
			const atMs = 1_700_000_000_000 - made.durationUs / 1000;
			const plain = made.hasOpt ? { udpPayloadBytes: 1232, dnssecOk: false } : undefined;
			assert.deepEqual(queries[1], { ...expected, atMs, edns: plain, line: 2 });
		}),
	);
});

/** Length octets and labels; the root too. */
function wireOf(labels: readonly Uint8Array[]): Uint8Array {
	return Uint8Array.from([...labels.flatMap((octets) => [octets.length, ...octets]), 0]);
}
