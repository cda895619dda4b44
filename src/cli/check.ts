import { Command, Option } from 'commander';
import { loadCorefile } from '../config/load.ts';
import { exitCode } from './exit.ts';
import { findingsText } from './findings.ts';
import { parsePort, portVariable } from './values.ts';

/** The version of the JSON that `petrel check --format json` writes. */
const schemaVersion = 1;

interface CheckOptions {
	readonly format: 'text' | 'json';
	readonly port: number;
}

export function checkCommand(): Command {
	return new Command('check')
		.description('Read a Corefile and say what is wrong with it, where, and what to do.')
		.argument('<corefile>', 'the file to check')
		.addOption(
			new Option('--format <format>', 'how to write the findings')
				.choices(['text', 'json'])
				.default('text')
				.env('PETREL_FORMAT'),
		)
		.addOption(
			new Option('--port <port>', 'the port of keys that name none')
				.argParser(parsePort)
				.default(53)
				.env(portVariable),
		)
		.addHelpText(
			'after',
			'\nExit code: 0 when petrel can run with the file (warnings or not), 2 when it cannot.\n' +
				'\nExamples:\n' +
				'  petrel check Corefile\n' +
				'  petrel check /etc/coredns/Corefile --format json\n' +
				'  petrel check examples/Corefile && petrel serve examples/Corefile\n',
		)
		.action(check);
}

function check(path: string, options: CheckOptions): void {
	const loaded = loadCorefile({ path, env: process.env, defaultPort: options.port });
	const { model, errors, warnings } = loaded;
	const ok = model !== undefined && errors.length === 0;
	process.exitCode = ok ? exitCode.ok : exitCode.usage;
	if (options.format === 'json') {
		const result = { version: schemaVersion, file: path, ok, errors, warnings };
		process.stdout.write(`${JSON.stringify(result)}\n`);
		return;
	}
	process.stdout.write(findingsText(loaded));
	if (!model || !ok) {
		process.stdout.write(`${path}: ${plural(errors.length, 'error')}\n`);
		return;
	}
	const blocks = plural(model.blocks.length, 'server block');
	process.stdout.write(`${path}: ok, ${blocks}, ${plural(warnings.length, 'warning')}\n`);
}

function plural(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
