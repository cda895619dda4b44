/** Words and their places, by the rules of the Caddyfile (version 1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Report } from '../../../src/config/report.ts';
import { tokenize } from '../../../src/config/tokenizer.ts';
import { assertFinding, type Environment, type ExpectedFinding } from './support.ts';

function words(text: string, env: Environment = {}): { words: string[]; report: Report } {
	const report = new Report();
	return { words: tokenize(text, 'Corefile', env, report).map((token) => token.text), report };
}

const valid: readonly [name: string, text: string, expected: string[], env?: Environment][] = [
	['white space of any kind separates', 'a\tb\u00a0c\r\nd\ve', ['a', 'b', 'c', 'd', 'e']],
	['a byte order mark is skipped', '\ufeff. {\n}', ['.', '{', '}']],
	['quotes keep spaces and line ends', '"a b" "c\nd" ""', ['a b', 'c\nd', '']],
	['a line end in quotes is \\n, also in a file with CRLF', '"a\r\nb"', ['a\nb']],
	['an escaped quote is a quote, other backslashes stay', '"a\\"b" "c\\d" e\\"f', ['a"b', 'c\\d', 'e\\"f']],
	['a quote inside a word is part of it', 'a"b c"', ['a"b', 'c"']],
	['a word ends at the closing quote', '"a"b', ['a', 'b']],
	['comments go to the end of the line', '# x { \na # b\n#', ['a']],
	['# in quotes is no comment', '"a#b"', ['a#b']],
	['variables, in both forms, also in quotes', '{$A}:{%B%} "{$A}"', ['1:2', '1'], { A: '1', B: '2' }],
	[
		'what a variable brings stays one word and is not read again',
		'{$A}',
		['x {$B} #'],
		{ A: 'x {$B} #', B: 'y' },
	],
	['what is no variable stays', '{$} {%%} {args[0]}', ['{$}', '{%%}', '{args[0]}']],
];

for (const [name, text, expected, env] of valid) {
	test(`tokenizer: ${name}`, () => {
		const { words: actual, report } = words(text, env);
		assert.deepEqual(report.errors, []);
		assert.deepEqual(actual, expected);
	});
}

const invalid: readonly [name: string, text: string, expected: ExpectedFinding, words: string[]][] = [
	['a quote that is never closed', 'a "b c', { at: '1:3', message: /never closed/ }, ['a', 'b c']],
	[
		'an opening brace glued to a word',
		'a\ncache{',
		{ at: '2:6', message: /word of its own/, hint: /`cache \{`/ },
		['a', 'cache', '{'],
	],
	['a closing brace glued to a word', 'a 30}', { at: '1:5', message: /word of its own/ }, ['a', '30', '}']],
	['a word glued to an opening brace', '{cache', { at: '1:1', message: /word of its own/ }, ['{', 'cache']],
	[
		'an empty block without a space',
		'cache {}',
		{ at: '1:7', message: /word of its own/ },
		['cache', '{', '}'],
	],
	[
		'a backslash at the end of a line',
		'a \\\nb',
		{ at: '1:3', message: /does not continue/ },
		['a', '\\', 'b'],
	],
];

for (const [name, text, expected, expectedWords] of invalid) {
	test(`tokenizer: ${name} is an error, and reading goes on`, () => {
		const { words: actual, report } = words(text);
		assert.equal(report.errors.length, 1);
		assertFinding(report.errors[0], expected);
		assert.deepEqual(actual, expectedWords);
	});
}

test('tokenizer: a variable that is not set is empty, with a warning', () => {
	const { words: actual, report } = words('a {$NOT_SET}b');
	assert.deepEqual(actual, ['a', 'b']);
	assertFinding(report.warnings[0], { at: '1:3', message: /NOT_SET is not set/ });
});

test('tokenizer: names that every object has are not variables', () => {
	assert.deepEqual(words('x{$constructor}').words, ['x']);
});

test('tokenizer: a comment glued to a word is one, with a warning', () => {
	const { words: actual, report } = words('127.0.0.1#5353 next');
	assert.deepEqual(actual, ['127.0.0.1']);
	assertFinding(report.warnings[0], {
		at: '1:10',
		message: /`#5353` is a comment/,
		hint: /127\.0\.0\.1:5353/,
	});
});

test('tokenizer: lines and columns count from 1, columns in characters', () => {
	const tokens = tokenize('a\n\t"😀\nb" c\n', 'f', {}, new Report());
	assert.deepEqual(
		tokens.map(({ at, startsLine }) => [at.line, at.column, startsLine]),
		[
			[1, 1, true],
			[2, 2, true],
			[3, 4, false],
		],
	);
});
