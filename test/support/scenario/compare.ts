import { opcodeName, rcodeName } from '../../../src/wire/iana.ts';
import type { Decoded } from './message.ts';
import { type PacketRecord, questionText, recordText, typeOf } from './records.ts';

/** What `MATCH all` stands for. TTLs are compared where `ttl` is listed besides. */
const everything = ['opcode', 'flags', 'rcode', 'question', 'answer', 'authority', 'additional', 'edns'];

type Check = (got: Decoded, expected: Decoded, withTtl: boolean) => string | undefined;

const sections = ['answer', 'authority', 'additional'] as const;
const txt = 16;

/** Names compare without case, text with it. */
function comparable(record: PacketRecord, withTtl: boolean): string {
	const text = recordText(record, withTtl);
	return typeOf(record) === txt ? text : text.toLowerCase();
}

function sameRecords(part: (typeof sections)[number]): Check {
	return (got, expected, withTtl) => {
		const theirs = got[part].map((record) => comparable(record, withTtl));
		const ours = expected[part].map((record) => comparable(record, withTtl));
		return theirs.join('\n') === ours.join('\n') ? undefined : `the ${part} section differs`;
	};
}

const sameText = (text: (message: Decoded) => string, what: string): Check => {
	return (got, expected) => (text(got) === text(expected) ? undefined : `the ${what} differs: ${text(got)}`);
};

const questionPart = (pick: (question: PacketRecord) => string) => (message: Decoded) =>
	message.questions.map(pick).join(', ');

const checks: Readonly<Record<string, Check>> = {
	opcode: sameText((message) => opcodeName(message.opcode), 'opcode'),
	rcode: sameText((message) => rcodeName(message.rcode), 'RCODE'),
	flags: sameText((message) => message.flags.join(' '), 'list of flags'),
	question: sameText(
		questionPart((question) => questionText(question).toLowerCase()),
		'question',
	),
	qname: sameText(
		questionPart((question) => question.name.toLowerCase()),
		'name',
	),
	qtype: sameText(
		questionPart((question) => String(typeOf(question))),
		'type',
	),
	edns: sameText(
		(message) => (message.opt ? `EDE ${message.opt.ede.join(', ') || 'none'}${nsidOf(message)}` : 'no EDNS'),
		'OPT',
	),
	ede: sameText((message) => message.opt?.ede.join(', ') ?? '', 'EDE'),
	DO: (got) => (got.opt?.dnssecOk ? undefined : 'DO is clear'),
	noedns: (got) => (got.opt ? 'there is an OPT' : undefined),
	...Object.fromEntries(sections.map((part) => [part, sameRecords(part)])),
};

const numbers: Readonly<Record<string, (got: Decoded, value: number) => string | undefined>> = {
	size: (got, max) => (got.sizeBytes <= max ? undefined : `it has ${got.sizeBytes} octets, more than ${max}`),
	ancount: (got, count) => sameCount('answers', got.answer.length, count),
	nscount: (got, count) => sameCount('authority records', got.authority.length, count),
	arcount: (got, count) => sameCount('additional records', got.additional.length, count),
	payload: (got, size) => sameCount('octets of payload size', got.opt?.payloadBytes ?? 0, size),
};

/** Petrel's only other option. */
function nsidOf({ opt }: Decoded): string {
	const nsid = opt?.options.find(({ code }) => code === 3);
	return nsid ? `, NSID "${nsid.data.toString('latin1')}"` : '';
}

function sameCount(what: string, got: number, expected: number): string | undefined {
	return got === expected ? undefined : `it has ${got} ${what}, not ${expected}`;
}

/** Whether MATCH knows a word. */
export function isMatchWord(word: string): boolean {
	const [name] = word.split('=');
	return (
		['all', 'ttl', 'none', 'UDP', 'TCP', 'subdomain'].includes(word) || word in checks || name in numbers
	);
}

/**
 * What of `got` is not as in `expected`, by the words of MATCH; empty: it matches. UDP and TCP are not for this
 * function, which sees no transport.
 */
export function differences(got: Decoded, expected: Decoded, match: readonly string[]): string[] {
	const names = match.includes('all') ? [...everything, ...match] : match;
	const withTtl = match.includes('ttl');
	const found: (string | undefined)[] = [];
	for (const name of names) {
		const [number, value] = name.split('=');
		if (number in numbers && value !== undefined) found.push(numbers[number](got, Number(value)));
		else if (name === 'subdomain') found.push(isBelow(got, expected) ? undefined : 'the name is not below');
		else found.push(checks[name]?.(got, expected, withTtl));
	}
	return found.filter((text) => text !== undefined);
}

function isBelow(got: Decoded, expected: Decoded): boolean {
	const name = got.questions[0]?.name.toLowerCase() ?? '';
	const zone = expected.questions[0]?.name.toLowerCase() ?? '';
	return name === zone || name.endsWith(`.${zone}`);
}
