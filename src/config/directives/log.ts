import { nearest } from '../../util/nearest.ts';
import type { LogClass, LogRule } from '../model/operations.ts';
import type { Token } from '../syntax.ts';
import { readZones } from '../zone-key.ts';
import { logLabels } from './log-labels.ts';
import { directive, type StatementContext } from './spec.ts';

type Draft = { -readonly [Setting in keyof LogRule]: LogRule[Setting] };

const allClasses: readonly LogClass[] = ['success', 'denial', 'error'];
const rateMaxDefault = 10_000;

/** As in CoreDNS a format is the last of several words, if there is a brace in it. */
function begin(_: unknown, { statement, report }: StatementContext): Draft {
	const words = [...statement.args];
	const last = words.at(-1);
	let format = '{common}';
	if (last !== undefined && words.length > 1 && last.text.includes('{')) {
		words.pop();
		format = last.text;
		checkFormat(last, report);
	}
	const zones = words.flatMap((word) => readName(word, statement.args.length === 1, report));
	return {
		zones: words.length === 0 ? ['.'] : zones,
		format,
		classes: [],
		sample: 1,
		rateMax: rateMaxDefault,
	};
}

/** A word that looks like a format is a name all the same, and no query has it. */
function readName(word: Token, isAlone: boolean, report: StatementContext['report']): string[] {
	const { text, at } = word;
	if (!text.includes('{')) return readZones(word, report);
	const hint = isAlone ? `write \`log . ${text}\`` : 'put the whole format in quotes';
	report.warn(at, `\`${text}\` is read as a name, not as a format`, hint);
	return [];
}

function checkFormat({ text, at }: Token, report: StatementContext['report']): void {
	for (const [label] of text.matchAll(/\{[^{}]*\}/g)) {
		if (label.startsWith('{/')) {
			report.warn(
				at,
				`\`${label}\` is written as \`-\`: petrel has no metadata`,
				'leave it out, or use --log-format json',
			);
		} else if (!Object.hasOwn(logLabels, label)) {
			const near = nearest(label, Object.keys(logLabels));
			const hint = near === undefined ? 'docs/logs.md lists what there is' : `did you mean \`${near}\`?`;
			report.warn(at, `\`${label}\` stands for nothing and is written as it is`, hint);
		}
	}
}

export const log = directive<Draft>({
	name: 'log',
	summary: 'logs queries',
	text: [
		'Writes a line to stdout for each query that got a reply, in the Common Log Format of CoreDNS or in one of its own. ' +
			'With `--log-format json` a line is an object, and FORMAT has no effect. docs/logs.md has all placeholders.',
		'`log` may stand several times: the first line of which one of NAMES is the QNAME or above it decides. Lines that ' +
			'nobody reads are dropped and counted (`log_lines_dropped`); answers never wait for the log.',
	],
	syntax: '[NAMES...] [FORMAT]',
	args: [
		{
			name: 'NAMES',
			kind: 'word',
			optional: true,
			many: true,
			default: '.',
			text: 'names and the zones below them, or address ranges that stand for their reverse zones',
		},
		{
			name: 'FORMAT',
			kind: 'word',
			optional: true,
			default: '{common}',
			text:
				'the last of several words, if there is a brace in it: `{common}`, `{combined}`, or text with placeholders, ' +
				'in quotes if there are blanks in it',
		},
	],
	options: [
		{
			name: 'class',
			args: [
				{
					name: 'CLASS',
					kind: 'choice',
					choices: ['all', ...allClasses],
					many: true,
					text: '`success`, `denial` (NXDOMAIN, or no such data), `error` (everything else), or `all`',
				},
			],
			text: 'only responses of these classes',
			default: 'all',
			repeats: true,
			apply: (draft, values) => {
				const given = values.allTexts('CLASS');
				const added = allClasses.filter((name) => given.includes(name) || given.includes('all'));
				draft.classes = [...new Set([...draft.classes, ...added])];
			},
		},
		{
			name: 'sample',
			args: [{ name: 'N', kind: 'integer', min: 1, text: 'one in so many, picked at random' }],
			text: 'logs only a part of the queries; the others are counted (`log_lines_unsampled`)',
			default: '1: every query',
			coredns: 'does not exist there',
			apply: (draft, values) => {
				draft.sample = values.number('N')!;
			},
		},
		{
			name: 'rate',
			args: [{ name: 'N', kind: 'integer', min: 0, text: 'lines a second, over all workers; 0: no limit' }],
			text: 'the most that this line writes; more are counted (`log_lines_over_rate`)',
			default: String(rateMaxDefault),
			coredns: 'does not exist there, and nothing limits the log',
			apply: (draft, values) => {
				draft.rateMax = values.number('N')!;
			},
		},
	],
	coredns: [
		'queries that petrel refuses before it looks for their block (wrong opcode, EDNS version, what does not parse) are ' +
			'not logged, as there',
		'`{/LABEL}` is always `-`: there is no `metadata`',
		'at most 10,000 lines a second are written unless `rate` says otherwise',
	],
	tests: ['unit/config/log-directives', 'unit/server/log-format', 'integration/query-log'],
	example: `. {
    log example.org 10.0.0.0/8 "{remote} {name} {type} {rcode} {duration}" {
        class denial error
        sample 10
        rate 500
    }
    log . {combined}
    forward . 192.0.2.1
}`,
	begin,
	end: (draft, { block }) => {
		const classes = draft.classes.length === 0 ? allClasses : draft.classes;
		block.log = [...block.log, { ...draft, classes }];
	},
});
