import { fillerRule, recordBit, recordWords } from '../../engine/log-ring.ts';

/** A query with its reply, as a shard has recorded it (engine/query-recorder.ts). */
export interface RecordedReply {
	readonly overTcp: boolean;
	readonly hasOpt: boolean;
	readonly dnssecOk: boolean;
	/** It has no answer to what was asked. */
	readonly isDenial: boolean;
	/** A value of `cacheOutcome`. */
	readonly outcome: number;
	readonly id: number;
	/** Of the header of the query, and of the reply as it was sent. */
	readonly queryFlags: number;
	readonly replyFlags: number;
	/** All twelve bits. */
	readonly rcode: number;
	/** A wire name, in the client's spelling; it lies in the frame. */
	readonly qname: Uint8Array;
	readonly qtype: number;
	readonly qclass: number;
	/** Of the client's OPT; 512 without. */
	readonly payloadBytes: number;
	/** What the reply would have without a limit. */
	readonly replyBytes: number;
	/** For how long the answer may be kept from when it was got, in seconds; -1: nothing says. */
	readonly keptSec: number;
	/** Empty: clients are left out. */
	readonly client: string;
	readonly port: number;
	readonly startMs: number;
	readonly endMs: number;
}

const pastEnd = (): never => {
	throw new RangeError('a record that ends beyond its frame');
};

/** The replies in the records of a frame. Throws a `RangeError` if they are none. */
export function* repliesIn(records: Uint8Array<ArrayBuffer>): Generator<RecordedReply, void, void> {
	const words = new Int32Array(records.buffer, records.byteOffset, records.length >> 2);
	const times = new Float64Array(records.buffer, records.byteOffset, records.length >> 3);
	for (let place = 0; place < times.length; ) {
		const head = words[place * 2];
		const units = head & 0xffff;
		if (units === 0 || place + units > times.length) pastEnd();
		if (head >>> 16 !== fillerRule) yield readReply(words, times, records, place, units);
		place += units;
	}
}

function readReply(
	words: Int32Array,
	times: Float64Array,
	octets: Uint8Array,
	place: number,
	units: number,
): RecordedReply {
	const first = place * 2;
	const low = (word: number): number => words[first + word] & 0xffff;
	const high = (word: number): number => words[first + word] >>> 16;
	const bits = high(1);
	const qnameStart = first * 4 + recordWords * 4;
	const clientStart = qnameStart + low(5);
	const clientEnd = clientStart + high(7);
	if (clientEnd > (place + units) * 8) pastEnd();
	return {
		overTcp: (bits & recordBit.tcp) !== 0,
		hasOpt: (bits & recordBit.hasOpt) !== 0,
		dnssecOk: (bits & recordBit.dnssecOk) !== 0,
		isDenial: (bits & recordBit.denial) !== 0,
		outcome: bits >>> recordBit.pluginShift,
		id: low(2),
		queryFlags: high(2),
		replyFlags: low(3),
		rcode: high(3),
		qname: octets.subarray(qnameStart, clientStart),
		qtype: low(4),
		qclass: high(8),
		payloadBytes: high(4),
		replyBytes: words[first + 6],
		keptSec: words[first + 9],
		client: Buffer.from(octets.buffer, octets.byteOffset + clientStart, high(7)).toString('latin1'),
		port: high(5),
		startMs: times[place + recordWords / 2 - 2],
		endMs: times[place + recordWords / 2 - 1],
	};
}
