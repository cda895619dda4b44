/**
 * Goal: a reply is the client's own (ID, question, limit, OPT) and the answer's (records, RCODE), never longer than
 * the client takes, cut only between records, and the same from a hit as from a miss. Method: answers are made from
 * whole responses; every reply is read by another implementation.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { Answer } from '../../../src/cache/answer.ts';
import { AnswerMaker } from '../../../src/cache/cacheability.ts';
import { entryKind } from '../../../src/cache/layout.ts';
import { Asker, composeReply } from '../../../src/engine/compose.ts';
import { Counters, counter, createCounterMemory } from '../../../src/metrics/hot/counters.ts';
import { compileHeaderRules, type FlagRule } from '../../../src/rewrite/header-rules.ts';
import { flag, readUint16 } from '../../../src/wire/header.ts';
import { ede, rcode, rrType } from '../../../src/wire/iana.ts';
import { parseResponse, ResponseView } from '../../../src/wire/response.ts';
import { keyOf, shapeOf } from '../cache/support.ts';
import { a, cname, type MessageParts, message, ns, question, soa, txt } from '../wire/messages.ts';

const qname = 'www.example.';
const start = 7;

function answerTo(parts: Omit<MessageParts, 'qname'>): Answer {
	const answer = new Answer();
	const octets = message({ ...parts, qname });
	const view = new ResponseView();
	assert.ok(parseResponse(view, octets, 0, octets.length, question(qname).length));
	assert.ok(new AnswerMaker().make(view, keyOf(qname), shapeOf(), answer));
	return answer;
}

function asker(changes: Partial<Asker> = {}): Asker {
	const asked = question('wWw.ExAmple.');
	return Object.assign(
		new Asker(),
		{ id: 0xbeef, flags: flag.rd, question: asked, questionBytes: asked.length },
		changes,
	);
}

interface Reply {
	readonly octets: Buffer;
	readonly flags: number;
	readonly decoded: packet.DecodedPacket;
	readonly opt: packet.OptAnswer | undefined;
}

function compose(answer: Answer, by: Asker, rules: readonly FlagRule[] = []): Reply {
	const out = new Uint8Array(0x1_0400).fill(0xee);
	const length = composeReply(answer, by, compileHeaderRules(rules), out, start);
	assert.ok(length <= by.limitBytes, `${length} of ${by.limitBytes}`);
	assert.equal(out[start - 1], 0xee);
	const octets = Buffer.from(out.subarray(start, start + length));
	const decoded = packet.decode(octets);
	const opt = decoded.additionals?.find((record) => record.type === 'OPT') as packet.OptAnswer | undefined;
	return { octets, flags: readUint16(octets, 2), decoded, opt };
}

const one = answerTo({ answer: [a('@')] });

test('ID, question in the client’s spelling and opcode are the client’s; QR and RA are set, AA is not', () => {
	const { decoded, flags } = compose(one, asker({ flags: 0x2000 | flag.rd | flag.cd }));
	assert.equal(decoded.id, 0xbeef);
	assert.equal(decoded.questions?.[0].name, 'wWw.ExAmple');
	assert.equal(flags, flag.qr | 0x2000 | flag.rd | flag.cd | flag.ra);
});

test('RD and CD are echoed each for itself, nothing else of the query is', () => {
	for (const [query, expected] of [
		[0, 0],
		[flag.rd, flag.rd],
		[flag.cd, flag.cd],
		[flag.aa | flag.tc | flag.ra | 0x40 | 0xf, 0],
	]) {
		assert.equal(compose(one, asker({ flags: query })).flags, flag.qr | flag.ra | expected);
	}
});

test('rules have the last word, over every flag and every RCODE', () => {
	const rules: FlagRule[] = [
		{ action: 'set', flags: ['aa', 'ad', 'cd'] },
		{ action: 'clear', flags: ['ra', 'rd'] },
	];
	const refused = new Answer();
	refused.reset(rcode.REFUSED, 0, entryKind.failure);
	for (const [answer, code] of [
		[one, 0],
		[refused, rcode.REFUSED],
	] as const) {
		assert.equal(compose(answer, asker(), rules).flags, flag.qr | flag.aa | flag.ad | flag.cd | code);
	}
});

test('AD is only for clients that set AD or DO (T59)', () => {
	const authentic = answerTo({ flags: flag.qr | flag.ad, answer: [a('@')] });
	for (const [by, expected] of [
		[asker(), 0],
		[asker({ hasOpt: true }), 0],
		[asker({ flags: flag.ad }), flag.ad],
		[asker({ hasOpt: true, dnssecOk: true }), flag.ad],
	] as const) {
		assert.equal(compose(authentic, by).flags & flag.ad, expected);
	}
	assert.equal(
		compose(one, asker({ flags: flag.ad })).flags & flag.ad,
		0,
		'what is not authentic does not become so',
	);
});

test('OPT is there exactly if the client sent one, with our own size and its DO', () => {
	assert.equal(compose(one, asker()).opt, undefined);
	for (const dnssecOk of [false, true]) {
		const { opt } = compose(one, asker({ hasOpt: true, dnssecOk, payloadBytes: 1232 }));
		assert.deepEqual(
			[opt?.udpPayloadSize, opt?.flag_do, opt?.ednsVersion, opt?.options],
			[1232, dnssecOk, 0, []],
		);
	}
});

test('an Extended DNS Error goes to clients with OPT', () => {
	const answer = new Answer();
	answer.reset(rcode.SERVFAIL, 0, entryKind.failure);
	answer.edeCode = ede.noReachableAuthority;
	const { opt, flags } = compose(answer, asker({ hasOpt: true }));
	const options = opt?.options as unknown as { code: number; data: Buffer }[];
	assert.deepEqual(
		options.map(({ code, data }) => [code, ...data]),
		[[15, 0, 22]],
	);
	assert.equal(flags & 0xf, rcode.SERVFAIL);
	assert.equal(compose(answer, asker()).opt, undefined);
});

test('the upper bits of an RCODE stand in the OPT', () => {
	const answer = new Answer();
	answer.reset(rcode.BADVERS & 0xf, rcode.BADVERS >>> 4, entryKind.failure);
	const { opt, flags } = compose(answer, asker({ hasOpt: true }));
	assert.deepEqual([opt?.extendedRcode, flags & 0xf], [1, 0]);
});

test('an RCODE with upper bits is SERVFAIL to a client without OPT, who could not read it', () => {
	const answer = new Answer();
	answer.reset(0, rcode.BADVERS >>> 4, entryKind.failure);
	assert.equal(compose(answer, asker()).flags & 0xf, rcode.SERVFAIL);
});

test('without a question none is sent back', () => {
	const answer = new Answer();
	answer.reset(rcode.FORMERR, 0, entryKind.failure);
	const { octets, decoded } = compose(answer, asker({ questionBytes: 0 }));
	assert.equal(octets.length, 12);
	assert.deepEqual(decoded.questions, []);
});

test('every record ages, and none below 0', () => {
	const answer = answerTo({ answer: [cname('@', 'b.', 300), a('b.', 10)], authority: [ns('b.', 'n.', 5)] });
	const ttls = (): unknown[] => {
		const { decoded } = compose(answer, asker());
		return [...(decoded.answers ?? []), ...(decoded.authorities ?? [])].map(
			(record) => (record as packet.StringAnswer).ttl,
		);
	};
	assert.deepEqual(ttls(), [300, 10, 5]);
	answer.ageSec = 7;
	assert.deepEqual(ttls(), [293, 3, 0]);
	assert.deepEqual(ttls(), [293, 3, 0], 'the answer itself stays');
	answer.fixedTtlSec = 30;
	assert.deepEqual(ttls(), [30, 30, 30]);
	answer.fixedTtlSec = 0;
	assert.deepEqual(ttls(), [0, 0, 0]);
});

test('an answer that stands in its place already is not spoilt', () => {
	const by = asker({ hasOpt: true });
	const out = new Uint8Array(4096);
	const placed = new Answer();
	Object.assign(placed, {
		octets: out,
		bodyStart: start + 12 + by.questionBytes,
		bodyBytes: one.bodyBytes,
		answerCount: 1,
	});
	placed.ttlOffsets[0] = one.ttlOffsets[0];
	placed.ageSec = 9;
	out.set(one.octets.subarray(one.bodyStart, one.bodyStart + one.bodyBytes), placed.bodyStart);
	const length = composeReply(placed, by, compileHeaderRules([]), out, start);
	one.ageSec = 9;
	const copied = compose(one, by).octets;
	one.ageSec = 0;
	assert.deepEqual(Buffer.from(out.subarray(start, start + length)), copied);
});

const many = answerTo({
	answer: Array.from({ length: 59 }, (_, last) => a('@', 300, last)),
	authority: [ns('example.', 'ns.example.')],
	additional: [a('ns.example.')],
});

/** Counts of answers, authorities and additionals in the order of the header. */
function counts({ octets }: Reply): number[] {
	return [6, 8, 10].map((offset) => octets.readUInt16BE(offset));
}

