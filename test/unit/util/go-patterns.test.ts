/** Patterns of Go's regexp package: what they match, what is refused, and that none takes for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Regex, RegexError } from '../../../src/util/regex/regex.ts';

const rows: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] =
	[
		['.* i/o timeout$', ['read udp ->192.0.2.1:53: i/o timeout'], ['i/o timeout', 'x i/o timeout y']],
		['^Failed to .+', ['Failed to dial'], ['Failed to ', 'xFailed to y']],
		['a{2,3}', ['xaay'], ['a', 'aba']],
		['^a{,2}$', ['a{,2}'], ['aa']],
		['^(|a)*b$', ['b', 'aab'], ['aa']],
		['^(?:x|yy|)$', ['', 'x', 'yy'], ['y']],
		['(?i)FoO', ['xfOo'], ['fo']],
		['(?i:a)B', ['AB'], ['Ab']],
		['^a.b$', ['axb'], ['a\nb']],
		['(?s)^a.b$', ['a\nb'], ['ab']],
		['(?m)^b$', ['a\nb\nc'], ['ab']],
		['\\Ab\\z', ['b'], ['b\n']],
		['b$', ['ab'], ['b\n']],
		['\\bfoo\\b', ['a foo b'], ['afoo']],
		['\\Bo', ['foo'], ['o']],
		['^[^\\d\\s]+$', ['ab'], ['a1', 'a b']],
		['^[]a-c-]+$', [']b-'], ['d']],
		['^[[:alpha:]]+[[:^digit:]]$', ['ab!'], ['a1']],
		['^\\Qa.b*\\E$', ['a.b*'], ['axb']],
		['^(?P<n>x)(?<m>y)$', ['xy'], ['x']],
		['^\\x41\\101\\t$', ['AA\t'], ['A']],
		['^a+?b??$', ['aa', 'aab'], ['b']],
		['^192\\.0\\.2\\.', ['192.0.2.1'], ['192x0.2.']],
	];

for (const [source, matching, others] of rows) {
	test(`the pattern ${JSON.stringify(source)}`, () => {
		const pattern = new Regex(source);
		for (const text of matching)
			assert.ok(pattern.match(text) !== undefined, `matches ${JSON.stringify(text)}`);
		for (const text of others)
			assert.ok(pattern.match(text) === undefined, `does not match ${JSON.stringify(text)}`);
	});
}

const refused: readonly string[] = [
	'(?=a)',
	'(?<!a)b',
	'(a)\\1',
	'a\\Z',
	'a**',
	'*a',
	'a{2,1}',
	'a{1001}',
	'(a{1000}){1000}',
	'(a',
	'a)',
	'[a',
	'[b-a]',
	'[[:letters:]]',
	'\\p{Klingon}',
	'a\\',
	'('.repeat(200),
];

for (const source of refused) {
	test(`refused: ${source.slice(0, 20)}`, () => {
		assert.throws(() => new Regex(source), RegexError);
	});
}

test('patterns for which JavaScript tries for ever are matched like others', () => {
	const text = `${'a'.repeat(60)}!`;
	assert.equal(new Regex('^(a+)+$').match(text), undefined);
	assert.equal(new Regex('^(a|aa)+$').match(text), undefined);
	assert.ok(new Regex('(x+x+)+y|!$').match(text));
});
