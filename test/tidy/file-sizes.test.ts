/**
 * Goal: rooms stay small. Method: lines of every file under `src/`, and of every function body in it, found by matching
 * braces in the text without comments and strings.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankOut, lineAt, type SourceFile, sourceFiles } from './source.ts';

const fileLinesMax = 300;
const functionLinesMax = 70;

/** Files that may be longer for now, with the length that they must not exceed. It only ever shrinks. */
const longerFiles: Readonly<Record<string, number>> = {};

const notFunctions = /\b(?:if|for|while|switch|catch|with)\s*$/;

interface FunctionBody {
	readonly line: number;
	readonly lines: number;
}

/** Where the bracket opens that closes at `close`; -1 if nowhere. */
function matchBackward(code: string, close: number): number {
	let depth = 0;
	for (let at = close; at >= 0; at--) {
		if (code[at] === ')') depth++;
		if (code[at] === '(' && --depth === 0) return at;
	}
	return -1;
}

/** The start of the function whose body opens at `brace`; -1 if the brace opens something else. */
function functionStart(code: string, brace: number): number {
	const before = code.slice(0, brace).trimEnd();
	if (before.endsWith('=>')) {
		const parameters = before.slice(0, -2).trimEnd();
		const close = parameters.lastIndexOf(')');
		return close === -1 ? parameters.length - 1 : Math.max(0, matchBackward(code, close));
	}
	const signature = /\)\s*(?::\s*[\w\s.<>[\]|&,'"*]+)?$/.exec(before);
	if (!signature) return -1;
	const open = matchBackward(code, signature.index);
	return open === -1 || notFunctions.test(code.slice(0, open)) ? -1 : open;
}

function functionsOf(text: string): FunctionBody[] {
	const code = blankOut(text, { keepStrings: false });
	const bodies: FunctionBody[] = [];
	const open: number[] = [];
	for (let at = 0; at < code.length; at++) {
		if (code[at] === '{') open.push(at);
		if (code[at] !== '}') continue;
		const brace = open.pop();
		if (brace === undefined) continue;
		const start = functionStart(code, brace);
		if (start === -1) continue;
		const line = lineAt(code, start);
		bodies.push({ line, lines: lineAt(code, at) - line + 1 });
	}
	return bodies;
}

function tooLong({ path, text }: SourceFile): string[] {
	const lines = text.trimEnd().split('\n').length;
	const max = longerFiles[path] ?? fileLinesMax;
	const file = lines > max ? [`${path} has ${lines} lines, at most ${max}: split it by ideas`] : [];
	const functions = functionsOf(text)
		.filter((body) => body.lines > functionLinesMax)
		.map((body) => `${path}:${body.line}: a function of ${body.lines} lines, at most ${functionLinesMax}`);
	return [...file, ...functions];
}

test('files and functions fit', () => {
	assert.deepEqual(sourceFiles().flatMap(tooLong), []);
});

test('the measure sees functions, methods and arrows, and nothing else', () => {
	const body = '\n'.repeat(functionLinesMax);
	const found = (text: string): number => tooLong({ path: 'src/a.ts', text }).length;
	assert.equal(found(`function a(b: number): void {${body}}`), 1);
	assert.equal(found(`const a = (b: number) => {${body}};`), 1);
	assert.equal(found(`class A { #b(c: Map<string, number>): Promise<number[]> {${body}} }`), 1);
	assert.equal(found(`class A { constructor() {${body}} }`), 1);
	assert.equal(found(`if (a) {${body}}`), 0);
	assert.equal(found(`const a = {${body}};`), 0);
	assert.equal(found(`class A {${body}}`), 0);
	assert.equal(found(`const a = '=> {';${body}`), 0);
	assert.equal(found('\n'.repeat(fileLinesMax).replaceAll('\n', 'a;\n').concat('a;')), 1);
});

test('no file on the list of longer ones is short enough to leave it', () => {
	for (const { path, text } of sourceFiles()) {
		if (longerFiles[path] === undefined) continue;
		assert.ok(text.trimEnd().split('\n').length > fileLinesMax, `${path} fits: take it off the list`);
	}
});