test('a reply is cut between records, at every limit there is (T56)', () => {
	const bare = 12 + question(qname).length;
	for (let limitBytes = 512; limitBytes <= 1100; limitBytes++) {
		for (const hasOpt of [false, true]) {
			const reply = compose(many, asker({ limitBytes, hasOpt }));
			const room = limitBytes - bare - (hasOpt ? 11 : 0);
			const fitting = Math.min(59, Math.floor(room / 16));
			const [answers, authorities, additionals] = counts(reply);
			assert.equal(answers, fitting);
			assert.equal(reply.decoded.answers?.length, fitting);
			assert.equal((reply.flags & flag.tc) !== 0, answers + authorities < 60, `TC at ${limitBytes}`);
			assert.equal(reply.opt !== undefined, hasOpt);
			assert.ok(additionals <= (hasOpt ? 2 : 1));
		}
	}
});

test('additional records are left out without TC (RFC 2181 §9)', () => {
	const answer = answerTo({
		answer: [a('@')],
		authority: [ns('example.', 'n.test.')],
		additional: [a('n.test.')],
	});
	const whole = compose(answer, asker({ limitBytes: 512 })).octets.length;
	const reply = compose(answer, asker({ limitBytes: whole - 1 }));
	assert.deepEqual(counts(reply), [1, 1, 0]);
	assert.equal(reply.flags & flag.tc, 0);
});

