import type { TraceRequest } from '../../../../src/lab/traces/request.ts';
import type { RequestStream } from '../../../../src/lab/traces/request-stream.ts';

/** A source that gives the octets in pieces of so many. */
export async function* pieces(octets: Uint8Array, bytes: number): AsyncGenerator<Uint8Array, void, void> {
	for (let start = 0; start < octets.length; start += bytes) yield octets.subarray(start, start + bytes);
}

export function textSource(text: string, bytes = 7): AsyncIterable<Uint8Array> {
	return pieces(Buffer.from(text), bytes);
}

export async function readAll(stream: RequestStream): Promise<TraceRequest[]> {
	const requests: TraceRequest[] = [];
	for await (const request of stream) requests.push(request);
	return requests;
}

/** Requests of a format that has neither times nor sizes. */
export function bare(...ids: TraceRequest['id'][]): TraceRequest[] {
	return ids.map((id) => ({ timeSec: Number.NaN, id, size: 1, nextUse: Number.NaN }));
}

/** One record of oracleGeneral. */
export function record(time: number, id: bigint, size: number, next: bigint): Buffer {
	const octets = Buffer.alloc(24);
	octets.writeUInt32LE(time, 0);
	octets.writeBigUInt64LE(id, 4);
	octets.writeUInt32LE(size, 12);
	octets.writeBigInt64LE(next, 16);
	return octets;
}
