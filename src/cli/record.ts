import { Command, Option } from 'commander';
import { recordMsMax } from '../server/record/record-request.ts';
import { controlOption } from './control-client.ts';
import { parseCount, parseSpan } from './load/values.ts';
import { type RecordOptions, record } from './record/run.ts';
import { clientModes } from './record/zeek-rows.ts';
import { parseSize } from './values.ts';

const queriesMax = 1_000_000_000;

export function recordCommand(): Command {
	return new Command('record')
		.description('Record the queries of a running petrel, with what came of each, as a trace.')
		.argument('<file>', "a Zeek dns.log; packed if its name ends in .gz or .zst; '-' is standard output")
		.addOption(
			new Option('--duration <duration>', 'how long')
				.argParser(parseSpan('The duration', 1, recordMsMax))
				.default(60_000, '1m'),
		)
		.addOption(
			new Option('--max-queries <n>', 'how many at most')
				.argParser(parseCount('The number of queries', 1, queriesMax))
				.default(1_000_000, '1M'),
		)
		.addOption(
			new Option('--max-bytes <size>', 'how large the file may be')
				.argParser(parseSize)
				.default(parseSize('256MiB'), '256MiB'),
		)
		.option(
			'--hash-names',
			'write others in the place of names, label by label, under a key of this recording',
		)
		.option(
			'--hash-key <file>',
			'take the key from a file of 16 octets or more, so that recordings can be compared',
		)
		.addOption(
			new Option('--clients <mode>', 'addresses of clients: left out, hashed under the key, or as they are')
				.choices(clientModes)
				.default('none'),
		)
		.addOption(controlOption())
		.addHelpText('after', help)
		.action((file: string, options: RecordOptions) => record(file, options));
}

const help =
	'\npetrel policies and petrel load read the file as it is. Without --hash-names it says what was asked: it is readable' +
	'\nby its owner alone, and a file that is there already is left alone. A hashed name keeps its zones, its length and its' +
	'\ntype, and who knows what is asked most may still guess it. The key is made for this recording and thrown away.' +
	'\nServing does not wait for a recording: what petrel cannot hand over is not in the file, and is counted in its last lines.' +
	'\nWhat is recorded is not taken from the environment: only --control is.\n' +
	'\nExit code: 0, also when it was interrupted; 1 when no petrel answers, another recording runs, or petrel ends.\n' +
	'\nExamples:\n' +
	'  petrel record queries.log.zst\n' +
	'  petrel record queries.log.gz --duration 1h --max-queries 10M --hash-names\n' +
	'  petrel record - --duration 10s | head -20\n';
