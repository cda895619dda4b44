import type { CacheKey } from '../cache/key.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import { at, flag, headerBytes, opcodeOf, readUint16 } from '../wire/header.ts';
import { opcode, rcode } from '../wire/iana.ts';
import { answersQuestion, parseResponse, ResponseView } from '../wire/response.ts';
import { equalsWords, Views } from '../wire/views.ts';
import { qnameAtWord } from './upstream-query.ts';

/** What a message on an ask's socket, under its ID, is worth. */
export const verdict = {
	/** Not a reply to the question, or not readable; counted. The wait goes on (RFC 5452 §9.1). */
	ignored: 0,
	/** The upstream does not take the OPT. */
	ednsRefused: 1,
	/** TC: the answer is to be had by TCP. */
	truncated: 2,
	/** A well-formed reply to the question; `ReplyCheck.view` has its records. */
	reply: 3,
} as const;

/** Decides whether to believe a message from an upstream, before anything in it is used. */
export class ReplyCheck {
	readonly view: ResponseView = new ResponseView();
	/** Of the last message that was not ignored: all twelve bits where its records were read, else the header's four. */
	rcode = 0;
	readonly #counters: Counters;
	readonly #views = new Views();

	constructor(counters: Counters) {
		this.#counters = counters;
	}

	/**
	 * @param plain whether the query went out without EDNS
	 * @returns a value of `verdict`
	 */
	inspect(key: CacheKey, plain: boolean, octets: Uint8Array, start: number, length: number): number {
		const flags = readUint16(octets, start + at.flags);
		this.rcode = flags & 0xf;
		const formErr = this.rcode === rcode.FORMERR;
		if (
			!this.#repeats(key, octets, start, length, flags) &&
			!answersQuestion(octets, start, length, key.qname, key.qnameBytes, key.qtype, key.qclass)
		) {
			// A server that does not know EDNS may send FORMERR without the question (RFC 6891 §7).
			const bare = length === headerBytes && (flags & flag.qr) !== 0 && opcodeOf(flags) === opcode.QUERY;
			if (bare && formErr && !plain) return verdict.ednsRefused;
			this.#counters.add(counter.upstream_ignored_question);
			return verdict.ignored;
		}
		if (flags & flag.tc) return verdict.truncated;
		if (!parseResponse(this.view, octets, start, length, key.qnameBytes + 4)) {
			this.#counters.add(counter.upstream_ignored_malformed);
			return verdict.ignored;
		}
		this.rcode = this.view.rcode;
		return formErr && !plain && !this.view.hasOpt ? verdict.ednsRefused : verdict.reply;
	}

	/** Whether the question is the one that was asked, octet for octet, as it is in nearly every reply. */
	#repeats(key: CacheKey, octets: Uint8Array, start: number, length: number, flags: number): boolean {
		const { qnameBytes } = key;
		if (length < headerBytes + qnameBytes + 4) return false;
		if (!(flags & flag.qr) || opcodeOf(flags) !== opcode.QUERY) return false;
		if (readUint16(octets, start + at.qdcount) !== 1) return false;
		const question = start + headerBytes;
		if (readUint16(octets, question + qnameBytes) !== key.qtype) return false;
		if (readUint16(octets, question + qnameBytes + 2) !== key.qclass) return false;
		return equalsWords(this.#views.of(octets), question, key.words, qnameAtWord, qnameBytes);
	}
}
