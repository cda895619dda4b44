import { styleText } from 'node:util';
import { Command, Option } from 'commander';
import { loadInput } from './corefile-input.ts';
import { examine } from './doctor/examine.ts';
import type { Check, Level } from './doctor/finding.ts';
import { thisReader } from './doctor/reader.ts';
import { exitCode } from './exit.ts';
import { formatOption, keyPortOption } from './options.ts';
import { parseCacheSize, parseWorkers } from './values.ts';
import { versionText } from './version.ts';

/** The version of the JSON that `petrel doctor --format json` writes. */
const schemaVersion = 1;

interface DoctorOptions {
	readonly format: 'text' | 'json';
	readonly workers?: number;
	readonly cacheSize: number;
	readonly port: number;
}

export function doctorCommand(): Command {
	return new Command('doctor')
		.description('Look at this machine: what petrel needs, what is in its way, and what to do about it.')
		.argument('[corefile]', 'the configuration that is to run here')
		.addOption(formatOption('how to write it'))
		.addOption(
			new Option('--workers <count>', 'as for `petrel serve`').argParser(parseWorkers).env('PETREL_WORKERS'),
		)
		.addOption(
			new Option('--cache-size <size>', 'as for `petrel serve`')
				.argParser(parseCacheSize)
				.default(parseCacheSize('32MiB'), '32MiB')
				.env('PETREL_CACHE_SIZE'),
		)
		.addOption(keyPortOption())
		.addHelpText(
			'after',
			'\nIt only reads: no socket is opened and nothing is sent. Run it as the user that petrel runs as.\n' +
				'\nExit code: 0, 1 when there is a problem.\n' +
				'\nExamples:\n' +
				'  petrel doctor\n' +
				'  petrel doctor /etc/coredns/Corefile --cache-size 64MiB\n' +
				'  petrel doctor Corefile --format json\n',
		)
		.action(doctor);
}

function doctor(path: string | undefined, options: DoctorOptions): void {
	const checks = examine(thisReader(), {
		cacheBytes: options.cacheSize,
		workers: options.workers,
		loaded: path === undefined ? undefined : loadInput(path, options.port),
	});
	const problems = checks.filter(({ level }) => level === 'problem').length;
	process.exitCode = problems > 0 ? exitCode.failed : exitCode.ok;
	if (options.format === 'json') {
		const result = { version: schemaVersion, petrel: versionText(), ok: problems === 0, checks };
		process.stdout.write(`${JSON.stringify(result)}\n`);
		return;
	}
	const notes = checks.filter(({ level }) => level === 'note').length;
	const counts = `${problems} problem${problems === 1 ? '' : 's'}, ${notes} note${notes === 1 ? '' : 's'}`;
	process.stdout.write(`${versionText()}\n${checksText(checks)}${counts}\n`);
}

const levelStyle: Readonly<Record<Level, 'green' | 'yellow' | 'red'>> = {
	ok: 'green',
	note: 'yellow',
	problem: 'red',
};

/** `ok       node            Node.js 26…`, and below what to do. */
export function checksText(checks: readonly Check[]): string {
	const idWidth = Math.max(...checks.map(({ id }) => id.length));
	return checks
		.map(({ id, level, text, todo }) => {
			const word = styleText(levelStyle[level], level.padEnd(7), { stream: process.stdout });
			const first = `${word}  ${id.padEnd(idWidth)}  ${text}\n`;
			return todo === undefined ? first : `${first}${' '.repeat(11 + idWidth)}do: ${todo}\n`;
		})
		.join('');
}
