/**
 * Goal: what a recording says of a query is what the readers of traces read from it. Method: rows by hand, and names of any
 * octets, through the reader of Zeek's logs.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NameHasher } from '../../../../src/cli/record/name-hasher.ts';
import {
	ZeekRows,
	type ZeekRowsOptions,
	zeekHead,
	zeekTail,
	zeekTailBytesMax,
} from '../../../../src/cli/record/zeek-rows.ts';
import type { RecordedReply } from '../../../../src/server/record/recorded-reply.ts';
import type { TraceQuery } from '../../../../src/workload/trace-query.ts';
import { readTrace } from '../../workload/read/support.ts';
import { replyOf } from './samples.ts';

const epochMs = 1_700_000_000_000;
const hasher = new NameHasher(Buffer.alloc(16, 3));
const usual: ZeekRowsOptions = { epochMs, clients: 'none', hashNames: false, hasher };

function logOf(replies: readonly RecordedReply[], options: Partial<ZeekRowsOptions> = {}): string {
	const rows = new ZeekRows({ ...usual, ...options });
	const text = replies.map((reply) => rows.row(reply)).join('');
	return `${zeekHead(epochMs, { names: 'clear' })}${text}${zeekTail(epochMs, { queries: replies.length })}`;
}

async function readBack(
	replies: readonly RecordedReply[],
	options: Partial<ZeekRowsOptions> = {},
): Promise<TraceQuery[]> {
	const { queries, bad, trace } = await readTrace(logOf(replies, options));
	assert.deepEqual(bad, []);
	assert.equal(trace.format, 'zeek');
	return queries;
}

/** Values of a row by column. */
function valuesOf(reply: RecordedReply, options: Partial<ZeekRowsOptions> = {}): Record<string, string> {
	const lines = logOf([reply], options).split('\n');
	const [, ...names] = lines.find((line) => line.startsWith('#fields'))!.split('\t');
	const [, ...types] = lines.find((line) => line.startsWith('#types'))!.split('\t');
	assert.equal(types.length, names.length);
	const values = lines.find((line) => !line.startsWith('#'))!.split('\t');
	assert.equal(values.length, names.length);
	return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}

test('a hit: what the answer may be kept for, and no time that an upstream took', async () => {
	const reply = replyOf({ hasOpt: true, dnssecOk: true, payloadBytes: 1400, replyBytes: 56 });
	const [query] = await readBack([reply]);
	assert.deepEqual(query, {
		atMs: epochMs + 1500,
		client: undefined,
		qname: reply.qname,
		qtype: 1,
		qclass: 1,
		edns: { udpPayloadBytes: 1400, dnssecOk: true },
		recursionDesired: true,
		rcode: 0,
		answerTtlSec: 300,
		replyBytes: 56,
		rttUs: undefined,
		line: 10,
	});
});

test('a miss has the time to its reply', async () => {
	const [query] = await readBack([replyOf({ outcome: 3 })]);
	assert.equal(query.rttUs, 2250);
	assert.equal(valuesOf(replyOf({ outcome: 3 })).cache, 'miss');
});

test('a denial has its TTL in a column of its own: there is no data with one', async () => {
	const nxdomain = replyOf({ rcode: 3, isDenial: true, keptSec: 60 });
	const nodata = replyOf({ rcode: 0, isDenial: true, keptSec: 30 });
	const queries = await readBack([nxdomain, nodata, replyOf({ rcode: 3, isDenial: true, keptSec: 0 })]);
	assert.deepEqual(
		queries.map(({ rcode, answerTtlSec, denialTtlSec }) => [rcode, answerTtlSec, denialTtlSec]),
		[
			[3, undefined, 60],
			[0, undefined, 30],
			[3, undefined, 0],
		],
	);
});

