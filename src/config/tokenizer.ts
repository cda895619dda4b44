/**
 * The words of a Corefile, by the rules of the Caddyfile, version 1:
 *
 * - Words are separated by white space. There is no continuation of lines by a backslash.
 * - A word that starts with `"` goes to the next `"`, over lines too. `\"` stands for a quote; any other backslash is
 *   itself.
 * - `#` outside quotes starts a comment to the end of the line, also in the middle of a word.
 * - `{` and `}` open and close a block only where they are words of their own.
 * - `{$NAME}` and `{%NAME%}` inside a word are replaced by the environment variable. What comes in stays one word.
 *
 * Where the original takes a slip silently (a brace glued to a word, a quote that never closes) an error is reported and
 * reading goes on as if it had been written right, so that one run shows all errors.
 */
import type { SourcePosition } from './model.ts';
import type { Report } from './report.ts';
import type { Token } from './syntax.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const whiteSpace = /[\s\u0085]/u;
const environmentReference = /\{\$([^{}\s]+)\}|\{%([^{}%\s]+)%\}/g;

export function tokenize(text: string, file: string, environment: Environment, report: Report): Token[] {
	return new Tokenizer(text, file, environment, report).run();
}

class Tokenizer {
	private readonly characters: string[];
	private readonly file: string;
	private readonly environment: Environment;
	private readonly report: Report;
	private readonly tokens: Token[] = [];
	private index = 0;
	private line = 1;
	private column = 1;
	private atLineStart = true;

	constructor(text: string, file: string, environment: Environment, report: Report) {
		// A byte order mark is not a character of the first line.
		this.characters = [...(text.startsWith('\uFEFF') ? text.slice(1) : text)];
		this.file = file;
		this.environment = environment;
		this.report = report;
	}

	run(): Token[] {
		while (this.index < this.characters.length) {
			const character = this.characters[this.index];
			if (whiteSpace.test(character)) this.advance();
			else if (character === '#') this.skipComment();
			else if (character === '"') this.readQuoted();
			else this.readWord();
		}
		return this.tokens;
	}

	private here(): SourcePosition {
		return { file: this.file, line: this.line, column: this.column };
	}

	private advance(): string {
		const character = this.characters[this.index++];
		if (character === '\n') {
			this.line++;
			this.column = 1;
			this.atLineStart = true;
		} else {
			this.column++;
		}
		return character;
	}

	private skipComment(): void {
		while (this.index < this.characters.length && this.characters[this.index] !== '\n') this.advance();
	}

	private readQuoted(): void {
		const at = this.here();
		const startsLine = this.atLineStart;
		this.advance();
		let end = this.closingQuote();
		if (end < 0) {
			this.report.error(at, 'the quote that opens here is never closed', 'close it with a second "');
			end = this.characters.indexOf('\n', this.index);
			if (end < 0) end = this.characters.length;
		}
		const text = this.characters
			.slice(this.index, end)
			.join('')
			.replaceAll('\\"', '"')
			.replaceAll('\r\n', '\n');
		while (this.index < end) this.advance();
		if (this.characters[this.index] === '"') this.advance();
		this.push(text, at, true, startsLine);
	}

	/** The place of the next quote that is not escaped; -1 if there is none. */
	private closingQuote(): number {
		for (let i = this.index; i < this.characters.length; i++) {
			if (this.characters[i] === '\\') i++;
			else if (this.characters[i] === '"') return i;
		}
		return -1;
	}

	private readWord(): void {
		const at = this.here();
		const startsLine = this.atLineStart;
		let text = '';
		while (this.index < this.characters.length) {
			const character = this.characters[this.index];
			if (whiteSpace.test(character)) break;
			if (character === '#') {
				this.warnGluedComment(text);
				break;
			}
			text += this.advance();
		}
		this.splitGluedBraces(text, at, startsLine);
	}

	private warnGluedComment(word: string): void {
		let end = this.index;
		while (end < this.characters.length && !whiteSpace.test(this.characters[end])) end++;
		const rest = this.characters.slice(this.index, end).join('');
		this.report.warn(
			this.here(),
			`\`${rest}\` is a comment, although no space stands before it: the word is \`${word}\``,
			/^#\d+$/.test(rest)
				? `a port is written ${word}:${rest.slice(1)}`
				: 'put a space before # or the whole word in quotes',
		);
	}

	private splitGluedBraces(text: string, at: SourcePosition, startsLine: boolean): void {
		const glued =
			/^([^{}]+)(\{)$/.exec(text) ??
			/^([^{}]+)(\})$/.exec(text) ??
			/^(\{)([A-Za-z][^{}]*)$/.exec(text) ??
			/^(\{)(\})$/.exec(text);
		if (!glued) {
			if (text === '\\') {
				this.report.error(at, 'a backslash does not continue the line', 'write everything on one line');
			}
			this.push(text, at, false, startsLine);
			return;
		}
		const [, first, second] = glued;
		const brace = first === '{' || first === '}' ? first : second;
		const secondAt = { ...at, column: at.column + [...first].length };
		this.report.error(
			brace === first ? at : secondAt,
			`\`${text}\`: a brace must be a word of its own`,
			`write \`${first} ${second}\`${brace === '{' ? ', and the lines of the block below it' : ''}`,
		);
		this.push(first, at, false, startsLine);
		this.push(second, secondAt, false, false);
	}

	private push(raw: string, at: SourcePosition, quoted: boolean, startsLine: boolean): void {
		this.atLineStart = false;
		const text = raw.replace(
			environmentReference,
			(_, unix: string | undefined, percent: string | undefined) => {
				const name = (unix ?? percent)!;
				const value = Object.hasOwn(this.environment, name) ? this.environment[name] : undefined;
				if (value === undefined) {
					this.report.warn(at, `the environment variable ${name} is not set: it stands for an empty text`);
				}
				return value ?? '';
			},
		);
		// A brace that an environment variable brought is text: the file's shape is what is written in the file.
		this.tokens.push({ text, at, quoted: quoted || text !== raw, startsLine, origin: undefined });
	}
}
