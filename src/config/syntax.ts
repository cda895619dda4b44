import type { SourcePosition } from './model.ts';

/** One word of a Corefile, with environment variables already put in. */
export interface Token {
	readonly text: string;
	readonly at: SourcePosition;
	/** Written in double quotes: never a brace. */
	readonly quoted: boolean;
	/** First of its line, or of an imported text. */
	readonly startsLine: boolean;
	/** The import that brought this word; undefined in the main file. */
	readonly origin: ImportOrigin | undefined;
}

/** A link of the chain of imports that led to a word. */
export interface ImportOrigin {
	/** What was imported, in a form that is equal for equal things: an absolute path, or `(snippet)`. */
	readonly identity: string;
	readonly parent: ImportOrigin | undefined;
	readonly depth: number;
}

/** A line of a block: a directive or one of its options. */
export interface Statement {
	readonly name: Token;
	readonly args: readonly Token[];
	/** The lines between its braces; undefined when it has none. */
	readonly block: readonly Statement[] | undefined;
}

/** A server block as written. */
export interface SourceBlock {
	readonly keys: readonly Token[];
	/** False for the one block that a file without braces is. */
	readonly braced: boolean;
	readonly statements: readonly Statement[];
}

export function isOpenBrace(token: Token | undefined): boolean {
	return token !== undefined && token.text === '{' && !token.quoted;
}

export function isCloseBrace(token: Token | undefined): boolean {
	return token !== undefined && token.text === '}' && !token.quoted;
}
