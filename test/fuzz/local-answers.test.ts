/**
 * Goal: whatever is asked, directives that answer by themselves do not throw, stay within the client's limit, and leave
 * messages that another implementation reads. Method: any octets in labels, names of any length, every type, against a
 * block in which each directive takes part.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { loadCorefile } from '../../src/config/load.ts';
import { headerBytes, readUint16 } from '../../src/wire/header.ts';
import { rrType } from '../../src/wire/iana.ts';
import { parseResponse, ResponseView } from '../../src/wire/response.ts';
import { OneEngine } from './one-engine.ts';
import { fuzz } from './time-box.ts';

const corefile = `. {
	nsid 0123456789012345678901234567890123456789
	local
	any
	acl blocked {
		drop type TXT
		block
	}
	template IN ANY one two {
		match "^(?P<x>[^.]*)[.](.*)$" "(?i)(a|b)*\\.$"
		answer "{{ .Name }} 60 IN TXT {{ index .Match 2 }} {{ .Group.x }} {{ .Match }} {{ .Question.Name }}"
		authority "{{ index .Match 2 }} 60 IN NS {{ .Name }}"
		ederror 4 "a reason of some length, so that there is hardly room for it"
	}
	template IN AAAA {
		rcode NOERROR
	}
	hosts none {
		192.0.2.1 a.b *.hosts a.one
		2001:db8::1 a.b *.hosts
		fallthrough b
	}
	forward . 192.0.2.1
}
`;

const { model } = loadCorefile({ path: 'Corefile', text: corefile, env: {} });

const label = fc.oneof(
	fc
		.constantFrom(...['one', 'two', 'hosts', 'localhost', 'blocked', 'a', 'b', 'in-addr', 'arpa', '127', '1'])
		.map((text) => Uint8Array.from(Buffer.from(text))),
	fc.uint8Array({ minLength: 1, maxLength: 63 }),
);
const name = fc.array(label, { maxLength: 8 }).map((labels) => {
	const kept: number[] = [];
	for (const octets of labels.toReversed()) {
		if (kept.length + octets.length + 2 <= 255) kept.unshift(octets.length, ...octets);
	}
	return Uint8Array.from([...kept, 0]);
});
const type = fc.oneof(
	fc.constantFrom(rrType.A, rrType.AAAA, rrType.TXT, rrType.PTR, rrType.ANY, rrType.SOA),
	fc.integer({ min: 1, max: 0xffff }),
);
/** Payload size, with or without NSID; undefined: no EDNS. */
const edns = fc.option(fc.tuple(fc.integer({ min: 0, max: 4096 }), fc.boolean()), { nil: undefined });

function queryOf(qname: Uint8Array, qtype: number, opt: readonly [number, boolean] | undefined): Uint8Array {
	const header = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, opt ? 1 : 0];
	const question = [...qname, qtype >>> 8, qtype & 0xff, 0, 1];
	if (!opt) return Uint8Array.from([...header, ...question]);
	const [size, nsid] = opt;
	const options = nsid ? [0, 3, 0, 0] : [];
	const record = [0, 0, 41, size >>> 8, size & 0xff, 0, 0, 0, 0, 0, options.length, ...options];
	return Uint8Array.from([...header, ...question, ...record]);
}

test('answers of our own are messages, whatever is asked', () => {
	assert.ok(model);
	const subject = new OneEngine(1, model);
	const view = new ResponseView();
	fuzz(
		fc.property(name, type, edns, fc.boolean(), (qname, qtype, opt, tcp) => {
			const octets = queryOf(qname, qtype, opt);
			const reply = subject.query(octets, tcp);
			subject.advance(5000);
			if (reply === undefined) return;
			const limitBytes = tcp ? 0xffff : Math.max(512, opt?.[0] ?? 0);
			assert.ok(reply.length <= limitBytes, `${reply.length} octets, at most ${limitBytes}`);
			const questionBytes = qname.length + 4;
			assert.deepEqual(
				reply.subarray(headerBytes, headerBytes + questionBytes),
				octets.subarray(headerBytes, headerBytes + questionBytes),
			);
			assert.equal(readUint16(reply, 0), 0x1234);
			assert.ok(
				parseResponse(view, reply, 0, reply.length, questionBytes),
				'petrel cannot read its own reply',
			);
			assert.equal(view.end, reply.length);
			assert.equal(view.hasOpt, opt !== undefined);
			packet.decode(Buffer.from(reply));
		}),
	);
	assert.equal(subject.owed, 0);
});
