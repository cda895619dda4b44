import type { TraceEdns } from '../trace-query.ts';
import type { Sink } from './decoder.ts';
import { readClass, readRcode, readZeekType } from './mnemonics.ts';
import { readName } from './names.ts';
import { type Notes, quoted } from './notes.ts';
import { readDecimal, readUint16Text } from './numbers.ts';
import { type ZeekOptions, zeekReasons } from './zeek-options.ts';

/** The columns that are read, wherever they stand. The rest is walked over. The last four only `petrel record` writes. */
const columns = [
	'ts',
	'id.orig_h',
	'id.orig_p',
	'id.resp_p',
	'trans_id',
	'rtt',
	'query',
	'qclass',
	'qclass_name',
	'qtype',
	'qtype_name',
	'rcode',
	'rcode_name',
	'RD',
	'TTLs',
	'edns_bytes',
	'DO',
	'reply_bytes',
	'denial_ttl',
] as const;
type Column = (typeof columns)[number];

const place = Object.fromEntries(columns.map((name, index) => [name, index])) as Record<Column, number>;
const hash = 0x23;
const comma = 0x2c;
const tab = 0x09;
const capitalF = 0x46;
const capitalT = 0x54;

/**
 * Zeek's tables: lines that begin with `#` say what separates fields, what stands for "unset" and "empty", and which
 * columns there are; they may come again, as where logs were put together. Escapes are `\xHH`.
 */
export class ZeekTable {
	readonly #notes: Notes;
	readonly #sink: Sink;
	readonly #options: ZeekOptions;
	#separator = tab;
	#setSeparator = comma;
	#unset = Buffer.from('-');
	#empty = Buffer.from('(empty)');
	/** For each field of a row: the place of its column, or -1. Empty until `#fields` came. */
	#places: number[] = [];
	/** Of the row that is being read: where each column's value lies. -1: no such column, or unset. */
	readonly #starts = new Int32Array(columns.length).fill(-1);
	readonly #ends = new Int32Array(columns.length);

	constructor(notes: Notes, sink: Sink, options: ZeekOptions) {
		this.#notes = notes;
		this.#sink = sink;
		this.#options = options;
	}

	readLine(octets: Buffer, start: number, end: number): void {
		if (octets[start] === hash) this.#readHeader(octets.toString('utf8', start, end));
		else if (this.#places.length === 0)
			this.#notes.fail('a row stands before the line "#fields" of a Zeek log');
		else if (this.#split(octets, start, end)) this.#readRow(octets);
	}

	#readHeader(line: string): void {
		if (line.startsWith('#separator ')) {
			this.#separator = firstOctet(line.slice('#separator '.length), tab);
			return;
		}
		const [word, ...values] = line.split(String.fromCharCode(this.#separator));
		if (word === '#set_separator') this.#setSeparator = firstOctet(values[0] ?? '', comma);
		else if (word === '#unset_field') this.#unset = Buffer.from(values[0] ?? '');
		else if (word === '#empty_field') this.#empty = Buffer.from(values[0] ?? '');
		else if (word === '#fields') this.#readFields(values);
	}

	#readFields(names: readonly string[]): void {
		const has = (name: Column): boolean => names.includes(name);
		if (!has('query') || !(has('qtype') || has('qtype_name'))) {
			this.#notes.fail(
				`the Zeek log has no columns query and qtype (or qtype_name), but ${quoted(names.join(' '))}; give dns.log`,
			);
		}
		this.#places = names.map((name) => (Object.hasOwn(place, name) ? place[name as Column] : -1));
		this.#starts.fill(-1);
	}

	/** Finds the fields of a row. False, and noted: there are more or fewer than columns. */
	#split(octets: Buffer, start: number, end: number): boolean {
		const places = this.#places;
		const separator = this.#separator;
		let field = 0;
		for (let position = start, fieldStart = start; position <= end; position++) {
			if (position < end && octets[position] !== separator) continue;
			const at = field < places.length ? places[field] : -1;
			field++;
			if (at >= 0) {
				this.#starts[at] = isText(octets, fieldStart, position, this.#unset) ? -1 : fieldStart;
				this.#ends[at] = position;
			}
			fieldStart = position + 1;
		}
		if (field === places.length) return true;
		this.#notes.bad('wrong number of fields', `the row has ${field} fields, its log ${places.length}`);
		return false;
	}

