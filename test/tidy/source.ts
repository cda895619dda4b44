import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export interface SourceFile {
	/** Relative to the checkout, with forward slashes. */
	readonly path: string;
	readonly text: string;
}

/** Every TypeScript file under `src/`. */
export function sourceFiles(): readonly SourceFile[] {
	return globSync('src/**/*.ts', { cwd: root })
		.sort()
		.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** What git tracks or would track: everything that is not ignored. */
export function trackedPaths(): readonly string[] {
	const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
		cwd: root,
		encoding: 'utf8',
	});
	return [...new Set(list.split('\0').filter((path) => path !== ''))].sort();
}

/** The number of the line, from 1, in which an offset lies. */
export function lineAt(text: string, offset: number): number {
	return text.slice(0, offset).split('\n').length;
}

export interface BlankOptions {
	/** Keep what is in quotes; otherwise strings become blanks too. */
	readonly keepStrings: boolean;
}

/**
 * The text with comments, and if wanted strings and regular expressions, turned into blanks, so that every offset and
 * line stays. It knows as much of the language as that needs; what `${}` holds in a template is taken as part of it.
 */
export function blankOut(text: string, { keepStrings }: BlankOptions): string {
	let result = '';
	let at = 0;
	const keep = (end: number): void => {
		result += text.slice(at, end);
		at = end;
	};
	const blank = (end: number): void => {
		result += text.slice(at, end).replace(/[^\n]/g, ' ');
		at = end;
	};
	while (at < text.length) {
		const rest = text.slice(at, at + 2);
		if (rest === '//') blank(indexOrEnd(text, '\n', at));
		else if (rest === '/*') blank(indexOrEnd(text, '*/', at + 2) + 2);
		else if (/['"`]/.test(text[at])) (keepStrings ? keep : blank)(endOfString(text, at));
		else if (text[at] === '/' && /(?:^|[(,=:[!&|?{};>]|\breturn)\s*$/.test(result))
			blank(endOfRegExp(text, at));
		else keep(at + 1);
	}
	return result;
}

function indexOrEnd(text: string, what: string, from: number): number {
	const index = text.indexOf(what, from);
	return index === -1 ? text.length : index;
}

function endOfString(text: string, start: number): number {
	let at = start + 1;
	while (at < text.length && text[at] !== text[start]) at += text[at] === '\\' ? 2 : 1;
	return at + 1;
}

function endOfRegExp(text: string, start: number): number {
	let inClass = false;
	for (let at = start + 1; at < text.length; at++) {
		if (text[at] === '\\') at++;
		else if (text[at] === '[') inClass = true;
		else if (text[at] === ']') inClass = false;
		else if (text[at] === '\n' || (text[at] === '/' && !inClass)) return at + 1;
	}
	return text.length;
}
