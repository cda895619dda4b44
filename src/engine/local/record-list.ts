import type { Answer } from '../../cache/answer.ts';
import { entryKind } from '../../cache/layout.ts';
import { writeUint16, writeUint32 } from '../../wire/header.ts';
import { rrClass } from '../../wire/iana.ts';
import { equalIgnoringCase } from '../../wire/name.ts';
import { maxRecords, section } from '../../wire/response.ts';
import { qnamePointer } from '../../wire/writer.ts';

/** Octets of all records: with header, question and OPT in front and behind they make a message. */
const maxBodyBytes = 65_000;
const fixedBytes = 10;

/** A record that is ready to be sent: its owner, and everything from its TYPE on. Names in it are not compressed. */
export interface PreparedRecord {
	readonly owner: Uint8Array;
	readonly rest: Uint8Array;
}

/** @param owner an uncompressed wire name */
export function prepareRecord(
	owner: Uint8Array,
	type: number,
	ttlSec: number,
	rdata: Uint8Array,
): PreparedRecord {
	const rest = new Uint8Array(fixedBytes + rdata.length);
	writeFixedPart(rest, 0, type, ttlSec, rdata.length);
	rest.set(rdata, fixedBytes);
	return { owner, rest };
}

/** The same without an owner, for records of whatever name is asked for. */
export function prepareRest(type: number, ttlSec: number, rdata: Uint8Array): Uint8Array {
	return prepareRecord(new Uint8Array(0), type, ttlSec, rdata).rest;
}

/**
 * The records of an answer that petrel makes by itself, put together front to back; a section's records come after those
 * of the section before it. What does not fit is left out. Allocates nothing.
 */
export class RecordList {
	readonly #octets = new Uint8Array(maxBodyBytes);
	#answer: Answer | undefined;
	#bytes = 0;

	/** Begins an answer without records. @param flags RCODE, and AA if it is to be set */
	begin(answer: Answer, flags: number, extendedRcode: number): void {
		answer.reset(flags, extendedRcode, entryKind.positive);
		answer.octets = this.#octets;
		this.#answer = answer;
		this.#bytes = 0;
	}

	/** Adds a record. One whose owner is the name that is asked for has it by a pointer, in the client's spelling. */
	add(part: number, record: PreparedRecord, qname: Uint8Array, qnameBytes: number): void {
		const { owner, rest } = record;
		if (owner.length === qnameBytes && equalIgnoringCase(owner, 0, qname, 0, qnameBytes)) {
			this.addOwn(part, rest);
			return;
		}
		if (!this.#hasRoom(owner.length + rest.length)) return;
		this.#octets.set(owner, this.#bytes);
		this.#addRest(part, this.#bytes + owner.length, rest);
	}

	/** Adds a record of the name that is asked for. */
	addOwn(part: number, rest: Uint8Array): void {
		if (!this.#hasRoom(2 + rest.length)) return;
		writeUint16(this.#octets, this.#bytes, qnamePointer);
		this.#addRest(part, this.#bytes + 2, rest);
	}

	/** Adds a record of the name that is asked for, to the answer section, from RDATA that lies elsewhere. */
	addAnswer(type: number, ttlSec: number, source: Uint8Array, start: number, rdataBytes: number): void {
		if (!this.#hasRoom(2 + fixedBytes + rdataBytes)) return;
		const octets = this.#octets;
		const at = this.#bytes + 2;
		writeUint16(octets, this.#bytes, qnamePointer);
		writeFixedPart(octets, at, type, ttlSec, rdataBytes);
		for (let i = 0; i < rdataBytes; i++) octets[at + fixedBytes + i] = source[start + i];
		this.#count(section.answer, at, at + fixedBytes + rdataBytes);
	}

	#hasRoom(bytes: number): boolean {
		return this.#bytes + bytes <= maxBodyBytes && this.#answer!.recordCount < maxRecords;
	}

	#addRest(part: number, at: number, rest: Uint8Array): void {
		this.#octets.set(rest, at);
		this.#count(part, at, at + rest.length);
	}

	/** @param typeAt where the record's TYPE stands */
	#count(part: number, typeAt: number, end: number): void {
		const answer = this.#answer!;
		answer.ttlOffsets[answer.recordCount] = typeAt + 4;
		if (part === section.answer) answer.answerCount++;
		else if (part === section.authority) answer.authorityCount++;
		else answer.additionalCount++;
		this.#bytes = end;
		answer.bodyBytes = end;
	}
}

function writeFixedPart(
	octets: Uint8Array,
	offset: number,
	type: number,
	ttlSec: number,
	rdataBytes: number,
): void {
	writeUint16(octets, offset, type);
	writeUint16(octets, offset + 2, rrClass.IN);
	writeUint32(octets, offset + 4, ttlSec);
	writeUint16(octets, offset + 8, rdataBytes);
}
