import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RewriteRule } from '../../../src/config/model/rewriting.ts';
import { assertError, assertWarning, blockOf, type ExpectedFinding, load } from './support.ts';

const stop = { goesOn: false } as const;
const answers = { auto: false, answers: [] } as const;

const valid: readonly [lines: string, rules: readonly RewriteRule[]][] = [
	[
		'rewrite name Old.example new.Example.',
		[
			{
				...stop,
				field: 'name',
				match: { how: 'exact', from: 'old.example.' },
				to: 'new.example.',
				auto: true,
				answers: [],
			},
		],
	],
	[
		'rewrite continue name suffix .a .b answer auto\nrewrite stop name prefix x y',
		[
			{
				goesOn: true,
				field: 'name',
				match: { how: 'suffix', from: '.a.' },
				to: '.b.',
				auto: true,
				answers: [],
			},
			{ ...stop, ...answers, field: 'name', match: { how: 'prefix', from: 'x.' }, to: 'y.' },
		],
	],
	[
		'rewrite stop {\nname regex (.*)-(us-west-1)\\.coredns\\.rocks {1}.service.{2}.consul\n' +
			'answer name (.*)\\.service\\.(us-west-1)\\.consul {1}-{2}.coredns.rocks\nvalue a b\n}',
		[
			{
				...stop,
				field: 'name',
				match: { how: 'regex', from: '(.*)-(us-west-1)\\.coredns\\.rocks' },
				to: '{1}.service.{2}.consul.',
				auto: false,
				answers: [
					{ part: 'name', from: '(.*)\\.service\\.(us-west-1)\\.consul', to: '{1}-{2}.coredns.rocks.' },
					{ part: 'value', from: 'a', to: 'b.' },
				],
			},
		],
	],
	// As CoreDNS's manual has it.
	[
		'rewrite stop {\nname suffix .arpa .arpa\nanswer name auto\nanswer value (.*)\\.consul\\. {1}.rocks.\n}',
		[
			{
				...stop,
				field: 'name',
				match: { how: 'suffix', from: '.arpa.' },
				to: '.arpa.',
				auto: true,
				answers: [{ part: 'value', from: '(.*)\\.consul\\.', to: '{1}.rocks.' }],
			},
		],
	],
	['rewrite type any HINFO', [{ ...stop, field: 'type', from: 255, to: 13 }]],
	['rewrite TYPE TYPE65 A', [{ ...stop, field: 'type', from: 65, to: 1 }]],
	[
		'rewrite continue {\nttl regex (.*)\\.rocks 15\n}',
		[{ goesOn: true, field: 'ttl', match: { how: 'regex', from: '(.*)\\.rocks' }, minSec: 15, maxSec: 15 }],
	],
	...(
		[
			['30-300', 30, 300],
			['-30', 0, 30],
			['30-', 30, 0x7fff_ffff],
		] as const
	).map(([text, minSec, maxSec]): [string, RewriteRule[]] => [
		`rewrite ttl example ${text}`,
		[{ ...stop, field: 'ttl', match: { how: 'exact', from: 'example.' }, minSec, maxSec }],
	]),
	[
		'rewrite rcode substring a. SERVFAIL 0\nrewrite rcode b 23 badsig',
		[
			{ ...stop, field: 'rcode', match: { how: 'substring', from: 'a.' }, from: 2, to: 0 },
			{ ...stop, field: 'rcode', match: { how: 'exact', from: 'b.' }, from: 23, to: 16 },
		],
	],
	[
		'rewrite cname A.example b.example\nrewrite cname regex (.*).cdn.example.net. {1}.other.',
		[
			{ ...stop, field: 'cname', match: { how: 'exact', from: 'a.example.' }, to: 'b.example.' },
			{ ...stop, field: 'cname', match: { how: 'regex', from: '(.*).cdn.example.net.' }, to: '{1}.other.' },
		],
	],
];

