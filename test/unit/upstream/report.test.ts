/**
 * Goal: the report counts every query exactly, and remembers the latest.
 * Method: a script is asked, and its report compared with what was asked.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { answerTo, makeQuery, newScript } from './support.ts';

test('queries are counted by name, type and transport', () => {
	const script = newScript();
	answerTo(script, 'WWW.example');
	answerTo(script, 'www.example', { transport: 'tcp' });
	answerTo(script, 'www.example', { type: 'AAAA' });
	answerTo(script, 'silent.example');
	const { report } = script;
	assert.equal(report.total, 4);
	assert.equal(report.count(), 4);
	assert.equal(report.count('www.example'), 3);
	assert.equal(report.count('Www.Example.', 'A'), 2);
	assert.equal(report.count('www.example', 1, 'tcp'), 1);
	assert.equal(report.count('www.example', undefined, 'udp'), 2);
	assert.equal(report.count(undefined, 'AAAA'), 1);
	assert.equal(report.count(undefined, undefined, 'tcp'), 1);
	assert.equal(report.count('silent.example'), 1, 'what is not answered is counted');
	assert.equal(report.count('other.example'), 0);
	assert.equal(report.count('www.example', 'NOTYPE'), 0);
	assert.equal(report.names, 2);
});

test('a name with dots and odd octets in a label is found by its text', () => {
	const script = newScript();
	const query = makeQuery('aXb.example');
	query[14] = 0x2e;
	script.answer(query, 'udp', 0);
	assert.equal(script.report.queries[0].name, 'a\\.b.example.');
	assert.equal(script.report.count('a\\.b.example'), 1);
});

test('the last query for a name shows its flags, EDNS, ID and port', () => {
	const script = newScript();
	answerTo(script, 'www.example', { flags: 0, id: 1 });
	answerTo(script, 'www.example', {
		flags: packet.RECURSION_DESIRED | packet.AUTHENTIC_DATA | packet.CHECKING_DISABLED,
		id: 2,
		port: 5353,
		nowMs: 77,
		edns: { size: 1400, dnssecOk: true },
	});
	answerTo(script, 'other.example', { id: 3, port: 5354 });
	const { report } = script;
	const last = report.last('WWW.example');
	assert.deepEqual(
		[last?.id, last?.port, last?.atMs, last?.rd, last?.ad, last?.cd, last?.typeName],
		[2, 5353, 77, true, true, true, 'A'],
	);
	assert.deepEqual(last?.edns, { udpPayloadBytes: 1400, version: 0, dnssecOk: true, options: [] });
	assert.deepEqual([report.queries[0].rd, report.queries[0].edns], [false, undefined]);
	assert.equal(report.last('nobody.example'), undefined);
	assert.deepEqual([...report.sourcePorts], [5353, 5354]);
	assert.deepEqual([...report.ids], [1, 2, 3]);
});

test('EDNS options are listed by their codes', () => {
	const script = newScript();
	const opt = {
		type: 'OPT',
		name: '.',
		udpPayloadSize: 1232,
		flags: 0,
		options: [
			{ code: 10, data: Buffer.alloc(8) },
			{ code: 12, data: Buffer.alloc(3) },
		],
	};
	const query = packet.encode({
		type: 'query',
		questions: [{ type: 'A', name: 'www.example' }],
		additionals: [opt as unknown as packet.Answer],
	});
	script.answer(query, 'udp', 0);
	assert.deepEqual(script.report.last('www.example')?.edns?.options, [10, 12]);
});

test('the latest queries are kept, oldest first, and the counts go on', () => {
	const script = newScript({ remembered: 5 });
	for (let id = 0; id < 12; id++) answerTo(script, `n${id}.example`, { id });
	assert.deepEqual(
		script.report.queries.map((query) => query.id),
		[7, 8, 9, 10, 11],
	);
	assert.equal(script.report.last('n3.example'), undefined);
	assert.equal(script.report.count('n3.example'), 1);
	assert.equal(script.report.total, 12);
	const counting = newScript({ remembered: 0 });
	answerTo(counting, 'www.example');
	assert.deepEqual([counting.report.queries.length, counting.report.total], [0, 1]);
});

test('what a cache that never forgets would ask once is counted, over both transports together', () => {
	const script = newScript();
	for (const transport of ['udp', 'tcp', 'udp'] as const) {
		answerTo(script, 'www.example', { transport });
		answerTo(script, 'www.example', { transport, type: 'AAAA' });
	}
	answerTo(script, 'other.example', { type: 'CAA', transport: 'tcp' });
	assert.deepEqual([script.report.names, script.report.questions, script.report.total], [2, 3, 7]);
	assert.equal(script.report.count(undefined, 'CAA', 'tcp'), 1);
	assert.deepEqual(script.report.totals().by_type, {
		'A/udp': 2,
		'A/tcp': 1,
		'AAAA/udp': 2,
		'AAAA/tcp': 1,
		'CAA/tcp': 1,
	});
});

test('reset forgets everything', () => {
	const script = newScript();
	answerTo(script, 'www.example', { port: 1 });
	script.answer(new Uint8Array(3), 'udp', 0);
	script.report.reset();
	const { report } = script;
	assert.deepEqual(
		[report.total, report.count(), report.count('www.example'), report.malformed, report.names],
		[0, 0, 0, 0, 0],
	);
	assert.deepEqual([report.queries.length, report.sourcePorts.size, report.ids.size], [0, 0, 0]);
	answerTo(script, 'www.example');
	assert.equal(report.count('www.example'), 1);
});

test('as JSON it is plain data, the names asked for most in front', () => {
	const script = newScript();
	answerTo(script, 'a.example', { id: 1, port: 9 });
	answerTo(script, 'b.example', { id: 2, port: 9 });
	answerTo(script, 'b.example', { id: 3, port: 9, type: 'MX', transport: 'tcp' });
	script.answer(new Uint8Array(3), 'udp', 0);
	assert.deepEqual(JSON.parse(JSON.stringify(script.report)), {
		total: 3,
		udp: 2,
		tcp: 1,
		malformed: 1,
		while_down: 0,
		by_type: { 'A/udp': 2, 'MX/tcp': 1 },
		source_ports: 1,
		ids: 3,
		names_seen: 2,
		questions_seen: 3,
		uncounted_names: 0,
		top_names: [
			{ name: 'b.example.', total: 2, by: { 'A/udp': 1, 'MX/tcp': 1 } },
			{ name: 'a.example.', total: 1, by: { 'A/udp': 1 } },
		],
	});
});
