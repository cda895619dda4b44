/**
 * The shape of a Corefile: server blocks, their directives, the directives' options. Which words mean something is not
 * known here.
 *
 * Imports work on words, as in the Caddyfile: `import X` is replaced by the words of X before anything looks at them, so
 * an imported text may hold server blocks, directives or options, wherever it stands. What bounds them is in
 * `imports.ts`.
 */
import { ImportExpander } from './imports.ts';
import type { SourcePosition } from './model.ts';
import type { Report } from './report.ts';
import { isCloseBrace, isOpenBrace, type SourceBlock, type Statement, type Token } from './syntax.ts';
import { type Environment, tokenize } from './tokenizer.ts';

/** Blocks in blocks: the deepest that means anything is a directive's, at 2. */
const nestingMax = 8;

export interface ParsedFile {
	readonly blocks: SourceBlock[];
	/** Text of every file that was read, by the name it has in findings; the main file first. */
	readonly sources: Map<string, string>;
}

export function parseCorefile(
	text: string,
	file: string,
	environment: Environment,
	report: Report,
): ParsedFile {
	const sources = new Map([[file, text]]);
	const imports = new ImportExpander(environment, report, sources);
	const blocks = new Parser(tokenize(text, file, environment, report), imports, report).parse();
	return { blocks, sources };
}

class Parser {
	private tokens: Token[];
	private readonly imports: ImportExpander;
	private readonly report: Report;
	private cursor = 0;

	constructor(tokens: Token[], imports: ImportExpander, report: Report) {
		this.tokens = tokens;
		this.imports = imports;
		this.report = report;
	}

	parse(): SourceBlock[] {
		const blocks: SourceBlock[] = [];
		while (this.cursor < this.tokens.length) {
			const token = this.tokens[this.cursor];
			if (isCloseBrace(token)) {
				this.strayClose(token);
			} else if (isOpenBrace(token)) {
				this.report.error(token.at, 'a server block needs a zone before its {', 'for all names write `. {`');
				this.cursor++;
				this.readBody(token, 1);
			} else if (isImport(token)) {
				this.expandImport();
			} else {
				const block = this.readServerBlock();
				if (block) blocks.push(block);
			}
		}
		return blocks;
	}

	private readServerBlock(): SourceBlock | undefined {
		const first = this.tokens[this.cursor];
		const keys = this.readKeys();
		const open = this.tokens[this.cursor];
		const braced = isOpenBrace(open);
		const snippet = keys.length === 1 ? /^\((.+)\)$/.exec(first.text) : null;
		if (snippet) {
			this.readSnippet(snippet[1], first, open);
			return undefined;
		}
		if (braced) this.cursor++;
		return { keys, braced, statements: this.readBody(braced ? open : undefined, 1) };
	}

	/** Keys go to the end of the line, or to the brace; a comma at the end lets them go on in the next line. */
	private readKeys(): Token[] {
		const keys: Token[] = [];
		const start = this.cursor;
		let commaAt: SourcePosition | undefined;
		while (this.cursor < this.tokens.length) {
			const token = this.tokens[this.cursor];
			if (isOpenBrace(token) || isCloseBrace(token)) break;
			if (token.startsLine && this.cursor > start && !commaAt) break;
			this.cursor++;
			let column = token.at.column;
			for (const text of token.text.split(',')) {
				if (text !== '') keys.push({ ...token, text, at: { ...token.at, column } });
				// Text from quotes or a variable is not as long as what stands in the file.
				if (!token.quoted) column += [...text].length + 1;
			}
			commaAt = token.text.endsWith(',') ? token.at : undefined;
		}
		if (commaAt) {
			this.report.error(commaAt, 'another key must follow the comma', 'remove the comma or add the zone');
		}
		return keys;
	}

	private readSnippet(name: string, at: Token, open: Token | undefined): void {
		if (!isOpenBrace(open)) {
			this.report.error(at.at, `the snippet \`(${name})\` has no block`, `write \`(${name}) {\``);
			return;
		}
		const start = ++this.cursor;
		if (this.skipToClose(open!)) this.imports.define(name, at.at, this.tokens.slice(start, this.cursor - 1));
	}

	/** The lines up to the brace that closes `open`, or to the end of the file where there is none. */
	private readBody(open: Token | undefined, depth: number): Statement[] {
		const statements: Statement[] = [];
		while (this.cursor < this.tokens.length) {
			const token = this.tokens[this.cursor];
			if (isCloseBrace(token)) {
				if (!open) {
					this.strayClose(token);
					continue;
				}
				this.cursor++;
				return statements;
			}
			if (isImport(token)) this.expandImport();
			else if (isOpenBrace(token)) this.skipNamelessBlock(token);
			else statements.push(this.readStatement(depth));
		}
		if (open) this.neverClosed(open);
		return statements;
	}

	private readStatement(depth: number): Statement {
		const name = this.tokens[this.cursor++];
		const args = this.readLineRest();
		const open = this.tokens[this.cursor];
		if (!isOpenBrace(open)) return { name, args, block: undefined };
		this.cursor++;
		if (open.startsLine) {
			this.report.error(
				open.at,
				`the { of \`${name.text}\` must stand on the same line`,
				`write \`${name.text} … {\``,
			);
		}
		if (depth < nestingMax) return { name, args, block: this.readBody(open, depth + 1) };
		this.report.error(open.at, `blocks are nested deeper than ${nestingMax}`, 'check the braces above');
		this.skipToClose(open);
		return { name, args, block: [] };
	}

	private readLineRest(): Token[] {
		const start = this.cursor;
		while (this.cursor < this.tokens.length) {
			const token = this.tokens[this.cursor];
			if (token.startsLine || isOpenBrace(token) || isCloseBrace(token)) break;
			this.cursor++;
		}
		return this.tokens.slice(start, this.cursor);
	}

	private expandImport(): void {
		const start = this.cursor++;
		const words = this.readLineRest();
		const later = this.tokens.slice(this.cursor);
		const imported = this.imports.expand(this.tokens[start], words, later);
		// Not splice(...imported): so many arguments may exceed the stack.
		this.tokens = [...this.tokens.slice(0, start), ...imported, ...later];
		this.cursor = start;
	}

	/** Moves behind the brace that closes `open`; false, and an error, if there is none. */
	private skipToClose(open: Token): boolean {
		for (let depth = 1; this.cursor < this.tokens.length; ) {
			const token = this.tokens[this.cursor++];
			if (isOpenBrace(token)) depth++;
			if (isCloseBrace(token) && --depth === 0) return true;
		}
		this.neverClosed(open);
		return false;
	}

	private skipNamelessBlock(open: Token): void {
		this.report.error(open.at, 'a block needs a directive before its {');
		this.cursor++;
		this.skipToClose(open);
	}

	private strayClose(token: Token): void {
		this.report.error(token.at, 'this } closes nothing', 'remove it, or add the { it belongs to');
		this.cursor++;
	}

	private neverClosed(open: Token): void {
		this.report.error(
			open.at,
			'the { that opens here is never closed',
			'add a } behind the last line of the block',
		);
	}
}

function isImport(token: Token): boolean {
	return token.text === 'import' && token.startsLine;
}
