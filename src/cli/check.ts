import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { Command, Option } from 'commander';
import type { Finding, Model } from '../config/model.ts';
import { loadInput } from './corefile-input.ts';
import { exitCode } from './exit.ts';
import { findingsText } from './findings.ts';
import { githubText } from './github.ts';
import { lint, type Place } from './lint/lint.ts';
import { formatOption, keyPortOption } from './options.ts';

/** The version of the JSON that `petrel check --format json` writes. */
const schemaVersion = 2;

interface CheckOptions {
	readonly format: 'text' | 'json' | 'github';
	readonly port: number;
	readonly strict: boolean;
	readonly elsewhere: boolean;
}

/** What was found in one file. */
export interface Checked {
	readonly file: string;
	readonly model: Model | undefined;
	readonly errors: readonly Finding[];
	readonly warnings: readonly Finding[];
	readonly notes: readonly Finding[];
	readonly sources: ReadonlyMap<string, string>;
}

export function checkCommand(): Command {
	return new Command('check')
		.description('Read Corefiles and say what is wrong with them or will surprise, where, and what to do.')
		.argument('<corefile...>', 'the files to check; - is standard input')
		.addOption(formatOption('how to write the findings; github: annotations of GitHub Actions', ['github']))
		.addOption(
			new Option('--strict', 'exit code 3 when there are warnings').default(false).env('PETREL_STRICT'),
		)
		.addOption(
			new Option(
				'--elsewhere',
				'the file is for another machine: read no resolv.conf and no addresses of this one',
			)
				.default(false)
				.env('PETREL_ELSEWHERE'),
		)
		.addOption(keyPortOption())
		.addHelpText(
			'after',
			'\nErrors keep petrel from running; warnings are likely mistakes; notes are advice. Their codes stay.\n' +
				'\nExit code: 0 when petrel can run with the files, 2 when it cannot, 3 for warnings with --strict.\n' +
				'\nExamples:\n' +
				'  petrel check Corefile\n' +
				'  petrel check /etc/coredns/Corefile --format json --strict\n' +
				'  kubectl -n kube-system get cm node-local-dns -o jsonpath={.data.Corefile} | petrel check - --elsewhere\n',
		)
		.action(check);
}

function check(paths: readonly string[], options: CheckOptions): void {
	const place = options.elsewhere ? undefined : thisPlace();
	const results = paths.map((path) => checkFile(path, options.port, place));
	const failed = results.some(({ errors }) => errors.length > 0);
	const warned = results.some(({ warnings }) => warnings.length > 0);
	process.exitCode = failed ? exitCode.usage : options.strict && warned ? exitCode.lossy : exitCode.ok;
	if (options.format === 'json') process.stdout.write(`${JSON.stringify(resultJson(results))}\n`);
	else if (options.format === 'github') process.stdout.write(results.map(githubText).join(''));
	else for (const result of results) process.stdout.write(resultText(result));
}

function checkFile(path: string, port: number, place: Place | undefined): Checked {
	const loaded = loadInput(path, port);
	const { model, errors, sources } = loaded;
	return { file: path, model, errors, sources, ...lint(loaded, place) };
}

export function thisPlace(): Place {
	return {
		interfaces: networkInterfaces(),
		readText(path) {
			try {
				return readFileSync(path, 'utf8');
			} catch {
				return undefined;
			}
		},
	};
}

function resultJson(results: readonly Checked[]): object {
	const files = results.map(({ file, errors, warnings, notes }) => {
		return { file, ok: errors.length === 0, errors, warnings, notes };
	});
	return { version: schemaVersion, ok: files.every(({ ok }) => ok), files };
}

function resultText(result: Checked): string {
	const { file, model, errors, warnings, notes } = result;
	const counts = [plural(warnings.length, 'warning'), plural(notes.length, 'note')].join(', ');
	const last = model
		? `ok, ${plural(model.blocks.length, 'server block')}, ${counts}`
		: plural(errors.length, 'error');
	return `${findingsText(result, process.stdout)}${file}: ${last}\n`;
}

function plural(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
