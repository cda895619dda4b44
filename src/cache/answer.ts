import { readUint16 } from '../wire/header.ts';
import { rcode } from '../wire/iana.ts';
import { maxRecords } from '../wire/response.ts';
import { entryKind } from './layout.ts';

/** `Answer.slot` of a large answer, which counts its visits itself. */
export const noSlot = -1;

/** In `Answer.flags`, at the place of a bit that must be 0 in every message: `dns64` made the answer. */
export const translatedMark = 0x0040;

/**
 * An answer ready to be sent to anybody who asked its question: the records behind the question, and what of the
 * header does not depend on who asks. A hit fills it from the shared cache, a miss from an upstream's response; the
 * same function makes replies from both.
 */
export class Answer {
	/** Where the records lie; owned by whoever filled the answer. */
	octets: Uint8Array = new Uint8Array(0);
	bodyStart = 0;
	bodyBytes = 0;
	answerCount = 0;
	authorityCount = 0;
	additionalCount = 0;
	/** Offset of each record's TTL field, from `bodyStart`, in order. */
	readonly ttlOffsets: Uint16Array = new Uint16Array(maxRecords);
	/** RCODE and AD as in the header's flags field, and `translatedMark`. AA, RA, RD, TC and CD are not the answer's. */
	flags = 0;
	/** RCODE's upper eight bits. */
	extendedRcode = 0;
	/** A value of `entryKind`. */
	kind = 0;
	/** Since the answer was stored; taken off every TTL. */
	ageSec = 0;
	/** How long it may be used, from when it was stored; 0: not at all. */
	lifetimeTicks = 0;
	storedAtTicks = 0;
	/** TTL of every record in the reply instead of its own; -1: its own. */
	fixedTtlSec = -1;
	/** An Extended DNS Error to add for clients with EDNS; -1: none. */
	edeCode = -1;
	/** Failures in a row, for kind `failure`. */
	failures = 0;
	/** Of a hit: a failure stands for the same key, and its hold is not over (RFC 9520 §3.2). */
	failureHeld = false;
	/** Of a hit: where its visits are counted, see `CacheReader.countVisit`; `noSlot`: it is not from the shared cache. */
	slot = 0;
	bucketBase = 0;

	/** Whether it says that there is no such name, or no such data. */
	get isDenial(): boolean {
		return (
			this.kind === entryKind.negative || (this.flags & 0xf) === rcode.NXDOMAIN || this.answerCount === 0
		);
	}

	get recordCount(): number {
		return this.answerCount + this.authorityCount + this.additionalCount;
	}

	/** Becomes an answer without records. */
	reset(flags: number, extendedRcode: number, kind: number): void {
		this.bodyStart = 0;
		this.bodyBytes = 0;
		this.answerCount = 0;
		this.authorityCount = 0;
		this.additionalCount = 0;
		this.flags = flags;
		this.extendedRcode = extendedRcode;
		this.kind = kind;
		this.ageSec = 0;
		this.lifetimeTicks = 0;
		this.fixedTtlSec = -1;
		this.edeCode = -1;
		this.failures = 0;
		this.failureHeld = false;
	}
}

/** The offset behind a record of an answer whose body stands at `bodyStart`: behind its TTL stand RDLENGTH and RDATA. */
export function recordEnd(answer: Answer, record: number, octets: Uint8Array, bodyStart: number): number {
	const ttlAt = bodyStart + answer.ttlOffsets[record];
	return ttlAt + 6 + readUint16(octets, ttlAt + 4);
}

export function recordStart(answer: Answer, record: number, octets: Uint8Array, bodyStart: number): number {
	return record === 0 ? bodyStart : recordEnd(answer, record - 1, octets, bodyStart);
}
