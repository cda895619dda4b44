import { optBytes } from '../../wire/edns.ts';
import { flag, headerBytes, writeUint16 } from '../../wire/header.ts';
import { rrClass } from '../../wire/iana.ts';
import {
	appendHeader,
	appendOpt,
	appendQuestion,
	appendRecord,
	type Owner,
	patchCounts,
	patchFlags,
} from '../../wire/writer.ts';
import type { Damage } from './behaviour.ts';

/** A record of an answer. */
export interface AnswerRecord {
	readonly owner: Owner;
	readonly type: number;
	readonly ttlSec: number;
	readonly rdata: Uint8Array;
}

/** Everything that stands in one message. */
export interface Message {
	readonly id: number;
	/** The header's second 16 bits without TC and RCODE. */
	readonly flags: number;
	/** Up to 4095; the upper eight bits are written only with an OPT. */
	readonly rcode: number;
	readonly truncated: boolean;
	/** undefined: no question, and then no record may own `qnamePointer`. */
	readonly question: { readonly name: Uint8Array; readonly type: number; readonly class: number } | undefined;
	readonly answer: readonly AnswerRecord[];
	readonly authority: readonly AnswerRecord[];
	readonly additional: readonly AnswerRecord[];
	readonly opt: { readonly udpPayloadBytes: number; readonly dnssecOk: boolean } | undefined;
	readonly damage: Damage;
}

export const noRecords: readonly AnswerRecord[] = [];

/** The longest message there is (RFC 1035 §4.2.2). */
export const maxMessageBytes = 0xffff;

const root = new Uint8Array(1);
const scratch = new Uint8Array(maxMessageBytes);

function append(record: AnswerRecord, owner: Owner, at: number, end: number): number {
	return appendRecord(scratch, at, end, owner, record.type, rrClass.IN, record.ttlSec, record.rdata);
}

/**
 * The octets of a message of at most `maxBytes`. Records that do not fit are left out, and TC says so (RFC 1035
 * §4.1.1); the question and the OPT always fit into the 512 octets that every client takes.
 */
export function composeMessage(message: Message, maxBytes: number): Uint8Array {
	const limit = Math.min(maxBytes, maxMessageBytes);
	const recordsEnd = limit - (message.opt ? optBytes : 0);
	const question = message.question;
	let at = appendHeader(scratch, 0, recordsEnd, message.id, 0);
	if (question) at = appendQuestion(scratch, at, recordsEnd, question.name, question.type, question.class);
	const firstRecord = at;
	const counts = [0, 0, 0];
	let truncated = message.truncated;
	for (const [section, records] of [message.answer, message.authority, message.additional].entries()) {
		for (const record of records) {
			if (truncated) break;
			const ownerless = message.damage === 'empty-owner' && at === firstRecord;
			const behind = append(record, ownerless ? root : record.owner, at, recordsEnd);
			truncated = behind < 0;
			if (truncated) break;
			at = behind;
			counts[section]++;
		}
	}
	const recordsAre = at > firstRecord;
	const opt = message.opt;
	if (opt) at = appendOpt(scratch, at, limit, opt.udpPayloadBytes, message.rcode, opt.dnssecOk);
	patchFlags(scratch, 0, message.flags | (truncated ? flag.tc : 0) | (message.rcode & 0xf));
	patchCounts(scratch, 0, question ? 1 : 0, counts[0], counts[1], counts[2] + (opt ? 1 : 0));
	if (recordsAre) breakRecord(scratch, firstRecord, at, message.damage);
	return scratch.slice(0, at);
}

/** Breaks the record at `start` as told. `end` is the end of the message. */
function breakRecord(octets: Uint8Array, start: number, end: number, damage: Damage): void {
	if (damage === 'pointer-loop') {
		writeUint16(octets, start, 0xc000 | start);
	} else if (damage === 'rdlength') {
		let position = start;
		while (octets[position] !== 0 && octets[position] < 0xc0) position += octets[position] + 1;
		position += octets[position] === 0 ? 1 : 2;
		writeUint16(octets, position + 8, end - position + 100);
	}
}

/** A header that answers a query which has no readable question. */
export function composeHeader(id: number, flags: number): Uint8Array {
	const octets = new Uint8Array(headerBytes);
	appendHeader(octets, 0, headerBytes, id, flags);
	return octets;
}
