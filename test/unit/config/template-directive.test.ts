/** `template`: what its lines mean, the placeholders of its records, and every way to write it wrong, with its place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Placeholder, TemplateOptions } from '../../../src/config/model.ts';
import { parseTemplateText } from '../../../src/config/template-text.ts';
import { assertError, assertWarning, blockOf, type ExpectedFinding, load, modelOf } from './support.ts';

const defaults: Omit<TemplateOptions, 'at'> = {
	type: 255,
	zones: ['.'],
	patterns: [],
	rcode: 0,
	answers: [],
	authorities: [],
	additionals: [],
	extendedError: undefined,
	fallthrough: [],
};

const valid: readonly [lines: string, expected: Partial<TemplateOptions>][] = [
	['template IN AAAA . {\nrcode NOERROR\n}', { type: 28 }],
	['template ANY ANY', {}],
	['template in a Example.org 10.0.0.0/8', { type: 1, zones: ['example.org.', '10.in-addr.arpa.'] }],
	['template IN TYPE65 {\nrcode NXDOMAIN\n}', { type: 65, rcode: 3 }],
	['template IN A {\nmatch ^a[.]$ "b c"\nmatch d{2}\n}', { type: 1, patterns: ['^a[.]$', 'b c', 'd{2}'] }],
	[
		'template IN A {\nanswer "a. 60 IN A 192.0.2.1" "a. A 192.0.2.2"\nanswer "a 1h30m IN A 192.0.2.3"\n}',
		{ type: 1, answers: [['a. 60 IN A 192.0.2.1'], ['a. A 192.0.2.2'], ['a 1h30m IN A 192.0.2.3']] },
	],
	[
		'template IN SOA {\nauthority "a. 60 IN SOA ns.a. h.a. (1 60 120 1d 1h)"\nadditional "a. 60 IN TXT \\"x y\\" z"\n}',
		{
			type: 6,
			authorities: [['a. 60 IN SOA ns.a. h.a. (1 60 120 1d 1h)']],
			additionals: [['a. 60 IN TXT "x y" z']],
		},
	],
	['template IN A {\nederror 21\n}', { type: 1, extendedError: { code: 21, reason: '' } }],
	['template IN A {\nederror 21 "not here"\n}', { type: 1, extendedError: { code: 21, reason: 'not here' } }],
	['template IN A {\nfallthrough\n}', { type: 1, fallthrough: ['.'] }],
	['template IN A {\nfallthrough a.org\n}', { type: 1, fallthrough: ['a.org.'] }],
	[
		'template IN A {\nanswer "{{ .Name }} 60 IN A 10.{{ .Group.b }}.{{ index .Match 1 }}.1"\nmatch (?P<b>[0-9]+)\n}',
		{
			type: 1,
			patterns: ['(?P<b>[0-9]+)'],
			answers: [
				[
					{ field: 'name' },
					' 60 IN A 10.',
					{ field: 'group', name: 'b' },
					'.',
					{ field: 'match', index: 1 },
					'.1',
				],
			],
		},
	],
];

for (const [lines, expected] of valid) {
	test(`template: ${JSON.stringify(lines)}`, () => {
		const [{ at, ...template }] = blockOf(`${lines}\nwhoami`).templates;
		assert.deepEqual(template, { ...defaults, ...expected });
		assert.equal(`${at.line}:${at.column}`, '2:1');
	});
}

test('template: the zones of the block hold where it names none, and templates keep their order', () => {
	const [block] = modelOf('a.org b.org {\ntemplate IN A\ntemplate IN MX x\n}').blocks;
	assert.deepEqual(
		block.templates.map(({ type, zones }) => [type, zones]),
		[
			[1, ['a.org.', 'b.org.']],
			[15, ['x.']],
		],
	);
});

const placeholders: readonly [text: string, expected: readonly (string | Placeholder)[]][] = [
	['', []],
	['plain { text }', ['plain { text }']],
	['{{.Name}}', [{ field: 'name' }]],
	['{{ .Zone }}{{ .Class }}{{ .Type }}', [{ field: 'zone' }, { field: 'class' }, { field: 'type' }]],
	['{{ .Remote }} {{ .Match }}', [{ field: 'remote' }, ' ', { field: 'matches' }]],
	[
		'{{ .Message.Id }}{{ .Question.Name }}{{ .Question.Qtype }}{{ .Question.Qclass }}',
		[{ field: 'id' }, { field: 'question-name' }, { field: 'qtype' }, { field: 'qclass' }],
	],
	['{{ index .Match 0 }}', [{ field: 'match', index: 0 }]],
	['{{ index .Group "a1" }}', [{ field: 'group', name: 'a1' }]],
	['{{ index .Group `2` }}', [{ field: 'group', name: '2' }]],
	['{{ (index .Match 3) }}', [{ field: 'match', index: 3 }]],
	['a {{- .Name -}} b', ['a', { field: 'name' }, 'b']],
	[
		'{{ parseInt .Group.b 16 8 }}',
		[{ field: 'number', of: { field: 'group', name: 'b' }, base: 16, bits: 8 }],
	],
	[
		'{{ parseInt (index .Match 1) 36 0 }}',
		[{ field: 'number', of: { field: 'match', index: 1 }, base: 36, bits: 64 }],
	],
];

for (const [text, expected] of placeholders) {
	test(`template: the record ${JSON.stringify(text)}`, () =>
		assert.deepEqual(parseTemplateText(text), expected));
}

const withRecord = (text: string): string => `template IN A {\nanswer "${text}"\n}`;
const refused = (action: string): [string, ExpectedFinding] => [
	withRecord(`{{ ${action} }} 60 IN A 192.0.2.1`),
	{ at: '3:8', message: /petrel does not have `\{\{/, hint: /\.Name, \.Zone/ },
];

const invalid: readonly [lines: string, expected: ExpectedFinding][] = [
	['template', { at: '2:1', message: /needs CLASS/ }],
	['template IN', { at: '2:1', message: /needs TYPE/ }],
	['template XX A', { at: '2:10', message: /`XX` is not a class/ }],
	['template IN BOGUS', { at: '2:13', message: /`BOGUS` is not a type/ }],
	['template IN A a..b', { at: '2:15', message: /not a zone/ }],
	['template IN A {\nmatch\n}', { at: '3:1', message: /needs REGEX/ }],
	['template IN A {\nmatch a (b\n}', { at: '3:9', message: /match \(b.*`\)` is missing/ }],
	['template IN A {\nmatch (?=a)\n}', { at: '3:7', message: /do not have `\(\?=/ }],
	['template IN A {\nmatch (a)\\2\n}', { at: '3:7', message: /does not know `\\2`/ }],
	[
		`template IN A {\nmatch ${'a'.repeat(10_001)}\n}`,
		{ at: '3:7', message: /has 10001 characters/, hint: /10000/ },
	],
	['template IN A {\nmatch (((a{100}){100}){100})\n}', { at: '3:7', message: /too large/ }],
	['template IN A {\nanswer\n}', { at: '3:1', message: /needs RR/ }],
	[withRecord('a. 60 IN A 192.0.2.300'), { at: '3:8', message: /"192\.0\.2\.300" is not an IPv4 address/ }],
	[withRecord('a. 60 IN'), { at: '3:8', message: /has no type/ }],
	[withRecord('a. 60 CH A 192.0.2.1'), { at: '3:8', message: /class CH/ }],
	[withRecord('a..b 60 IN A 192.0.2.1'), { at: '3:8', message: /empty label/ }],
	[withRecord('{{ .Name 60 IN A 192.0.2.1'), { at: '3:8', message: /a `\{\{` is not closed/ }],
	refused('range .Match'),
	refused('if .Name'),
	refused('end'),
	refused('.Meta `x`'),
	refused('.Names'),
	refused('printf `%s` .Name'),
	refused('.Name | len'),
	refused(''),
	refused('/* a remark */'),
	refused('parseInt .Group.a'),
	refused('toString'),
	[withRecord('{{ parseInt .Name 1 8 }}'), { at: '3:8', message: /a base is from 2 to 36/ }],
	[withRecord('{{ parseInt .Name 10 65 }}'), { at: '3:8', message: /up to 64 bits/ }],
	[withRecord('{{ .Group.a }} 60 IN A 192.0.2.1'), { at: '3:8', message: /no `match` of it has a group a/ }],
	[
		`template IN A {\nmatch (a)(?P<b>c)\nanswer "{{ index .Match 3 }} 60 IN A 192.0.2.1"\n}`,
		{ at: '4:8', message: /has a group 3/ },
	],
	['template IN A {\nrcode\n}', { at: '3:1', message: /needs CODE/ }],
	['template IN A {\nrcode MAYBE\n}', { at: '3:7', message: /not an RCODE/ }],
	['template IN A {\nederror\n}', { at: '3:1', message: /needs CODE/ }],
	['template IN A {\nederror 65536\n}', { at: '3:9', message: /0 to 65535/ }],
	['template IN A {\nederror x\n}', { at: '3:9', message: /must be an integer/ }],
	['template IN A {\nederror 1 a b\n}', { at: '3:13', message: /at most 2 arguments/ }],
	[
		`template IN A {\nederror 1 ${'x'.repeat(129)}\n}`,
		{ at: '3:11', message: /REASON has 129 octets/, hint: /128/ },
	],
	['template IN A {\nfallthrough a..b\n}', { at: '3:13', message: /not a zone/ }],
	['template IN A {\nanswr x\n}', { at: '3:1', message: /no option `answr`/, hint: /`answer`/ }],
];

