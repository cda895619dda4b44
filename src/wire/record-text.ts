import ipaddr from 'ipaddr.js';
import { rrClass, rrType, typeName, typeNumber } from './iana.ts';
import { fail, nameToWire, readEscape } from './presentation.ts';

/** Records as people write them (RFC 1035 §5.1, RFC 3597 §5) to octets. For the control path, like presentation.ts. */

/** One record, its names uncompressed. */
export interface ResourceRecord {
	readonly owner: Uint8Array;
	readonly type: number;
	readonly class: number;
	readonly ttlSec: number;
	readonly rdata: Uint8Array;
}

/** One word of a line, its escapes as they were written. */
export interface Token {
	readonly text: string;
	readonly quoted: boolean;
}

const maxStringBytes = 255;
const maxRdataBytes = 0xffff;
const maxTtlSec = 0xffff_ffff;
const unitsSec: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds, or with the units of BIND's zone files: `1h30m`. Undefined if it is neither. */
function parseSeconds(text: string): number | undefined {
	if (/^\d+$/.test(text)) return Number(text);
	if (!/^(?:\d+[smhdw])+$/i.test(text)) return undefined;
	let totalSec = 0;
	for (const [, count, unit] of text.matchAll(/(\d+)(\D)/g)) {
		totalSec += Number(count) * unitsSec[unit.toLowerCase()];
	}
	return totalSec;
}

/** Splits a line into words: quotes keep blanks together, `;` opens a comment, parentheses are blanks (RFC 1035 §5.1). */
export function tokenize(line: string): Token[] {
	const tokens: Token[] = [];
	const pattern = /"((?:[^"\\]|\\.)*)"|((?:[^\s"();\\]|\\.)+)|([\s()]+)|(;.*)/gsy;
	while (pattern.lastIndex < line.length) {
		const from = pattern.lastIndex;
		const match = pattern.exec(line);
		if (!match) fail(`"${line.slice(from)}": a quote is not closed, or a backslash stands at the end`);
		if (match[1] !== undefined) tokens.push({ text: match[1], quoted: true });
		else if (match[2] !== undefined) tokens.push({ text: match[2], quoted: false });
	}
	return tokens;
}

/** The octets of a word with its escapes resolved; other characters as UTF-8. */
function resolveEscapes(text: string): Uint8Array {
	const parts: Uint8Array[] = [];
	let from = 0;
	for (let position = text.indexOf('\\'); position >= 0; position = text.indexOf('\\', from)) {
		const escaped = readEscape(text, position);
		parts.push(Buffer.from(text.slice(from, position)), Uint8Array.of(escaped.octet));
		from = position + escaped.length;
	}
	parts.push(Buffer.from(text.slice(from)));
	return Buffer.concat(parts);
}

/** The words of one record's RDATA, taken one by one. */
class RdataReader {
	readonly #type: string;
	readonly #tokens: readonly Token[];
	#next = 0;

	constructor(type: string, tokens: readonly Token[]) {
		this.#type = type;
		this.#tokens = tokens;
	}

	get more(): boolean {
		return this.#next < this.#tokens.length;
	}

	word(what: string): string {
		if (!this.more) fail(`${this.#type} record: ${what} is missing`);
		return this.#tokens[this.#next++].text;
	}

	name(what: string): Uint8Array {
		return nameToWire(this.word(what));
	}

	/** A whole number in network octet order. */
	number(what: string, sizeBytes: 1 | 2 | 4): Uint8Array {
		const text = this.word(what);
		const max = 2 ** (8 * sizeBytes) - 1;
		if (!/^\d{1,10}$/.test(text) || Number(text) > max) {
			fail(`${this.#type} record: ${what} "${text}" is not a whole number from 0 to ${max}`);
		}
		const octets = Buffer.alloc(sizeBytes);
		octets.writeUIntBE(Number(text), 0, sizeBytes);
		return octets;
	}

	/** A time, in network octet order. */
	seconds(what: string): Uint8Array {
		const text = this.word(what);
		const value = parseSeconds(text);
		if (value === undefined || value > maxTtlSec) {
			fail(`${this.#type} record: ${what} "${text}" is not a number of seconds from 0 to ${maxTtlSec}`);
		}
		const octets = Buffer.alloc(4);
		octets.writeUInt32BE(value);
		return octets;
	}

	/** A <character-string>: one octet of length, then up to 255 (RFC 1035 §3.3). */
	string(what: string): Uint8Array {
		const text = this.word(what);
		const octets = resolveEscapes(text);
		if (octets.length > maxStringBytes) {
			fail(
				`${this.#type} record: ${what} "${text.slice(0, 20)}…" has ${octets.length} octets; 255 are allowed`,
			);
		}
		return Buffer.concat([Uint8Array.of(octets.length), octets]);
	}

	finish(): void {
		if (this.more) fail(`${this.#type} record: "${this.#tokens[this.#next].text}" is one word too many`);
	}
}

type RdataParser = (reader: RdataReader) => Uint8Array[];

function ipv4(reader: RdataReader): Uint8Array[] {
	const text = reader.word('the address');
	if (!ipaddr.IPv4.isValidFourPartDecimal(text)) fail(`A record: "${text}" is not an IPv4 address`);
	return [Uint8Array.from(ipaddr.IPv4.parse(text).toByteArray())];
}

