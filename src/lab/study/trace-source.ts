import { statSync } from 'node:fs';
import { Notes } from '../../workload/read/notes.ts';
import { openTrace, type Trace } from '../../workload/read/open-trace.ts';
import { nameOfSource, Peekable, readSource } from '../../workload/read/source.ts';
import { unpacked } from '../../workload/read/unpack.ts';
import { HashedNumbering, hashOfNames, type KeyHash } from '../sampling/key-hash.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import { NameTable } from '../simulate/name-table.ts';
import { type AnswerDefaults, RequestMaker, recordedIn } from '../simulate/read-dns.ts';
import { readObjects } from '../simulate/read-objects.ts';
import { RequestBuilder, type Requests } from '../simulate/requests.ts';
import { type CsvOptions, readCsv } from '../traces/csv.ts';
import { readLirs } from '../traces/lirs.ts';
import { readLis } from '../traces/lis.ts';
import { readOracleGeneral } from '../traces/oracle-general.ts';
import type { RequestStream, RequestStreamOptions } from '../traces/request-stream.ts';
import { FilesInTime } from './files-in-time.ts';
import { findFormat, isObjectFormat, type ObjectFormat, type StudyFormat } from './find-format.ts';
import type { StudySource } from './source.ts';
import { answerNotes, readingNotes } from './trace-notes.ts';

export interface TraceSourceOptions {
	/** By default it is found out. */
	readonly format?: StudyFormat | undefined;
	/** Of captures and Zeek logs: the servers' port; 0: any. */
	readonly port?: number | undefined;
	/** Captures: what was answered is taken from the replies. True by default; false: each query has had an answer. */
	readonly pairReplies?: boolean | undefined;
	readonly duplicatesWithinMs?: number | undefined;
	/** Zeek: rows whose query was not recorded as well. */
	readonly keepIncomplete?: boolean | undefined;
	/** What DNS traces do not say. */
	readonly answers?: AnswerDefaults | undefined;
	/** How long objects last, of traces that are not of DNS. By default for ever. */
	readonly objectTtlSec?: number | undefined;
	readonly csv?: Pick<CsvOptions, 'columns' | 'delimiter' | 'header' | 'timeUnitSec'> | undefined;
	/** Is told of each line or record that cannot be read, when the files are read for the first time. */
	readonly onBad?: ((message: string) => void) | undefined;
}

/** Standard input and pipes give what they have once. Of a file that is not there whoever reads it says so. */
function isRepeatable(path: string): boolean {
	return path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true;
}

/** Requests a batch: some 200 KiB. */
const batchRequests = 8192;

/** Files of any format, packed or not, one behind the other as if they were one. Either all are of DNS or none is. */
export class TraceSource implements StudySource {
	readonly name: string;
	readonly isRepeatable: boolean;
	readonly #paths: readonly string[];
	readonly #options: TraceSourceOptions;
	readonly #nameTable = new NameTable();
	readonly #numbering = new HashedNumbering();
	readonly #hashOfName = hashOfNames(this.#nameTable);
	#formats = new Set<StudyFormat>();
	#assumed = { ttls: 0, denialTtls: 0, sizes: 0 };
	#notes: string[] = [];
	#isReadBefore = false;

	/** @param paths at least one; `-` is standard input */
	constructor(paths: readonly string[], options: TraceSourceOptions = {}) {
		this.#paths = paths;
		this.#options = options;
		this.name = paths.map(nameOfSource).join(' ');
		this.isRepeatable = paths.every(isRepeatable);
	}