for (const [lines, expected] of invalid) {
	test(`template: ${JSON.stringify(lines).slice(0, 100)} is an error`, () =>
		assertError(`. {\n${lines}\nwhoami\n}\n`, expected));
}

test('template: what does nothing is a warning', () => {
	assertWarning('. {\nwhoami\ntemplate CH TXT {\nrcode NXDOMAIN\n}\n}', {
		at: '3:10',
		message: /class IN only: this template for CH does nothing/,
	});
	assertWarning('. {\nwhoami\ntemplate IN A {\nupstream 192.0.2.1\n}\n}', {
		at: '4:1',
		message: /`upstream` changes nothing/,
	});
	assert.deepEqual(blockOf('whoami\ntemplate CH TXT').templates, []);
});

test('template: a CNAME without addresses is a warning where addresses are asked for', () => {
	const text = (type: string, more: string): string =>
		`. {\nwhoami\ntemplate IN ${type} {\nanswer "a. 60 IN A 192.0.2.1"${more}\n}\n}`;
	for (const type of ['A', 'AAAA', 'ANY']) {
		const lone = text(type, '').replace('60 IN A 192.0.2.1', '60 IN CNAME b.');
		assertWarning(lone, { at: '4:8', message: /a CNAME is sent alone/, hint: /rewrite name exact/ });
	}
	for (const fine of [
		text('A', ' "x. CNAME a."'),
		text('CNAME', '').replace('60 IN A 192.0.2.1', 'CNAME b.'),
	]) {
		assert.deepEqual(load(fine).warnings, []);
	}
});
