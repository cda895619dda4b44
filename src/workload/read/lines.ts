import { Backlog } from './backlog.ts';
import type { TraceDecoder } from './decoder.ts';
import type { Notes } from './notes.ts';

/** Longer lines are no lines of any format here; without a bound a file without line ends would fill the memory. */
export const maxLineBytes = 1024 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Reads the line at `octets[start, end)`, without its line end, whose number is `notes.read`. Keeps no octets. */
export type LineReader = (octets: Buffer, start: number, end: number) => void;

/** Cuts a text into its lines, whatever its line ends (LF or CR LF). A last line needs none. */
export class LineDecoder implements TraceDecoder {
	readonly #notes: Notes;
	readonly #readLine: LineReader;
	readonly #backlog = new Backlog();
	/** The line that is coming is too long: what comes until its end belongs to it. */
	#tooLong = false;

	constructor(notes: Notes, readLine: LineReader) {
		this.#notes = notes;
		this.#readLine = readLine;
	}

	push(chunk: Uint8Array): void {
		const backlog = this.#backlog;
		const seen = backlog.end - backlog.start;
		backlog.append(chunk);
		const { octets, end } = backlog;
		let feed = octets.indexOf(lineFeed, backlog.start + seen);
		while (feed >= 0 && feed < end) {
			this.#take(octets, backlog.start, feed);
			backlog.start = feed + 1;
			feed = octets.indexOf(lineFeed, feed + 1);
		}
		if (end - backlog.start > maxLineBytes) {
			this.#tooLong = true;
			backlog.start = end;
		}
		backlog.settle();
	}

	end(): void {
		const { octets, start, end } = this.#backlog;
		if (end > start || this.#tooLong) this.#take(octets, start, end);
		this.#backlog.start = end;
	}

	#take(octets: Buffer, start: number, end: number): void {
		this.#notes.read++;
		if (this.#tooLong) {
			this.#tooLong = false;
			this.#notes.bad('line too long', `the line has more than ${maxLineBytes} octets; is this a text file?`);
			return;
		}
		const last = end > start && octets[end - 1] === carriageReturn ? end - 1 : end;
		this.#readLine(octets, start, last);
	}
}
