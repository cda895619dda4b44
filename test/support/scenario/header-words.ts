import { opcode, rcodeNumber } from '../../../src/wire/iana.ts';
import type { HeaderWords } from './syntax.ts';

const flagBits: Readonly<Record<string, number>> = {
	QR: 0x8000,
	AA: 0x0400,
	TC: 0x0200,
	RD: 0x0100,
	RA: 0x0080,
	Z: 0x0040,
	AD: 0x0020,
	CD: 0x0010,
};

const optionCodes: Readonly<Record<string, number>> = { NSID: 3, ECS: 8, COOKIE: 10, PADDING: 12 };

export function noHeaderWords(): HeaderWords {
	return {
		flags: undefined,
		opcode: undefined,
		rcode: undefined,
		edns: undefined,
		payloadBytes: undefined,
		version: undefined,
		dnssecOk: undefined,
		ede: undefined,
		options: [],
	};
}

/** Takes in a word of a header: a flag, an opcode, an RCODE, something of EDNS. False: it is none of these. */
export function takeHeaderWord(header: HeaderWords, word: string): boolean {
	const upper = word.toUpperCase();
	if (upper in flagBits || upper === 'NOFLAGS') {
		header.flags ??= new Set();
		if (upper !== 'NOFLAGS') header.flags.add(upper);
		return true;
	}
	// STATUS, NOTIFY and UPDATE; QUERY is the default.
	if (Object.hasOwn(opcode, upper)) {
		header.opcode = opcode[upper as keyof typeof opcode];
		return true;
	}
	const code = rcodeNumber(upper);
	if (code !== undefined) {
		header.rcode = code;
		return true;
	}
	return takeEdnsWord(header, upper);
}

function takeEdnsWord(header: HeaderWords, word: string): boolean {
	if (word === 'NOEDNS') {
		header.edns = false;
		return true;
	}
	if (word === 'DO' || word === 'EDNS') {
		if (word === 'DO') header.dnssecOk = true;
		header.edns = true;
		return true;
	}
	if (word === 'NSID') {
		header.options.push({ code: optionCodes.NSID, data: Buffer.alloc(0) });
		header.edns = true;
		return true;
	}
	const match = /^([A-Z]+)=([0-9A-F.:/]+)$/.exec(word);
	if (!match) return false;
	const [, name, value] = match;
	if (name === 'EDNS') header.payloadBytes = Number(value);
	else if (name === 'VERSION') header.version = Number(value);
	else if (name === 'EDE') header.ede = Number(value);
	else if (name in optionCodes)
		header.options.push({ code: optionCodes[name], data: Buffer.from(value, 'hex') });
	else return false;
	header.edns = true;
	return true;
}

/** The header's second 16 bits, without the upper bits of a long RCODE. */
export function flagsWord(header: HeaderWords, flags: Iterable<string>): number {
	let word = ((header.opcode ?? 0) << 11) | ((header.rcode ?? 0) & 0xf);
	for (const flag of flags) word |= flagBits[flag];
	return word;
}

/** Flag names of a header's second 16 bits, in the order of the header. */
export function flagNames(word: number): string[] {
	return Object.keys(flagBits).filter((name) => word & flagBits[name]);
}
