/** Lines of the query log: every placeholder, the formats around them, and names as CoreDNS escapes them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logLabels } from '../../../src/config/directives/log-labels.ts';
import {
	compileFormat,
	labelWriters,
	secondsText,
	shorthands,
} from '../../../src/server/query-log/format.ts';
import { jsonLines } from '../../../src/server/query-log/json.ts';
import type { LogRecord } from '../../../src/server/query-log/record.ts';
import { corednsName, corednsRcode, corednsType } from '../../../src/wire/coredns-text.ts';

const record: LogRecord = {
	rule: 0,
	listener: 0,
	overTcp: false,
	dnssecOk: false,
	replied: true,
	plugin: 1,
	id: 29_008,
	queryFlags: 0x0100,
	replyFlags: 0x81a0,
	rcode: 0,
	qname: 'example.org.',
	qtype: 1,
	qclass: 1,
	queryBytes: 41,
	payloadBytes: 4096,
	answerBytes: 68,
	client: '::1',
	port: 50_759,
	row: 0,
	startMs: 1000,
	endMs: 1037.990251,
};

function line(format: string, changes: Partial<LogRecord> = {}): string {
	return compileFormat(format)({ record: { ...record, ...changes }, local: '127.0.0.1' });
}

test('the Common Log Format and the combined one', () => {
	const common =
		'[::1]:50759 - 29008 "A IN example.org. udp 41 false 4096" NOERROR qr,rd,ra,ad 68 0.037990251s';
	assert.equal(line('{common}'), common);
	assert.equal(line('{combined}'), `${common} "0"`);
	assert.equal(line('x {common}|{common}'), `x ${common}|${common}`);
});

const rows: readonly (readonly [format: string, text: string, changes?: Partial<LogRecord>])[] = [
	['{type}', 'A'],
	['{type}', 'TYPE65280', { qtype: 65_280 }],
	['{name}', 'example.org.'],
	['{class}', 'IN'],
	['{class}', 'CH', { qclass: 3 }],
	['{class}', 'CLASS9', { qclass: 9 }],
	['{proto}', 'udp'],
	['{proto}', 'tcp', { overTcp: true }],
	['{size}', '41'],
	['{remote}', '[::1]'],
	['{remote}', '192.0.2.7', { client: '192.0.2.7' }],
	['{port}', '50759'],
	['{local}', '127.0.0.1'],
	['{>id}', '29008'],
	['{>opcode}', '0'],
	['{>do}', 'true', { dnssecOk: true }],
	['{>bufsize}', '4096'],
	['{rcode}', 'NXDOMAIN', { rcode: 3 }],
	['{rcode}', 'BADSIG', { rcode: 16 }],
	['{rcode}', '12', { rcode: 12 }],
	['{rcode}', '-', { replied: false }],
	['{rsize}', '68'],
	['{>rflags}', 'qr,aa,tc,rd,ra,z,ad,cd', { replyFlags: 0x87f0 }],
	['{>rflags}', '', { replyFlags: 0 }],
	['{>rflags}', '-', { replied: false }],
	['{duration}', '0.037990251s'],
	['{/forward/upstream}', '-'],
	['{/}', '-'],
	['{nothing} {>nothing} {>ID}', '{nothing} {>nothing} {>ID}'],
	['{ {type} }', '{ A }'],
	['a } {type}', 'a } A'],
	['{type', '{type'],
	['"{name}" é', '"example.org." é'],
];

for (const [format, text, changes] of rows) {
	test(`format ${format} gives ${text}`, () => assert.equal(line(format, changes), text));
}

test('every placeholder that the configuration knows can be written, and no other', () => {
	const written = [...Object.keys(labelWriters), ...Object.keys(shorthands)];
	assert.deepEqual(written.sort(), Object.keys(logLabels).sort());
});

test('seconds have no exponent and no zeros at the end', () => {
	const table: readonly (readonly [number, string])[] = [
		[0, '0s'],
		[0.000001, '0.000000001s'],
		[0.07, '0.00007s'],
		[1, '0.001s'],
		[1000, '1s'],
		[4500.5, '4.5005s'],
		[-1, '0s'],
	];
	for (const [durationMs, text] of table) assert.equal(secondsText(durationMs), text);
});

test('names are in lower case, with the escapes of CoreDNS', () => {
	const label = Buffer.from(' .\'@;()"\\$\u0001A_é', 'latin1');
	const octets = Uint8Array.of(label.length, ...label, 3, ...Buffer.from('OrG'), 0);
	assert.equal(corednsName(octets, 0), '\\ \\.\\\'\\@\\;\\(\\)\\"\\\\$\\001a_\\233.org.');
	assert.equal(corednsName(Uint8Array.of(0), 0), '.');
});

test('types and RCODEs have the names of CoreDNS', () => {
	assert.equal(corednsType(0), 'None');
	assert.equal(corednsType(65_535), 'Reserved');
	assert.equal(corednsType(23), 'NSAP-PTR');
	assert.equal(corednsType(28), 'AAAA');
	assert.equal(corednsRcode(2), 'SERVFAIL');
	assert.equal(corednsRcode(23), 'BADCOOKIE');
	assert.equal(corednsRcode(24), '24');
});

test('as JSON a query is one object with stable names', () => {
	const text = jsonLines()({ record, server: '127.0.0.1:53', zone: '.', timeMs: 1_700_000_000_000.4 });
	assert.ok(text.endsWith('}\n'));
	assert.deepEqual(JSON.parse(text), {
		level: 'info',
		time: 1_700_000_000_000,
		server: '127.0.0.1:53',
		zone: '.',
		client: '[::1]:50759',
		qname: 'example.org.',
		qtype: 'A',
		qclass: 'IN',
		rcode: 'NOERROR',
		duration_us: 37_990,
		plugin: 'cache',
		size: 41,
		rsize: 68,
		proto: 'udp',
		id: 29_008,
		flags: 'qr,rd,ra,ad',
		msg: 'query',
	});
});
