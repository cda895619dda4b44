/** `log`, `errors` and `debug`: what they mean, and what is said where they are wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerBlock } from '../../../src/config/model.ts';
import { assertError, assertWarning, blockOf, load } from './support.ts';

const all = ['success', 'denial', 'error'];
const rule = { zones: ['.'], format: '{common}', classes: all, sample: 1, rateMax: 10_000 };
const errors = { stdout: false, stacktrace: false, consolidate: [] };
const counted = { periodMs: 300_000, pattern: '.* i/o timeout$', level: 'error', showFirst: false };

const valid: readonly (readonly [lines: string, expected: object])[] = [
	['', { log: [], errors: undefined, debug: false }],
	['log', { log: [rule] }],
	['log Example.ORG', { log: [{ ...rule, zones: ['example.org.'] }] }],
	['log . {combined}', { log: [{ ...rule, format: '{combined}' }] }],
	[
		'log a.example b.example "{remote} {name}"',
		{ log: [{ ...rule, zones: ['a.example.', 'b.example.'], format: '{remote} {name}' }] },
	],
	['log 10.0.0.0/8', { log: [{ ...rule, zones: ['10.in-addr.arpa.'] }] }],
	['log . {\nclass denial error\n}', { log: [{ ...rule, classes: ['denial', 'error'] }] }],
	['log . {\nclass error\nclass success\n}', { log: [{ ...rule, classes: ['error', 'success'] }] }],
	['log . {\nclass error all\n}', { log: [{ ...rule, classes: all }] }],
	['log {\nsample 10\nrate 0\n}', { log: [{ ...rule, sample: 10, rateMax: 0 }] }],
	[
		'log a.example\nlog b.example',
		{
			log: [
				{ ...rule, zones: ['a.example.'] },
				{ ...rule, zones: ['b.example.'] },
			],
		},
	],
	['errors', { errors }],
	['errors stdout', { errors: { ...errors, stdout: true } }],
	['errors {\nstacktrace\n}', { errors: { ...errors, stacktrace: true } }],
	['errors {\nconsolidate 5m ".* i/o timeout$"\n}', { errors: { ...errors, consolidate: [counted] } }],
	[
		'errors {\nconsolidate 5m ".* i/o timeout$" warning show_first\nconsolidate 1500ms "^x" show_first\n}',
		{
			errors: {
				...errors,
				consolidate: [
					{ ...counted, level: 'warning', showFirst: true },
					{ periodMs: 1500, pattern: '^x', level: 'error', showFirst: true },
				],
			},
		},
	],
	['debug', { debug: true }],
	['debug\ndebug', { debug: true }],
];

for (const [lines, expected] of valid) {
	test(`log directives: ${JSON.stringify(lines)}`, () => {
		const block = blockOf(lines);
		for (const [name, value] of Object.entries(expected)) {
			assert.deepEqual(block[name as keyof ServerBlock], value, name);
		}
	});
}

/** Lines of a server block that has a `forward`, so that this is no finding. */
const within = (lines: string): string => `. {\nforward . 192.0.2.1\n${lines}\n}\n`;

const wrong: readonly (readonly [lines: string, at: string, message: RegExp, hint?: RegExp])[] = [
	['log . {\nclass good\n}', '4:7', /`class` does not know `good`/, /success/],
	['log . {\nclass\n}', '4:1', /`class` needs CLASS/],
	['log . {\nsample 0\n}', '4:8', /N must be at least 1/],
	['log . {\nrate -1\n}', '4:6', /N must be at least 0/],
	['log a..b', '3:5', /a\.\.b/],
	['log {\nminDuration 1s\n}', '4:1', /`log` has no option `minDuration`/],
	['errors stderr', '3:8', /`errors` does not know `stderr`/],
	['errors {\nconsolidate 5m\n}', '4:1', /`consolidate` needs REGEXP/],
	['errors {\nconsolidate 5 x\n}', '4:13', /DURATION must be a duration/, /`5s`/],
	['errors {\nconsolidate 0s x\n}', '4:13', /DURATION must be at least 1ms/],
	['errors {\nconsolidate 5m (?=x)\n}', '4:16', /do not have/, /as Go has them/],
	['errors {\nconsolidate 5m "(a\\\\1"\n}', '4:16', /is no pattern/],
	[`errors {\nconsolidate 5m ${'a'.repeat(10_001)}\n}`, '4:16', /has 10001 characters; 10000 are allowed/],
	['errors {\nconsolidate 5m x loud\n}', '4:18', /does not know `loud`/, /warning/],
	['errors {\nconsolidate 5m x info error\n}', '4:23', /one level, not two/],
	['errors {\nconsolidate 5m x show_first error\n}', '4:29', /stands behind `show_first`/],
	['debug on', '3:7', /`debug` takes no arguments/],
];

for (const [lines, at, message, hint] of wrong) {
	test(`log directives, wrong: ${JSON.stringify(lines.slice(0, 60))}`, () => {
		assertError(within(lines), hint ? { at, message, hint } : { at, message });
	});
}

const odd: readonly (readonly [lines: string, at: string, message: RegExp, hint: RegExp])[] = [
	['log {common}', '3:5', /`\{common\}` is read as a name/, /`log \. \{common\}`/],
	['log . {remote} {name}', '3:7', /`\{remote\}` is read as a name/, /in quotes/],
	['log . "{nmae} {type}"', '3:7', /`\{nmae\}` stands for nothing/, /`\{name\}`/],
	['log . "{/forward/upstream} {type}"', '3:7', /no metadata/, /json/],
];

for (const [lines, at, message, hint] of odd) {
	test(`log directives, odd: ${lines}`, () => assertWarning(within(lines), { at, message, hint }));
}

test('a long pattern and a million steps cost no time to refuse', () => {
	const { errors: found } = load(within('errors {\nconsolidate 5m (((a{999}){999}){999}){999}\n}'));
	assert.match(found[0].message, /too large/);
});
