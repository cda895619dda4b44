/** Puts a response through `parseResponse` and `AnswerMaker` and shows what came out as another implementation reads it. */
import assert from 'node:assert/strict';
import packet from 'dns-packet';
import { Answer } from '../../../src/cache/answer.ts';
import { AnswerMaker, type TtlBounds } from '../../../src/cache/cacheability.ts';
import { ticksPerSec } from '../../../src/cache/layout.ts';
import { headerBytes, writeHeader } from '../../../src/wire/header.ts';
import { parseResponse, ResponseView } from '../../../src/wire/response.ts';
import { type MessageParts, message, question } from '../wire/messages.ts';
import { keyOf, shapeOf } from './support.ts';

export interface JudgedRecord {
	readonly section: 'answer' | 'authority' | 'additional';
	readonly name: string;
	readonly type: string;
	readonly ttlSec: number;
	readonly data: unknown;
}

export interface Judged {
	readonly records: readonly JudgedRecord[];
	/** "answer www.example A": what is left, in a form that tables can hold. */
	readonly kept: readonly string[];
	readonly kind: number;
	readonly rcode: number;
	/** 0: not to be stored. */
	readonly lifetimeSec: number;
	readonly answer: Answer;
}

export interface JudgeOptions {
	readonly bounds?: TtlBounds;
	/** Bits of `keyFlag`. */
	readonly flags?: number;
	/** Names stand without compression. */
	readonly expand?: boolean;
	readonly minimal?: boolean;
}

const view = new ResponseView();
const maker = new AnswerMaker();

/** The message that anybody who asked would get, without what depends on who asks. */
export function messageOf(answer: Answer, qname: string, qtype?: number): Buffer {
	const asked = question(qname, qtype);
	const octets = Buffer.alloc(headerBytes + asked.length + answer.bodyBytes);
	const { answerCount, authorityCount, additionalCount } = answer;
	writeHeader(octets, 0, 0, 0x8000 | answer.flags, 1, answerCount, authorityCount, additionalCount);
	octets.set(asked, headerBytes);
	octets.set(
		answer.octets.subarray(answer.bodyStart, answer.bodyStart + answer.bodyBytes),
		headerBytes + asked.length,
	);
	return octets;
}

export function judgeOctets(octets: Uint8Array, parts: MessageParts, options: JudgeOptions = {}): Judged {
	const answer = new Answer();
	const { qname, qtype } = parts;
	assert.ok(
		parseResponse(view, octets, 0, octets.length, question(qname).length),
		'the response does not parse',
	);
	const key = keyOf(qname, { qtype: qtype ?? 1, flags: options.flags ?? 0 });
	const shape = shapeOf(options.bounds, options.expand ? (qtype ?? 1) : 0);
	assert.ok(maker.make(view, key, { ...shape, minimal: options.minimal ?? false }, answer));
	const decoded = packet.decode(messageOf(answer, qname, qtype));
	const records = (['answer', 'authority', 'additional'] as const).flatMap((section) => {
		const list = { answer: decoded.answers, authority: decoded.authorities, additional: decoded.additionals }[
			section
		];
		return (list as packet.StringAnswer[]).map(({ name, type, ttl, data }) => {
			return { section, name: name.toLowerCase(), type, ttlSec: ttl ?? 0, data };
		});
	});
	return {
		records,
		kept: records.map(({ section, name, type }) => `${section} ${name} ${type}`),
		kind: answer.kind,
		rcode: answer.flags & 0xf,
		lifetimeSec: answer.lifetimeTicks / ticksPerSec,
		answer,
	};
}

export function judge(parts: MessageParts, options: JudgeOptions = {}): Judged {
	return judgeOctets(message(parts), parts, options);
}
