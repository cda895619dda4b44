import { Answer } from '../../cache/answer.ts';
import { entryKind, ticksPerSec } from '../../cache/layout.ts';
import { readUint32, writeUint16, writeUint32 } from '../../wire/header.ts';
import { rcode, rrClass } from '../../wire/iana.ts';
import { maxRecords } from '../../wire/response.ts';
import { recordHeadBytes, usualRecordBytes } from '../simulate/answer-size.ts';

/** A pointer to the question, which stands behind the header (RFC 1035 §4.1.4). */
const questionPointer = 0xc00c;
/** From a record's beginning to its TTL, where its owner is a pointer. */
const ttlAt = 6;
const numberBytes = 4;
/** The smallest body: one record, with room for the key's number. */
export const bodyBytesMin = recordHeadBytes + numberBytes;
const maxMessageBytes = 0xffff;
const maxLifetimeTicks = 0x7fff_ffff;

/** For private use (RFC 6895 §3.1): RDATA of any size is right. */
const opaqueType = 65_280;

/**
 * Makes answers of any size that could be sent: as many records of the size that is usual for the type as fit, the last one
 * with what is left; one for a denial. RDATA is opaque and begins, in the first record, with the number of the key, by which
 * entries are known again.
 */
export class AnswerForge {
	readonly answer = new Answer();
	readonly #octets = new Uint8Array(maxMessageBytes);

	/** Fills `answer`; a body smaller than `bodyBytesMin` is made as large. */
	make(key: number, qtype: number, isDenial: boolean, bodyBytes: number, lifetimeMs: number): Answer {
		const { answer } = this;
		const bytes = Math.min(maxMessageBytes, Math.max(bodyBytesMin, bodyBytes));
		answer.reset(isDenial ? rcode.NXDOMAIN : 0, 0, isDenial ? entryKind.negative : entryKind.positive);
		answer.octets = this.#octets;
		answer.bodyBytes = bytes;
		answer.lifetimeTicks = Math.min(Math.floor((lifetimeMs / 1000) * ticksPerSec), maxLifetimeTicks);
		const usualBytes = usualRecordBytes(qtype);
		const records = isDenial ? 1 : Math.max(1, Math.min(maxRecords, Math.floor(bytes / usualBytes)));
		for (let record = 0; record < records; record++) {
			const start = record * usualBytes;
			const end = record === records - 1 ? bytes : start + usualBytes;
			this.#writeRecord(start, end);
			answer.ttlOffsets[record] = start + ttlAt;
		}
		writeUint32(this.#octets, recordHeadBytes, key);
		if (isDenial) answer.authorityCount = records;
		else answer.answerCount = records;
		return answer;
	}

	#writeRecord(start: number, end: number): void {
		const octets = this.#octets;
		octets.fill(0, start, end);
		writeUint16(octets, start, questionPointer);
		writeUint16(octets, start + 2, opaqueType);
		writeUint16(octets, start + 4, rrClass.IN);
		writeUint16(octets, start + 10, end - start - recordHeadBytes);
	}
}

/** The number of the key that a forged answer is to. */
export function keyOfBody(octets: Uint8Array, bodyStart: number): number {
	return readUint32(octets, bodyStart + recordHeadBytes);
}
