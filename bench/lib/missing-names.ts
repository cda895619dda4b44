import type { EngineIo } from '../../src/engine/io.ts';
import { at, flag, headerBytes, writeUint16, writeUint32 } from '../../src/wire/header.ts';
import { rrClass, rrType } from '../../src/wire/iana.ts';
import { nameToWire } from '../../src/wire/presentation.ts';

export const batchSlots = 64;
export const slotBytes = 512;

const qname = nameToWire('n0000000000000.service.cluster.test.');
const lastDigitAt = 14;
const digits = 8;
const questionEnd = headerBytes + qname.length + 4;
/** A pointer to the question, A, IN, TTL, RDLENGTH, an address. */
const answerBytes = 16;

/**
 * Clients that ask for one name after the other, and an upstream that has an address for each: two arrays of 64
 * messages, as the batches of a transport lie. Copies what it is given as a transport does, whole words at a time.
 */
export class MissingNames implements EngineIo {
	readonly socketReused = true;
	readonly queries: Uint8Array = new Uint8Array(batchSlots * slotBytes);
	readonly queryBytes = questionEnd;
	/** What went upstream, in order; `answer` makes the replies of them. */
	readonly asked: Uint8Array = new Uint8Array(batchSlots * slotBytes);
	readonly replyBytes = questionEnd + answerBytes;
	askedCount = 0;
	/** The octets of the replies that clients got, added up. */
	repliedBytes = 0;
	repliedCount = 0;
	readonly #askedWords = new Int32Array(this.asked.buffer);
	readonly #replies = new Int32Array((batchSlots * slotBytes) / 4);
	/** The engine's buffers as words; they are few. */
	#from: Uint8Array = this.asked;
	#fromWords: Int32Array = this.#askedWords;
	readonly #views = new Map<Uint8Array, Int32Array>();
	#nextName = 0;
	#nextClient = 1;

	constructor() {
		for (let slot = 0; slot < batchSlots; slot++) {
			const start = slot * slotBytes;
			writeUint16(this.queries, start + at.flags, flag.rd);
			writeUint16(this.queries, start + at.qdcount, 1);
			this.queries.set(qname, start + headerBytes);
			writeUint16(this.queries, start + questionEnd - 4, rrType.A);
			writeUint16(this.queries, start + questionEnd - 2, rrClass.IN);
		}
	}

	/** Fills every query slot with a name that no slot had before. */
	ask(): void {
		for (let slot = 0; slot < batchSlots; slot++) {
			const start = slot * slotBytes;
			let number = this.#nextName++;
			writeUint16(this.queries, start + at.id, number & 0xffff);
			for (let i = 0; i < digits; i++) {
				this.queries[start + headerBytes + lastDigitAt - i] = 0x30 + (number % 10);
				number = Math.floor(number / 10);
			}
		}
		this.askedCount = 0;
		this.repliedCount = 0;
	}

	/** Turns what was asked into replies, where it lies. */
	answer(): void {
		for (let slot = 0; slot < this.askedCount; slot++) {
			const start = slot * slotBytes;
			const message = this.asked;
			writeUint16(message, start + at.flags, flag.qr | flag.rd | flag.ra);
			writeUint16(message, start + at.ancount, 1);
			writeUint16(message, start + at.arcount, 0);
			const record = start + questionEnd;
			writeUint16(message, record, 0xc00c);
			writeUint16(message, record + 2, rrType.A);
			writeUint16(message, record + 4, rrClass.IN);
			writeUint32(message, record + 6, 300);
			writeUint16(message, record + 10, 4);
			writeUint32(message, record + 12, 0xc000_0200 + slot);
		}
	}

	retain(): number {
		return this.#nextClient++ & 0xffff || this.#nextClient++;
	}

	reply(_listener: number, _client: number, octets: Uint8Array, start: number, length: number): void {
		this.#copy(octets, start, length, this.#replies, this.repliedCount++);
		this.repliedBytes += length;
	}

	/** Returns a socket: the number of the slot, and one. */
	askUdp(_upstream: number, octets: Uint8Array, start: number, length: number): number {
		this.#copy(octets, start, length, this.#askedWords, this.askedCount++);
		return this.askedCount;
	}

	#copy(octets: Uint8Array, start: number, length: number, to: Int32Array, slot: number): void {
		if (octets !== this.#from) this.#look(octets);
		const from = this.#fromWords;
		const first = start >> 2;
		const place = slot * (slotBytes / 4);
		for (let i = 0, words = (length + 3) >> 2; i < words; i++) to[place + i] = from[first + i];
	}

	#look(octets: Uint8Array): void {
		let words = this.#views.get(octets);
		if (words === undefined) {
			words = new Int32Array(octets.buffer, octets.byteOffset, octets.length >> 2);
			this.#views.set(octets, words);
		}
		this.#from = octets;
		this.#fromWords = words;
	}

	settle(): void {}
	release(): void {}
	log(): void {}

	askTcp(): number {
		throw new Error('nothing here needs TCP');
	}

	handOver(): void {
		throw new Error('there is one shard');
	}

	clientAddress(): { address: string; port: number; family: 4 } {
		return { address: '192.0.2.2', port: 5353, family: 4 };
	}
}
