import { messageOf } from '../../util/errors.ts';
import { Regex } from '../../util/regex/regex.ts';
import type { ConsolidateRule, LogLevel } from '../model/operations.ts';
import type { Token } from '../syntax.ts';
import { directive, type StatementContext, type Values } from './spec.ts';

interface Draft {
	stdout: boolean;
	stacktrace: boolean;
	readonly consolidate: ConsolidateRule[];
}

const levels: readonly LogLevel[] = ['warning', 'error', 'info', 'debug'];
const showFirst = 'show_first';
/** CoreDNS's limit. */
const patternMax = 10_000;

const period = {
	name: 'DURATION',
	kind: 'duration',
	unit: 'ms',
	min: 1,
	text: 'how long they are counted, from the first on',
} as const;

function consolidate(draft: Draft, values: Values, context: StatementContext): void {
	const [, pattern] = context.statement.args;
	const { report } = context;
	const errorCountBefore = report.errorCount;
	checkPattern(pattern, context);
	const { level, isFirstShown } = readWords(values.words('LEVEL'), context);
	if (report.errorCount > errorCountBefore) return;
	draft.consolidate.push({
		periodMs: values.number(period.name)!,
		pattern: pattern.text,
		level,
		showFirst: isFirstShown,
	});
}

function checkPattern({ text, at }: Token, { report }: StatementContext): void {
	if (text.length > patternMax) {
		report.error(at, `the pattern has ${text.length} characters; ${patternMax} are allowed`);
		return;
	}
	try {
		new Regex(text);
	} catch (thrown) {
		report.error(
			at,
			`\`${text}\` is no pattern: ${messageOf(thrown)}`,
			'write a regular expression as Go has them (RE2), in quotes if there are blanks in it',
		);
	}
}

function readWords(
	words: readonly Token[],
	{ report }: StatementContext,
): { level: LogLevel; isFirstShown: boolean } {
	let level: LogLevel | undefined;
	let isFirstShown = false;
	for (const { text, at } of words) {
		const known = levels.find((name) => name === text);
		if (text === showFirst) isFirstShown = true;
		else if (known === undefined) {
			const names = [...levels, showFirst].join(', ');
			report.error(at, `\`consolidate\` does not know \`${text}\``, `it knows ${names}`);
		} else if (level !== undefined) {
			report.error(at, '`consolidate` has one level, not two', `keep \`${level}\` or \`${text}\``);
		} else if (isFirstShown) {
			report.error(at, `\`${text}\` stands behind \`${showFirst}\``, 'write the level first');
		} else level = known;
	}
	return { level: level ?? 'error', isFirstShown };
}

export const errors = directive<Draft>({
	name: 'errors',
	summary: 'logs queries that could not be answered',
	text: [
		'Writes a line for each query that ended in an error, with the cause. Causes, and what to do about them, stand in ' +
			'docs/logs.md.',
	],
	args: [
		{
			name: 'stdout',
			kind: 'choice',
			choices: ['stdout'],
			optional: true,
			text: 'writes the lines to stdout, beside the query log, not to stderr',
		},
	],
	options: [
		{
			name: 'stacktrace',
			args: [],
			text: 'adds the whole stack trace to the report of a fault in petrel itself; holds for the whole process',
			default: 'off: the place of the fault',
			apply: (draft) => {
				draft.stacktrace = true;
			},
		},
		{
			name: 'consolidate',
			syntax: 'DURATION REGEXP [LEVEL] [show_first]',
			args: [
				period,
				{ name: 'REGEXP', kind: 'word', text: 'which errors, by their cause, in the syntax of Go (RE2)' },
				{
					name: 'LEVEL',
					kind: 'word',
					optional: true,
					many: true,
					default: 'error',
					text:
						'`warning`, `error`, `info` or `debug`, of the line that says how many they were; with `show_first` ' +
						'the first is written at once',
				},
			],
			text: 'counts errors and writes one line when DURATION is over; the first rule that matches counts an error',
			default: 'every error is written',
			repeats: true,
			apply: consolidate,
		},
	],
	once: true,
	coredns: [
		'the lines go to stderr unless `stdout` is given; there always to stdout',
		'a shard writes 50 errors a second at most, and then how many more there were',
		'DURATION is at least 1 ms',
	],
	tests: ['unit/server/log', 'unit/server/consolidation', 'unit/config/log-directives'],
	example: `. {
    errors {
        consolidate 5m ".* i/o timeout$" warning show_first
        consolidate 30s "^Failed to .+"
    }
    forward . 192.0.2.1
}`,
	begin: (values) => ({ stdout: values.text('stdout') !== undefined, stacktrace: false, consolidate: [] }),
	end: (draft, { block }) => {
		block.errors = draft;
	},
});
