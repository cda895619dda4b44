import { type Answer, translatedMark } from '../cache/answer.ts';
import type { Turning } from '../cache/cacheability.ts';
import { CacheKey, keyFlag } from '../cache/key.ts';
import { entryKind } from '../cache/layout.ts';
import { headOf, ResponseChanges, toWire } from '../rewrite/response-changes.ts';
import type { Rewriter } from '../rewrite/rewriter.ts';
import { readUint16, readUint32 } from '../wire/header.ts';
import { rcode, rrClass, rrType } from '../wire/iana.ts';
import { nameToText } from '../wire/presentation.ts';
import type { RecordHead } from '../wire/rebuild.ts';

/** `dns64` as the engine uses it. */
export interface Dns64 {
	/** 16 octets. */
	readonly prefix: Uint8Array;
	readonly prefixBytes: number;
	readonly translateAll: boolean;
	/** Also for clients that come by IPv4. */
	readonly allowIpv4: boolean;
}

/** What a server block does to questions on their way, and to what comes back. */
export interface Translator {
	readonly rewriter: Rewriter | undefined;
	readonly dns64: Dns64 | undefined;
	/** Whether a `forward` of the block takes a name. */
	forwards(name: Uint8Array): boolean;
}

/** RFC 6147 §5.1.7: the TTL of addresses where nothing tells for how long there are no others. */
const ttlWithoutSoaSec = 600;

/**
 * The way of one question to the upstreams and back, where a server block changes it: what they are asked in its
 * place, and what their response becomes.
 *
 *   question ── rewrite ── sent ──────── upstream ──── changes ── answer to the question
 *                  │    a CNAME's target was changed: its records are asked for, and put behind it ┘
 *                  └ dns64, no AAAA in the answer: the same name's A records are asked for, and made AAAA
 *
 * Each of the two turns is taken once at most. What comes out is stored under the client's question, so that a hit
 * knows nothing of all this.
 */
export class Translation implements Turning {
	readonly asked: CacheKey;
	/** What upstreams are asked now. */
	readonly sent: CacheKey;
	/** The rules have made something of the name that is no name. */
	invalid = false;
	changes: ResponseChanges;
	readonly #translator: Translator;
	#asksForA = false;

	/** Undefined: the block's rules do nothing to the question. @param asked it must stay what it is */
	static of(
		translator: Translator,
		asked: CacheKey,
		secret: readonly [number, number],
	): Translation | undefined {
		const { rewriter, dns64 } = translator;
		const translates = dns64 !== undefined && (asked.flags & keyFlag.translated) !== 0;
		if (!translates && rewriter?.rewrite(nameOf(asked), asked.qtype) === undefined) return undefined;
		return new Translation(translator, asked, secret);
	}

	constructor(translator: Translator, asked: CacheKey, secret: readonly [number, number]) {
		this.#translator = translator;
		this.asked = asked;
		this.sent = new CacheKey(secret);
		this.changes = this.#ask(nameOf(asked), asked.qtype, undefined, 0);
	}

	/** @param head the CNAMEs that led to the name; with them the target of a further one is left as it is */
	#ask(name: string, qtype: number, head: RecordHead | undefined, ttlMaxSec: number): ResponseChanges {
		const { rewriter, dns64 } = this.#translator;
		const rewriting = rewriter?.rewrite(name, qtype) ?? { name, qtype, response: [] };
		const octets = toWire(rewriting.name);
		this.invalid = octets === undefined;
		const { sent, asked } = this;
		sent.qname.set(octets ?? asked.qname.subarray(0, asked.qnameBytes));
		const nameBytes = octets?.length ?? asked.qnameBytes;
		sent.seal(asked.block, rewriting.qtype, rrClass.IN, asked.flags, nameBytes);
		const translation = this.#asksForA ? { ...dns64!, ttlMaxSec } : undefined;
		const otherQuestion = this.#asksForA || head !== undefined || !isSame(sent, asked);
		const mayAsk = (target: string): boolean => head === undefined && this.#mayAsk(target);
		return new ResponseChanges(rewriting.response, head, translation, otherQuestion, mayAsk);
	}

	/** Names are rewritten before they are asked for, also those that a CNAME leads to. */
	#mayAsk(target: string): boolean {
		const { rewriter } = this.#translator;
		const octets = toWire(rewriter?.rewrite(target, this.sent.qtype)?.name ?? target);
		return octets !== undefined && this.#translator.forwards(octets);
	}

	/**
	 * Whether an answer is not the last word, and something else must be asked for: `sent` says what.
	 *
	 * @param code the RCODE that the upstream gave
	 */
	goesOn(answer: Answer, code: number): boolean {
		const target = this.changes.changedTarget;
		if (target !== undefined) {
			const { ttlMaxSec } = this.changes;
			this.changes = this.#ask(target, this.sent.qtype, answersOf(answer), ttlMaxSec);
			return true;
		}
		if (!this.#lacksAddresses(answer, code)) return false;
		this.#asksForA = true;
		this.changes = this.#ask(nameOf(this.asked), rrType.A, undefined, negativeTtlSec(answer));
		return true;
	}

	#lacksAddresses(answer: Answer, code: number): boolean {
		const { dns64 } = this.#translator;
		if (dns64 === undefined || this.#asksForA || !(this.asked.flags & keyFlag.translated)) return false;
		if (code === rcode.NXDOMAIN) return false;
		if (dns64.translateAll) return true;
		for (let record = 0; record < answer.answerCount; record++) {
			if (typeOf(answer, record) === rrType.AAAA) return false;
		}
		return true;
	}

	/** Gives an answer the RCODE that the rules want. */
	finish(answer: Answer, code: number): void {
		const now = this.changes.rcode(code);
		answer.flags = (answer.flags & ~0xf) | (now & 0xf);
		answer.extendedRcode = now >>> 4;
		if (this.#asksForA && answer.kind === entryKind.positive && answer.answerCount > 0)
			answer.flags |= translatedMark;
	}
}

/** The forward that a key's question takes, once it is rewritten, must be known before anybody waits for it. */
export function isForwarded(translator: Translator, key: CacheKey): boolean {
	const name = translator.rewriter?.rewrite(nameOf(key), key.qtype)?.name;
	const octets = name === undefined ? key.qname.subarray(0, key.qnameBytes) : toWire(name);
	// What is no name any more is answered SERVFAIL.
	return octets === undefined || translator.forwards(octets);
}

function isSame(a: CacheKey, b: CacheKey): boolean {
	if (a.wordCount !== b.wordCount) return false;
	for (let i = 0; i < a.wordCount; i++) if (a.words[i] !== b.words[i]) return false;
	return true;
}

function nameOf(key: CacheKey): string {
	return nameToText(key.qname.subarray(0, key.qnameBytes));
}

function typeOf(answer: Answer, record: number): number {
	return readUint16(answer.octets, answer.bodyStart + answer.ttlOffsets[record] - 4);
}

function negativeTtlSec(answer: Answer): number {
	for (let record = answer.answerCount; record < answer.answerCount + answer.authorityCount; record++) {
		if (typeOf(answer, record) !== rrType.SOA) continue;
		return readUint32(answer.octets, answer.bodyStart + answer.ttlOffsets[record]);
	}
	return ttlWithoutSoaSec;
}

function answersOf(answer: Answer): RecordHead {
	const { octets, bodyStart, answerCount, ttlOffsets } = answer;
	const last = ttlOffsets[answerCount - 1];
	const bodyBytes = last + 6 + readUint16(octets, bodyStart + last + 4);
	return headOf(octets, bodyStart, bodyBytes, [...ttlOffsets.subarray(0, answerCount)]);
}
