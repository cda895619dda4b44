import type { Answer } from '../cache/answer.ts';
import type { LogClass } from '../config/model.ts';
import { headerBytes, readUint16, readUint32 } from '../wire/header.ts';
import { rcode, rrType } from '../wire/iana.ts';
import { rdataShape } from '../wire/rdata.ts';
import type { Asker } from './compose.ts';
import { turnCell } from './now.ts';

/** Octets of TYPE, CLASS, TTL and RDLENGTH. */
const fixedBytes = 10;
const pointerBits = 0xc0;
/** More pointers than labels fit into a name lead in a circle; the answers here are checked, so this is a safety net. */
const pointersMax = 128;

/**
 * What the query log says of an answer, as CoreDNS does: its class, and its octets with all names written out. Both are
 * of the answer as it is before it is cut to a client's size.
 */
export class AnswerLook {
	bytes = 0;
	class: LogClass = 'error';
	readonly #times: Float64Array;
	readonly #epochSec: number;
	#answer!: Answer;
	#asker!: Asker;
	#hasSoa = false;
	#hasExpired = false;

	/** @param epochSec seconds since 1970 at the process clock's 0 */
	constructor(times: Float64Array, epochSec: number) {
		this.#times = times;
		this.#epochSec = epochSec;
	}

	at(answer: Answer, asker: Asker): void {
		this.#answer = answer;
		this.#asker = asker;
		this.#hasSoa = false;
		this.#hasExpired = false;
		this.bytes = headerBytes + asker.questionBytes;
		let owner = 0;
		const { recordCount, answerCount, authorityCount } = answer;
		for (let record = 0; record < recordCount; record++) {
			const isAuthority = record >= answerCount && record < answerCount + authorityCount;
			owner = this.#record(record, owner, isAuthority);
		}
		this.class = this.#classify();
	}

	/** Looks at the record at `owner`, from `bodyStart`; returns where it ends. */
	#record(record: number, owner: number, isAuthority: boolean): number {
		const { octets, bodyStart, ttlOffsets } = this.#answer;
		const type = readUint16(octets, bodyStart + ttlOffsets[record] - 4);
		const rdata = ttlOffsets[record] + 6;
		const end = rdata + readUint16(octets, bodyStart + rdata - 2);
		if (isAuthority && type === rrType.SOA) this.#hasSoa = true;
		if (type === rrType.RRSIG && this.#isOver(bodyStart + rdata)) this.#hasExpired = true;
		this.bytes += this.#nameBytes(owner) + fixedBytes;
		const shape = rdataShape(type);
		if (shape === undefined || shape.names === 0) {
			this.bytes += end - rdata + this.#paddingBytes(type, rdata, end);
			return end;
		}
		this.bytes += shape.before + shape.after;
		let name = rdata + shape.before;
		for (let i = 0; i < shape.names; i++) {
			this.bytes += this.#nameBytes(name);
			name = this.#behindName(name);
		}
		return end;
	}

	/** An RRSIG's time is the 32-bit numbers behind eight octets of RDATA: its end, then its beginning (RFC 4034 §3.1). */
	#isOver(rdata: number): boolean {
		const { octets } = this.#answer;
		const nowSec = Math.floor(this.#epochSec + this.#times[turnCell.begin] / 1000);
		// Serial number arithmetic (RFC 1982).
		return (
			((readUint32(octets, rdata + 8) - nowSec) | 0) < 0 ||
			((nowSec - readUint32(octets, rdata + 12)) | 0) < 0
		);
	}

	/** Keys and signatures count as the octets that their text in Base64 could stand for: up to two more. */
	#paddingBytes(type: number, rdata: number, end: number): number {
		let text = -1;
		if (type === rrType.DNSKEY || type === rrType.CDNSKEY || type === rrType.KEY) text = rdata + 4;
		else if (type === rrType.RRSIG || type === rrType.SIG) text = this.#behindName(rdata + 18);
		return text < 0 || text >= end ? 0 : (3 - ((end - text) % 3)) % 3;
	}

	#behindName(at: number): number {
		const { octets, bodyStart } = this.#answer;
		for (;;) {
			const length = octets[bodyStart + at];
			if (length >= pointerBits) return at + 2;
			at += length + 1;
			if (length === 0) return at;
		}
	}

	/** Octets of the name at `at`, from `bodyStart`, without compression. */
	#nameBytes(at: number): number {
		const answer = this.#answer;
		const asker = this.#asker;
		// Message offsets: the body begins behind the question, wherever the two lie now.
		const bodyAt = headerBytes + asker.questionBytes;
		let position = at + bodyAt;
		let bytes = 1;
		for (let pointers = 0; ; ) {
			const inQuestion = position < bodyAt;
			const from = inQuestion ? asker.question : answer.octets;
			const place = inQuestion
				? asker.questionStart + position - headerBytes
				: answer.bodyStart + position - bodyAt;
			const length = from[place];
			if (length >= pointerBits) {
				if (++pointers > pointersMax) return bytes;
				position = ((length & 0x3f) << 8) | from[place + 1];
			} else {
				if (!(length > 0)) return bytes;
				bytes += length + 1;
				position += length + 1;
			}
		}
	}

	#classify(): LogClass {
		const { flags, extendedRcode, answerCount } = this.#answer;
		const code = (flags & 0xf) | (extendedRcode << 4);
		const qtype = this.#qtype();
		if (qtype === rrType.AXFR || qtype === rrType.IXFR) return 'error';
		if (this.#asker.dnssecOk && this.#hasExpired) return 'error';
		if (code === rcode.NOERROR) return answerCount === 0 && this.#hasSoa ? 'denial' : 'success';
		return code === rcode.NXDOMAIN && answerCount === 0 ? 'denial' : 'error';
	}

	#qtype(): number {
		const { question, questionStart, questionBytes } = this.#asker;
		return readUint16(question, questionStart + questionBytes - 4);
	}
}
