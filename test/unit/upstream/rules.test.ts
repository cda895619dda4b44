/**
 * Goal: rules choose the right query and do what they say; a file of rules is read, or its error names the place.
 * Method: rules set on a script, and the script asked; answers decoded by dns-packet.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRuleFile } from '../../../src/load/upstream/rule-file.ts';
import { PetrelError } from '../../../src/util/errors.ts';
import { answerTo, ask, askedId, dataOf, decode, newScript } from './support.ts';

test('a rule for a name is labels, in force until it is removed', () => {
	const script = newScript();
	script.setRule('www.example', 'servfail');
	assert.equal(ask(script, 'WWW.example').rcode, 'SERVFAIL');
	assert.equal(ask(script, 'www2.example').rcode, 'NOERROR');
	assert.equal(ask(script, 'a.www.example').rcode, 'NOERROR');
	script.setRule('www.example.', 'ttl7 count2');
	assert.deepEqual(
		ask(script, 'www.example').answers.map((record) => record.ttl),
		[7, 7],
	);
	assert.equal(script.removeRule('www.EXAMPLE'), true);
	assert.equal(script.removeRule('www.example'), false);
	assert.equal(ask(script, 'www.example').answers[0].ttl, 60);
});

test('a rule decides alone: the labels of the name then mean nothing', () => {
	const script = newScript();
	script.setRule('nx.example', 'ttl7');
	assert.deepEqual(
		[ask(script, 'nx.example').rcode, ask(script, 'nx.example').answers[0].ttl],
		['NOERROR', 7],
	);
});

test('the most particular rule is used, in whatever order they are set', () => {
	const rules = [
		{ name: '*', action: 'ttl1' },
		{ name: '*.example', action: 'ttl2' },
		{ name: '*.sub.example', action: 'ttl3' },
		{ name: 'www.sub.example', action: 'ttl4' },
		{ name: 'www.sub.example', transport: 'tcp', action: 'ttl5' },
		{ name: 'www.sub.example', type: 'AAAA', action: 'ttl6' },
		{ name: 'www.sub.example', type: 28, transport: 'tcp', action: 'ttl7' },
		{ name: 'only.example', type: 'MX', action: 'ttl8' },
	] as const;
	for (const ordered of [rules, [...rules].reverse()]) {
		const script = newScript({ rules: ordered });
		const ttl = (name: string, type = 'A', transport: 'udp' | 'tcp' = 'udp') =>
			ask(script, name, { type, transport }).answers[0].ttl;
		assert.equal(ttl('.', 'NS'), 1);
		assert.equal(ttl('www.other'), 1);
		assert.equal(ttl('example'), 1, 'a pattern is for names below its suffix');
		assert.equal(ttl('www.example'), 2);
		assert.equal(ttl('wwwexample'), 1);
		assert.equal(ttl('a.b.sub.example'), 3);
		assert.equal(ttl('www.sub.example'), 4);
		assert.equal(ttl('www.sub.example', 'A', 'tcp'), 5);
		assert.equal(ttl('www.sub.example', 'AAAA'), 6);
		assert.equal(ttl('www.sub.example', 'AAAA', 'tcp'), 7);
		assert.equal(ttl('only.example', 'MX'), 8);
		assert.equal(ttl('only.example', 'A'), 2, 'a rule for another type is passed over');
	}
});

test('a rule is replaced by one for the same name, type and transport alone', () => {
	const script = newScript();
	script.setRule({ name: 'www.example', type: 'A' }, 'servfail');
	script.setRule({ name: 'www.example' }, 'refused');
	assert.equal(ask(script, 'www.example').rcode, 'SERVFAIL');
	assert.equal(ask(script, 'www.example', { type: 'MX' }).rcode, 'REFUSED');
	assert.equal(script.removeRule({ name: 'www.example', type: 'A' }), true);
	assert.equal(ask(script, 'www.example').rcode, 'REFUSED');
	script.setRule({ type: 'A' }, 'notimp');
	assert.equal(ask(script, 'elsewhere').rcode, 'NOTIMP');
	assert.equal(script.removeRule({ type: 'A' }), true);
	assert.equal(ask(script, 'elsewhere').rcode, 'NOERROR');
});

test('explicit records go out as written, whole', () => {
	const script = newScript();
	script.setRule('www.example', {
		records: ['www.example. 30 IN CNAME real.example.', 'real.example. 20 IN A 192.0.2.99', '@ IN TXT own'],
		authority: ['example. 10 IN NS ns.example.'],
		additional: ['ns.example. 10 IN A 192.0.2.53'],
		rcode: 'NXDOMAIN',
		flags: { aa: false, ra: false, ad: true },
		labels: 'ttl9 delay40ms',
	});
	const [delivery] = answerTo(script, 'WWW.example', { edns: {} }).deliveries;
	assert.equal(delivery.afterMs, 40);
	const message = decode(delivery.octets);
	assert.deepEqual(
		message.answers.map((record) => [record.name, record.type, record.ttl]),
		[
			['WWW.example', 'CNAME', 30],
			['real.example', 'A', 20],
			['WWW.example', 'TXT', 9],
		],
	);
	assert.equal(message.answers[1].data, '192.0.2.99');
	assert.equal(message.authorities[0].data, 'ns.example');
	assert.deepEqual(
		[message.rcode, message.flag_aa, message.flag_ra, message.flag_ad],
		['NXDOMAIN', false, false, true],
	);
	assert.notEqual(message.opt, undefined);
	script.setRule('www.example', { rcode: 23 });
	assert.equal(ask(script, 'www.example', { edns: {} }).opt?.extendedRcode, 1);
});

test('explicit records can be behind a wrong ID, and the wrong answer does not hold them', () => {
	const script = newScript();
	script.setRule('www.example', { records: ['@ IN A 192.0.2.99'], labels: 'wrongid' });
	const [wrong, right] = answerTo(script, 'www.example').deliveries.map((delivery) =>
		decode(delivery.octets),
	);
	assert.notDeepEqual(dataOf(wrong), ['192.0.2.99']);
	assert.deepEqual(dataOf(right), ['192.0.2.99']);
});

test('a rule with a wildcard owns its records by the name that was asked for', () => {
	const script = newScript({
		rules: [{ name: '*.example', type: 'A', action: { records: ['@ 5 IN A 192.0.2.7'] } }],
	});
	const message = ask(script, 'a.b.example');
	assert.deepEqual([message.answers[0].name, message.answers[0].data], ['a.b.example', '192.0.2.7']);
});

test('a rule with zones answers outside of them as well', () => {
	const script = newScript({ zones: ['demo.'], rules: [{ name: 'x.example', action: 'ttl3' }] });
	assert.equal(ask(script, 'x.example').answers[0].ttl, 3);
	assert.equal(ask(script, 'y.example').rcode, 'REFUSED');
});

test('raw octets go out with the ID of the query, or with their own', () => {
	const script = newScript();
	const octets = Uint8Array.of(1, 2, 3, 4, 5);
	script.setRule('raw.example', { octets, labels: 'twice' });
	const sent = answerTo(script, 'raw.example').deliveries;
	assert.deepEqual(
		sent.map((delivery) => [...delivery.octets]),
		[
			[askedId >> 8, askedId & 0xff, 3, 4, 5],
			[askedId >> 8, askedId & 0xff, 3, 4, 5],
		],
	);
	script.setRule('raw.example', { octets, keepId: true });
	assert.deepEqual([...answerTo(script, 'raw.example').deliveries[0].octets], [1, 2, 3, 4, 5]);
	script.setRule('raw.example', { octets: Uint8Array.of(9) });
	assert.equal(answerTo(script, 'raw.example').deliveries[0].octets.length, 1);
	script.setRule('raw.example', { octets: new Uint8Array(0) });
	assert.equal(answerTo(script, 'raw.example').deliveries[0].octets.length, 0);
});

test('a function sees the query and can answer as any rule would', () => {
	const script = newScript();
	let calls = 0;
	script.setRule('flaky.example', (query, reply) => {
		assert.equal(query.name, 'flaky.example.');
		calls++;
		if (calls === 1) return { deliveries: [] };
		return calls === 2 ? reply('servfail') : reply({ records: ['@ IN A 192.0.2.8'] });
	});
	assert.equal(answerTo(script, 'flaky.example').deliveries.length, 0);
	assert.equal(ask(script, 'flaky.example').rcode, 'SERVFAIL');
	assert.deepEqual(dataOf(ask(script, 'flaky.example')), ['192.0.2.8']);
});

const badRules: [name: string, set: (script: ReturnType<typeof newScript>) => void, message: RegExp][] = [
	['an unknown label', (script) => script.setRule('a', 'ttl5.nonsense'), /"nonsense" is not a behaviour/],
	['an unknown type', (script) => script.setRule({ name: 'a', type: 'QQ' }, 'nx'), /"QQ" is not a type/],
	['a bad name', (script) => script.setRule('a..b', 'nx'), /empty label/],
	[
		'a bad record',
		(script) => script.setRule('a', { records: ['a. IN A 1.2.3'] }),
		/"1\.2\.3" is not an IPv4 address/,
	],
	['a bad RCODE', (script) => script.setRule('a', { rcode: 'NOPE' }), /rcode "NOPE"/],
	['an RCODE above 4095', (script) => script.setRule('a', { rcode: 4096 }), /rcode "4096"/],
];

for (const [name, set, message] of badRules) {
	test(`a rule with ${name} is refused, and the one before stays`, () => {
		const script = newScript();
		script.setRule('a', 'servfail');
		assert.throws(
			() => set(script),
			(error: PetrelError) => error instanceof PetrelError && message.test(error.message),
		);
		assert.equal(ask(script, 'a').rcode, 'SERVFAIL');
	});
}

const file = `
# what the office sees
www.example    A     ttl30 rdata 192.0.2.7   # the first
WWW.example.   a     rdata 192.0.2.8
www.example    TXT   rdata "a # inside quotes" two
*.slow.example *     delay20ms.count2
opaque.example TYPE65280 rdata \\# 2 abcd
*              AAAA  nodata
`;

test('a file of rules is read', () => {
	const script = newScript({ rules: parseRuleFile(file, 'rules.txt') });
	const address = ask(script, 'www.example');
	assert.deepEqual(dataOf(address), ['192.0.2.7', '192.0.2.8']);
	assert.deepEqual(
		address.answers.map((record) => record.ttl),
		[30, 30],
	);
	const [strings] = dataOf(ask(script, 'www.example', { type: 'TXT' })) as [Buffer[]];
	assert.deepEqual(strings.map(String), ['a # inside quotes', 'two']);
	const [slow] = answerTo(script, 'x.slow.example', { type: 'MX' }).deliveries;
	assert.deepEqual([slow.afterMs, decode(slow.octets).answers.length], [20, 2]);
	assert.deepEqual(
		[...ask(script, 'opaque.example', { type: 'UNKNOWN_65280' }).answers[0].data],
		[0xab, 0xcd],
	);
	assert.equal(ask(script, 'www.example', { type: 'AAAA' }).answers.length, 0);
});

test('a file of nothing but comments has no rules', () => {
	assert.deepEqual(parseRuleFile('# one\n\n   # two\r\n', 'f'), []);
});

const badLines: [line: string, message: RegExp][] = [
	['www.example', /^f:3:1: "www\.example" is not a rule/],
	['www.example A', /^f:3:1: "www\.example A" says nothing/],
	['www.example A # nx', /^f:3:1: .* says nothing/],
	['www.example A nonsense', /^f:3:15: "nonsense" is not a behaviour/],
	['www.example A rdata', /^f:3:15: "rdata" stands at the end/],
	['www.example A rdata 1.2.3', /^f:3:21: .*"1\.2\.3" is not an IPv4 address/],
	['www.example * rdata 192.0.2.1', /^f:3:13: a rule with rdata needs a type/],
	['www.example QQ nx', /^f:3:13: "QQ" is not a type/],
	['a..b A nx', /^f:3:1: .*empty label/],
	['www.example A rdata "open', /^f:3:21: .*a quote is not closed/],
	['  www.example  A  ttl5  wrong.nx', /^f:3:25: "wrong" is not a behaviour/],
];

for (const [line, message] of badLines) {
	test(`the line "${line}" of a rule file is refused with its place`, () => {
		assert.throws(
			() => parseRuleFile(`# first\na A nx\n${line}\nb A nx\n`, 'f'),
			(error: PetrelError) => {
				assert.ok(error instanceof PetrelError);
				assert.match(error.message, message);
				return true;
			},
		);
	});
}
