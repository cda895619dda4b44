/** Go's regular expressions: what they match, against JavaScript's where both mean the same; what is refused; how long it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../src/util/random.ts';
import { Regex, RegexError } from '../../../src/util/regex/regex.ts';

const matches: readonly [pattern: string, text: string, groups: readonly string[] | undefined][] = [
	[
		'(.*)-(us-west-1)\\.example\\.org',
		'ftp-us-west-1.example.org.',
		['ftp-us-west-1.example.org', 'ftp', 'us-west-1'],
	],
	['^(?P<a>\\w+)\\.(?<b>[[:alpha:]]+)\\.$', 'ab1.org.', ['ab1.org.', 'ab1', 'org']],
	['(?i)FOO|bar', 'xBARfoo', ['BAR']],
	['(?i:f)oo', 'FOo fOO Foo', ['Foo']],
	['a(?i)b|c', 'C', ['C']],
	['(?U)a+', 'aaa', ['a']],
	['(?U)a+?', 'aaa', ['aaa']],
	['(?s)a.b', 'a\nb', ['a\nb']],
	['a.b', 'a\nb', undefined],
	['(?m)^b$', 'a\nb\nc', ['b']],
	['\\Aa\\z', 'a', ['a']],
	['a{2,3}?', 'aaaa', ['aa']],
	['a{,2}', 'a{,2}', ['a{,2}']],
	['(a|ab)(c|bcd)', 'abcd', ['abcd', 'a', 'bcd']],
	['(a)|(b)', 'b', ['b', '', 'b']],
	['[]a]+', ']a]', [']a]']],
	['[^]a]', ']ab', ['b']],
	['[\\d\\-x-]+', '1-x', ['1-x']],
	['[^[:^digit:]]+', 'a12', ['12']],
	['\\Qa.b*\\E+', 'a.b**', ['a.b**']],
	['\\x41\\x{42}\\103\\t', 'ABC\t', ['ABC\t']],
	['\\bweb\\b', 'a-web.example', ['web']],
	['\\B-', 'a--b', ['-']],
	['\\B-', 'a-b', undefined],
	['', 'abc', ['']],
	['x*', 'abc', ['']],
	['()*b', 'b', ['b', '']],
	['(?:a*)*$', 'aaa', ['aaa']],
];

for (const [pattern, text, groups] of matches) {
	test(`/${pattern}/ in ${JSON.stringify(text)}`, () =>
		assert.deepEqual(new Regex(pattern).match(text), groups));
}

const refused: readonly [pattern: string, why: RegExp][] = [
	['(a', /`\)` is missing/],
	['a)', /`\)` too many/],
	['*a', /nothing stands before its `\*`/],
	['a|+', /nothing stands before/],
	['({2})', /nothing stands before its `\{`/],
	['a**', /repeated already/],
	['a{2}{3}', /repeated already/],
	['a{1001}', /out of bounds/],
	['a{3,2}', /out of bounds/],
	['[a', /`\]` is missing/],
	['[z-a]', /upside down/],
	['[[:letters:]]', /no class/],
	['(?=a)', /do not have/],
	['(?!a)', /do not have/],
	['(?<=a)', /do not have/],
	['(?<!a)', /do not have/],
	['(?>a)', /do not have/],
	['(a)\\1', /does not know `\\1`/],
	['\\k<a>', /does not know `\\k`/],
	['\\p{Greek}', /Unicode/],
	['\\C', /does not know/],
	['a\\', /ends in a backslash/],
	['\\x{110000}', /no character/],
	['(a{1000}){1000}', /too large/],
	['('.repeat(300), /nested too deep/],
];

for (const [pattern, why] of refused) {
	test(`/${pattern.slice(0, 30)}/ is refused`, () => {
		assert.throws(
			() => new Regex(pattern),
			(thrown) => thrown instanceof RegexError && why.test(thrown.message),
		);
	});
}

test('random patterns match what JavaScript finds', () => {
	const random = seededRandom(7);
	const pick = (count: number): number => random.nextUint32() % count;
	// Loops over what may be empty are left out: there JavaScript has a rule of its own.
	const pattern = (depth: number): string => {
		if (depth === 0) return ['a', 'b', '.', '[ab]', '[^a]', '\\w', 'c'][pick(7)];
		switch (pick(7)) {
			case 0:
				return `(${pattern(depth - 1)})`;
			case 1:
				return `(?:${pattern(depth - 1)}|${pattern(depth - 1)})`;
			case 2:
				return `(?:a|b)${['*', '*?', '+', '+?', '?', '{1,2}'][pick(6)]}`;
			case 3:
				return pattern(depth - 1) + ['$', '^', '\\b', ''][pick(4)];
			default:
				return pattern(depth - 1) + pattern(depth - 1);
		}
	};
	for (let round = 0; round < 3000; round++) {
		const source = pattern(4);
		const regex = new Regex(source);
		const theirs = new RegExp(source);
		for (let i = 0; i < 5; i++) {
			const text = Array.from({ length: pick(8) }, () => 'abc.'[pick(4)]).join('');
			const expected = theirs.exec(text)?.map((group) => group ?? '');
			assert.deepEqual(regex.match(text), expected && [...expected], `/${source}/ in "${text}"`);
		}
	}
});

test('patterns that a backtracking search never ends on are searched to the end', () => {
	for (const pattern of ['(a+)+$', '^(a|a)*$', '^(a*)*$', '(.*)*x', '^(?:a?){60}a{60}$']) {
		assert.equal(new Regex(pattern).test(`${'a'.repeat(250)}b`), false, pattern);
	}
});
