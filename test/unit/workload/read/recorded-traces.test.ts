/**
 * Goal: two recorded traces come out as others have counted them. Method: counts and hit ratios that were found by other
 * programs; skipped where the traces are not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rrType } from '../../../../src/wire/iana.ts';
import { nameToText } from '../../../../src/wire/presentation.ts';
import { openTrace, type Trace, type TraceOptions } from '../../../../src/workload/read/open-trace.ts';
import type { TraceQuery } from '../../../../src/workload/trace-query.ts';
import { reasons } from './support.ts';
import { tracePath, unlessTrace } from './traces.ts';

async function readAll(
	name: string,
	options: TraceOptions,
): Promise<{ queries: TraceQuery[]; trace: Trace }> {
	const queries: TraceQuery[] = [];
	const trace = openTrace(tracePath(name), { onBad: (message) => assert.fail(message), ...options });
	for await (const query of trace) queries.push(query);
	return { queries, trace };
}

function countBy<K>(queries: readonly TraceQuery[], key: (query: TraceQuery) => K): Map<K, number> {
	const counts = new Map<K, number>();
	for (const query of queries) counts.set(key(query), (counts.get(key(query)) ?? 0) + 1);
	return counts;
}

const capture = 'dns-sample.pcap.gz';
const zeek = 'zeek-dns.log.gz';

test('a capture: 999 queries, each with its reply', unlessTrace(capture), async () => {
	const { queries, trace } = await readAll(capture, { pairReplies: true });
	assert.deepEqual([queries.length, trace.read, trace.format], [999, 1998, 'pcap']);
	assert.deepEqual([trace.skipped.count, trace.passedOver.count, trace.outOfOrder], [0, 0, 0]);
	const types = countBy(queries, ({ qtype }) => qtype);
	assert.deepEqual(
		[rrType.A, rrType.PTR, rrType.AAAA, rrType.MX].map((type) => types.get(type)),
		[669, 166, 86, 77],
	);
	assert.equal(countBy(queries, ({ rcode }) => rcode).get(3), 26);
	assert.ok(queries.every(({ replyBytes }) => replyBytes! >= 12));
	// Some of its times go backwards, by 2 µs between a query and its reply at most.
	const sorted = queries.map(({ rttUs }) => rttUs!).sort((one, other) => one - other);
	assert.deepEqual([sorted[0], sorted[499], sorted[998]], [0, 85, 312]);
});

test('a capture without pairing: the same queries, without replies', unlessTrace(capture), async () => {
	const { queries, trace } = await readAll(capture, {});
	assert.equal(queries.length, 999);
	assert.deepEqual(reasons(trace.passedOver), { replies: 999 });
	assert.ok(queries.every(({ rcode, rttUs }) => rcode === undefined && rttUs === undefined));
});

test('a log of Zeek: 53,615 rows', unlessTrace(zeek), async () => {
	const { queries, trace } = await readAll(zeek, { port: 0 });
	const headers = 9;
	assert.equal(trace.read, 53_615 + headers);
	assert.equal(queries.length + trace.passedOver.count, 53_615);
	assert.deepEqual(reasons(trace.passedOver), { 'no question in the row': 9 });
	const times = queries.map(({ atMs }) => atMs);
	assert.deepEqual(
		times,
		[...times].sort((one, other) => one - other),
	);
	assert.equal(countBy(queries, ({ qtype }) => qtype).get(28), 12_597);
});

const counted = { duplicatesWithinMs: 10, keepIncomplete: true };

test('a log of Zeek without what was recorded twice, on port 53', unlessTrace(zeek), async () => {
	const { queries } = await readAll(zeek, counted);
	const questions = countBy(queries, ({ qname, qtype }) => `${nameToText(qname)} ${qtype}`);
	assert.deepEqual(
		[queries.length, countBy(queries, ({ client }) => client).size, questions.size],
		[24_132, 73, 2063],
	);
	assert.equal([...questions.values()].filter((count) => count === 1).length, 814);
	assert.equal((await readAll(zeek, { duplicatesWithinMs: 10 })).queries.length, 24_127);
});

test(
	'a log of Zeek: hits of a cache without bounds, with the TTLs of the answers',
	unlessTrace(zeek),
	async () => {
		const { queries } = await readAll(zeek, counted);
		const expiresMs = new Map<string, number>();
		let hits = 0;
		for (const { qname, qtype, atMs, rcode, answerTtlSec = 60 } of queries) {
			const key = `${nameToText(qname)} ${qtype}`;
			if (atMs < (expiresMs.get(key) ?? Number.NEGATIVE_INFINITY)) hits++;
			else if (rcode === 0 || rcode === 3) expiresMs.set(key, atMs + answerTtlSec * 1000);
			else expiresMs.delete(key);
		}
		assert.equal(hits, 18_022);
	},
);
