/** Server blocks, braces, snippets and imports. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type LoadResult, loadCorefile } from '../../../src/config/load.ts';
import { assertError, assertFinding, assertWarning, type ExpectedFinding, load, modelOf } from './support.ts';

function shape(text: string): string[] {
	return modelOf(text).blocks.map((block) => {
		const cached = block.cache ? ` cache ${block.cache.successTtlMaxSec}` : '';
		return `${block.keys.map((key) => key.zone).join(' ')}${cached}${block.whoami ? ' whoami' : ''}`;
	});
}

const valid: readonly [name: string, text: string, expected: string[]][] = [
	['two blocks', 'a {\n whoami\n}\nb {\n whoami\n}', ['a. whoami', 'b. whoami']],
	['a block without braces', '# first\na b\n whoami\ncache 7 {\n keepttl\n}\n', ['a. b. cache 7 whoami']],
	['the brace of a server block in the next line', 'a\n{\n whoami\n}', ['a. whoami']],
	['all on one line', 'a { whoami }', ['a. whoami']],
	['the block of a directive on one line', 'a {\n cache 7 { keepttl }\n whoami\n}', ['a. cache 7 whoami']],
	['a snippet', '(x) {\n cache 7\n}\na {\n import x\n whoami\n}', ['a. cache 7 whoami']],
	[
		'a snippet of server blocks',
		'(x) {\n a {\n  whoami\n }\n}\nimport x\nb {\n whoami\n}',
		['a. whoami', 'b. whoami'],
	],
	[
		'a snippet in a snippet',
		'(x) {\n cache 7\n}\n(y) {\n import x\n}\na {\n import y\n whoami\n}',
		['a. cache 7 whoami'],
	],
	[
		'a snippet inside the block of a directive',
		'(x) {\n success 1 8\n}\na {\n cache {\n import x\n }\n whoami\n}',
		['a. cache 8 whoami'],
	],
	[
		'arguments of a snippet',
		'(x) {\n cache {args[0]} {args.1}\n}\na b {\n import x 7 b\n whoami\n}',
		['a. b. cache 7 whoami'],
	],
	['import as an argument is a word', 'import. {\n whoami\n}', ['import. whoami']],
];

for (const [name, text, expected] of valid) {
	test(`shape: ${name}`, () => assert.deepEqual(shape(text), expected));
}

const invalid: readonly [name: string, text: string, expected: ExpectedFinding][] = [
	['an empty file', ' # nothing\n', { at: '1:1', message: /no server block/ }],
	['a block without a key', '{\n whoami\n}', { at: '1:1', message: /needs a zone/, hint: /`\. \{`/ }],
	['a key that is an empty text', '"" {\n whoami\n}', { at: '2:2', message: /has no zone/ }],
	['a block that is never closed', 'a {\n whoami\n', { at: '1:3', message: /never closed/ }],
	['a directive that is never closed', 'a {\n cache {\n whoami\n}', { at: '1:3', message: /never closed/ }],
	['a brace too many', 'a {\n whoami\n}\n}', { at: '4:1', message: /closes nothing/ }],
	['a brace too many in a block without braces', 'a\nwhoami\n}\n', { at: '3:1', message: /closes nothing/ }],
	['a comma with nothing behind it', 'a, {\n whoami\n}', { at: '1:1', message: /another key/ }],
	[
		'the brace of a directive in the next line',
		'a {\n cache\n {\n }\n whoami\n}',
		{ at: '3:2', message: /same line/ },
	],
	[
		'a block without a directive',
		'a {\n whoami\n {\n cache\n }\n}',
		{ at: '3:2', message: /needs a directive|must stand on the same line/ },
	],
	[
		'a directive outside a server block',
		'forward . 192.0.2.1\ncache',
		{ at: '1:1', message: /outside a server block/ },
	],
	[
		'a block with braces below one without',
		'a\nwhoami\nb.example {\n whoami\n}',
		{ at: '3:1', message: /no directive `b\.example`/, hint: /block in line 1 needs braces/ },
	],
	['blocks that are nested too deeply', `a {\n${'x {\n'.repeat(20)}`, { at: '1:3', message: /never closed/ }],
	['a snippet without a block', '(x)\nwhoami', { at: '1:1', message: /has no block/ }],
	[
		'a snippet that is defined twice',
		'(x) {\n}\n(x) {\n}\na {\n whoami\n}',
		{ at: '3:1', message: /defined twice/ },
	],
	[
		'a snippet that is defined below',
		'a {\n import x\n whoami\n}\n(x) {\n}',
		{ at: '2:9', message: /only further down/ },
	],
	[
		'a snippet that imports itself',
		'(x) {\n import x\n}\na {\n import x\n whoami\n}',
		{ at: '2:9', message: /imports itself/ },
	],
	[
		'an argument that is not given',
		'(x) {\n cache {args[0]}\n}\na {\n import x\n whoami\n}',
		{ at: '5:9', message: /\{args\[0\]\}.*no value/ },
	],
	['import without a file', 'a {\n import\n whoami\n}', { at: '2:2', message: /needs the name/ }],
	[
		'a file that is missing',
		'a {\n import no/such.conf\n whoami\n}',
		{ at: '2:9', message: /cannot be imported: ENOENT/ },
	],
	[
		'a pattern with brackets',
		'a {\n import [ab].conf\n whoami\n}',
		{ at: '2:9', message: /one \* and one \?/ },
	],
];

for (const [name, text, expected] of invalid) {
	test(`shape: ${name} is an error`, () => {
		const { errors, model } = load(text);
		assert.equal(model, undefined);
		const messages = errors.map((error) => `${error.at.line}:${error.at.column} ${error.message}`);
		const error = errors.find(
			({ at, message }) => `${at.line}:${at.column}` === expected.at && expected.message.test(message),
		);
		assert.ok(error, messages.join('\n'));
		assertFinding(error, expected);
	});
}

test('shape: snippets that grow without end are cut off', () => {
	const doubling = Array.from(
		{ length: 30 },
		(_, i) => `(s${i + 1}) {\n import s${i}\n import s${i}\n}\n`,
	).join('');
	const { errors } = load(`(s0) {\n whoami\n}\n${doubling}a {\n import s30\n}\n`);
	assert.ok(errors.some((error) => /nested deeper|more than 1000 imports/.test(error.message)));
});

test('shape: all errors of a file are found in one run, in the order of the file', () => {
	const { errors } = load('a {\n cache 0\n lop\n}\nb {\n forward . x\n cache {\n  servfail 1h\n }\n}\n');
	assert.deepEqual(
		errors.map((error) => error.at.line),
		[2, 3, 6, 8],
	);
});

const directory = mkdtempSync(join(tmpdir(), 'corefile-'));
after(() => rmSync(directory, { recursive: true }));

function loadFiles(files: Readonly<Record<string, string>>): LoadResult {
	const root = mkdtempSync(join(directory, 'case-'));
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(root, name)), { recursive: true });
		writeFileSync(join(root, name), text);
	}
	return loadCorefile({ path: join(root, 'Corefile'), env: { DIRECTORY: 'sub' } });
}

test('import: files are relative to the file that imports them, and are listed', () => {
	const { model, errors } = loadFiles({
		Corefile: 'a {\n import {$DIRECTORY}/one.conf 7\n}\n',
		'sub/one.conf': 'import two.conf {args[0]}\nwhoami',
		'sub/two.conf': 'cache {args[0]}',
	});
	assert.deepEqual(errors, []);
	assert.equal(model?.blocks[0].cache?.successTtlMaxSec, 7);
	assert.deepEqual(
		model?.files.map((file) => file.split('/').pop()),
		['Corefile', 'one.conf', 'two.conf'],
	);
});

test('import: a pattern brings files in alphabetical order, and no directories', () => {
	const { model, errors } = loadFiles({
		Corefile: 'import conf/*.block\n',
		'conf/b.block': 'b {\n whoami\n}\n',
		'conf/a.block': 'a {\n whoami\n}\n',
		'conf/c.other': 'c {\n whoami\n}\n',
		'conf/d.block/x': '',
	});
	assert.deepEqual(errors, []);
	assert.deepEqual(
		model?.blocks.map((block) => block.keys[0].zone),
		['a.', 'b.'],
	);
});

test('import: a pattern that matches nothing is a warning', () => {
	assertWarning('a {\n import no-such-*.conf\n whoami\n}', { at: '2:9', message: /no file matches/ });
});

test('import: an error in an imported file names that file and its line', () => {
	const { errors } = loadFiles({ Corefile: 'a {\n import x.conf\n whoami\n}\n', 'x.conf': '\n cache 0\n' });
	assert.equal(errors.length, 1);
	assert.match(errors[0].at.file, /x\.conf$/);
	assert.deepEqual([errors[0].at.line, errors[0].at.column], [2, 8]);
});

test('import: files that import each other are an error that shows the way', () => {
	const { errors } = loadFiles({
		Corefile: 'import x.conf\n',
		'x.conf': 'import y.conf\n',
		'y.conf': 'import x.conf\n',
	});
	assert.equal(errors.length, 1);
	assert.match(errors[0].message, /imports itself/);
	assert.match(errors[0].hint ?? '', /x\.conf imports .*y\.conf imports .*x\.conf/);
});

test('import: a directory is an error with its cure', () => {
	const { errors } = loadFiles({ Corefile: 'import sub\n', 'sub/x': '' });
	assert.match(errors[0].message, /is a directory/);
	assert.match(errors[0].hint ?? '', /sub\/\*/);
});

test('import: many words at once are no trouble, too many are an error', () => {
	const line = `whoami ${'x '.repeat(150_000)}\n`;
	const { errors } = loadFiles({ Corefile: 'a {\n import x\n}\n', x: line });
	assert.match(errors[0].message, /takes no arguments, not 150000 arguments/);
	const many = loadFiles({ Corefile: 'a {\n import x\n}\n', x: `${line}${line}` });
	assert.match(many.errors[0].message, /more than 200000 words/);
});

test('a Corefile that is not there is an error at its start', () => {
	const { errors, model } = loadCorefile({ path: join(directory, 'missing'), env: {} });
	assert.equal(model, undefined);
	assertFinding(errors[0], { at: '1:1', message: /cannot be read: ENOENT/ });
});

test('one slip is one error', () => {
	assertError('a {\n whoami{\n }\n}', { at: '2:8', message: /word of its own/ });
	assertError('a {\n whoami\n bind "lo\n}\n', { at: '3:7', message: /never closed/ });
});
