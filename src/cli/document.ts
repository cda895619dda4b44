/** Writes `docs/commands.md` from what commander knows of the commands. */
import type { Command, Option } from 'commander';
import { tableCell } from '../config/table-cell.ts';
import { findingCodes } from './lint/codes.ts';
import { loadProgram } from './program.ts';

const introduction = `# Commands

<!-- Written by scripts/write-docs.ts from src/cli/: change it there, then run \`npm run docs\`. -->

\`petrel --help\` lists the commands, \`petrel COMMAND --help\` says what stands here. Results go to stdout, everything else to
stderr. A flag can be given in the environment too, where its help names a variable; what is given on the command line holds. Colours appear only
on a terminal, and not with \`NO_COLOR\`. What \`--format json\` writes has a \`version\`, which changes when a key changes its
meaning.

| exit code | means |
| --- | --- |
| 0 | all is well |
| 1 | it failed while running: an address in use, no answer, a problem found by \`petrel doctor\` |
| 2 | the command line or a configuration is wrong: see [errors.md](errors.md) |
| 3 | with \`--strict\`: warnings, or something that could not be converted |
| 99 | a threshold of \`petrel load\` is broken |
| 130 | \`petrel load\` or \`petrel policies\` was ended by Ctrl-C, after the result so far |

In a checkout:

\`\`\`sh
petrel check examples/Corefile
petrel explain examples/Corefile www.demo --listen 127.0.0.1:1053
petrel explain examples/Corefile --format json
petrel convert examples/dnsmasq.conf
petrel convert examples/kube-dns.yaml --local-ip 169.254.20.10 --cluster-dns 10.96.0.11
petrel completion bash
petrel help doctor
\`\`\`
`;

/** The whole document. */
export async function renderCommandsDocument(): Promise<string> {
	const { commands: all } = await loadProgram();
	const commands = all.filter((command) => command.name() !== 'complete');
	const list = commands.map(
		(command) => `- [${command.name()}](#${command.name()}): ${firstSentence(command)}`,
	);
	return [introduction, ...list, '', ...commands.map(renderCommand), renderCodes()].join('\n');
}

function firstSentence(command: Command): string {
	const [first] = command.description().split(/(?<=\.) /);
	return first[0].toLowerCase() + first.slice(1);
}

function renderCommand(command: Command): string {
	const parts = [
		`## ${command.name()}\n`,
		`${escapeText(command.description())}\n`,
		`\`\`\`txt\npetrel ${command.name()} ${command.usage()}\n\`\`\`\n`,
	];
	const rows = command.registeredArguments.filter(({ description }) => description !== '');
	if (rows.length > 0) {
		parts.push('| argument | |', '| --- | --- |');
		parts.push(...rows.map((argument) => `| \`${argument.name()}\` | ${cell(argument.description)} |`), '');
	}
	if (command.options.length > 0) {
		parts.push('| flag | environment | | default |', '| --- | --- | --- | --- |');
		parts.push(...command.options.map(optionRow), '');
	}
	const after = afterText(command);
	if (after !== '') parts.push(after);
	return parts.join('\n');
}

function optionRow(option: Option): string {
	const { flags, envVar, description, argChoices } = option;
	const choices = argChoices ? ` (${argChoices.join(', ')})` : '';
	const normal = option.defaultValueDescription ?? plainDefault(option.defaultValue);
	const variable = envVar === undefined ? '' : `\`${envVar}\``;
	return `| \`${tableCell(flags)}\` | ${variable} | ${cell(`${description}${choices}`)} | ${cell(normal)} |`;
}

function plainDefault(value: unknown): string {
	return value === undefined || value === false ? '' : String(value);
}

/** The text behind the options in the help: paragraphs, then examples. */
function afterText(command: Command): string {
	let help = '';
	command.configureOutput({ writeOut: (text) => (help += text) });
	command.outputHelp();
	const examplesAt = help.indexOf('\nExamples:\n');
	if (examplesAt < 0) return '';
	const options = /^ {2}-h, --help .*\n/m.exec(help);
	const behind = options ? help.slice(options.index + options[0].length, examplesAt).trim() : '';
	const examples = help
		.slice(examplesAt + '\nExamples:\n'.length)
		.replace(/^ {2}/gm, '')
		.trimEnd();
	const text = behind === '' ? '' : `${escapeText(behind)}\n\n`;
	return `${text}Examples:\n\n\`\`\`txt\n${examples}\n\`\`\`\n`;
}

function renderCodes(): string {
	return [
		'## Findings of check\n',
		'Errors have no codes: each says what is wrong and what to write. Warnings and notes that have one keep it:\n',
		'| code | | about |',
		'| --- | --- | --- |',
		...Object.entries(findingCodes).map(
			([code, [severity, text]]) => `| \`${code}\` | ${severity} | ${cell(text)} |`,
		),
		'',
	].join('\n');
}

function cell(text: string): string {
	return tableCell(escapeText(text));
}

/** \`<\` would begin a tag where it stands in no code. */
function escapeText(text: string): string {
	return text.replaceAll('<', '&lt;');
}
