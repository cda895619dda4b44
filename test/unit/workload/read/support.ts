/** What the tests of the readers share: traces from octets, read to their end. */

import { nameToText } from '../../../../src/wire/presentation.ts';
import { openTrace, type Trace, type TraceOptions } from '../../../../src/workload/read/open-trace.ts';
import type { TraceQuery } from '../../../../src/workload/trace-query.ts';

export function octetsOf(content: string | Uint8Array): Uint8Array {
	return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

/** The octets in pieces of a size, and each piece spoiled once the next is asked for: readers keep none. */
export async function* pieces(content: string | Uint8Array, pieceBytes = 65_536): AsyncGenerator<Uint8Array> {
	const octets = octetsOf(content);
	for (let at = 0; at < octets.length; at += pieceBytes) {
		const piece = Uint8Array.from(octets.subarray(at, at + pieceBytes));
		yield piece;
		piece.fill(0xee);
	}
}

export interface ReadTrace {
	readonly trace: Trace;
	readonly queries: TraceQuery[];
	/** What `onBad` was told. */
	readonly bad: string[];
}

/** Reads everything, and goes on where something is damaged. */
export async function readTrace(
	content: string | Uint8Array,
	options: TraceOptions = {},
	pieceBytes?: number,
): Promise<ReadTrace> {
	const bad: string[] = [];
	const trace = openTrace(pieces(content, pieceBytes), {
		name: 'trace',
		onBad: (message) => bad.push(message),
		...options,
	});
	const queries: TraceQuery[] = [];
	for await (const query of trace) queries.push(query);
	return { trace, queries, bad };
}

/** Reads everything as somebody who gave no `onBad`. */
export async function readStrictly(
	content: string | Uint8Array,
	options: TraceOptions = {},
): Promise<TraceQuery[]> {
	const queries: TraceQuery[] = [];
	for await (const query of openTrace(pieces(content), { name: 'trace', ...options })) queries.push(query);
	return queries;
}

/** Name and type of each, as in "www.example. 1". */
export function asked(queries: readonly TraceQuery[]): string[] {
	return queries.map((query) => `${nameToText(query.qname)} ${query.qtype}`);
}

/** The reasons of a tally as an object. */
export function reasons(tally: Trace['skipped']): Record<string, number> {
	return Object.fromEntries(tally.reasons);
}

/** A `PetrelError` of the configuration whose message a pattern fits. */
export function configError(message: RegExp): { code: string; message: RegExp } {
	return { code: 'PETREL_CONFIG', message };
}
