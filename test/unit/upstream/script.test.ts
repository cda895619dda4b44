/**
 * Goal: what the scripted upstream does for plain names, for EDNS, for bad queries, and over time.
 * Method: octets in, answers out, decoded by dns-packet; time is a number that the test gives.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { Schedule } from '../../../src/load/upstream/schedule.ts';
import { PetrelError } from '../../../src/util/errors.ts';
import { answerTo, ask, askedId, dataOf, decode, makeQuery, newScript } from './support.ts';

const script = newScript();

test('every name has an address of its own that stays', () => {
	const address = (name: string) => dataOf(ask(script, name))[0] as string;
	assert.equal(address('www.example'), address('www.example'));
	assert.equal(address('www.example'), address('WwW.eXample'));
	const all = new Set(Array.from({ length: 50 }, (_, i) => address(`host${i}.example`)));
	assert.ok(all.size > 30, `${all.size} different addresses of 50 names`);
	for (const each of all) assert.match(each, /^(192\.0\.2|198\.51\.100)\.(?!0$|255$)\d+$/);
	assert.match(dataOf(ask(script, 'www.example', { type: 'AAAA' }))[0] as string, /^2001:db8:/);
	assert.equal(
		dataOf(ask(newScript({ seed: 99 }), 'www.example'))[0],
		address('www.example'),
		'whatever the seed',
	);
});

test('the types that people ask for have data', () => {
	const first = (type: string) => ask(script, 'www.example', { type }).answers[0];
	assert.deepEqual(first('MX').data, { preference: 10, exchange: 'mail1.example' });
	assert.equal(first('NS').data, 'ns1.example');
	assert.deepEqual(first('SRV').data, { priority: 0, weight: 10, port: 443, target: 'host1.example' });
	assert.match(first('PTR').data, /^host[0-9a-f]+-1\.example$/);
	assert.equal(first('SOA').data.rname, 'hostmaster.example');
	assert.deepEqual([first('CAA').data.tag, first('CAA').data.value], ['issue', 'ca1.example']);
	assert.deepEqual(first('HINFO').data, { cpu: 'PETREL', os: 'UPSTREAM' });
	assert.deepEqual([...first('UNKNOWN_65').data], [0, 1, 0, 0, 1, 0, 3, 2, 0x68, 0x32]);
});

test('TXT describes the query', () => {
	const [[text]] = dataOf(
		ask(script, 'WWW.example', { type: 'TXT', edns: { size: 1400, dnssecOk: true } }),
	) as [Buffer[]];
	assert.equal(text.toString(), 'www.example. TXT over udp, rd=1 ad=0 cd=0, edns=0 size=1400 do=1');
	const [[plain]] = dataOf(ask(script, 'www.example', { type: 'TXT', transport: 'tcp', flags: 0 })) as [
		Buffer[],
	];
	assert.equal(plain.toString(), 'www.example. TXT over tcp, rd=0 ad=0 cd=0, no edns');
});

test('any other type is NODATA with a SOA', () => {
	for (const type of ['NAPTR', 'UNKNOWN_65280']) {
		const message = ask(script, 'www.example', { type });
		assert.deepEqual(
			[message.rcode, message.answers.length, message.authorities[0].type],
			['NOERROR', 0, 'SOA'],
		);
	}
});

test('ANY is one HINFO (RFC 8482)', () => {
	const [{ type, data }] = ask(script, 'www.example', { type: 'ANY' }).answers;
	assert.deepEqual([type, data], ['HINFO', { cpu: 'RFC8482', os: '' }]);
});

test('the header answers: ID, RD and CD of the query, AA and RA', () => {
	const message = ask(script, 'www.example', { id: 65535 });
	assert.deepEqual(
		[
			message.id,
			message.type,
			message.flag_aa,
			message.flag_ra,
			message.flag_rd,
			message.flag_cd,
			message.flag_tc,
		],
		[65535, 'response', true, true, true, false, false],
	);
	const other = ask(script, 'www.example', { flags: packet.CHECKING_DISABLED });
	assert.deepEqual([other.flag_rd, other.flag_cd], [false, true]);
	assert.equal(message.answers[0].ttl, 60);
});

test('the question comes back in the spelling that it was sent in', () => {
	const message = ask(script, 'CaSe.eXample');
	assert.equal(message.questions[0].name, 'CaSe.eXample');
	assert.equal(message.answers[0].name, 'CaSe.eXample');
});

test('options set TTL, AA, RA and what holds for every query', () => {
	const other = newScript({ ttlSec: 5, aa: false, ra: false, always: 'delay20ms.count2' });
	const [delivery] = answerTo(other, 'www.example').deliveries;
	assert.equal(delivery.afterMs, 20);
	const message = decode(delivery.octets);
	assert.deepEqual(
		[message.flag_aa, message.flag_ra, message.answers.length, message.answers[0].ttl],
		[false, false, 2, 5],
	);
	assert.equal(
		decode(answerTo(other, 'count1.nx.example').deliveries[0].octets).authorities[0].data.minimum,
		5,
	);
	assert.throws(() => newScript({ always: 'delay20ms.nonsense' }), /"nonsense" is not a behaviour/);
});

test('names outside the zones are REFUSED, and the longest zone has the SOA', () => {
	const zoned = newScript({ zones: ['Example.', 'sub.example'] });
	assert.equal(ask(zoned, 'www.other').rcode, 'REFUSED');
	assert.equal(ask(zoned, 'wwwexample').rcode, 'REFUSED');
	assert.equal(ask(zoned, 'nx.a.example').authorities[0].name, 'example');
	assert.equal(ask(zoned, 'nx.a.sub.example').authorities[0].name, 'sub.example');
	assert.equal(ask(zoned, 'sub.example').rcode, 'NOERROR');
});

test('an OPT is answered by an OPT, and nothing by none', () => {
	const opt = ask(script, 'www.example', { edns: { size: 4096, dnssecOk: true } }).opt;
	assert.deepEqual([opt?.udpPayloadSize, opt?.flag_do, opt?.ednsVersion], [1232, true, 0]);
	assert.equal(ask(script, 'www.example', { edns: {} }).opt?.flag_do, false);
	assert.equal(ask(script, 'www.example').opt, undefined);
});

test('an EDNS version above 0 is BADVERS (RFC 6891 §6.1.3)', () => {
	const query = makeQuery('www.example', { edns: {} });
	query[query.length - 5] = 1;
	const message = decode(script.answer(query, 'udp', 0).deliveries[0].octets);
	assert.equal(message.opt?.extendedRcode, 1);
	assert.deepEqual(
		[message.rcode, message.answers.length],
		['NOERROR', 0],
		'the lower four bits of 16 are 0',
	);
});

test('a UDP answer keeps to what the client takes, and TC says what was left out', () => {
	for (const size of [undefined, 100, 512, 700, 1232]) {
		const limit = Math.max(512, size ?? 0);
		const cut = ask(script, 'count100.example', size === undefined ? {} : { edns: { size } });
		assert.ok(cut.sizeBytes <= limit && cut.sizeBytes > limit - 16, `${size}: ${cut.sizeBytes}`);
		assert.equal(cut.flag_tc, true);
		assert.equal(cut.opt === undefined, size === undefined);
	}
	const whole = ask(script, 'count100.example', { edns: { size: 4096 } });
	assert.deepEqual([whole.flag_tc, whole.answers.length], [false, 100]);
	assert.equal(ask(script, 'count100.example', { transport: 'tcp' }).answers.length, 100);
});

test('transfers and other classes are REFUSED', () => {
	assert.equal(ask(script, 'example', { type: 'AXFR', transport: 'tcp' }).rcode, 'REFUSED');
	const query = makeQuery('version.bind', { type: 'TXT' });
	query[query.length - 1] = 3;
	assert.equal(decode(script.answer(query, 'udp', 0).deliveries[0].octets).rcode, 'REFUSED');
});

/** A query whose octets `edit` has changed in place. */
function edited(edit: (query: Buffer) => void): Buffer {
	const query = makeQuery('www.example', { edns: {} });
	edit(query);
	return query;
}

