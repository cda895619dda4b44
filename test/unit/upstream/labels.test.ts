/**
 * Goal: every label in a name does what the table of labels says.
 * Method: one test a label, through UpstreamScript without sockets, decoded by dns-packet; the last test compares the
 * labels tested here with the table, so that none is forgotten.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { findEffect, labelExamples, labelHelp } from '../../../src/load/upstream/labels.ts';
import { answerTo, ask, askedId, dataOf, decode, newScript } from './support.ts';

const tested = new Set<string>();

function label(example: string, does: string, check: () => void): void {
	tested.add(example);
	test(`${example}: ${does}`, check);
}

const script = newScript();

label('ttl30', 'sets the TTL of the records, up to 2^32 - 1', () => {
	assert.equal(ask(script, 'ttl30.example').answers[0].ttl, 30);
	assert.equal(ask(script, 'ttl2147483649.example').answers[0].ttl, 2147483649);
	assert.equal(ask(script, 'ttl0.example').answers[0].ttl, 0);
});

label('count4', 'gives so many different records', () => {
	const addresses = dataOf(ask(script, 'count4.example'));
	assert.equal(addresses.length, 4);
	assert.equal(new Set(addresses).size, 4);
	const many = ask(script, 'count600.example', { transport: 'tcp' });
	assert.equal(new Set(dataOf(many)).size, 600);
	assert.equal(ask(script, 'count3.example', { type: 'MX' }).answers.length, 3);
});

label('size1400', 'fills the message with records of the type', () => {
	for (const type of ['A', 'AAAA', 'TXT', 'MX']) {
		const message = ask(script, 'size1400.example', { type, edns: { size: 4096 } });
		assert.ok(message.sizeBytes <= 1400 && message.sizeBytes > 1350, `${type}: ${message.sizeBytes}`);
		assert.equal(message.flag_tc, false);
		assert.ok(message.answers.every((record) => record.type === type));
	}
	assert.ok(ask(script, 'size60000.example', { type: 'TXT', transport: 'tcp' }).sizeBytes > 59_900);
});

label('txt300', 'gives so many octets of text', () => {
	const [strings] = dataOf(ask(script, 'txt300.example', { type: 'TXT' })) as [Buffer[]];
	assert.deepEqual(
		strings.map((string) => string.length),
		[255, 45],
	);
});

label('nx', 'is NXDOMAIN with the SOA of the zone', () => {
	const message = ask(script, 'nx.www.example');
	assert.equal(message.rcode, 'NXDOMAIN');
	assert.equal(message.answers.length, 0);
	assert.equal(message.authorities[0].type, 'SOA');
	assert.equal(message.authorities[0].name, 'example');
	assert.equal(message.authorities[0].data.mname, 'ns1.example');
});

label('nxnosoa', 'is NXDOMAIN and nothing else', () => {
	const message = ask(script, 'nxnosoa.example');
	assert.equal(message.rcode, 'NXDOMAIN');
	assert.equal(message.authorities.length, 0);
});

label('nodata', 'is NOERROR with the SOA alone', () => {
	const message = ask(script, 'nodata.example');
	assert.equal(message.rcode, 'NOERROR');
	assert.equal(message.answers.length, 0);
	assert.equal(message.authorities[0].type, 'SOA');
});

label('nodatanosoa', 'is NOERROR and nothing else', () => {
	const message = ask(script, 'nodatanosoa.example');
	assert.equal(message.rcode, 'NOERROR');
	assert.equal(message.answers.length + message.authorities.length, 0);
});

label('soattl3600', 'sets the TTL of the SOA', () => {
	const [soa] = ask(script, 'nx.soattl3600.example').authorities;
	assert.equal(soa.ttl, 3600);
	assert.equal(soa.data.minimum, 60);
});

label('soamin5', 'sets the MINIMUM of the SOA', () => {
	const [soa] = ask(script, 'nx.soattl3600.soamin5.example').authorities;
	assert.equal(soa.ttl, 3600);
	assert.equal(soa.data.minimum, 5);
	assert.equal(ask(script, 'soamin5.example', { type: 'SOA' }).answers[0].data.minimum, 5);
});

label('cname', 'puts a CNAME before the data that its target has by itself', () => {
	const message = ask(script, 'cname.ttl10.www.example');
	const [cname, address] = message.answers;
	assert.deepEqual([cname.type, cname.name, cname.ttl], ['CNAME', 'cname.ttl10.www.example', 10]);
	assert.deepEqual([address.type, address.name, address.ttl], ['A', cname.data, 10]);
	const target = ask(script, cname.data);
	assert.deepEqual([target.answers[0].data, target.answers[0].ttl], [address.data, 10]);
});

test('a query for the CNAME itself gets it alone', () => {
	for (const name of ['cname.example', 'nxcname.example', 'cnameonly.example']) {
		const message = ask(script, name, { type: 'CNAME' });
		assert.equal(message.rcode, 'NOERROR');
		assert.deepEqual(
			message.answers.map((record) => record.type),
			['CNAME'],
		);
		assert.equal(message.authorities.length, 0);
	}
	assert.equal(ask(script, 'www.example', { type: 'CNAME' }).answers.length, 0);
});

label('cnamettl300', 'sets the TTL of the CNAME alone', () => {
	const ttls = ask(script, 'cnamettl300.ttl10.example').answers.map((record) => [record.type, record.ttl]);
	assert.deepEqual(ttls, [
		['CNAME', 300],
		['A', 10],
	]);
});

label('nxcname', 'is NXDOMAIN with a CNAME and a SOA, and its target is NXDOMAIN by itself', () => {
	const message = ask(script, 'nxcname.example');
	assert.equal(message.rcode, 'NXDOMAIN');
	assert.deepEqual([message.answers.length, message.answers[0].type], [1, 'CNAME']);
	assert.equal(message.authorities[0].type, 'SOA');
	assert.equal(ask(script, message.answers[0].data).rcode, 'NXDOMAIN');
});

label('cnameonly', 'is a CNAME whose target has no data, with a SOA', () => {
	const message = ask(script, 'cnameonly.example');
	assert.equal(message.rcode, 'NOERROR');
	assert.deepEqual([message.answers.length, message.answers[0].type], [1, 'CNAME']);
	assert.equal(message.authorities[0].type, 'SOA');
	const target = ask(script, message.answers[0].data);
	assert.deepEqual([target.rcode, target.answers.length], ['NOERROR', 0]);
});

label('cnamenosoa', 'is a CNAME and nothing else', () => {
	const message = ask(script, 'cnamenosoa.example');
	assert.equal(message.rcode, 'NOERROR');
	assert.deepEqual([message.answers.length, message.answers[0].type], [1, 'CNAME']);
	assert.equal(message.authorities.length, 0);
});

for (const example of ['servfail', 'refused', 'formerr', 'notimp']) {
	label(example, 'is that RCODE without records', () => {
		const message = ask(script, `${example}.example`, { edns: {} });
		assert.equal(message.rcode, example.toUpperCase());
		assert.deepEqual([message.flag_aa, message.flag_ra], [false, true]);
		assert.equal(message.answers.length + message.authorities.length, 0);
		assert.equal(message.questions[0].name, `${example}.example`);
	});
}

label('bogus', 'is SERVFAIL but for CD=1', () => {
	assert.equal(ask(script, 'bogus.example').rcode, 'SERVFAIL');
	const unchecked = ask(script, 'bogus.example', { flags: packet.CHECKING_DISABLED });
	assert.deepEqual([unchecked.rcode, unchecked.answers.length, unchecked.flag_cd], ['NOERROR', 1, true]);
});

label('aa', 'sets AA where it is off', () => {
	assert.equal(ask(newScript({ aa: false }), 'aa.example').flag_aa, true);
	assert.equal(ask(newScript({ aa: false }), 'www.example').flag_aa, false);
});

label('noaa', 'clears AA', () => {
	assert.equal(ask(script, 'noaa.example').flag_aa, false);
	assert.equal(ask(script, 'www.example').flag_aa, true);
});

label('ra', 'sets RA where it is off', () => {
	assert.equal(ask(newScript({ ra: false }), 'ra.example').flag_ra, true);
	assert.equal(ask(newScript({ ra: false }), 'www.example').flag_ra, false);
});

label('nora', 'clears RA, whatever its case in the name', () => {
	assert.equal(ask(script, 'norA.example').flag_ra, false);
	assert.equal(ask(script, 'www.example').flag_ra, true);
});

label('ad', 'sets AD', () => {
	assert.equal(ask(script, 'ad.example').flag_ad, true);
	assert.equal(ask(script, 'www.example').flag_ad, false);
});

label('dnssec', 'adds an RRSIG per RRset for DO=1 alone', () => {
	const signed = ask(script, 'dnssec.count3.cname.example', { edns: { dnssecOk: true } });
	const covered = signed.answers
		.filter((record) => record.type === 'RRSIG')
		.map((record) => record.data.typeCovered);
	assert.deepEqual(covered, ['CNAME', 'A']);
	assert.equal(signed.opt?.flag_do, true);
	for (const edns of [{}, undefined]) {
		const plain = ask(script, 'dnssec.example', edns ? { edns } : {});
		assert.deepEqual(
			plain.answers.map((record) => record.type),
			['A'],
		);
	}
	const negative = ask(script, 'dnssec.nx.example', { edns: { dnssecOk: true } });
	assert.deepEqual(
		negative.authorities.map((record) => record.type),
		['SOA', 'RRSIG'],
	);
});

label('noedns', 'is FORMERR without OPT for a query with OPT, and an answer without', () => {
	const refused = ask(script, 'noedns.example', { edns: {} });
	assert.deepEqual([refused.rcode, refused.opt], ['FORMERR', undefined]);
	assert.equal(ask(script, 'noedns.example').answers.length, 1);
});

label('tc', 'is empty with TC=1 over UDP and whole over TCP', () => {
	const cut = ask(script, 'tc.count59.example', { edns: {} });
	assert.deepEqual([cut.flag_tc, cut.answers.length, cut.opt?.udpPayloadSize], [true, 0, 1232]);
	const whole = ask(script, 'tc.count59.example', { transport: 'tcp' });
	assert.deepEqual([whole.flag_tc, whole.answers.length], [false, 59]);
});

label('delay200ms', 'delays the answer by that', () => {
	assert.equal(answerTo(script, 'delay200ms.example').deliveries[0].afterMs, 200);
	assert.equal(answerTo(script, 'delay2s.example').deliveries[0].afterMs, 2000);
	assert.equal(answerTo(script, 'www.example').deliveries[0].afterMs, 0);
});

/** Delays of many queries, sorted. */
function delaysOf(name: string, count: number): number[] {
	const fresh = newScript();
	return Array.from({ length: count }, () => answerTo(fresh, name).deliveries[0].afterMs).sort(
		(a, b) => a - b,
	);
}