	get format(): string {
		return [...this.#formats].join(', ');
	}

	get isDns(): boolean {
		return ![...this.#formats].some(isObjectFormat);
	}

	get names(): KeyNames | undefined {
		return this.isDns ? this.#nameTable : undefined;
	}

	get keyCount(): number {
		return this.isDns ? this.#nameTable.count : this.#numbering.count;
	}

	get keyHash(): KeyHash {
		return this.isDns ? this.#hashOfName : this.#numbering.hash;
	}

	get notes(): readonly string[] {
		return this.#notes;
	}

	async *batches(): AsyncGenerator<Requests, void, void> {
		this.#notes = [];
		this.#assumed = { ttls: 0, denialTtls: 0, sizes: 0 };
		const inTime = new FilesInTime();
		for (const path of this.#paths) yield* this.#readFile(path, inTime);
		this.#notes.push(...inTime.notes);
		if (this.isDns) this.#notes.push(...answerNotes(this.#formats, this.#assumed, this.#options));
		this.#isReadBefore = true;
	}

	async *#readFile(path: string, inTime: FilesInTime): AsyncGenerator<Requests, void, void> {
		const name = nameOfSource(path);
		const notes = new Notes(name, (message) => this.#tellBad(message));
		const packed = new Peekable(readSource(path));
		let octets = packed;
		try {
			octets = await unpacked(packed, notes);
			const format = this.#options.format ?? (await findFormat(octets, notes));
			this.#note(format, notes);
			inTime.begin(name);
			yield* isObjectFormat(format)
				? this.#readObjects(format, octets, name, inTime)
				: this.#readDns(format, octets, name, inTime);
			this.#notes.push(...readingNotes(name, notes));
		} finally {
			await octets.close();
			if (octets !== packed) packed.close().catch(() => {});
		}
	}

	#note(format: StudyFormat, notes: Notes): void {
		const [before] = this.#formats;
		if (before !== undefined && isObjectFormat(before) !== isObjectFormat(format)) {
			notes.fail(
				`is of the format ${format}, and the file before of ${before}: study DNS traces and others apart`,
			);
		}
		this.#formats.add(format);
	}

	#tellBad(message: string): void {
		if (!this.#isReadBefore) this.#options.onBad?.(message);
	}

	async *#readDns(
		format: NonNullable<Trace['format']>,
		octets: Peekable,
		name: string,
		inTime: FilesInTime,
	): AsyncGenerator<Requests, void, void> {
		const { port, duplicatesWithinMs, keepIncomplete, pairReplies = true, answers } = this.#options;
		const more = { port, duplicatesWithinMs, keepIncomplete, pairReplies };
		const onBad = (message: string): void => this.#tellBad(message);
		const trace = openTrace(octets.read(), { ...more, format, name, onBad });
		const builder = new RequestBuilder(Number.POSITIVE_INFINITY, batchRequests);
		const maker = new RequestMaker(this.#nameTable, recordedIn(format, pairReplies), answers);
		for await (const queries of trace.batches()) {
			for (const query of queries) {
				inTime.place(query.atMs);
				maker.add(query, builder);
				if (builder.count === batchRequests) yield inTime.shift(builder.take());
			}
		}
		if (builder.count > 0) yield inTime.shift(builder.take());
		this.#assumed.ttls += maker.assumed.ttls;
		this.#assumed.denialTtls += maker.assumed.denialTtls;
		this.#assumed.sizes += maker.assumed.sizes;
		this.#notes.push(...readingNotes(name, trace));
	}

	async *#readObjects(
		format: ObjectFormat,
		octets: Peekable,
		name: string,
		inTime: FilesInTime,
	): AsyncGenerator<Requests, void, void> {
		const options = { name, onBad: (message: string): void => this.#tellBad(message) };
		const stream = this.#openObjects(format, octets, options);
		const { objectTtlSec } = this.#options;
		for await (const batch of readObjects(stream, this.#numbering, { ttlSec: objectTtlSec })) {
			yield inTime.shift(batch);
		}
		this.#notes.push(...readingNotes(name, stream));
	}

	#openObjects(format: ObjectFormat, octets: Peekable, options: RequestStreamOptions): RequestStream {
		const source = octets.read();
		switch (format) {
			case 'oracle-general':
				return readOracleGeneral(source, options);
			case 'csv':
				return readCsv(source, { ...this.#options.csv, ...options });
			case 'lis':
				return readLis(source, options);
			case 'lirs':
				return readLirs(source, options);
		}
	}
}
