import { PetrelError } from '../util/errors.ts';
import { readUint16, readUint32, writeUint16 } from '../wire/header.ts';
import { rrType } from '../wire/iana.ts';
import { maxNameBytes, nameEnd } from '../wire/name.ts';
import { nameToText, nameToWire } from '../wire/presentation.ts';
import { copyRecordExpanded, type RecordChanges, type RecordHead } from '../wire/rebuild.ts';
import { type ResponseView, section } from '../wire/response.ts';
import { writeTranslated } from './dns64.ts';
import type { ResponseRule } from './rewriter.ts';

/** Octets of a record behind its owner: TYPE, CLASS, TTL, RDLENGTH. */
const fixedBytes = 10;

/** Room for one record. An object of its own is made for every question that is rewritten, but two are never at work. */
const expanded = new Uint8Array(0x1_0000);

/** Makes AAAA records of A records. */
export interface Translation64 {
	readonly prefix: Uint8Array;
	readonly prefixBytes: number;
	/** What was denied of the AAAA records is true for so long, and what is put in their place no longer (RFC 6147 §5.1.7). */
	readonly ttlMaxSec: number;
}

/** Does to one response what the rules say that fitted its question. */
export class ResponseChanges implements RecordChanges {
	readonly head: RecordHead | undefined;
	altered: boolean;
	/** The name that `copy` has put in place of a CNAME's target: its records are not in the response. */
	changedTarget: string | undefined;
	readonly #rules: readonly ResponseRule[];
	readonly #translation: Translation64 | undefined;
	readonly #mayAsk: (name: string) => boolean;
	readonly #renames: boolean;
	readonly #revalues: boolean;

	/**
	 * @param rules in the order in which they are applied
	 * @param otherQuestion the response is to another question than the answer
	 * @param mayAsk whether a name can be asked for, in place of a CNAME's target
	 */
	constructor(
		rules: readonly ResponseRule[],
		head: RecordHead | undefined,
		translation: Translation64 | undefined,
		otherQuestion: boolean,
		mayAsk: (name: string) => boolean,
	) {
		this.#rules = rules;
		this.head = head;
		this.#translation = translation;
		this.altered = otherQuestion;
		this.#mayAsk = mayAsk;
		this.#renames = rules.some(({ part }) => part === 'name');
		this.#revalues = rules.some(({ part }) => part === 'value' || part === 'cname');
	}

	/** For how long what `dns64` makes may be used at most; 0: it makes nothing. */
	get ttlMaxSec(): number {
		return this.#translation?.ttlMaxSec ?? 0;
	}

