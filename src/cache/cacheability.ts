import { flag, headerBytes, readUint32, writeUint32 } from '../wire/header.ts';
import { rcode } from '../wire/iana.ts';
import { nameEnd } from '../wire/name.ts';
import { soaMinimum } from '../wire/rdata.ts';
import { copyRecordExpanded, pointOwner, type RecordChanges } from '../wire/rebuild.ts';
import { type ResponseView, section } from '../wire/response.ts';
import type { Answer } from './answer.ts';
import type { CacheKey } from './key.ts';
import { entryKind, ticksPerSec } from './layout.ts';
import { Scrubber } from './scrub.ts';

/** Bounds for TTLs, in seconds. */
export interface TtlBounds {
	readonly successMinSec: number;
	readonly successMaxSec: number;
	readonly denialMinSec: number;
	readonly denialMaxSec: number;
}

/** How a response becomes an answer, apart from what is the same for all. */
export interface AnswerShape {
	readonly bounds: TtlBounds;
	/** Answers to what was asked come without authority and additional records. */
	readonly minimal: boolean;
	/** NXDOMAIN must stand without compression, so that its records fit behind any question. */
	readonly expandDenials: boolean;
	/** So must answers to this type; 0: none. */
	readonly expandType: number;
}

/** What makes of a response to one question the answer to another. */
export interface Turning {
	/** The question that is answered. */
	readonly asked: CacheKey;
	readonly changes: RecordChanges;
}

/** Six years; what is kept longer would not fit the entry's word. */
const maxLifetimeTicks = 0x7fff_ffff;

/** For server blocks without a cache: TTLs pass as they are. */
export const unbounded: TtlBounds = {
	successMinSec: 0,
	successMaxSec: 0xffff_ffff,
	denialMinSec: 0,
	denialMaxSec: 0xffff_ffff,
};

/**
 * Turns a response into an answer that anybody who asked may get, and decides what it is and how long it may be used.
 *
 *   NOERROR  the chain from QNAME ends in data         positive, for its lowest TTL
 *            no data, a SOA                            NODATA, negative (RFC 2308 §2.2; behind CNAMEs too, §2.1)
 *            no data, no SOA                           passed on, not stored (RFC 2308 §5: SHOULD NOT)
 *   NXDOMAIN a SOA                                     negative (RFC 2308 §5), CNAMEs in front are kept
 *            no SOA                                    passed on, not stored
 *   SERVFAIL, NOTIMP                                   failure (RFC 9520), held by the caller
 *   any other RCODE                                    passed on, not stored
 *
 * A negative answer's TTL is min(SOA TTL, SOA.MINIMUM) and stands in the SOA that clients see (RFC 2308 §5). Every
 * other record keeps a TTL of its own. A TTL of 0 anywhere: passed on, not stored (RFC 1035 §3.2.1). The top bit of a
 * TTL makes it large, not negative (RFC 8767 §4); the maximum then caps it.
 */
export class AnswerMaker {
	readonly #scrubber = new Scrubber();
	readonly #rebuilt = new Uint8Array(0x1_0000);

	/**
	 * Fills `answer` from `view`, a response to the question of `key`. TTLs are written into the response's octets,
	 * which `answer` goes on to use. `answer.lifetimeTicks` is 0 for what is not to be stored. False: the response is
	 * too large to be freed of what does not belong, or to be turned into another question's.
	 */
	make(view: ResponseView, key: CacheKey, shape: AnswerShape, answer: Answer, turning?: Turning): boolean {
		const scrubber = this.#scrubber;
		scrubber.run(view, key);
		const kind = classify(view.rcode, scrubber.complete, scrubber.soa >= 0);
		answer.reset((view.flags & flag.ad) | (view.rcode & 0xf), view.rcode >>> 4, kind);
		if (kind === entryKind.failure) return true;
		if (shape.minimal && view.rcode === rcode.NOERROR) scrubber.minimize(view, key);
		const negative = kind === entryKind.negative;
		const storable = negative || (view.rcode === rcode.NOERROR && scrubber.complete);
		const lifetimeSec = this.#boundTtls(view, negative, shape.bounds, turning?.changes);
		if (storable && lifetimeSec > 0) {
			answer.lifetimeTicks = Math.min(lifetimeSec * ticksPerSec, maxLifetimeTicks);
		}
		const expand =
			(shape.expandDenials && view.rcode === rcode.NXDOMAIN) ||
			(shape.expandType !== 0 && key.qtype === shape.expandType);
		if (turning !== undefined) return this.#turn(view, answer, turning, expand);
		if (scrubber.keptCount === view.recordCount && !view.optInside && !expand) {
			describeInPlace(view, answer);
			return true;
		}
		return this.#rebuild(view, answer);
	}

