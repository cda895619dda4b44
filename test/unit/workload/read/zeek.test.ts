/** Goal: dns.log of Zeek, as table and as JSON, whatever its columns and their order. Method: rows by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, configError, readTrace, reasons } from './support.ts';

const head = [
	'#separator \\x09',
	'#set_separator\t,',
	'#empty_field\t(empty)',
	'#unset_field\t-',
	'#path\tdns',
];
const allFields =
	'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs rejected';

type Values = Readonly<Record<string, string>>;
const usual: Values = {
	ts: '1521911720.865716',
	'id.orig_h': '10.47.1.100',
	'id.orig_p': '41772',
	'id.resp_p': '53',
	trans_id: '36329',
	rtt: '0.000870',
	query: 'ise.wrccdc.org',
	qclass: '1',
	qtype: '1',
	rcode: '0',
	RD: 'T',
	TTLs: '2230.000000,41830.000000',
};

function table(fields: string, ...rows: Values[]): string {
	const names = fields.split(' ');
	const lines = rows.map((row) => names.map((name) => row[name] ?? '-').join('\t'));
	return [...head, `#fields\t${names.join('\t')}`, ...lines, '#close\t2024', ''].join('\n');
}

const usualQuery = {
	atMs: 1_521_911_720_865.716,
	client: '10.47.1.100',
	qname: Uint8Array.from(Buffer.from('\x03ise\x06wrccdc\x03org\0', 'latin1')),
	qtype: 1,
	qclass: 1,
	edns: undefined,
	recursionDesired: true,
	rcode: 0,
	answerTtlSec: 2230,
	replyBytes: undefined,
	rttUs: 870,
};

test('a row', async () => {
	const { queries, trace } = await readTrace(table(allFields, usual));
	assert.deepEqual(queries, [{ ...usualQuery, line: 7 }]);
	assert.equal(trace.format, 'zeek');
	assert.equal(trace.read, 8);
});

test('columns in any order, and no more than name and type', async () => {
	const backwards = allFields.split(' ').reverse().join(' ');
	assert.deepEqual((await readTrace(table(backwards, usual))).queries, [{ ...usualQuery, line: 7 }]);
	const { queries } = await readTrace(table('qtype_name query', { qtype_name: 'AAAA', query: 'a.b' }));
	assert.deepEqual(asked(queries), ['a.b. 28']);
	assert.ok(Number.isNaN(queries[0].atMs));
	const { client, qclass, recursionDesired, rcode, answerTtlSec, rttUs } = queries[0];
	assert.deepEqual([client, qclass, recursionDesired], [undefined, 1, true]);
	assert.deepEqual([rcode, answerTtlSec, rttUs], [undefined, undefined, undefined]);
});

test('names in place of numbers', async () => {
	const fields = 'query qclass_name qtype_name rcode_name';
	const row = (qclass: string, qtype: string, rcode: string): Values => ({
		query: 'a.b',
		qclass_name: qclass,
		qtype_name: qtype,
		rcode_name: rcode,
	});
	const text = table(
		fields,
		row('C_INTERNET', '*', 'NXDOMAIN'),
		row('C_CHAOS', 'TXT', 'REFUSED'),
		row('qclass-7', 'query-65', '-'),
	);
	const { queries } = await readTrace(text);
	assert.deepEqual(
		queries.map(({ qclass, qtype, rcode }) => [qclass, qtype, rcode]),
		[
			[1, 255, 3],
			[3, 16, 5],
			[7, 65, undefined],
		],
	);
});

test('other separators, escapes, the root', async () => {
	const text = [
		'#separator \\x2c',
		'#set_separator,;',
		'#empty_field,EMPTY',
		'#unset_field,NONE',
		'#fields,ts,query,qtype,TTLs,rcode',
		'1.5,a\\x2cb.c\\\\d,16,7.5;0.25;9,NONE',
		'2.5,EMPTY,2,NONE,0',
		'3.5,-,1,EMPTY,0',
	].join('\n');
	const { queries, bad } = await readTrace(text);
	assert.deepEqual(bad, []);
	assert.deepEqual(asked(queries), ['a,b.c\\\\d. 16', '. 2', '-. 1']);
	assert.deepEqual(
		queries.map(({ atMs, answerTtlSec, rcode }) => [atMs, answerTtlSec, rcode]),
		[
			[1500, 0.25, undefined],
			[2500, undefined, 0],
			[3500, undefined, 0],
		],
	);
});

test('queries come in order of their time, rows of the same time in their own', async () => {
	const at = (ts: string, query: string): Values => ({ ...usual, ts, query });
	const text = table(
		allFields,
		at('3.0', 'c'),
		at('1.0', 'a'),
		at('2.000001', 'b2'),
		at('2.0', 'b'),
		at('1.0', 'a2'),
	);
	const { queries, trace } = await readTrace(text);
	assert.deepEqual(asked(queries), ['a. 1', 'a2. 1', 'b. 1', 'b2. 1', 'c. 1']);
	assert.equal(trace.outOfOrder, 0);
});

test('rows of other ports and without a question are passed over, unless they are asked for', async () => {
	const noType = { ...usual, qtype: '-' };
	const noName = { ...noType, query: '-' };
	const text = table(allFields, { ...usual, 'id.resp_p': '137' }, noType, noName, usual);
	const { queries, trace, bad } = await readTrace(text);
	assert.equal(queries.length, 1);
	assert.deepEqual(reasons(trace.passedOver), { 'another port': 1, 'no question in the row': 2 });
	assert.deepEqual(bad, []);
	assert.equal((await readTrace(text, { port: 137 })).queries.length, 1);
	assert.equal((await readTrace(text, { port: 0 })).queries.length, 2);
	assert.deepEqual(asked((await readTrace(text, { keepIncomplete: true })).queries), [
		'ise.wrccdc.org. 0',
		'. 0',
		'ise.wrccdc.org. 1',
	]);
});

test('duplicates: same client, port, ID, name and type within the time given', async () => {
	const at = (ms: number, more: Values = {}): Values => ({
		...usual,
		ts: (1000 + ms / 1000).toFixed(6),
		...more,
	});
	const text = table(
		allFields,
		at(0),
		at(5),
		at(10),
		at(11),
		at(30, { trans_id: '7' }),
		at(31, { trans_id: '7', 'id.orig_p': '8' }),
		at(32, { trans_id: '7', 'id.orig_h': '10.0.0.9' }),
		at(33, { trans_id: '7', qtype: '28' }),
		at(34, { trans_id: '7', query: 'other' }),
		at(35, { trans_id: '7' }),
	);
	const { queries, trace } = await readTrace(text, { duplicatesWithinMs: 10 });
	assert.deepEqual(
		queries.map((query) => Math.round(query.atMs) - 1_000_000),
		[0, 11, 30, 31, 32, 33, 34],
	);
	assert.deepEqual(reasons(trace.passedOver), { duplicates: 3 });
	assert.equal((await readTrace(text)).queries.length, 10);
});

test('damaged rows are counted and skipped, with their line', async () => {
	const text = table(
		allFields,
		{ ...usual, ts: 'yesterday' },
		{ ...usual, query: 'a..b' },
		{ ...usual, qtype: '65536' },
		{ ...usual, qtype: '-', qtype_name: 'NONSENSE' },
		usual,
	).replace('#close\t2024\n', '1521911720.865716\tonly two');
	const { queries, bad, trace } = await readTrace(text);
	assert.equal(queries.length, 1);
	assert.deepEqual(bad, [
		'trace:7: ts "yesterday" is no time in seconds',
		'trace:8: query "a..b" has an empty label; write one dot between two labels',
		'trace:9: qtype "65536" is no type',
		'trace:10: qtype_name "NONSENSE" is no type',
		'trace:12: the row has 2 fields, its log 24',
	]);
	assert.equal(trace.skipped.count, 5);
	assert.equal(trace.skipped.reasons.get('unknown type'), 2);
});

test('a log without what is needed is refused', async () => {
	await assert.rejects(
		readTrace(table('ts uid host', { ts: '1', uid: 'x', host: 'y' })),
		configError(/^trace:6: the Zeek log has no columns query and qtype .*"ts uid host"; give dns.log$/),
	);
	await assert.rejects(
		readTrace('1521911720.8\tx\ty\n', { format: 'zeek' }),
		configError(/^trace:1: a row stands before the line "#fields"/),
	);
});

test('logs put together: the second #fields counts for what follows', async () => {
	const text = table(allFields, usual) + table('query qtype', { query: 'second', qtype: '28' });
	assert.deepEqual(asked((await readTrace(text)).queries), ['second. 28', 'ise.wrccdc.org. 1']);
});

test('JSON', async () => {
	const row = {
		ts: 1521911720.865716,
		'id.orig_h': '10.47.1.100',
		'id.orig_p': 41772,
		'id.resp_p': 53,
		trans_id: 36329,
		rtt: 0.00087,
		query: 'ise.wrccdc.org',
		qclass: 1,
		qtype: 1,
		rcode: 0,
		RD: true,
		TTLs: [2230, 41830],
	};
	const lines = [
		row,
		{ ...row, ts: '2018-03-24T17:15:20.865716Z' },
		{ ...row, query: '', RD: false, qtype: undefined, qtype_name: 'NS', TTLs: [] },
		{ ...row, query: 'a\\x2eb', rcode: undefined, rcode_name: 'NXDOMAIN' },
		{ ...row, 'id.resp_p': 5353 },
		{ ...row, query: undefined },
		{ ...row, query: 'a..b' },
		{ ...row, qtype: 'x' },
		{ ...row, ts: 'noon' },
	].map((line) => JSON.stringify(line));
	const { queries, bad, trace } = await readTrace(`${lines.join('\n')}\n{"ts":\n\n`);
	assert.deepEqual(queries[0], { ...usualQuery, line: 1 });
	assert.deepEqual(queries[1], { ...usualQuery, line: 2 });
	assert.deepEqual(asked(queries.slice(2)), ['. 2', 'a\\.b. 1']);
	const { recursionDesired, answerTtlSec } = queries[2];
	assert.deepEqual([recursionDesired, answerTtlSec, queries[3].rcode], [false, undefined, 3]);
	assert.deepEqual(bad, [
		'trace:7: query "a..b" has an empty label; write one dot between two labels',
		'trace:8: qtype "x" is no type',
		'trace:9: ts "noon" is neither seconds nor a timestamp',
		'trace:10: "{\\"ts\\":" is no JSON object',
	]);
	assert.deepEqual(reasons(trace.passedOver), { 'another port': 1, 'no question in the row': 1 });
});

test('the same wherever the octets are cut', async () => {
	const text = table(allFields, usual, { ...usual, query: 'a..b' }, { ...usual, ts: '7' });
	const whole = await readTrace(text, { format: 'zeek' });
	for (let pieceBytes = 1; pieceBytes < 40; pieceBytes++) {
		const cut = await readTrace(text, { format: 'zeek' }, pieceBytes);
		assert.deepEqual([cut.queries, cut.bad], [whole.queries, whole.bad]);
	}
});
