/**
 * Goal: whatever clients and upstreams send, the engine does not throw, replies within the client's limit with
 * messages that another implementation reads, and owes nobody a reply when the client's time is over.
 * Method: random octets, and proper queries and responses with a few octets changed, in virtual time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { loadCorefile } from '../../src/config/load.ts';
import type { Model } from '../../src/config/model.ts';
import { minReplyBytes } from '../../src/engine/engine.ts';
import { sumCounters } from '../../src/metrics/hot/counters.ts';
import { parseQueryRecords } from '../../src/wire/edns.ts';
import { flag, readUint16 } from '../../src/wire/header.ts';
import { parsed, parseQuestion, QueryView } from '../../src/wire/question.ts';
import { rdataShape } from '../../src/wire/rdata.ts';
import { parseResponse, ResponseView } from '../../src/wire/response.ts';
import { message } from '../unit/wire/messages.ts';
import { mutate, mutations, query, response, withId } from './mutations.ts';
import { model, OneEngine } from './one-engine.ts';
import { fuzz } from './time-box.ts';

const bufsizeBytes = 1232;
const view = new QueryView();
const replyView = new ResponseView();

/** What the client takes: 512 octets, or what its OPT says, as far as the server block goes along. */
function limitFor(octets: Uint8Array, tcp: boolean): number {
	if (tcp) return 0xffff;
	const readable =
		parseQuestion(view, octets, 0, octets.length) === parsed.ok &&
		parseQueryRecords(view, octets) === parsed.ok;
	return readable && view.hasOpt ? Math.max(512, Math.min(view.udpPayloadBytes, bufsizeBytes)) : 512;
}

function checkReply(reply: Uint8Array, limitBytes: number, id: number): void {
	assert.ok(
		reply.length >= 12 && reply.length <= limitBytes,
		`${reply.length} octets, at most ${limitBytes}`,
	);
	assert.equal(readUint16(reply, 0), id);
	assert.ok(readUint16(reply, 2) & flag.qr);
	const questionBytes = readUint16(reply, 4) === 0 ? 0 : questionLength(reply);
	assert.ok(
		parseResponse(replyView, reply, 0, reply.length, questionBytes),
		'petrel cannot read its own reply',
	);
	assert.equal(replyView.end, reply.length);
	for (let record = 0; record < replyView.recordCount; record++) {
		const type = replyView.type(record);
		// Opaque to petrel, and not to the other implementation.
		if (rdataShape(type) === undefined && type < 256) return;
	}
	packet.decode(Buffer.from(reply));
}

function questionLength(reply: Uint8Array): number {
	const asQuery = reply.slice();
	asQuery[2] &= 0x7f;
	assert.equal(parseQuestion(view, asQuery, 0, asQuery.length), parsed.ok, 'the question cannot be read');
	return view.questionBytes;
}

const spoiltQuery = fc.tuple(query, mutations).map(([octets, steps]) => mutate(octets, steps));
const anyQuery = fc.oneof(
	{ weight: 3, arbitrary: spoiltQuery },
	{ weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
);

test('random queries are answered within the limit or dropped', () => {
	const subject = new OneEngine();
	fuzz(
		fc.property(anyQuery, fc.boolean(), (octets, tcp) => {
			const reply = subject.query(octets, tcp);
			if (reply !== undefined)
				checkReply(
					reply,
					Math.min(tcp ? 0xffff : minReplyBytes, limitFor(octets, tcp)),
					readUint16(octets, 0),
				);
			subject.advance(1);
		}),
	);
	subject.advance(6000);
	assert.equal(subject.owed, 0, 'everybody who was retained got a reply');
});

type Step =
	| { readonly do: 'query'; octets: Uint8Array; tcp: boolean }
	| { readonly do: 'reply'; octets: Uint8Array; which: number; wrong: 'nothing' | 'id' | 'socket' }
	| { readonly do: 'gone'; which: number }
	| { readonly do: 'wait'; ms: number };

const proper = response.map((parts) => message({ ...parts, flags: flag.qr | flag.rd | flag.ra }));
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({ do: fc.constant('query' as const), octets: query, tcp: fc.boolean() }),
	},
	{
		weight: 6,
		arbitrary: fc.record({
			do: fc.constant('reply' as const),
			octets: fc.tuple(proper, mutations).map(([octets, steps]) => mutate(octets, steps)),
			which: fc.nat(5),
			wrong: fc.constantFrom(
				'nothing' as const,
				'nothing' as const,
				'nothing' as const,
				'id' as const,
				'socket' as const,
			),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('gone' as const), which: fc.nat(5) }) },
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constant('wait' as const),
			ms: fc.oneof(fc.nat(50), fc.nat(3000), fc.nat(100_000)),
		}),
	},
);

const { rewrites, dns64, loadbalance, minimal } = loadCorefile({
	path: 'Corefile',
	env: {},
	text: `. {
	rewrite continue name exact local www.example
	rewrite continue name regex ^(.*)\\.$ {1}. answer name ^c\\.(.*) longer-than-before.{1} answer value ^b\\.(.*) x.{1}
	rewrite continue ttl suffix . 5-600
	rewrite continue rcode suffix . REFUSED NOERROR
	rewrite continue type AAAA A
	rewrite cname exact b.test www.example
	dns64 {
		translate_all
		allow_ipv4
	}
	loadbalance {
		prefer 192.0.2.0/25
	}
	minimal
	whoami
}`,
}).model!.blocks[0];

/** Every directive that changes questions and answers on their way, for the names and records of mutations.ts. */
const changing: Model = {
	...model,
	blocks: model.blocks.map((block) => ({
		...block,
		rewrites,
		dns64,
		loadbalance,
		minimal,
	})),
};

for (const [what, settings] of [
	['', model],
	[' that is changed on its way', changing],
] as const) {
	test(`whatever the upstream says, every client gets a proper reply${what} in time`, () => {
		let further = 0;
		fuzz(
			fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), fc.nat(), (steps, seed) => {
				const subject = new OneEngine(seed, settings);
				const waiting = new Map<number, { id: number; limit: number }>();
				let clients = 0;
				const collect = (): void => {
					for (const { client, octets } of subject.replied.slice(clients)) {
						const { id, limit } = waiting.get(client)!;
						checkReply(octets, limit, id);
					}
					clients = subject.replied.length;
				};
				for (const one of steps) {
					if (one.do === 'query') {
						const before = subject.owed + subject.replied.length + subject.released.length;
						waiting.set(before + 1, { id: readUint16(one.octets, 0), limit: limitFor(one.octets, one.tcp) });
						const reply = subject.query(one.octets, one.tcp);
						if (reply !== undefined)
							checkReply(reply, limitFor(one.octets, one.tcp), readUint16(one.octets, 0));
					} else if (one.do === 'wait') subject.advance(one.ms);
					else {
						const asked = subject.asked.at(-1 - one.which);
						if (asked === undefined) continue;
						if (one.do === 'gone') subject.upstreamGone(asked.socket, 'reset');
						else {
							const id = readUint16(asked.octets, 0) ^ (one.wrong === 'id' ? 1 : 0);
							const socket = one.wrong === 'socket' ? asked.socket + 1 : asked.socket;
							subject.upstreamSays(socket, withId(one.octets, id));
						}
					}
					collect();
				}
				subject.advance(5000);
				collect();
				assert.equal(subject.owed, 0, 'a client was forgotten');
				assert.equal(subject.engine.pendingCount, 0);
				further += sumCounters(subject.shared.counters).upstream_further_questions;
			}),
		);
		assert.equal(further > 0, settings === changing, 'further questions were asked');
	});
}