/** The first octets of a query; a negative number: all but the last. */
function cut(length: number): Buffer {
	return makeQuery('www.example', { edns: {} }).subarray(0, length);
}

const badQueries: [name: string, query: Buffer, rcode: string | undefined][] = [
	['nothing at all', cut(0), undefined],
	['one octet', cut(1), undefined],
	['eleven octets', cut(11), undefined],
	['a response', edited((query) => query.writeUInt8(0x81, 2)), undefined],
	['a header that promises a question', cut(12), 'FORMERR'],
	['no question', edited((query) => query.writeUInt16BE(0, 4)), 'FORMERR'],
	['two questions', edited((query) => query.writeUInt16BE(2, 4)), 'FORMERR'],
	['a name cut in a label', cut(15), 'FORMERR'],
	['a pointer in the question', edited((query) => query.writeUInt16BE(0xc00c, 12)), 'FORMERR'],
	['an OPT that is cut', cut(-1), 'FORMERR'],
	['records that are not there', edited((query) => query.writeUInt16BE(9, 10)), 'FORMERR'],
	['opcode STATUS', edited((query) => query.writeUInt8(2 << 3, 2)), 'NOTIMP'],
	['opcode NOTIFY', edited((query) => query.writeUInt8(4 << 3, 2)), 'NOTIMP'],
	['opcode UPDATE', edited((query) => query.writeUInt8(5 << 3, 2)), 'NOTIMP'],
];

