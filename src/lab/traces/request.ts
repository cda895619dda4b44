/**
 * One request of a trace that is not of DNS, as the readers here deliver it. Nothing is said about expiry or about
 * answers: such traces are for holding policies against what others have counted.
 */
export interface TraceRequest {
	/** In the trace's own time. NaN: not recorded. */
	readonly timeSec: number;
	readonly id: RequestId;
	/** Octets in [1, 2^32); 1 where the format has no sizes. */
	readonly size: number;
	/** As the file says: the number, from 0 on, of the next request for the same id; -1: there is none; NaN: not recorded. */
	readonly nextUse: number;
}

/**
 * What is asked for, as the trace has it. Decimal numbers up to 2^64 that are written in the usual way are numbers, those
 * beyond 2^53 as bigint; all else is text. So nothing that is written differently is the same.
 */
export type RequestId = number | bigint | string;

/** Octets, at most: sizes are kept in 32 bits. */
export const sizeMax = 0xffff_ffff;

/** Digits whose number a double holds exactly. */
const exactDigits = 15;
const decimal = /^(?:0|[1-9]\d{0,19})$/;
const idEnd = 1n << 64n;

/** The id in the text at `octets[start, end)`, which is not empty. */
export function readId(octets: Buffer, start: number, end: number): RequestId {
	const isNumber = end - start <= exactDigits && (octets[start] !== 0x30 || end - start === 1);
	let value = 0;
	for (let position = start; isNumber && position < end; position++) {
		const digit = octets[position] - 0x30;
		if (digit < 0 || digit > 9) return octets.toString('utf8', start, end);
		value = value * 10 + digit;
	}
	return isNumber ? value : idOfText(octets.toString('utf8', start, end));
}

function idOfText(text: string): RequestId {
	if (!decimal.test(text)) return text;
	const value = BigInt(text);
	if (value >= idEnd) return text;
	return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
