import type { TraceQuery } from '../trace-query.ts';
import { type OpenDecoder, openDecoder } from './decoders.ts';
import { captureMagicBytes, detectFormat, type TraceFormat, traceFormats } from './detect.ts';
import { Notes, quoted, type Tally } from './notes.ts';
import { Reading } from './reading.ts';
import { nameOfSource, type Peekable, type TraceSource } from './source.ts';

export type { Tally };

export interface TraceOptions {
	/** By default it is found out. */
	readonly format?: TraceFormat | 'auto' | undefined;
	/** For messages; by default the path, "stdin" or "input". */
	readonly name?: string | undefined;
	/** Of DNS servers, in captures and Zeek logs; 0: any. 53 by default. */
	readonly port?: number | undefined;
	/** Captures: RCODE, TTL, size and RTT are taken from the replies. */
	readonly pairReplies?: boolean | undefined;
	/** Formats with times: queries recorded again within so many milliseconds are passed over. By default none are. */
	readonly duplicatesWithinMs?: number | undefined;
	/** dnsperf files: the type of lines that have a name and nothing else. Without it such lines are bad. */
	readonly untypedAs?: number | undefined;
	/** Zeek: rows whose query was not recorded are delivered too, with type 0 (zeek-options.ts). By default they are not. */
	readonly keepIncomplete?: boolean | undefined;
	/**
	 * Is told of each line or packet that is skipped, as `FILE:LINE: what`. Without it the first one that cannot be read in a
	 * dnsperf file, which somebody has written, is an error; those of traces are counted.
	 */
	readonly onBad?: ((message: string) => void) | undefined;
}

/**
 * A trace that is being read, once and from its beginning to its end. Queries of formats with times come in order of these,
 * as far as `heldMax` of them (and of captures five seconds) held back allow for. Counts are those of now.
 */
export interface Trace extends AsyncIterable<TraceQuery> {
	/** The same queries, some hundreds at a time: less costly where there are millions. */
	batches(): AsyncIterable<readonly TraceQuery[]>;
	/** Undefined until the first query came. */
	readonly format: TraceFormat | undefined;
	/** Lines or packets that were read. */
	readonly read: number;
	/** What was damaged. */
	readonly skipped: Tally;
	/** What is no query. */
	readonly passedOver: Tally;
	/** Queries that came behind later ones all the same. */
	readonly outOfOrder: number;
}

/** How much of a text is looked at to find out what it is. */
const detectBytes = 65_536;
const dnsPort = 53;

/**
 * Opens a file of queries or a trace, packed by gzip or zstd or not. Nothing is read before the first query is asked for.
 * Whoever iterates gets a `PetrelError` if the source cannot be read, is empty, of no known format or damaged so that
 * nothing behind can be found.
 */
export function openTrace(source: TraceSource, options: TraceOptions = {}): Trace {
	return new OpenTrace(source, options);
}

class OpenTrace extends Reading<TraceQuery> implements Trace {
	readonly #options: TraceOptions;
	#format: TraceFormat | undefined;

	constructor(source: TraceSource, options: TraceOptions) {
		super(source, new Notes(options.name ?? nameOfSource(source), options.onBad));
		this.#options = options;
	}

	get format(): TraceFormat | undefined {
		return this.#format;
	}

	get outOfOrder(): number {
		return this.notes.outOfOrder;
	}

	protected async *decode(octets: Peekable): AsyncGenerator<readonly TraceQuery[], void, void> {
		const { decoder, outlet } = await this.#openDecoder(octets);
		for await (const chunk of octets.read()) {
			decoder.push(chunk);
			const batch = outlet.drain();
			if (batch.length > 0) yield batch;
		}
		decoder.end();
		outlet.end();
		yield outlet.drain();
	}

	async #openDecoder(octets: Peekable): Promise<OpenDecoder> {
		const { format = 'auto', port = dnsPort, duplicatesWithinMs = 0 } = this.#options;
		const { pairReplies = false, keepIncomplete = false, untypedAs } = this.#options;
		const head = await octets.peek(1);
		if (head.length === 0) this.notes.fail('is empty; give a file of queries or a trace');
		this.#format = format === 'auto' ? await this.#detect(octets) : format;
		this.notes.strict = this.#format === 'dnsperf' && this.#options.onBad === undefined;
		return openDecoder(this.#format, await octets.peek(captureMagicBytes), this.notes, {
			port,
			pairReplies,
			duplicatesWithinMs,
			keepIncomplete,
			untypedAs,
		});
	}

	async #detect(octets: Peekable): Promise<TraceFormat> {
		for (let bytes = captureMagicBytes; ; ) {
			const head = await octets.peek(bytes);
			const format = detectFormat(head, octets.ended);
			if (format) return format;
			if (octets.ended || head.length >= detectBytes) {
				const start = quoted(head.toString('latin1', 0, 80).split(/\r?\n/)[0]);
				this.notes.fail(
					`is of no format that petrel finds out (it begins ${start}); name one: ${traceFormats.join(', ')}`,
				);
			}
			bytes = head.length + 1;
		}
	}
}
