import type { Sink, TraceDecoder } from './decoder.ts';
import { LineDecoder } from './lines.ts';
import { readType } from './mnemonics.ts';
import { endsWithDot, readName } from './names.ts';
import { type Notes, quoted } from './notes.ts';

/**
 * Files of queries as dnsperf reads them: NAME TYPE, blanks or tabs between. What follows the type is ignored, types are
 * in any case or TYPEnnn, lines that begin with `;` and empty ones are comments. Two things are taken besides: blanks
 * before a name, and `#` with a blank behind it (or nothing) as a comment. `#name` is a name, there as here. Escapes
 * in names are those of RFC 1035 §5.1.
 *
 * @param untypedAs the type of lines that have a name and nothing else; undefined: they are bad
 */
export function dnsperfDecoder(notes: Notes, sink: Sink, untypedAs?: number): TraceDecoder {
	return new LineDecoder(notes, (octets, start, end) =>
		readQuery(octets, start, end, notes, sink, untypedAs),
	);
}

const semicolon = 0x3b;
const hash = 0x23;

function readQuery(
	octets: Buffer,
	lineStart: number,
	end: number,
	notes: Notes,
	sink: Sink,
	untypedAs: number | undefined,
): void {
	const nameStart = skipBlanks(octets, lineStart, end);
	if (nameStart === end || octets[nameStart] === semicolon) return;
	const nameEnd = skipWord(octets, nameStart, end);
	if (octets[nameStart] === hash && nameEnd === nameStart + 1) return;
	const typeStart = skipBlanks(octets, nameEnd, end);
	if (typeStart === end && untypedAs === undefined) {
		const name = quoted(octets.toString('utf8', nameStart, nameEnd));
		notes.bad('no type', `no type stands behind ${name}; a line is NAME TYPE, as in "www.example.org A"`);
		return;
	}
	const typeText = octets.toString('latin1', typeStart, skipWord(octets, typeStart, end));
	const qtype = typeStart === end ? untypedAs : readType(typeText);
	if (qtype === undefined) {
		notes.bad('unknown type', `${quoted(typeText)} is no type; write a name such as AAAA, or TYPE65`);
		return;
	}
	const qname = readName(octets, nameStart, nameEnd, 'presentation');
	if (typeof qname === 'string') {
		notes.bad('bad name', `name ${quoted(octets.toString('utf8', nameStart, nameEnd))} ${qname}`);
		return;
	}
	sink.take({
		query: {
			atMs: Number.NaN,
			client: undefined,
			qname,
			qtype,
			qclass: 1,
			edns: undefined,
			recursionDesired: true,
			rcode: undefined,
			answerTtlSec: undefined,
			replyBytes: undefined,
			rttUs: undefined,
			line: notes.read,
			absolute: endsWithDot(octets, nameStart, nameEnd),
		},
		port: -1,
		id: -1,
	});
}

function isBlank(octet: number): boolean {
	return octet === 0x20 || octet === 0x09;
}

function skipBlanks(octets: Uint8Array, start: number, end: number): number {
	while (start < end && isBlank(octets[start])) start++;
	return start;
}

function skipWord(octets: Uint8Array, start: number, end: number): number {
	while (start < end && !isBlank(octets[start])) start++;
	return start;
}