function ipv6(reader: RdataReader): Uint8Array[] {
	const text = reader.word('the address');
	if (!ipaddr.IPv6.isValid(text) || text.includes('%')) fail(`AAAA record: "${text}" is not an IPv6 address`);
	return [Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray())];
}

const oneName: RdataParser = (reader) => [reader.name('the name')];
/** RFC 9460 §2.1, without SvcParams: those are written in the generic form. */
const service: RdataParser = (reader) => [reader.number('the priority', 2), reader.name('the target')];

const strings: RdataParser = (reader) => {
	const all = [reader.string('the text')];
	while (reader.more) all.push(reader.string('the text'));
	return all;
};

/** RFC 8659 §4.1: flags, tag with one octet of length, and the value without. */
const caa: RdataParser = (reader) => {
	const flags = reader.number('the flags', 1);
	const tag = reader.string('the tag');
	if (tag.length < 2) fail('CAA record: the tag is empty');
	return [flags, tag, resolveEscapes(reader.word('the value'))];
};

const soa: RdataParser = (reader) => [
	reader.name('the primary server'),
	reader.name('the mailbox'),
	reader.number('the serial', 4),
	...['refresh', 'retry', 'expire', 'minimum'].map((what) => reader.seconds(`the ${what}`)),
];

const rdataParsers = new Map<number, RdataParser>([
	[rrType.A, ipv4],
	[rrType.AAAA, ipv6],
	[rrType.CNAME, oneName],
	[rrType.NS, oneName],
	[rrType.PTR, oneName],
	[rrType.DNAME, oneName],
	[rrType.MX, (reader) => [reader.number('the preference', 2), reader.name('the exchange')]],
	[rrType.TXT, strings],
	[rrType.SPF, strings],
	[rrType.HINFO, (reader) => [reader.string('the CPU'), reader.string('the system')]],
	[
		rrType.SRV,
		(reader) => [
			...['priority', 'weight', 'port'].map((what) => reader.number(`the ${what}`, 2)),
			reader.name('the target'),
		],
	],
	[rrType.SOA, soa],
	[rrType.CAA, caa],
	[rrType.SVCB, service],
	[rrType.HTTPS, service],
]);

/** `\# length hex…`, for every type (RFC 3597 §5). */
function genericRdata(reader: RdataReader, type: string): Uint8Array {
	reader.word('\\#');
	const length = reader.word('the length');
	let hex = '';
	while (reader.more) hex += reader.word('the octets');
	if (!/^(?:[0-9a-f]{2})*$/i.test(hex))
		fail(`${type} record: "${hex}" is not an even number of hexadecimal digits`);
	if (!/^\d{1,5}$/.test(length) || Number(length) !== hex.length / 2) {
		fail(`${type} record: "\\# ${length}" is followed by ${hex.length / 2} octets; the two must agree`);
	}
	return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** RDATA from its words. Types without a form of their own here take the generic one. */
export function rdataToWire(type: number, tokens: readonly Token[]): Uint8Array {
	const mnemonic = typeName(type);
	const reader = new RdataReader(mnemonic, tokens);
	if (tokens.length > 0 && tokens[0].text === '\\#' && !tokens[0].quoted)
		return genericRdata(reader, mnemonic);
	const parser = rdataParsers.get(type);
	if (!parser) fail(`${mnemonic} records are written in the generic form here: \\# LENGTH HEX`);
	const parts = parser(reader);
	reader.finish();
	const rdata = Uint8Array.from(Buffer.concat(parts));
	if (rdata.length > maxRdataBytes)
		fail(`${mnemonic} record: ${rdata.length} octets of RDATA; 65535 are allowed`);
	return rdata;
}

/**
 * A record from `OWNER [TTL] [IN] TYPE RDATA`; TTL and class in either order.
 *
 * @param defaultTtlSec for a record without TTL
 */
export function parseRecord(line: string, defaultTtlSec = 60): ResourceRecord {
	const tokens = tokenize(line);
	if (tokens.length < 2) fail(`record "${line}" is incomplete; write OWNER TTL IN TYPE RDATA`);
	const owner = nameToWire(tokens[0].text);
	let ttlSec: number | undefined;
	let position = 1;
	for (; position < tokens.length; position++) {
		const text = tokens[position].text;
		const seconds = parseSeconds(text);
		if (ttlSec === undefined && seconds !== undefined) {
			ttlSec = seconds;
			if (ttlSec > maxTtlSec) fail(`record "${line}": TTL ${text} is above ${maxTtlSec}`);
		} else if (/^(?:CH|HS|CLASS\d+)$/i.test(text)) {
			fail(`record "${line}": class ${text} cannot be used, only IN`);
		} else if (text.toUpperCase() !== 'IN') break;
	}
	if (position === tokens.length) fail(`record "${line}" has no type`);
	const type = typeNumber(tokens[position].text);
	if (type === undefined) {
		fail(
			`record "${line}": "${tokens[position].text}" is not a type; write a mnemonic such as A, or TYPE65280`,
		);
	}
	const rdata = rdataToWire(type, tokens.slice(position + 1));
	return { owner, type, class: rrClass.IN, ttlSec: ttlSec ?? defaultTtlSec, rdata };
}