label('delayuniform10-50ms', 'delays by anything between the two', () => {
	const delays = delaysOf('delayuniform10-50ms.example', 4000);
	assert.ok(delays[0] >= 10 && delays[delays.length - 1] <= 50);
	const median = delays[delays.length / 2];
	assert.ok(median >= 28 && median <= 32, `median ${median}`);
	assert.deepEqual(delays, delaysOf('delayuniform10-50ms.example', 4000), 'the same seed, the same delays');
});

label('delayexp20ms', 'delays exponentially with that mean', () => {
	const delays = delaysOf('delayexp20ms.example', 4000);
	const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
	assert.ok(mean > 18.5 && mean < 21.5, `mean ${mean}`);
	const median = delays[delays.length / 2];
	assert.ok(median > 12.5 && median < 15.3, `the median is the mean times ln 2: ${median}`);
});

for (const [example, medianMs] of [
	['delaylognormal5-40ms', 5],
	['delaypareto2-40ms', 2 * 0.5 ** -(Math.log(20) / Math.log(100))],
	['delaybimodal1-100ms-5', 1],
] as const) {
	label(example, 'delays by that distribution (delays.test.ts has the others)', () => {
		const delays = delaysOf(`${example}.example`, 4000);
		const median = delays[delays.length / 2];
		assert.ok(Math.abs(median / medianMs - 1) < 0.05, `median ${median}`);
		assert.ok(delays[delays.length - 1] > 4 * medianMs);
	});
}

