import type { Readable } from 'node:stream';
import { FrameReader, type RecordingHead } from '../../server/record/frame.ts';
import { type RecordedReply, repliesIn } from '../../server/record/recorded-reply.ts';
import { messageOf, PetrelError } from '../../util/errors.ts';
import type { TraceFile } from './trace-file.ts';
import { zeekTailBytesMax } from './zeek-rows.ts';

/** Rows are written in pieces of about this length. */
const pieceChars = 16_384;
/** For petrel to end a recording; then it is broken off. */
const endMs = 3000;
const newline = 0x0a;
/** A head is one line of JSON; what has none within so many octets is no recording. */
const headBytesMax = 4096;

/** Why a recording ended. */
export type Ending =
	| 'duration'
	| 'max-queries'
	| 'max-bytes'
	| 'interrupted'
	/** Who read standard output is gone. */
	| 'reader-gone'
	/** The connection to petrel broke. */
	| 'petrel-gone';

export interface SessionParts {
	/** What comes over the control socket. */
	readonly stream: Readable;
	readonly file: TraceFile;
	readonly queriesMax: number;
	/** Aborted: the recording ends, with all that was recorded until then. */
	readonly signal: AbortSignal;
	/** Asks petrel to end the recording, and with it the stream. */
	askEnd(): Promise<unknown>;
	/** Called with the head, before the first row: returns what stands before the rows, and what makes rows. */
	begin(head: RecordingHead): { readonly text: string; readonly row: (reply: RecordedReply) => string };
	/** Called from time to time. */
	onProgress(): void;
}

/** One recording, from the first octet that petrel sends to the last row in the file. */
export class RecordSession {
	/** Rows in the file. */
	queries = 0;
	/** Queries that petrel could not hand over. */
	lost = 0;
	readonly #parts: SessionParts;
	#row: (reply: RecordedReply) => string = () => '';

	constructor(parts: SessionParts) {
		this.#parts = parts;
	}

	/** Throws `PETREL_CONTROL` for a stream that is no recording. */
	async run(): Promise<Ending> {
		const { stream, signal, askEnd } = this.#parts;
		let timer: NodeJS.Timeout | undefined;
		const stop = (): void => {
			const breakOff = (): unknown => stream.destroy();
			timer = setTimeout(breakOff, endMs);
			askEnd().catch(breakOff);
		};
		signal.addEventListener('abort', stop);
		if (signal.aborted) stop();
		try {
			return await this.#read();
		} catch (thrown) {
			if (signal.aborted) return 'interrupted';
			if (thrown instanceof RangeError || thrown instanceof SyntaxError) {
				throw new PetrelError('PETREL_CONTROL', `what petrel sends is no recording: ${messageOf(thrown)}`);
			}
			if (thrown instanceof PetrelError) throw thrown;
			return 'petrel-gone';
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', stop);
			stream.destroy();
		}
	}

	async #read(): Promise<Ending> {
		const { stream, signal, onProgress } = this.#parts;
		const frames = new FrameReader();
		let head: Buffer | undefined = Buffer.alloc(0);
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			let octets = chunk;
			if (head !== undefined) {
				head = Buffer.concat([head, chunk]);
				const end = head.indexOf(newline);
				if (end < 0 && head.length > headBytesMax) throw new RangeError('there is no first line');
				if (end < 0) continue;
				octets = head.subarray(end + 1);
				const ending = await this.#begin(head.toString('utf8', 0, end));
				head = undefined;
				if (ending !== undefined) return ending;
			}
			for (const { lostCount, records } of frames.read(octets)) {
				this.lost = lostCount;
				const ending = await this.#take(records);
				if (ending !== undefined) return ending;
			}
			onProgress();
		}
		if (signal.aborted) return 'interrupted';
		return head === undefined && frames.isBetweenFrames ? 'duration' : 'petrel-gone';
	}

	async #begin(line: string): Promise<Ending | undefined> {
		const { text, row } = this.#parts.begin(JSON.parse(line));
		this.#row = row;
		return this.#write(text, 0);
	}

	async #take(records: Uint8Array<ArrayBuffer>): Promise<Ending | undefined> {
		const { queriesMax } = this.#parts;
		let piece = '';
		let rows = 0;
		for (const reply of repliesIn(records)) {
			if (this.queries + rows === queriesMax) break;
			piece += this.#row(reply);
			rows++;
			if (piece.length < pieceChars) continue;
			const ending = await this.#write(piece, rows);
			if (ending !== undefined) return ending;
			piece = '';
			rows = 0;
		}
		const ending = rows > 0 ? await this.#write(piece, rows) : undefined;
		return ending ?? (this.queries === queriesMax ? 'max-queries' : undefined);
	}

	async #write(text: string, rows: number): Promise<Ending | undefined> {
		const { file } = this.#parts;
		if (!(await file.write(text, zeekTailBytesMax))) return file.isGone ? 'reader-gone' : 'max-bytes';
		this.queries += rows;
		return undefined;
	}
}