for (const [lines, rules] of valid) {
	test(`rewrite: ${JSON.stringify(lines)}`, () => {
		assert.deepEqual(blockOf(`${lines}\nwhoami`).rewrites, rules);
	});
}

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['rewrite', { at: '2:1', message: /needs a rule/ }],
	['rewrite continue', { at: '2:1', message: /needs a rule/ }],
	['rewrite nme a b', { at: '2:9', message: /no field `nme`/, hint: /`name`/ }],
	['rewrite answer name a b', { at: '2:9', message: /not with `answer`/ }],
	['rewrite name a', { at: '2:9', message: /another form/, hint: /FROM TO/ }],
	['rewrite name a b answer auto', { at: '2:14', message: /no kind of match/, hint: /exact, prefix/ }],
	['rewrite name glob a b', { at: '2:14', message: /no kind of match/ }],
	['rewrite name a..b c', { at: '2:14', message: /not a name/ }],
	['rewrite name a b..c', { at: '2:16', message: /not a name/ }],
	['rewrite name regex (a b', { at: '2:20', message: /`\)` is missing/, hint: /Go/ }],
	['rewrite name regex a(?=b) c', { at: '2:20', message: /do not have `\(\?=b`/ }],
	['rewrite name regex (a)\\1 c', { at: '2:20', message: /does not know `\\1`/ }],
	['rewrite name regex \\pL c', { at: '2:20', message: /Unicode/ }],
	['rewrite name regex (a{1000}){1000} c', { at: '2:20', message: /too large/ }],
	[`rewrite name regex ${'a'.repeat(10_001)} c`, { at: '2:20', message: /10000 characters/ }],
	['rewrite name regex (a) {2}', { at: '2:24', message: /`\{2\}`.*one group/ }],
	['rewrite name regex a b answer', { at: '2:24', message: /needs more/, hint: /answer auto/ }],
	['rewrite name regex a b extra', { at: '2:24', message: /one word too many/ }],
	['rewrite name regex a b answer names c d', { at: '2:31', message: /does not know `names`/ }],
	['rewrite name regex a b answer name c', { at: '2:31', message: /needs FROM and TO/ }],
	['rewrite name regex a b answer auto answer name c d', { at: '2:9', message: /exclude each other/ }],
	['rewrite name regex a b answer value c {1}', { at: '2:39', message: /no group/ }],
	['rewrite type A', { at: '2:9', message: /another form/ }],
	['rewrite type A B', { at: '2:16', message: /not a type/ }],
	['rewrite type A AXFR', { at: '2:16', message: /not asked of upstreams/ }],
	['rewrite ttl a', { at: '2:9', message: /another form/ }],
	['rewrite ttl a -', { at: '2:15', message: /not a TTL/, hint: /30-300/ }],
	['rewrite ttl a 1m', { at: '2:15', message: /not a TTL/ }],
	['rewrite ttl a 30-20', { at: '2:15', message: /not a TTL/ }],
	['rewrite ttl a 4294967296', { at: '2:15', message: /not a TTL/ }],
	['rewrite rcode a SERVFAIL', { at: '2:9', message: /another form/ }],
	['rewrite rcode a SERVFAIL 24', { at: '2:26', message: /not an RCODE/ }],
	['rewrite cname a', { at: '2:9', message: /another form/ }],
	['rewrite cname regex ( a', { at: '2:21', message: /is missing/ }],
	['rewrite class IN CH', { at: '2:18', message: /no upstream for class CH/ }],
	['rewrite class XX IN', { at: '2:15', message: /not a class/ }],
	['rewrite edns0', { at: '2:9', message: /kind of option/ }],
	['rewrite edns0 local', { at: '2:15', message: /what to do/ }],
	['rewrite name a b {\nttl a 1\n}', { at: '2:1', message: /on the line or in braces/ }],
	['rewrite continue {\nttl a 1\nttl b 2\n}', { at: '3:1', message: /another form/ }],
];

for (const [lines, expected] of invalid) {
	test(`rewrite refuses ${JSON.stringify(lines.slice(0, 60))}`, () => {
		assertError(`. {\n${lines}\nwhoami\n}`, expected);
	});
}

const ignored: readonly [lines: string, expected: ExpectedFinding][] = [
	['rewrite edns0 subnet set 24 56', { at: '2:9', message: /changes nothing: EDNS options end/ }],
	['rewrite continue edns0 local set 0xffee abcd revert', { at: '2:18', message: /changes nothing/ }],
	['rewrite class CH IN', { at: '2:9', message: /changes nothing: .*REFUSED/ }],
	['rewrite cname suffix .cdn .other', { at: '2:22', message: /names end in a dot/, hint: /`\.cdn\.`/ }],
];

for (const [lines, expected] of ignored) {
	test(`rewrite warns of ${JSON.stringify(lines)}`, () => {
		assertWarning(`. {\n${lines}\nwhoami\n}`, expected);
	});
}

test('a rule without effect is no rule', () => {
	assert.deepEqual(load('. {\nrewrite edns0 nsid set\nwhoami\n}').model!.blocks[0].rewrites, []);
});