	/** Puts the TTLs of kept records within bounds; returns for how long the answer may be kept. */
	#boundTtls(
		view: ResponseView,
		negative: boolean,
		bounds: TtlBounds,
		changes: RecordChanges | undefined,
	): number {
		const { keep, soa } = this.#scrubber;
		const minSec = negative ? bounds.denialMinSec : bounds.successMinSec;
		const maxSec = negative ? bounds.denialMaxSec : bounds.successMaxSec;
		let lowestSec = changes?.head?.lowestTtlSec ?? 0xffff_ffff;
		for (let record = 0; record < view.recordCount; record++) {
			if (!keep[record]) continue;
			let ttlSec = readUint32(view.octets, view.ttlAt(record));
			if (negative && record === soa) ttlSec = Math.min(ttlSec, soaMinimum(view.octets, view.endAt[record]));
			ttlSec = Math.min(Math.max(ttlSec, minSec), maxSec);
			if (changes !== undefined) ttlSec = changes.ttlSec(view, record, ttlSec);
			writeUint32(view.octets, view.ttlAt(record), ttlSec);
			if (ttlSec < lowestSec) lowestSec = ttlSec;
		}
		return Math.min(lowestSec, maxSec);
	}

	#rebuild(view: ResponseView, answer: Answer): boolean {
		const { keep } = this.#scrubber;
		const bodyStart = view.bodyStart - view.start;
		let position = bodyStart;
		for (let record = 0; record < view.recordCount; record++) {
			if (!keep[record]) continue;
			const end = copyRecordExpanded(view, record, this.#rebuilt, position);
			if (end < 0) return false;
			addRecord(answer, view.section[record], nameEnd(this.#rebuilt, position) + 4 - bodyStart);
			position = end;
		}
		answer.octets = this.#rebuilt;
		answer.bodyStart = bodyStart;
		answer.bodyBytes = position - bodyStart;
		return true;
	}

	/** Rebuilds behind another question than the one that the response is to. */
	#turn(view: ResponseView, answer: Answer, { asked, changes }: Turning, expand: boolean): boolean {
		const { keep } = this.#scrubber;
		const out = this.#rebuilt;
		out.set(asked.qname.subarray(0, asked.qnameBytes), headerBytes);
		const bodyStart = headerBytes + asked.qnameBytes + 4;
		let position = bodyStart;
		for (const ttlOffset of changes.head?.ttlOffsets ?? []) addRecord(answer, section.answer, ttlOffset);
		if (changes.head !== undefined) {
			out.set(changes.head.octets, position);
			position += changes.head.octets.length;
		}
		let ownerAt = -1;
		for (let record = 0; record < view.recordCount; record++) {
			if (!keep[record]) continue;
			const at = position;
			const end = changes.copy(view, record, out, at);
			if (end < 0) return false;
			if (end === at) continue;
			position = expand ? end : pointOwner(out, at, end, headerBytes, ownerAt);
			if (position === end) ownerAt = at;
			addRecord(answer, view.section[record], nameEnd(out, at) + 4 - bodyStart);
		}
		answer.octets = out;
		answer.bodyStart = bodyStart;
		answer.bodyBytes = position - bodyStart;
		// What was vouched for was said of other names, or of other records.
		if (changes.altered) answer.flags &= ~flag.ad;
		return true;
	}
}

function classify(code: number, complete: boolean, hasSoa: boolean): number {
	if (code === rcode.SERVFAIL || code === rcode.NOTIMP) return entryKind.failure;
	if (code === rcode.NXDOMAIN && hasSoa) return entryKind.negative;
	if (code === rcode.NOERROR && !complete && hasSoa) return entryKind.negative;
	return entryKind.positive;
}

function describeInPlace(view: ResponseView, answer: Answer): void {
	answer.octets = view.octets;
	answer.bodyStart = view.bodyStart;
	answer.bodyBytes = view.recordCount === 0 ? 0 : view.endAt[view.recordCount - 1] - view.bodyStart;
	for (let record = 0; record < view.recordCount; record++) {
		addRecord(answer, view.section[record], view.ttlAt(record) - view.bodyStart);
	}
}

function addRecord(answer: Answer, part: number, ttlOffset: number): void {
	answer.ttlOffsets[answer.recordCount] = ttlOffset;
	if (part === section.answer) answer.answerCount++;
	else if (part === section.authority) answer.authorityCount++;
	else answer.additionalCount++;
}
