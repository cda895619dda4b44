import { Backlog } from '../../workload/read/backlog.ts';
import type { TraceDecoder } from '../../workload/read/decoder.ts';
import type { Notes } from '../../workload/read/notes.ts';
import type { TraceSource } from '../../workload/read/source.ts';
import type { RequestId, TraceRequest } from './request.ts';
import { RequestStream, type RequestStreamOptions } from './request-stream.ts';

/**
 * libCacheSim's binary traces: records of 24 octets, the lowest octet first, and nothing else.
 *
 *   0          4             12            16                       24
 *   | time, s  | object id   | octets      | number of next request |      counted from 1; -1 or 2^63 - 1: there is none
 */
export function readOracleGeneral(source: TraceSource, options: RequestStreamOptions = {}): RequestStream {
	return new RequestStream(source, options, (notes, take) => new OracleGeneralDecoder(notes, take));
}

const recordBytes = 24;
const lowEnd = 0x1_0000_0000;
/** Of the higher 32 bits of an id: below it the id is a whole number that a double holds. */
const safeHighEnd = 2 ** 21;

class OracleGeneralDecoder implements TraceDecoder {
	readonly #notes: Notes;
	readonly #take: (request: TraceRequest) => void;
	readonly #backlog = new Backlog();

	constructor(notes: Notes, take: (request: TraceRequest) => void) {
		this.#notes = notes;
		this.#take = take;
	}

	push(chunk: Uint8Array): void {
		const backlog = this.#backlog;
		backlog.append(chunk);
		const { octets, end } = backlog;
		for (; end - backlog.start >= recordBytes; backlog.start += recordBytes) {
			this.#notes.read++;
			this.#read(octets, backlog.start);
		}
		backlog.settle();
	}

	end(): void {
		const left = this.#backlog.end - this.#backlog.start;
		if (left === 0) return;
		this.#notes.read++;
		this.#notes.bad('cut short', `the last record has ${left} octets of ${recordBytes}; the rest is missing`);
	}

	#read(octets: Buffer, start: number): void {
		const size = octets.readUInt32LE(start + 12);
		const nextUse = readNextUse(octets, start + 16);
		if (nextUse >= 0 && nextUse < this.#notes.read) {
			this.#notes.fail(
				`the next request for the same object has the number ${nextUse + 1}, which is over; is this a file in the format oracleGeneral?`,
			);
		}
		if (size === 0) {
			this.#notes.passOver('size 0');
			return;
		}
		this.#take({ timeSec: octets.readUInt32LE(start), id: readObjectId(octets, start + 4), size, nextUse });
	}
}

function readObjectId(octets: Buffer, start: number): RequestId {
	const low = octets.readUInt32LE(start);
	const high = octets.readUInt32LE(start + 4);
	return high < safeHighEnd ? high * lowEnd + low : octets.readBigUInt64LE(start);
}

function readNextUse(octets: Buffer, start: number): number {
	const high = octets.readInt32LE(start + 4);
	if (high < 0 || high >= safeHighEnd) return -1;
	return high * lowEnd + octets.readUInt32LE(start) - 1;
}