for (const [name, query, rcode] of badQueries) {
	test(`${name} gets ${rcode ?? 'silence'} and is counted`, () => {
		const fresh = newScript();
		const { deliveries } = fresh.answer(query, 'udp', 0);
		assert.equal(deliveries.length, rcode ? 1 : 0);
		if (rcode) {
			const message = decode(deliveries[0].octets);
			assert.deepEqual([message.rcode, message.id, message.type], [rcode, askedId, 'response']);
		}
		assert.deepEqual([fresh.report.malformed, fresh.report.total], [1, 0]);
	});
}

test('no octets make it throw, and no answer is longer than allowed', () => {
	const names = ['www.example', 'size60000.cname.example', 'ptrloop.twice.nx', 'short.dnssec.count9.a'];
	const change = fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 255 }));
	const inputs = fc.tuple(
		fc.constantFrom(...names),
		fc.array(change, { maxLength: 4 }),
		fc.constantFrom('udp', 'tcp'),
	);
	fc.assert(
		fc.property(inputs, ([name, changes, transport]) => {
			const query = makeQuery(name, { edns: { dnssecOk: true } });
			for (const [at, octet] of changes) query[at % query.length] = octet;
			for (const { octets } of script.answer(query, transport as 'udp' | 'tcp', 0).deliveries) {
				assert.ok(octets.length <= 65_535);
			}
		}),
		{ numRuns: 2000 },
	);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
			script.answer(octets, 'udp', 0);
		}),
		{ numRuns: 1000 },
	);
});

test('the longest name is answered whatever stands before it', () => {
	const long = `${'a'.repeat(63)}.`.repeat(3);
	for (const labels of ['cnamenosoa', 'nxcname', 'wrongquestion', 'cname', 'dnssec']) {
		const name = `${labels}.${long}${'b'.repeat(60 - labels.length)}`;
		const { deliveries } = answerTo(script, name, { edns: { dnssecOk: true, size: 4096 } });
		const octets = deliveries[0].octets;
		assert.equal(Buffer.from(octets).readUInt16BE(6) > 0, true, `${labels}: there is an answer`);
	}
});

test('an answer is not changed by later ones', () => {
	const [first] = answerTo(script, 'www.example').deliveries;
	const before = Uint8Array.from(first.octets);
	for (let i = 0; i < 10; i++) answerTo(script, `count9.host${i}.example`);
	assert.deepEqual(first.octets, before);
});

test('the query may be overwritten after the call', () => {
	const fresh = newScript();
	const query = makeQuery('www.example');
	fresh.answer(query, 'udp', 0);
	query.fill(0);
	assert.equal(fresh.report.queries[0].octets[1], askedId & 0xff);
	assert.equal(fresh.report.queries[0].name, 'www.example.');
});

test('a schedule is up and down by turns, from the first query on, for ever', () => {
	const scheduled = newScript({
		schedule: [
			{ forMs: 10_000, state: 'up' },
			{ forMs: 5000, state: 'down' },
		],
	});
	const answered = (nowMs: number) => answerTo(scheduled, 'www.example', { nowMs }).deliveries.length === 1;
	const startMs = 123_456;
	assert.deepEqual(
		[0, 9999, 10_000, 14_999, 15_000, 24_999, 25_000, 150_000, 160_000].map((ms) => answered(startMs + ms)),
		[true, true, false, false, true, true, false, true, false],
	);
	assert.equal(scheduled.report.whileDown, 4);
	assert.equal(scheduled.report.total, 9, 'what it does not answer it still sees');
});

test('a schedule can start when told, and be taken back', () => {
	const scheduled = newScript();
	const answered = (nowMs: number) => answerTo(scheduled, 'www.example', { nowMs }).deliveries.length === 1;
	scheduled.setSchedule(
		[
			{ forMs: 100, state: 'down' },
			{ forMs: 100, state: 'up' },
		],
		1000,
	);
	assert.deepEqual([900, 1000, 1099, 1100, 1200].map(answered), [true, false, false, true, false]);
	scheduled.setSchedule(undefined);
	assert.equal(answered(1200), true);
	assert.throws(() => scheduled.setSchedule([]), PetrelError);
	assert.throws(() => new Schedule([{ forMs: 0, state: 'up' }], 0), /forMs is 0/);
});

test('while it is down, even a bad query gets nothing', () => {
	const down = newScript({ schedule: [{ forMs: 1, state: 'down' }] });
	assert.deepEqual(down.answer(makeQuery('www.example').subarray(0, 12), 'udp', 0).deliveries, []);
});

test('the same seed and queries give the same answers', () => {
	const run = () => {
		const fresh = newScript({ seed: 42 });
		return Array.from({ length: 300 }, (_, i) =>
			answerTo(fresh, ['loss50.example', 'garbage.example', 'delayexp5ms.wrongid.example'][i % 3]),
		);
	};
	assert.deepEqual(run(), run());
});
