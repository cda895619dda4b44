import { ScenarioError } from './syntax.ts';

/** The lines of a file one after the other, without comments and surrounding blanks; empty ones are left out. */
export class SourceLines {
	readonly file: string;
	readonly #lines: readonly string[];
	#next = 0;

	constructor(file: string, text: string) {
		this.file = file;
		this.#lines = text.split(/\r?\n/);
	}

	/** The number of the line that was read last, from 1. */
	get line(): number {
		return this.#next;
	}

	/** The next line that says something; undefined at the end. */
	read(): string | undefined {
		while (this.#next < this.#lines.length) {
			const text = withoutComment(this.#lines[this.#next++]);
			if (text !== '') return text;
		}
		return undefined;
	}

	/** The same without going on. */
	peek(): string | undefined {
		const here = this.#next;
		const text = this.read();
		this.#next = here;
		return text;
	}

	/** All lines up to the one that is `end`, as they are. */
	readRaw(end: string): string[] {
		const from = this.#next;
		for (; this.#next < this.#lines.length; this.#next++) {
			if (this.#lines[this.#next].trim() === end) return this.#lines.slice(from, this.#next++);
		}
		throw new ScenarioError(this.file, from, `there is no ${end} behind this line`);
	}

	fail(message: string): never {
		throw new ScenarioError(this.file, this.#next, message);
	}
}

/** A comment starts with a semicolon at the beginning of a word, outside quotes. */
function withoutComment(line: string): string {
	const match = /^(?:"(?:[^"\\]|\\.)*"|(?<=\S);|[^;])*/.exec(line);
	return match ? match[0].trim() : '';
}