	#readRow(octets: Buffer): void {
		const notes = this.#notes;
		const { port, keepIncomplete } = this.#options;
		const serverPort = this.#uint16(octets, place['id.resp_p']);
		if (port !== 0 && serverPort >= 0 && serverPort !== port) {
			notes.passOver(zeekReasons.otherPort);
			return;
		}
		const typeAt = this.#starts[place.qtype] >= 0 ? place.qtype : place.qtype_name;
		const hasType = this.#starts[typeAt] >= 0;
		if ((this.#starts[place.query] < 0 || !hasType) && !keepIncomplete) {
			notes.passOver(zeekReasons.noQuestion);
			return;
		}
		const qname = this.#name(octets);
		if (typeof qname === 'string') return;
		const qtype = hasType ? this.#number(octets, place.qtype, place.qtype_name, readZeekType) : 0;
		if (qtype === undefined) {
			this.#bad(octets, typeAt, 'unknown type', 'is no type');
			return;
		}
		const atMs = this.#decimal(octets, place.ts, 3);
		if (Number.isNaN(atMs) && this.#starts[place.ts] >= 0) {
			this.#bad(octets, place.ts, 'bad time', 'is no time in seconds');
			return;
		}
		this.#sink.take({
			query: {
				atMs,
				client: this.#text(octets, place['id.orig_h']),
				qname,
				qtype,
				qclass: this.#number(octets, place.qclass, place.qclass_name, readClass) ?? 1,
				edns: this.#edns(octets),
				recursionDesired: this.#starts[place.RD] < 0 || octets[this.#starts[place.RD]] !== capitalF,
				rcode: this.#number(octets, place.rcode, place.rcode_name, readRcode),
				answerTtlSec: this.#smallestTtl(octets),
				replyBytes: this.#whole(octets, place.reply_bytes),
				rttUs: this.#rttUs(octets),
				line: notes.read,
				...this.#denialTtl(octets),
			},
			port: this.#uint16(octets, place['id.orig_p']),
			id: this.#uint16(octets, place.trans_id),
		});
	}

	/** The name; a text, and noted: it is none. */
	#name(octets: Buffer): Uint8Array | string {
		const start = this.#starts[place.query];
		const end = this.#ends[place.query];
		// The root has no characters in Zeek's logs; without a name there is no better one.
		if (start < 0 || start === end || isText(octets, start, end, this.#empty)) return new Uint8Array(1);
		const name = readName(octets, start, end, 'zeek');
		if (typeof name === 'string') this.#bad(octets, place.query, 'bad name', name);
		return name;
	}

	#rttUs(octets: Buffer): number | undefined {
		const rttUs = this.#decimal(octets, place.rtt, 6);
		return rttUs >= 0 ? Math.round(rttUs) : undefined;
	}

	#edns(octets: Buffer): TraceEdns | undefined {
		const udpPayloadBytes = this.#uint16(octets, place.edns_bytes);
		if (udpPayloadBytes < 0) return undefined;
		return { udpPayloadBytes, dnssecOk: octets[this.#starts[place.DO]] === capitalT };
	}

	/** Nothing where the log does not say: then there is no such member. */
	#denialTtl(octets: Buffer): { denialTtlSec?: number } {
		const denialTtlSec = this.#whole(octets, place.denial_ttl);
		return denialTtlSec === undefined ? {} : { denialTtlSec };
	}

	/** A number that is not below 0, without its fraction. */
	#whole(octets: Buffer, at: number): number | undefined {
		const value = this.#decimal(octets, at, 0);
		return value >= 0 ? Math.floor(value) : undefined;
	}

	#smallestTtl(octets: Buffer): number | undefined {
		let start = this.#starts[place.TTLs];
		if (start < 0) return undefined;
		const end = this.#ends[place.TTLs];
		let smallest = Number.POSITIVE_INFINITY;
		for (let position = start; position <= end; position++) {
			if (position < end && octets[position] !== this.#setSeparator) continue;
			const ttlSec = readDecimal(octets, start, position, 0);
			if (ttlSec < smallest) smallest = ttlSec;
			start = position + 1;
		}
		return Number.isFinite(smallest) ? smallest : undefined;
	}

	/** By the column of numbers, or else the column of names. */
	#number(
		octets: Buffer,
		numbers: number,
		names: number,
		read: (text: string) => number | undefined,
	): number | undefined {
		const number = this.#uint16(octets, numbers);
		if (number >= 0) return number;
		const text = this.#text(octets, names);
		return text === undefined ? undefined : read(text);
	}

	#uint16(octets: Buffer, at: number): number {
		return this.#starts[at] < 0 ? -1 : readUint16Text(octets, this.#starts[at], this.#ends[at]);
	}

	#decimal(octets: Buffer, at: number, shift: number): number {
		return this.#starts[at] < 0 ? Number.NaN : readDecimal(octets, this.#starts[at], this.#ends[at], shift);
	}

	#text(octets: Buffer, at: number): string | undefined {
		return this.#starts[at] < 0 ? undefined : octets.toString('latin1', this.#starts[at], this.#ends[at]);
	}

	#bad(octets: Buffer, at: number, reason: string, words: string): void {
		const value = octets.toString('utf8', this.#starts[at], this.#ends[at]);
		this.#notes.bad(reason, `${columns[at]} ${quoted(value)} ${words}`);
	}
}

function isText(octets: Buffer, start: number, end: number, text: Buffer): boolean {
	if (end - start !== text.length) return false;
	for (let i = 0; i < text.length; i++) if (octets[start + i] !== text[i]) return false;
	return true;
}

/** Of `\x09` or the character itself. */
function firstOctet(text: string, fallback: number): number {
	const escaped = /^\\x([0-9a-f]{2})/i.exec(text);
	if (escaped) return Number.parseInt(escaped[1], 16);
	return text === '' ? fallback : Buffer.from(text)[0];
}
