import { differences } from './compare.ts';
import { buildMessage, decodeMessage, questionsOf } from './message.ts';
import type { Entry, Range } from './syntax.ts';
import type { UpstreamQuery } from './upstream-query.ts';

/** The octets that an entry of REPLY or of a range answers a query with, ID and question copied from it. */
export function answerOf(file: string, entry: Entry, query: UpstreamQuery): Uint8Array {
	const { message } = query;
	const wrongId = entry.adjust.includes('wrong_id');
	const id = wrongId ? message.id ^ 0x5555 : message.id;
	if (entry.octets) {
		const octets = entry.octets.slice();
		octets.set([id >>> 8, id & 0xff].slice(0, octets.length));
		return octets;
	}
	const copied = message.flags.filter((flag) => flag === 'RD' || flag === 'CD');
	return buildMessage(file, {
		id,
		header: entry.header.flags
			? { ...entry.header, flags: new Set([...entry.header.flags, 'QR']) }
			: entry.header,
		defaultFlags: ['QR', 'RA', ...copied],
		questions: entry.questions ? questionsOf(file, entry.questions) : message.questions,
		records: entry.records,
		edns: message.opt !== undefined,
		dnssecOk: message.opt?.dnssecOk ?? false,
	});
}

/** Whether a query is what an entry describes, by its MATCH words; what is not, if anything. */
export function mismatches(
	file: string,
	entry: Entry,
	query: UpstreamQuery,
	defaultMatch: readonly string[],
): string[] {
	const match = entry.match ?? defaultMatch;
	const { message } = query;
	const expected = decodeMessage(
		buildMessage(file, {
			id: message.id,
			header: entry.header,
			defaultFlags: ['RD', 'AD'],
			questions: entry.questions ? questionsOf(file, entry.questions) : message.questions,
			records: { answer: [], authority: [], additional: [] },
			edns: message.opt !== undefined,
			dnssecOk: message.opt?.dnssecOk ?? false,
		}),
	);
	const found = differences(message, expected, match);
	if (match.includes('TCP') && query.transport !== 'tcp') found.push('it went by UDP');
	if (match.includes('UDP') && query.transport !== 'udp') found.push('it went by TCP');
	return found;
}

export interface StandingAnswer {
	readonly octets: Uint8Array;
	readonly afterMs: number;
}

/** The answer that a range has for a query; undefined: none has. */
export function standingAnswer(
	file: string,
	ranges: readonly Range[],
	query: UpstreamQuery,
): StandingAnswer | undefined {
	for (const range of ranges) {
		if (query.step < range.first || query.step > range.last) continue;
		if (range.addresses.length > 0 && !range.addresses.includes(query.address)) continue;
		const entry = range.entries.find(
			(each) => mismatches(file, each, query, ['qname', 'qtype']).length === 0,
		);
		if (entry) return { octets: answerOf(file, entry, query), afterMs: sleepMs(entry) };
	}
	return undefined;
}

/** `ADJUST sleep=SECONDS`. */
function sleepMs(entry: Entry): number {
	const word = entry.adjust.find((each) => each.startsWith('sleep='));
	return word === undefined ? 0 : Number(word.slice('sleep='.length)) * 1000;
}