label('loss1in100', 'loses every hundredth query, whatever their names', () => {
	const fresh = newScript();
	const lost = Array.from({ length: 1000 }, (_, i) => i + 1).filter(
		(i) => answerTo(fresh, `loss1in100.n${i}.example`).deliveries.length === 0,
	);
	assert.deepEqual(lost, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
	assert.equal(answerTo(fresh, 'loss1in1.example').deliveries.length, 0);
	assert.equal(answerTo(fresh, 'loss1in0.example').deliveries.length, 1, 'a plain name');
});

label('limit1000', 'refuses what comes beyond that in a second', () => {
	const fresh = newScript();
	const rcodes = (name: string, nowMs: number) => ask(fresh, name, { nowMs }).rcode;
	const refused = Array.from({ length: 1200 }, (_, i) => rcodes('limit1000.example', 5000 + i / 2));
	assert.deepEqual([refused.indexOf('REFUSED'), refused.lastIndexOf('NOERROR')], [1000, 999]);
	assert.equal(rcodes('limit1000.example', 5999), 'REFUSED');
	assert.equal(rcodes('limit1000.example', 6000), 'NOERROR', 'the next second');
	fresh.setRule('*.ruled', { records: ['@ IN A 192.0.2.1'], labels: 'limit2 twice' });
	const deliveries = [1, 2, 3].map(() =>
		answerTo(fresh, 'www.ruled').deliveries.map(({ octets }) => decode(octets)),
	);
	assert.deepEqual(
		deliveries.map((all) => all.map(({ rcode, answers }) => [rcode, answers.length])),
		[
			[
				['NOERROR', 1],
				['NOERROR', 1],
			],
			[
				['NOERROR', 1],
				['NOERROR', 1],
			],
			[
				['REFUSED', 0],
				['REFUSED', 0],
			],
		],
	);
});

label('loss10', 'loses that share, the same queries for the same seed', () => {
	const lost = (seed: number, name: string) => {
		const fresh = newScript({ seed });
		return Array.from({ length: 2000 }, () => answerTo(fresh, name).deliveries.length === 0);
	};
	const first = lost(1, 'loss10.example');
	const count = first.filter(Boolean).length;
	assert.ok(count > 160 && count < 240, `lost ${count} of 2000`);
	assert.deepEqual(lost(1, 'loss10.example'), first);
	assert.notDeepEqual(lost(2, 'loss10.example'), first);
	assert.ok(lost(1, 'loss100.example').every(Boolean));
	assert.ok(!lost(1, 'loss0.example').some(Boolean));
});

label('silent', 'gives nothing', () => {
	assert.deepEqual(answerTo(script, 'silent.example').deliveries, []);
});

label('twice', 'gives the answer twice', () => {
	const [first, second, ...more] = answerTo(script, 'twice.delay50ms.example').deliveries;
	assert.equal(more.length, 0);
	assert.deepEqual(second.octets, first.octets);
	assert.equal(first.afterMs, 50);
	assert.ok(second.afterMs > first.afterMs);
});

label('wrongid', 'gives other data under another ID, then the answer', () => {
	const [wrong, right, ...more] = answerTo(script, 'wrongid.example').deliveries;
	assert.equal(more.length, 0);
	const [lie, truth] = [decode(wrong.octets), decode(right.octets)];
	assert.notEqual(lie.id, askedId);
	assert.match(lie.answers[0].data, /^203\.0\.113\./);
	assert.equal(truth.id, askedId);
	assert.match(truth.answers[0].data, /^(192\.0\.2|198\.51\.100)\./);
	assert.ok(right.afterMs > wrong.afterMs && right.afterMs < 50);
});

label('wrongidonly', 'gives other data under another ID and no answer', () => {
	for (let i = 0; i < 50; i++) {
		const message = ask(script, 'wrongidonly.example', { id: i });
		assert.notEqual(message.id, i);
		assert.match(message.answers[0].data, /^203\.0\.113\./);
	}
});

label('wrongquestion', 'answers for another name', () => {
	const message = ask(script, 'wrongquestion.example');
	assert.equal(message.id, askedId);
	assert.equal(message.questions[0].name, 'other.wrongquestion.example');
	assert.equal(message.answers[0].name, 'other.wrongquestion.example');
});

label('wrongtype', 'answers for another type', () => {
	const forA = ask(script, 'wrongtype.example');
	assert.deepEqual([forA.questions[0].type, forA.answers[0].type], ['TXT', 'TXT']);
	const forTxt = ask(script, 'wrongtype.example', { type: 'TXT' });
	assert.deepEqual([forTxt.questions[0].type, forTxt.answers[0].type], ['A', 'A']);
});

label('wrongclass', 'answers for class CH', () => {
	const message = ask(script, 'wrongclass.example');
	assert.deepEqual([message.questions[0].class, message.questions[0].name], ['CH', 'wrongclass.example']);
});

label('garbage', 'gives octets that are no answer, behind the right ID', () => {
	const [{ octets }, ...more] = answerTo(script, 'garbage.example').deliveries;
	assert.equal(more.length, 0);
	assert.equal(Buffer.from(octets).readUInt16BE(0), askedId);
	const again = answerTo(script, 'garbage.example').deliveries[0].octets;
	assert.notDeepEqual(again, octets);
	assert.deepEqual(answerTo(newScript(), 'garbage.example'), answerTo(newScript(), 'garbage.example'));
});

label('short', 'gives one octet, a header, and then the answer', () => {
	const sent = answerTo(script, 'short.example').deliveries;
	assert.deepEqual(
		sent.slice(0, 2).map((delivery) => delivery.octets.length),
		[1, 12],
	);
	assert.equal(decode(sent[2].octets).answers.length, 1);
	assert.ok(sent[0].afterMs < sent[1].afterMs && sent[1].afterMs < sent[2].afterMs);
});

label('ptrloop', 'has an owner name that never ends', () => {
	const [{ octets }] = answerTo(script, 'ptrloop.example', { edns: {} }).deliveries;
	assert.throws(() => decode(octets), /bad pointer/);
});

label('rdlength', 'has an RDLENGTH past the end', () => {
	for (const name of ['rdlength.example', 'rdlength.nx.example']) {
		const [{ octets }] = answerTo(script, name, { edns: {}, type: 'TXT' }).deliveries;
		const question = 12 + name.length + 2 + 4;
		const ownerBytes = name.includes('nx') ? 9 : 2;
		const rdlength = Buffer.from(octets).readUInt16BE(question + ownerBytes + 8);
		assert.ok(question + ownerBytes + 10 + rdlength > octets.length, `${name}: ${rdlength}`);
	}
});

label('emptyowner', 'has the root as its first owner', () => {
	const message = ask(script, 'emptyowner.count2.example');
	assert.deepEqual(
		message.answers.map((record) => record.name),
		['.', 'emptyowner.count2.example'],
	);
});

label('tcpclose', 'closes a TCP connection after the answer, and nothing over UDP', () => {
	assert.equal(answerTo(script, 'tcpclose.example', { transport: 'tcp' }).closeAfter, true);
	assert.equal(answerTo(script, 'tcpclose.example').closeAfter, undefined);
	const silent = answerTo(script, 'tcpclose.silent.example', { transport: 'tcp' });
	assert.deepEqual([silent.closeAfter, silent.deliveries.length], [true, 0]);
});

label('close3', 'closes a TCP connection after so many queries', () => {
	const closes = [1, 2, 3, 4].map(
		(queryOfConnection) =>
			answerTo(script, 'close3.example', { transport: 'tcp', queryOfConnection }).closeAfter ?? false,
	);
	assert.deepEqual(closes, [false, false, true, true]);
});

test('labels combine in any order, and the first that is no behaviour ends them', () => {
	const message = ask(script, 'norA.ttl5.count2.www.nx.example');
	assert.equal(message.rcode, 'NOERROR');
	assert.equal(message.flag_ra, false);
	assert.deepEqual(
		message.answers.map((record) => record.ttl),
		[5, 5],
	);
	const [first, second] = answerTo(script, 'twice.delay1s.tc.example').deliveries;
	assert.equal(decode(first.octets).flag_tc, true);
	assert.ok(second.afterMs > first.afterMs && first.afterMs === 1000);
});

test('a later label wins over an earlier one', () => {
	assert.equal(ask(script, 'ttl5.ttl6.example').answers[0].ttl, 6);
	assert.equal(ask(script, 'nx.nodata.example').rcode, 'NOERROR');
});

test('labels that make no sense are plain names', () => {
	const plain = [
		'www',
		'ttl',
		'ttlx',
		'ttl4294967296',
		'tc1',
		'loss101',
		'delay5',
		'delayuniform9-3ms',
		'close',
		'5ttl',
		'',
	];
	for (const word of plain) assert.equal(findEffect(word), undefined, word);
	assert.equal(ask(script, 'ttl.tc1.close.example').answers.length, 1);
});

test('a name may be nothing but labels, or the root', () => {
	assert.equal(ask(script, 'ttl9.nx').rcode, 'NXDOMAIN');
	assert.equal(ask(script, '.', { type: 'NS' }).answers.length, 1);
});

test('the help names every label once, and each has a test here', () => {
	const lines = labelHelp().split('\n');
	assert.deepEqual(
		lines.map((line) => line.split(' ')[0]),
		labelExamples,
	);
	assert.equal(new Set(labelExamples).size, labelExamples.length);
	assert.deepEqual([...tested].sort(), [...labelExamples].sort());
	for (const example of labelExamples) assert.notEqual(findEffect(example), undefined, example);
});
