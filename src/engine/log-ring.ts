import { turnCell } from './now.ts';

/**
 * The query log on its way from the shards to the main thread, and a recording (`petrel record`) in a memory of its own: a
 * ring a shard in shared memory. A shard alone writes its ring, the main thread alone reads it, and neither waits for the
 * other: what does not fit is dropped.
 *
 *   octet 0         64                            64 + stride
 *         [asleep][ shard 0: written | read | ring ][ shard 1 ... ]
 *
 *   asleep    1: the main thread does not look until it is woken (Atomics.notify)
 *   written   64 octets, two words in use: what the shard has published, in units of eight octets, modulo 2^32; and records
 *             of a recording that found no room
 *   read      64 octets, a word in use: what the main thread has taken
 *   ring      `ringUnits` units; a record never goes over its end, a filler takes what is left there
 *
 *   record, in 32-bit words, the lower half first:
 *     0  units of the record | rule (`fillerRule`: a filler)      5  octets of QNAME | port of the client
 *     1  listener            | bits and plugin (`recordBit`)      6  octets of the answer
 *     2  ID                  | flags of the query                 7  row of the series | octets of the address
 *     3  flags of the reply  | RCODE                              8  octets of the query | QCLASS
 *     4  QTYPE               | payload size of the query          9  of a recording (query-recorder.ts): seconds, or -1
 *   10 (64 bits)  when the query came, in milliseconds of the process's clock
 *   12 (64 bits)  when its reply left: written for all records of a turn when the turn ends, and they are published
 *   14            QNAME as the client wrote it; the client's address as text; up to seven octets of nothing
 *
 * The words are plain: the store to `written` publishes all before it, the store to `read` gives room back (both are
 * Atomics, which order the plain accesses around them).
 */
export const fillerRule = 0xffff;
export const recordWords = 14;
/** In place of the plugin a recording has a value of `cacheOutcome`. */
export const recordBit = { tcp: 1, dnssecOk: 2, replied: 4, hasOpt: 8, denial: 16, pluginShift: 8 } as const;

const headBytes = 64;
const writtenWord = 0;
const droppedWord = 1;
const readWord = 16;
const ringStart = 128;
/** 256 KiB: about 2,500 records, a twentieth of a second at 50,000 a second. */
export const ringUnits = 32_768;

export function createLogMemory(shards: number, units: number = ringUnits): SharedArrayBuffer {
	return new SharedArrayBuffer(headBytes + shards * (ringStart + units * 8));
}

/** One shard's ring, as both ends see it. */
export class LogRing {
	readonly units: number;
	readonly words: Int32Array;
	readonly octets: Uint8Array;
	readonly times: Float64Array;
	readonly #asleep: Int32Array;
	readonly #ends: Int32Array;

	constructor(memory: SharedArrayBuffer, shards: number, shard: number) {
		const stride = (memory.byteLength - headBytes) / shards;
		const start = headBytes + shard * stride;
		this.units = (stride - ringStart) / 8;
		this.#asleep = new Int32Array(memory, 0, 1);
		this.#ends = new Int32Array(memory, start, ringStart / 4);
		this.words = new Int32Array(memory, start + ringStart, this.units * 2);
		this.octets = new Uint8Array(memory, start + ringStart, this.units * 8);
		this.times = new Float64Array(memory, start + ringStart, this.units);
	}

	get written(): number {
		return Atomics.load(this.#ends, writtenWord);
	}

	get read(): number {
		return Atomics.load(this.#ends, readWord);
	}

	/** As `drop` has counted, modulo 2^32. */
	get dropped(): number {
		return Atomics.load(this.#ends, droppedWord) >>> 0;
	}

	/** Counts a record that found no room. */
	drop(): void {
		Atomics.add(this.#ends, droppedWord, 1);
	}

	/** Gives the room up to `position` back. */
	release(position: number): void {
		Atomics.store(this.#ends, readWord, position);
	}

	/** Shows what stands before `position` to the reader, and wakes it if it sleeps. */
	publish(position: number): void {
		Atomics.store(this.#ends, writtenWord, position);
		if (Atomics.load(this.#asleep, 0) === 0) return;
		Atomics.store(this.#asleep, 0, 0);
		Atomics.notify(this.#asleep, 0);
	}
}

/** A shard's end: records are written, and published together when the turn ends. */
export class LogRingWriter {
	readonly ring: LogRing;
	readonly #mask: number;
	readonly #times: Float64Array;
	#published: number;
	#position: number;
	/** What the reader had taken at the last look. */
	#read: number;

	/** @param times when the turn began and when it ended (now.ts) */
	constructor(ring: LogRing, times: Float64Array) {
		this.ring = ring;
		this.#mask = ring.units - 1;
		this.#times = times;
		this.#published = ring.written;
		this.#position = this.#published;
		this.#read = ring.read;
	}

	/** Room for a record of so many units: its first unit in the ring; -1: there is none. */
	reserve(units: number): number {
		const place = this.#position & this.#mask;
		const left = this.ring.units - place;
		const needed = units <= left ? units : left + units;
		if (!this.#hasRoom(needed)) return -1;
		if (needed === units) {
			this.#position = (this.#position + units) | 0;
			return place;
		}
		this.ring.words[place * 2] = left | (fillerRule << 16);
		this.#position = (this.#position + needed) | 0;
		return 0;
	}

	#hasRoom(units: number): boolean {
		const limit = this.ring.units - units;
		if (((this.#position - this.#read) | 0) <= limit) return true;
		this.#read = this.ring.read;
		return ((this.#position - this.#read) | 0) <= limit;
	}

	/** The turn is over, at `times[turnCell.end]`, and so is the time of all that was written in it. */
	endTurn(): void {
		if (this.#position === this.#published) return;
		const { words, times } = this.ring;
		const endMs = this.#times[turnCell.end];
		for (let at = this.#published; at !== this.#position; ) {
			const place = at & this.#mask;
			const head = words[place * 2];
			if (head >>> 16 !== fillerRule) times[place + recordWords / 2 - 1] = endMs;
			at = (at + (head & 0xffff)) | 0;
		}
		this.#published = this.#position;
		this.ring.publish(this.#position);
	}
}
