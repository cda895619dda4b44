/**
 * Goal: dnsperf's own files work unchanged, and what petrel takes besides is what its essay says. Method: each row is a
 * line and what dnsperf 2.10 asked for it when it was run with it, or that it refused it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameToText } from '../../../../src/wire/presentation.ts';
import { asked, configError, readStrictly, readTrace } from './support.ts';

const dnsperf = { format: 'dnsperf' } as const;

test('lines that dnsperf takes, and what they ask', async () => {
	const rows: [string, string][] = [
		['a.test A', 'a.test. 1'],
		['b.test\tAAAA', 'b.test. 28'],
		['e.test \t  A', 'e.test. 1'],
		['lower.test aaaa', 'lower.test. 28'],
		['x.test TYPE65', 'x.test. 65'],
		['x.test type65280', 'x.test. 65280'],
		['o.test HTTPS', 'o.test. 65'],
		['p.test ANY', 'p.test. 255'],
		['w.test WKS', 'w.test. 11'],
		['w.test A6', 'w.test. 38'],
		['w.test NSAP-PTR', 'w.test. 23'],
		['c.test A ; trailing', 'c.test. 1'],
		['d.test A junk more', 'd.test. 1'],
		['n.test A   ', 'n.test. 1'],
		['h\\.i.test A', 'h\\.i.test. 1'],
		['. NS', '. 2'],
		['j.test. A', 'j.test. 1'],
		['ü.test A', '\\195\\188.test. 1'],
		['UPPER.Test A', 'UPPER.Test. 1'],
		['"q".test A', '\\"q\\".test. 1'],
		['#x.test A', '#x.test. 1'],
	];
	for (const [line, expected] of rows) {
		const [query] = await readStrictly(`${line}\n`, dnsperf);
		assert.equal(`${nameToText(query.qname)} ${query.qtype}`, expected, line);
	}
});

test('comments and empty lines, and what petrel takes besides', async () => {
	const text =
		'; dnsperf A\n\nlead.test A\n  indented.test A\n   \n # blank A\n#\n\t; indented A\r\ncrlf.test A\r\nlast.test A';
	const { queries, bad, trace } = await readTrace(text, dnsperf);
	assert.deepEqual(asked(queries), ['lead.test. 1', 'indented.test. 1', 'crlf.test. 1', 'last.test. 1']);
	assert.deepEqual(
		queries.map((query) => query.line),
		[3, 4, 9, 10],
	);
	assert.deepEqual(bad, []);
	assert.equal(trace.read, 10);
});

test('a query has class IN and RD, and neither time, client nor reply', async () => {
	const [query] = await readStrictly('a.test A\n', dnsperf);
	assert.deepEqual(query, {
		atMs: Number.NaN,
		client: undefined,
		qname: Uint8Array.from(Buffer.from('\x01a\x04test\0', 'latin1')),
		qtype: 1,
		qclass: 1,
		edns: undefined,
		recursionDesired: true,
		rcode: undefined,
		answerTtlSec: undefined,
		replyBytes: undefined,
		rttUs: undefined,
		line: 1,
		absolute: false,
	});
	assert.equal((await readStrictly('a.test. A\n', dnsperf))[0].absolute, true);
});

const refused: readonly [string, RegExp][] = [
	['notype.test', /^trace:2: no type stands behind "notype.test"; a line is NAME TYPE/],
	['k..test A', /^trace:2: name "k..test" has an empty label/],
	['.l.test A', /^trace:2: name ".l.test" has an empty label/],
	['m.test BOGUS', /^trace:2: "BOGUS" is no type; write a name such as AAAA, or TYPE65$/],
	['r.test 65', /^trace:2: "65" is no type/],
	['q.test *', /^trace:2: "\*" is no type/],
	['s.test IN A', /^trace:2: "IN" is no type/],
	['u.test TYPE65536', /^trace:2: "TYPE65536" is no type/],
	['u.test constructor', /^trace:2: "constructor" is no type/],
	['w\\ A', /^trace:2: name "w\\\\" has an escape that is none/],
	[`${'a'.repeat(64)}.test A`, /^trace:2: name "a{64}.test" has a label of 64 octets/],
	[`${'a'.repeat(900)} A`, /^trace:2: name "a{77}\.\.\." takes more than 255 octets/],
];

test('lines that dnsperf refuses: the first ends the reading, and says where and what to do', async () => {
	for (const [line, message] of refused) {
		await assert.rejects(readStrictly(`ok.test A\n${line}\n`, dnsperf), configError(message), line);
	}
});

test('with onBad they are told and skipped, as dnsperf does', async () => {
	const lines = refused.flatMap(([line]) => [line, 'ok.test A']);
	const { queries, bad, trace } = await readTrace(lines.join('\n'), dnsperf);
	assert.equal(queries.length, refused.length);
	assert.equal(bad.length, refused.length);
	assert.equal(trace.skipped.count, refused.length);
	assert.equal(trace.skipped.reasons.get('unknown type'), 6);
});

test('a file without line ends does not fill the memory', async () => {
	const { bad, trace, queries } = await readTrace(`${'a'.repeat(3_000_000)}\nb.test A\n`, dnsperf);
	assert.match(bad[0], /^trace:1: the line has more than 1048576 octets/);
	assert.equal(trace.read, 2);
	assert.deepEqual(asked(queries), ['b.test. 1']);
});

test('whatever the octets are and wherever they are cut, the same comes out and nothing is thrown', async () => {
	const word = fc.constantFrom(
		'a.test',
		'A',
		' ',
		'\t',
		'\n',
		'\r\n',
		';',
		'#',
		'\\',
		'.',
		'TYPE1',
		'\xff',
		'\0',
	);
	await fc.assert(
		fc.asyncProperty(fc.array(word), fc.integer({ min: 1, max: 7 }), async (words, pieceBytes) => {
			const octets = Buffer.from(`;\n${words.join('')}`, 'latin1');
			const whole = await readTrace(octets, dnsperf);
			const cut = await readTrace(octets, dnsperf, pieceBytes);
			assert.deepEqual(cut.queries, whole.queries);
			assert.deepEqual(cut.bad, whole.bad);
		}),
	);
});
