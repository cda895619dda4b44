/** What a scenario file says, once read: plain data with the line that each part came from. docs/scenarios.md has the grammar. */
export interface Scenario {
	readonly file: string;
	readonly title: string;
	readonly config: ScenarioConfig;
	readonly ranges: readonly Range[];
	readonly steps: readonly Step[];
}

export interface ScenarioConfig {
	/** The Corefile, moved down by empty lines so that its findings name lines of the scenario. */
	readonly corefile: string;
	readonly shards: number;
	readonly cacheBytes: number;
	readonly seed: number;
}

/** Standing answers: the entries match upstream queries while a step from `first` to `last` runs. */
export interface Range {
	readonly first: number;
	readonly last: number;
	/** Of upstreams, without port; none: all. */
	readonly addresses: readonly string[];
	readonly entries: readonly Entry[];
}

export interface Step {
	readonly number: number;
	readonly line: number;
	readonly event: string;
	/** The words behind the event. */
	readonly words: readonly string[];
	/** From the lines that follow, or from records behind `|` in the step's own. */
	readonly entry: Entry | undefined;
	readonly records: RecordLines;
}

export interface SourceText {
	readonly line: number;
	readonly text: string;
}

/** Records in presentation format, by section. */
export interface RecordLines {
	readonly answer: SourceText[];
	readonly authority: SourceText[];
	readonly additional: SourceText[];
}

export function noRecordLines(): RecordLines {
	return { answer: [], authority: [], additional: [] };
}

/** A message as an entry describes it: one to send, or one to expect. */
export interface Entry {
	readonly line: number;
	/** Words of the MATCH lines; undefined: there are none. */
	readonly match: readonly string[] | undefined;
	/** Words of the ADJUST lines. */
	readonly adjust: readonly string[];
	readonly header: HeaderWords;
	/** undefined: no SECTION QUESTION, the question is that of the message answered or expected. */
	readonly questions: readonly SourceText[] | undefined;
	readonly records: RecordLines;
	/** Octets in place of a message built from the rest. */
	readonly octets: Uint8Array | undefined;
}

/** What the words of REPLY lines and of one-line messages say. undefined: nothing said. */
export interface HeaderWords {
	/** Upper-case mnemonics: QR, AA, TC, RD, RA, AD, CD. */
	flags: Set<string> | undefined;
	opcode: number | undefined;
	rcode: number | undefined;
	/** true, false (NOEDNS), or undefined: as whoever is answered. */
	edns: boolean | undefined;
	payloadBytes: number | undefined;
	version: number | undefined;
	dnssecOk: boolean | undefined;
	/** INFO-CODE of an Extended DNS Error. */
	ede: number | undefined;
	readonly options: EdnsOption[];
}

export interface EdnsOption {
	readonly code: number;
	readonly data: Buffer;
}

/** A fault of the scenario file, or what it found. The message names file and line. */
export class ScenarioError extends Error {
	constructor(file: string, line: number, message: string) {
		super(`${file}:${line}: ${message}`);
		this.name = 'ScenarioError';
	}
}