	/** The RCODE that a response is to have in place of `code`. */
	rcode(code: number): number {
		let now = code;
		for (const rule of this.#rules) if (rule.part === 'rcode' && rule.from === now) now = rule.to;
		return now;
	}

	ttlSec(view: ResponseView, record: number, ttlSec: number): number {
		let now = ttlSec;
		for (const rule of this.#rules) {
			if (rule.part === 'ttl') now = Math.min(Math.max(now, rule.minSec), rule.maxSec);
		}
		return this.#translates(view, record) ? Math.min(now, this.#translation!.ttlMaxSec) : now;
	}

	copy(view: ResponseView, record: number, target: Uint8Array, offset: number): number {
		const inAnswer = view.section[record] === section.answer;
		if (inAnswer && (this.changedTarget !== undefined || this.#isSpoilt(view, record))) return offset;
		const end = copyRecordExpanded(view, record, expanded, 0);
		if (end < 0) return -1;
		const ownerBytes = nameEnd(expanded, 0);
		const rdataAt = ownerBytes + fixedBytes;
		const room = offset + end + 2 * maxNameBytes + 16;
		if (room > target.length) return -1;
		const fixedAt = this.#renames
			? this.#putName(expanded, 0, 'name', target, offset)
			: put(expanded, 0, ownerBytes, target, offset);
		const newRdataAt = put(expanded, ownerBytes, rdataAt, target, fixedAt);
		let newEnd: number;
		if (this.#translates(view, record)) {
			const { prefix, prefixBytes } = this.#translation!;
			writeTranslated(prefix, prefixBytes, expanded, rdataAt, target, newRdataAt);
			writeUint16(target, fixedAt, rrType.AAAA);
			newEnd = newRdataAt + 16;
		} else {
			newEnd = this.#putRdata(view.type(record), inAnswer, rdataAt, end, target, newRdataAt);
		}
		writeUint16(target, fixedAt + 8, newEnd - newRdataAt);
		return newEnd;
	}

	#translates(view: ResponseView, record: number): boolean {
		return (
			this.#translation !== undefined &&
			view.section[record] === section.answer &&
			view.type(record) === rrType.A
		);
	}

	/** A signature of A records says nothing of the AAAA records in their place. */
	#isSpoilt(view: ResponseView, record: number): boolean {
		if (this.#translation === undefined || view.type(record) !== rrType.RRSIG) return false;
		const rdataAt = view.rdataAt(record);
		return view.endAt[record] >= rdataAt + 2 && readUint16(view.octets, rdataAt) === rrType.A;
	}

	/** @param start where the uncompressed RDATA stands in `expanded` */
	#putRdata(
		type: number,
		inAnswer: boolean,
		start: number,
		end: number,
		target: Uint8Array,
		offset: number,
	): number {
		const nameAt = this.#revalues ? valueAt(type, start, end) : -1;
		if (nameAt < 0) return put(expanded, start, end, target, offset);
		const behind = nameEnd(expanded, nameAt);
		let position = put(expanded, start, nameAt, target, offset);
		position = this.#putName(expanded, nameAt, 'value', target, position);
		if (inAnswer && type === rrType.CNAME) position = this.#putChangedTarget(target, offset, position);
		return put(expanded, behind, end, target, position);
	}

	/** Applies `cname` rules to the target that stands at `[start, end)`. */
	#putChangedTarget(target: Uint8Array, start: number, end: number): number {
		const before = nameToText(target.subarray(start, end));
		for (const rule of this.#rules) {
			if (rule.part !== 'cname') continue;
			const name = rule.change(before);
			const octets = name === undefined ? undefined : toWire(name);
			if (name === undefined || octets === undefined || !this.#mayAsk(name)) continue;
			this.changedTarget = name;
			this.altered = true;
			target.set(octets, start);
			return start + octets.length;
		}
		return end;
	}

	#putName(from: Uint8Array, start: number, part: 'name' | 'value', to: Uint8Array, offset: number): number {
		const before = nameToText(from, start);
		let now = before;
		for (const rule of this.#rules) if (rule.part === part) now = rule.change(now) ?? now;
		const octets = now === before ? undefined : toWire(now);
		if (octets === undefined) return put(from, start, nameEnd(from, start), to, offset);
		this.altered = true;
		to.set(octets, offset);
		return offset + octets.length;
	}
}

/** A name's octets in lower case; undefined if a rule has made something of it that is none. */
export function toWire(name: string): Uint8Array | undefined {
	try {
		return nameToWire(name.toLowerCase());
	} catch (thrown) {
		if (thrown instanceof PetrelError) return undefined;
		throw thrown;
	}
}

/** Where the name stands that `value` rules are for, in RDATA without compression; -1: the type has none. */
function valueAt(type: number, start: number, end: number): number {
	switch (type) {
		case rrType.CNAME:
		case rrType.DNAME:
		case rrType.NS:
		case rrType.PTR:
		case rrType.SOA:
			return start;
		case rrType.MX:
			return start + 2;
		case rrType.SRV:
			return start + 6;
		case rrType.NAPTR:
			return naptrReplacementAt(start, end);
		default:
			return -1;
	}
}

/** Behind ORDER, PREFERENCE and three texts (RFC 3403 §4.1). Nobody has checked its shape yet. */
function naptrReplacementAt(start: number, end: number): number {
	let position = start + 4;
	for (let i = 0; i < 3 && position < end; i++) position += expanded[position] + 1;
	for (let at = position; at < end; at += expanded[at] + 1) {
		if (expanded[at] > 63) return -1;
		if (expanded[at] === 0) return at === end - 1 && end - position <= maxNameBytes ? position : -1;
	}
	return -1;
}

function put(from: Uint8Array, start: number, end: number, to: Uint8Array, offset: number): number {
	to.set(from.subarray(start, end), offset);
	return offset + end - start;
}

/** The answers of a message's body, `bodyBytes` long, to stand in front of others later. */
export function headOf(
	octets: Uint8Array,
	bodyStart: number,
	bodyBytes: number,
	ttlOffsets: readonly number[],
): RecordHead {
	const copy = octets.slice(bodyStart, bodyStart + bodyBytes);
	return {
		octets: copy,
		ttlOffsets,
		lowestTtlSec: Math.min(...ttlOffsets.map((offset) => readUint32(copy, offset))),
	};
}
