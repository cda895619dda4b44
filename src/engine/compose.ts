import { type Answer, translatedMark } from '../cache/answer.ts';
import { type Counters, counter } from '../metrics/hot/counters.ts';
import { applyHeaderMasks, type HeaderMasks } from '../rewrite/header-rules.ts';
import { appendOptions, optBytes, writeOpt } from '../wire/edns.ts';
import { at, flag, headerBytes, readUint16, readUint32, writeHeader, writeUint32 } from '../wire/header.ts';
import { rcode } from '../wire/iana.ts';
import type { LoggedQuery } from './query-log.ts';
import type { RecordedQuery } from './query-recorder.ts';

export const noOptions: Uint8Array = new Uint8Array(0);

/**
 * What of a reply depends on who asked. Hits and misses, fresh answers, failures and refusals all become a reply
 * here and nowhere else, so that the flags of a hit cannot differ from those of a miss.
 */
export class Asker {
	id = 0;
	/** The flags of the client's query. */
	flags = 0;
	/**
	 * QNAME as the client spelled it, QTYPE and QCLASS. 0 octets: no question is sent back. If these are the octets that
	 * the reply is written to, the question is at its place there.
	 */
	question: Uint8Array = new Uint8Array(0);
	questionStart = 0;
	questionBytes = 0;
	hasOpt = false;
	dnssecOk = false;
	/** The longest reply that the client takes. */
	limitBytes = 512;
	/** Where its query is counted. */
	row = 0;
	/** What the query log wants of it; undefined: no line. */
	logged: LoggedQuery | undefined = undefined;
	/** What a recording wants of it; only of one that waits (`QueryRecorder.note`). */
	recorded: RecordedQuery | undefined = undefined;
	/** Our own payload size, for the OPT of the reply. */
	payloadBytes = 1232;
	/** More options for that OPT, as they stand in it. Left out where there is no room for them. */
	options: Uint8Array = noOptions;
}

/** Flags of the query that stand in every reply (RFC 1035 §4.1.1, RFC 4035 §3.2.2), the opcode among them. */
const echoedFlags = 0x7800 | flag.rd | flag.cd;
const edeBytes = 6;

/**
 * Writes the reply to `asker` at `out[start...]` and returns its length. Records that do not fit the client's limit
 * are left out: additional ones silently (RFC 2181 §9), others with TC set, whole records only.
 *
 * The question and the answer's records may already stand at their places in `out`; they are not copied then.
 * AA is clear, RA set (petrel does offer recursion), and then the block's response rules have the last word.
 */
export function composeReply(
	answer: Answer,
	asker: Asker,
	rules: HeaderMasks,
	out: Uint8Array,
	start: number,
): number {
	const bodyStart = start + headerBytes + asker.questionBytes;
	const edeCode = asker.hasOpt ? answer.edeCode : -1;
	const tailBytes = asker.hasOpt ? optBytes + (edeCode >= 0 ? edeBytes : 0) : 0;
	let room = asker.limitBytes - headerBytes - asker.questionBytes - tailBytes;
	const hasOptions = asker.hasOpt && asker.options.length > 0 && asker.options.length <= room;
	if (hasOptions) room -= asker.options.length;
	let { answerCount, authorityCount, additionalCount, bodyBytes } = answer;
	let truncated = 0;
	if (bodyBytes > room) {
		// What is cut here is overwritten below; the log tells of the whole.
		if (asker.logged !== undefined) asker.logged.look(answer, asker);
		const kept = recordsThatFit(answer, room);
		bodyBytes = kept === 0 ? 0 : recordEnd(answer, kept - 1);
		if (kept < answerCount + authorityCount) truncated = flag.tc;
		answerCount = Math.min(answerCount, kept);
		authorityCount = Math.min(authorityCount, kept - answerCount);
		additionalCount = kept - answerCount - authorityCount;
	}
	if (asker.question !== out) copyQuestion(asker, out, start + headerBytes);
	if (answer.octets !== out || answer.bodyStart !== bodyStart) {
		const from = answer.bodyStart;
		for (let i = 0; i < bodyBytes; i++) out[bodyStart + i] = answer.octets[from + i];
	}
	writeTtls(answer, answerCount + authorityCount + additionalCount, out, bodyStart);
	let end = bodyStart + bodyBytes;
	if (asker.hasOpt) {
		const opt = end;
		end = writeOpt(out, opt, asker.payloadBytes, answer.extendedRcode, asker.dnssecOk, edeCode);
		if (hasOptions) end = appendOptions(out, opt, end, asker.options);
		additionalCount++;
	}
	// AD only for clients that said they understand it (RFC 6840 §5.7, §5.8).
	const wantsAd = asker.dnssecOk || (asker.flags & flag.ad) !== 0;
	const ownFlags = flag.qr | flag.ra | (asker.flags & echoedFlags) | truncated;
	let answerFlags = answer.flags & (wantsAd ? ~translatedMark : ~(translatedMark | flag.ad));
	// Without OPT there is no room for an RCODE's upper bits, and its lower ones mean something else.
	if (answer.extendedRcode > 0 && !asker.hasOpt) answerFlags = rcode.SERVFAIL;
	const flags = applyHeaderMasks(ownFlags | answerFlags, rules);
	if (flags !== (ownFlags | answerFlags)) rules.counters?.add(counter.header_rewrites);
	const questions = asker.questionBytes > 0 ? 1 : 0;
	writeHeader(out, start, asker.id, flags, questions, answerCount, authorityCount, additionalCount);
	return end - start;
}

/** Counts a reply that `composeReply` made and that is about to be sent. */
export function countReply(counters: Counters, overTcp: boolean, reply: Uint8Array, start: number): void {
	counters.add(overTcp ? counter.replies_tcp : counter.replies_udp);
	if (readUint16(reply, start + at.flags) & flag.tc) counters.add(counter.truncated);
}

/** The RCODE that a reply says, all twelve bits. */
export function rcodeOfReply(answer: Answer, asker: Asker, reply: Uint8Array, start: number): number {
	return (reply[start + at.flags + 1] & 0xf) | (asker.hasOpt ? answer.extendedRcode << 4 : 0);
}

function copyQuestion(asker: Asker, out: Uint8Array, start: number): void {
	const { question, questionStart, questionBytes } = asker;
	for (let i = 0; i < questionBytes; i++) out[start + i] = question[questionStart + i];
}

function writeTtls(answer: Answer, records: number, out: Uint8Array, bodyStart: number): void {
	const { ageSec, fixedTtlSec, ttlOffsets } = answer;
	if (fixedTtlSec >= 0) {
		for (let i = 0; i < records; i++) writeUint32(out, bodyStart + ttlOffsets[i], fixedTtlSec);
	} else if (ageSec > 0) {
		for (let i = 0; i < records; i++) {
			const ttlAt = bodyStart + ttlOffsets[i];
			writeUint32(out, ttlAt, Math.max(0, readUint32(out, ttlAt) - ageSec));
		}
	}
}

/** Octets of the body up to the end of a record: behind its TTL stand RDLENGTH and RDATA. */
function recordEnd(answer: Answer, record: number): number {
	const ttlOffset = answer.ttlOffsets[record];
	return ttlOffset + 6 + readUint16(answer.octets, answer.bodyStart + ttlOffset + 4);
}

/** How many records, from the first on, end within `room` octets. */
function recordsThatFit(answer: Answer, room: number): number {
	let kept = 0;
	const records = answer.recordCount;
	while (kept < records && recordEnd(answer, kept) <= room) kept++;
	return kept;
}
