import { LineDecoder } from '../../workload/read/lines.ts';
import { type Notes, quoted } from '../../workload/read/notes.ts';
import { readDecimal } from '../../workload/read/numbers.ts';
import type { TraceSource } from '../../workload/read/source.ts';
import { type CsvColumns, type CsvLayout, findColumns } from './csv-columns.ts';
import { CsvFields } from './csv-fields.ts';
import { readId, sizeMax, type TraceRequest } from './request.ts';
import { RequestStream, type RequestStreamOptions } from './request-stream.ts';

export interface CsvOptions extends RequestStreamOptions {
	readonly columns?: CsvColumns | undefined;
	/** One character; by default the first that the first line has of comma, tab, semicolon, bar and blank. */
	readonly delimiter?: string | undefined;
	/** Whether the first line is a header; by default that is found out. */
	readonly header?: boolean | undefined;
	/** How many seconds a unit of the column of times is: 0.001 for milliseconds. 1 by default. */
	readonly timeUnitSec?: number | undefined;
}

/** Traces as text, a request a line. Without sizes each is 1. */
export function readCsv(source: TraceSource, options: CsvOptions = {}): RequestStream {
	return new RequestStream(source, options, (notes, take) => {
		const reader = new CsvReader(options, notes, take);
		return new LineDecoder(notes, (octets, start, end) => reader.readLine(octets, start, end));
	});
}

const usualDelimiters = [',', '\t', ';', '|', ' '];
const largestFieldCount = 10_000;

class CsvReader {
	readonly #options: CsvOptions;
	readonly #notes: Notes;
	readonly #take: (request: TraceRequest) => void;
	readonly #unitSec: number;
	#fields = new CsvFields(0);
	#layout: CsvLayout | undefined;
	/** Columns that a line must have. */
	#columns = 0;

	constructor(options: CsvOptions, notes: Notes, take: (request: TraceRequest) => void) {
		this.#options = options;
		this.#notes = notes;
		this.#take = take;
		this.#unitSec = options.timeUnitSec ?? 1;
	}

	readLine(octets: Buffer, start: number, end: number): void {
		if (start === end) return;
		if (this.#layout === undefined) {
			this.#layout = this.#layOut(octets, start, end);
			if (this.#layout.hasHeader) return;
		}
		this.#readRequest(this.#layout, octets, start, end);
	}

	#layOut(octets: Buffer, start: number, end: number): CsvLayout {
		const { columns = {}, delimiter, header } = this.#options;
		const text = octets.toString('latin1', start, end);
		const chosen = delimiter ?? usualDelimiters.find((usual) => text.includes(usual)) ?? ',';
		if (chosen.length !== 1 || chosen > '\x7f') {
			this.#notes.fail(`the delimiter is ${quoted(chosen)}; it should be one character of ASCII`);
		}
		this.#fields = new CsvFields(chosen.charCodeAt(0));
		const count = this.#fields.split(octets, start, end, largestFieldCount);
		const first = Array.from({ length: count }, (_, place) => this.#text(octets, place));
		const layout = findColumns(first, columns, header, this.#notes);
		this.#columns = 1 + Math.max(layout.id, layout.time, layout.size);
		return layout;
	}

	#readRequest({ id, time, size }: CsvLayout, octets: Buffer, lineStart: number, lineEnd: number): void {
		const { starts, ends } = this.#fields;
		const count = this.#fields.split(octets, lineStart, lineEnd, this.#columns);
		if (count < this.#columns) {
			this.#notes.bad(
				'too few columns',
				`the line has ${count} columns and should have ${this.#columns} at least`,
			);
			return;
		}
		if (starts[id] === ends[id]) {
			this.#notes.bad('no id', `column ${id + 1}, the id, is empty`);
			return;
		}
		const bytes = size < 0 ? 1 : readDecimal(octets, starts[size], ends[size], 0);
		if (bytes === 0) {
			this.#notes.passOver('size 0');
			return;
		}
		if (!(Number.isInteger(bytes) && bytes > 0 && bytes <= sizeMax)) {
			this.#notes.bad(
				'bad size',
				`column ${size + 1}, the size, is ${quoted(this.#text(octets, size))}; it should be a whole number up to ${sizeMax}`,
			);
			return;
		}
		const units = time < 0 ? Number.NaN : readDecimal(octets, starts[time], ends[time], 0);
		if (time >= 0 && Number.isNaN(units)) {
			this.#notes.bad(
				'bad time',
				`column ${time + 1}, the time, is ${quoted(this.#text(octets, time))}; it should be a number`,
			);
			return;
		}
		this.#take({
			timeSec: units * this.#unitSec,
			id: readId(octets, starts[id], ends[id]),
			size: bytes,
			nextUse: Number.NaN,
		});
	}

	#text(octets: Buffer, place: number): string {
		return octets.toString('utf8', this.#fields.starts[place], this.#fields.ends[place]);
	}
}
