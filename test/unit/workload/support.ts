import { type DecodedPacket, decode } from 'dns-packet';
import { rrClass, rrType } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { openSource } from '../../../src/workload/open-source.ts';
import { maxQueryBytes, type QuerySource } from '../../../src/workload/query-source.ts';
import type { TraceQuery } from '../../../src/workload/trace-query.ts';
import type { Workload } from '../../../src/workload/workload.ts';

export const alone = { worker: 0, workers: 1, seed: 1 };

/** A query as a reader gives it. */
export function traceQuery(name: string, more: Partial<TraceQuery> = {}): TraceQuery {
	return {
		atMs: Number.NaN,
		client: undefined,
		qname: nameToWire(name),
		qtype: rrType.A,
		qclass: rrClass.IN,
		edns: undefined,
		recursionDesired: true,
		rcode: undefined,
		answerTtlSec: undefined,
		replyBytes: undefined,
		rttUs: undefined,
		line: 1,
		...more,
	};
}

/** The numbers of the next queries, at most so many. */
export function take(source: QuerySource, most: number): number[] {
	const numbers: number[] = [];
	while (numbers.length < most) {
		const number = source.next();
		if (number < 0) break;
		numbers.push(number);
	}
	return numbers;
}

export function messageOf(source: QuerySource, number: number): Uint8Array {
	const octets = new Uint8Array(maxQueryBytes);
	return octets.slice(0, source.write(number, octets, 0));
}

export function decoded(source: QuerySource, number: number): DecodedPacket {
	return decode(Buffer.from(messageOf(source, number)));
}

/** "www.example A" for what a number asks. */
export function questionOf(source: QuerySource, number: number): string {
	const { name, type } = decoded(source, number).questions![0];
	return `${name} ${type}`;
}

/** The questions of a workload's first queries, asked by one thread. */
export function firstQuestions(workload: Workload, most: number, place = alone): string[] {
	const source = openSource(workload, place);
	return take(source, most).map((number) => questionOf(source, number));
}

export function counted<T>(values: readonly T[]): Map<T, number> {
	const counts = new Map<T, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return counts;
}

/** How many standard errors a count of `draws` with probability `share` each is away from what is expected. */
export function deviation(count: number, draws: number, share: number): number {
	return Math.abs(count - draws * share) / Math.sqrt(draws * share * (1 - share));
}