test('a negative answer whose SOA does not fit is truncated', () => {
	const answer = answerTo({ rcode: 3, authority: [soa('example.')] });
	const whole = compose(answer, asker()).octets.length;
	const reply = compose(answer, asker({ limitBytes: whole - 1 }));
	assert.deepEqual(counts(reply), [0, 0, 0]);
	assert.ok(reply.flags & flag.tc);
});

test('when not even one record fits the reply is empty and truncated, with its OPT and error', () => {
	const answer = answerTo({ answer: [txt('@', 3000)] });
	answer.edeCode = ede.staleAnswer;
	const reply = compose(answer, asker({ limitBytes: 512, hasOpt: true }));
	assert.deepEqual(counts(reply), [0, 0, 1]);
	assert.ok(reply.flags & flag.tc);
	assert.equal(reply.octets.length, 12 + question(qname).length + 11 + 6);
});

test('a reply of exactly the limit is not cut', () => {
	const whole = compose(many, asker({ limitBytes: 4096, hasOpt: true })).octets.length;
	const reply = compose(many, asker({ limitBytes: whole, hasOpt: true }));
	assert.deepEqual(counts(reply), [59, 1, 2]);
	assert.equal(reply.flags & flag.tc, 0);
});

test('by TCP a response of 64 KiB passes whole', () => {
	const answer = answerTo({ qtype: rrType.TXT, answer: [txt('@', 65_400)] });
	// The question that was judged has type A, so the record is passed on and not stored.
	assert.equal(counts(compose(answer, asker({ limitBytes: 0xffff }))).join(), '1,0,0');
});

test('replies whose flags a rule changed are counted, others are not', () => {
	const counters = new Counters(createCounterMemory(1), 0);
	const rules = compileHeaderRules([{ action: 'clear', flags: ['rd'] }], counters);
	const out = new Uint8Array(1024);
	composeReply(one, asker({ flags: 0 }), rules, out, start);
	assert.equal(counters.get(counter.header_rewrites), 0);
	composeReply(one, asker({ flags: flag.rd }), rules, out, start);
	assert.equal(counters.get(counter.header_rewrites), 1);
	composeReply(one, asker({ flags: flag.rd }), compileHeaderRules([], counters), out, start);
	assert.equal(counters.get(counter.header_rewrites), 1);
});