test('flags, transport, names of numbers', () => {
	const values = valuesOf(
		replyOf({
			overTcp: true,
			queryFlags: 0,
			replyFlags: 0x8650,
			qtype: 255,
			qclass: 3,
			rcode: 5,
			keptSec: -1,
		}),
	);
	const { proto, AA, TC, RD, RA, Z, qtype_name, qclass_name, rcode_name, rejected, TTLs } = values;
	assert.deepEqual([proto, AA, TC, RD, RA, Z], ['tcp', 'T', 'T', 'F', 'F', '5']);
	assert.deepEqual([qtype_name, qclass_name, rcode_name], ['*', 'C_CHAOS', 'REFUSED']);
	assert.deepEqual([rejected, TTLs], ['T', '-']);
	assert.equal(valuesOf(replyOf({ outcome: 0 })).cache, '-');
	assert.equal(valuesOf(replyOf({ outcome: 2 })).cache, 'stale');
	assert.equal(valuesOf(replyOf({ outcome: 4 })).cache, 'uncached');
	assert.equal(valuesOf(replyOf({ qclass: 77 })).qclass_name, 'qclass-77');
});

const client = { client: '192.0.2.7', port: 4711 };

test('clients are left out, hashed, or as they are', () => {
	const clientOf = (parts: object, options: Partial<ZeekRowsOptions>): string[] => {
		const values = valuesOf(replyOf({ ...client, ...parts }), options);
		return [values['id.orig_h'], values['id.orig_p']];
	};
	assert.deepEqual(clientOf({}, { clients: 'none' }), ['-', '-']);
	assert.deepEqual(clientOf({}, { clients: 'clear' }), ['192.0.2.7', '4711']);
	assert.deepEqual(clientOf({ client: '', port: 0 }, { clients: 'clear' }), ['-', '-']);
	const [first, port] = clientOf({}, { clients: 'hashed' });
	assert.match(first, /^fd00::[0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/);
	assert.equal(port, '-');
	assert.deepEqual(clientOf({ port: 1 }, { clients: 'hashed' }), [first, '-'], 'the same client');
	assert.notDeepEqual(clientOf({ client: '192.0.2.8' }, { clients: 'hashed' }), [first, '-']);
});

test('hashed names and clients stand nowhere in clear', async () => {
	const reply = replyOf({ ...client, name: 'secret.ns.svc.cluster.local' });
	const text = logOf([reply], { hashNames: true, clients: 'hashed' });
	for (const word of ['secret', 'svc', 'cluster', 'local', '192.0.2.7'])
		assert.ok(!text.includes(word), word);
	const [query] = await readBack([reply], { hashNames: true });
	assert.deepEqual(query.qname, hasher.hash(reply.qname));
	assert.equal(query.qtype, 1);
});

const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
const wireName = fc.array(label, { maxLength: 11 }).map((labels) => {
	const octets = labels.flatMap((octetsOfLabel) => [octetsOfLabel.length, ...octetsOfLabel]);
	return Uint8Array.from([...octets, 0]);
});

test('names of any octets come back as they were', async () => {
	const odd = ['\\045', '(empty)', '\\032', 'a\\.b.c', '\\092x41', '\\035fields', '.'].map((name) =>
		replyOf({ name }),
	);
	const queries = await readBack(odd);
	assert.deepEqual(
		queries.map(({ qname }) => Buffer.from(qname).toString('latin1')),
		odd.map(({ qname }) => Buffer.from(qname).toString('latin1')),
	);
	await fc.assert(
		fc.asyncProperty(wireName, async (qname) => {
			const [query] = await readBack([{ ...replyOf(), qname }]);
			assert.deepEqual(query.qname, qname);
		}),
		{ numRuns: 200 },
	);
});

test('the last lines take no more than what is kept free for them', () => {
	const notes = { queries: Number.MAX_SAFE_INTEGER, lost: 0xffff_ffff, ended: 'max-queries' };
	assert.ok(Buffer.byteLength(zeekTail(epochMs, notes)) <= zeekTailBytesMax);
});
