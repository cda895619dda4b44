/**
 * Goal: queries of a trace become requests with the answers that were recorded, or that may have been. Method: traces as
 * text of each format, written here.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateBodyBytes } from '../../../../src/lab/simulate/answer-size.ts';
import { NameTable } from '../../../../src/lab/simulate/name-table.ts';
import {
	type AnswerDefaults,
	RequestMaker,
	readDnsRequests,
	recordedIn,
} from '../../../../src/lab/simulate/read-dns.ts';
import { gather, outcome, RequestBuilder, type Requests } from '../../../../src/lab/simulate/requests.ts';
import { rrType } from '../../../../src/wire/iana.ts';
import { scatter } from '../../../../src/workload/hash.ts';
import { openTrace } from '../../../../src/workload/read/open-trace.ts';
import type { TraceQuery } from '../../../../src/workload/trace-query.ts';
import { traceQuery } from '../../workload/support.ts';

async function read(
	text: string,
	defaults: AnswerDefaults = {},
): Promise<{ requests: Requests; names: NameTable }> {
	async function* octets(): AsyncGenerator<Uint8Array> {
		yield Buffer.from(text);
	}
	const names = new NameTable();
	return { requests: await gather(readDnsRequests(openTrace(octets()), names, false, defaults)), names };
}

const zeekHead = '#fields\tts\tquery\tqtype\trcode\trtt\tTTLs\n';
const zeekRows = [
	['1.5', 'a.example', '1', '0', '0.25', '300.0,20.0'],
	['1.75', 'A.example', '1', '0', '-', '-'],
	['2', 'a.example', '28', '3', '-', '-'],
	['3', 'b.example', '1', '2', '-', '-'],
	['4', 'b.example', '1', '5', '-', '-'],
	['5', 'b.example', '1', '-', '-', '-'],
];
const zeekText = zeekHead + zeekRows.map((row) => `${row.join('\t')}\n`).join('');

test('a log of Zeek: RCODE, smallest TTL, RTT or the last one of the key; without TTLs there is no data', async () => {
	const { requests, names } = await read(zeekText);
	assert.deepEqual([...requests.atMs], [0, 250, 500, 1500, 2500, 3500]);
	assert.deepEqual([...requests.keys], [0, 0, 1, 2, 2, 2]);
	assert.equal(names.count, 3);
	const { positive, negative, failure, other } = outcome;
	assert.deepEqual([...requests.outcomes], [positive, negative, negative, failure, other, failure]);
	assert.deepEqual([...requests.ttlsSec], [20, 60, 60, 60, 60, 60]);
	assert.deepEqual([...requests.rttsUs], [250_000, 250_000, 0, 0, 0, 0]);
	assert.equal(requests.sizes[0], estimateBodyBytes(rrType.A, false, scatter(0)));
	assert.equal(requests.sizes[1], estimateBodyBytes(rrType.A, true, 0));
});

test('what was not recorded is as it is asked for', async () => {
	const { requests } = await read(zeekText, { ttlSec: 30, negativeTtlSec: 5, rttUs: 7 });
	assert.deepEqual([...requests.ttlsSec], [20, 5, 5, 30, 30, 30]);
	assert.deepEqual([...requests.rttsUs], [250_000, 250_000, 7, 7, 7, 7]);
});

test('a file of queries has neither times nor replies: each has an answer', async () => {
	const text = 'a.example A\na.example A\nb.example MX\n';
	const { requests } = await read(text);
	assert.deepEqual([...requests.outcomes], [0, 0, 0]);
	assert.deepEqual([...requests.atMs], [0, 0, 0]);
	const spread = await read(text, { untimedRatePerSec: 4 });
	assert.deepEqual([...spread.requests.atMs], [0, 250, 500]);
});

function requestOf(query: Partial<TraceQuery>, format: 'pcap' | 'coredns-log'): Requests {
	const builder = new RequestBuilder();
	const maker = new RequestMaker(new NameTable(), recordedIn(format, true));
	maker.add(traceQuery('www.example', query), builder);
	return builder.take();
}

test('the size of an answer is that of its message without header, question and OPT', () => {
	const nameBytes = 13;
	const plain = requestOf({ rcode: 0, answerTtlSec: 9, replyBytes: 12 + nameBytes + 4 + 100 }, 'pcap');
	assert.equal(plain.sizes[0], 100);
	const edns = { udpPayloadBytes: 1232, dnssecOk: true };
	const withOpt = requestOf(
		{ rcode: 0, answerTtlSec: 9, edns, replyBytes: 12 + nameBytes + 4 + 111 },
		'pcap',
	);
	assert.equal(withOpt.sizes[0], 100);
	assert.equal(requestOf({ rcode: 0, replyBytes: 3 }, 'pcap').sizes[0], 0);
});

test('a log of CoreDNS has RCODEs and no TTLs: NOERROR is an answer, no reply a failure', () => {
	assert.equal(requestOf({ rcode: 0 }, 'coredns-log').outcomes[0], outcome.positive);
	assert.equal(requestOf({ rcode: 3 }, 'coredns-log').outcomes[0], outcome.negative);
	assert.equal(requestOf({ rcode: undefined }, 'coredns-log').outcomes[0], outcome.failure);
});

test('queries with DO are asked for by themselves', () => {
	const names = new NameTable();
	const builder = new RequestBuilder();
	const maker = new RequestMaker(names, recordedIn('pcap', false));
	for (const dnssecOk of [false, true, false])
		maker.add(traceQuery('a.example', { edns: { udpPayloadBytes: 1232, dnssecOk } }), builder);
	assert.deepEqual([...builder.take().keys], [0, 1, 0]);
	assert.equal(names.flags(1), 1);
});
