/** What `import` brings in: files, globs, snippets, with arguments, and the bounds that keep cycles finite. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { messageOf } from '../util/errors.ts';
import type { SourcePosition } from './model.ts';
import { pillarHint } from './pillar.ts';
import type { Report } from './report.ts';
import type { ImportOrigin, Token } from './syntax.ts';
import { type Environment, tokenize } from './tokenizer.ts';

/** Imports in imports. */
const depthMax = 20;
/** Imports of one configuration (CoreDNS: as many). */
const expansionsMax = 1000;
/** Words of one configuration, so that snippets that import others twice do not grow without end. */
const wordsMax = 200_000;
const fileSizeBytesMax = 4 << 20;

const argumentReference = /\{args(?:\[(\d+)\]|\.(\d+))\}/g;

interface Snippet {
	readonly at: SourcePosition;
	readonly tokens: readonly Token[];
}

export class ImportExpander {
	private readonly environment: Environment;
	private readonly report: Report;
	private readonly sources: Map<string, string>;
	private readonly snippets = new Map<string, Snippet>();
	private expansionCount = 0;
	private wordCount = 0;

	/** @param sources every file that is read is added */
	constructor(environment: Environment, report: Report, sources: Map<string, string>) {
		this.environment = environment;
		this.report = report;
		this.sources = sources;
	}

	define(name: string, at: SourcePosition, tokens: readonly Token[]): void {
		const first = this.snippets.get(name);
		if (first) {
			this.report.error(
				at,
				`the snippet \`(${name})\` is defined twice`,
				`it is defined in ${first.at.file}:${first.at.line} already: give this one another name`,
			);
			return;
		}
		this.snippets.set(name, { at, tokens });
	}

	/**
	 * The words that stand for `import words…`.
	 *
	 * @param later the words behind the import, to tell a snippet that is defined too late from a missing file
	 */
	expand(keyword: Token, words: readonly Token[], later: readonly Token[]): Token[] {
		const [target, ...args] = words;
		if (target === undefined || target.text === '') {
			const hint = 'write `import FILE`, `import DIRECTORY/*.conf` or `import SNIPPET`';
			this.report.error(keyword.at, '`import` needs the name of a file or snippet', hint);
			return [];
		}
		const snippet = this.snippets.get(target.text);
		if (snippet) return this.take(`(${target.text})`, snippet.tokens, target, args);

		if (later.some((token) => token.text === `(${target.text})`)) {
			const hint = 'move its definition above this import';
			this.report.error(target.at, `the snippet \`(${target.text})\` is defined only further down`, hint);
			return [];
		}
		return this.findFiles(target).flatMap((file) => {
			const tokens = this.readTokens(file, target);
			return tokens ? this.take(resolve(file), tokens, target, args) : [];
		});
	}

	/** The files a pattern names, relative to the file that holds the import, in alphabetical order. */
	private findFiles(target: Token): string[] {
		const pattern = target.text;
		const path = isAbsolute(pattern) ? pattern : join(dirname(target.at.file), pattern);
		if (!/[*?[\]]/.test(path)) return [path];
		if (path.split('*').length > 2 || path.split('?').length > 2 || /[[\]]/.test(path)) {
			const hint = 'write several imports';
			this.report.error(target.at, `\`${pattern}\`: a pattern may hold one * and one ?, and no [ ]`, hint);
			return [];
		}
		try {
			const files = globSync(path).filter((file) => statSync(file).isFile());
			if (files.length === 0) this.report.warn(target.at, `no file matches \`${pattern}\``);
			return files.sort();
		} catch (thrown) {
			this.report.error(target.at, `\`${pattern}\` cannot be searched: ${messageOf(thrown)}`);
			return [];
		}
	}

	private readTokens(file: string, target: Token): Token[] | undefined {
		try {
			const status = statSync(file);
			if (status.isDirectory()) {
				const hint = `for the files in it write \`import ${target.text}/*\``;
				this.report.error(target.at, `\`${file}\` is a directory`, hint);
				return undefined;
			}
			if (!status.isFile() || status.size > fileSizeBytesMax) {
				const limit = `${fileSizeBytesMax >> 20} MiB`;
				this.report.error(target.at, `\`${file}\` is not a file of at most ${limit}`);
				return undefined;
			}
			const text = readFileSync(file, 'utf8');
			this.sources.set(file, text);
			return tokenize(text, file, this.environment, this.report);
		} catch (thrown) {
			const hint =
				pillarHint(target.text) ??
				'the path is relative to the file with the import; a snippet must be defined above it';
			this.report.error(target.at, `\`${target.text}\` cannot be imported: ${messageOf(thrown)}`, hint);
			return undefined;
		}
	}

	private take(identity: string, tokens: readonly Token[], target: Token, args: readonly Token[]): Token[] {
		if (!this.withinBounds(identity, tokens.length, target)) return [];
		const origin = { identity, parent: target.origin, depth: (target.origin?.depth ?? 0) + 1 };
		return tokens.map((token, index) => ({
			...token,
			text: this.putArguments(token, args, target),
			startsLine: token.startsLine || index === 0,
			origin,
		}));
	}

	private withinBounds(identity: string, wordCount: number, target: Token): boolean {
		const chain: string[] = [];
		for (let link: ImportOrigin | undefined = target.origin; link; link = link.parent) {
			chain.unshift(link.identity);
			if (link.identity !== identity) continue;
			this.report.error(
				target.at,
				`\`${target.text}\` imports itself`,
				[...chain, identity].join(' imports '),
			);
			return false;
		}
		this.expansionCount++;
		this.wordCount += wordCount;
		const exceeded =
			chain.length >= depthMax
				? `imports are nested deeper than ${depthMax}`
				: this.expansionCount > expansionsMax
					? `more than ${expansionsMax} imports`
					: this.wordCount > wordsMax
						? `imports bring more than ${wordsMax} words`
						: undefined;
		if (exceeded !== undefined)
			this.report.error(target.at, exceeded, 'check what the imported text imports');
		return exceeded === undefined;
	}

	private putArguments(token: Token, args: readonly Token[], target: Token): string {
		return token.text.replace(argumentReference, (reference, bracketed?: string, dotted?: string) => {
			const value = args[Number(bracketed ?? dotted)];
			if (value) return value.text;
			const given = args.length === 1 ? '1 argument' : `${args.length} arguments`;
			const { file, line } = token.at;
			this.report.error(
				target.at,
				`\`${reference}\` (${file}:${line}) has no value: this import gives ${given}`,
			);
			return '';
		});
	}
}
