import { Command } from 'commander';
import type { FlushReport, FlushRequest } from '../server/control/control-target.ts';
import { PetrelError } from '../util/errors.ts';
import { typeNumber } from '../wire/iana.ts';
import { nameToWire } from '../wire/presentation.ts';
import { ControlClient, controlOption } from './control-client.ts';
import { exitCode } from './exit.ts';
import { formatOption } from './options.ts';
import { countText, durationText } from './quantity-text.ts';

interface FlushOptions {
	readonly all?: boolean;
	readonly suffix?: boolean;
	readonly type?: string;
	readonly block?: string;
	readonly format: 'text' | 'json';
	readonly control?: string;
}

export function flushCommand(): Command {
	return new Command('flush')
		.description('Forget what a running petrel has cached of a name, of all names below it, or of all.')
		.argument('[name]', 'the name; all its types, answers, denials and failures, in all server blocks')
		.option('--all', 'everything')
		.option('--suffix', 'the names below it too')
		.option('--type <type>', 'only this type: A, AAAA, TXT, ... or TYPE65')
		.option('--block <zone>', 'only in server blocks that have this zone in their keys')
		.addOption(formatOption('how to write what was removed'))
		.addOption(controlOption())
		.addHelpText(
			'after',
			'\nAn answer that is on its way meanwhile reaches who waits for it and is not kept.' +
				'\nWhat is flushed is not taken from the environment: only --format and --control are.\n' +
				'\nExit code: 0, also when there was nothing to remove; 1 when no petrel answers, or not all could be reached.\n' +
				'\nExamples:\n' +
				'  petrel flush www.example.org\n' +
				'  petrel flush ns.svc.cluster.local --suffix --type AAAA\n' +
				'  petrel flush --all --format json\n',
		)
		.action(flush);
}

async function flush(name: string | undefined, options: FlushOptions): Promise<void> {
	const request = requestOf(name, options);
	const client = new ControlClient(options.control);
	const report = await client.post<FlushReport>('/flush', request);
	process.stdout.write(options.format === 'json' ? `${JSON.stringify(report)}\n` : flushText(report));
	const whole = report.locked_count === 0 && report.silent_workers.length === 0;
	process.exitCode = whole ? exitCode.ok : exitCode.failed;
}

/** Throws `PETREL_CONFIG` for what can be seen to be wrong without a server. */
export function requestOf(name: string | undefined, options: Omit<FlushOptions, 'format'>): FlushRequest {
	const { all, suffix, type, block } = options;
	const refuse = (message: string): never => {
		throw new PetrelError('PETREL_CONFIG', message);
	};
	if (name === undefined && !all)
		refuse('nothing says what to forget: name it (petrel flush NAME), or use --all');
	if (name !== undefined && all) refuse(`both ${name} and --all: leave one of them out`);
	if (all && suffix) refuse('--suffix belongs to a name, and --all is everything: leave one of them out');
	if (name !== undefined) nameToWire(name);
	if (type !== undefined && typeNumber(type) === undefined) {
		refuse(`${type} is no DNS type: name one such as A, AAAA, MX, TXT, or write TYPE65 for number 65`);
	}
	return {
		...(name === undefined ? { all: true } : { name }),
		...(suffix ? { suffix } : {}),
		...(type === undefined ? {} : { type }),
		...(block === undefined ? {} : { block }),
	};
}

export function flushText(report: FlushReport): string {
	const { removed, removed_count, took_ms, locked_count, silent_workers } = report;
	const { positive, negative, failure, cut, large } = removed;
	const kinds: [number, string][] = [
		[positive, 'positive'],
		[negative, 'negative'],
		[failure, failure === 1 ? 'failure' : 'failures'],
		[cut, 'NXDOMAIN for all below'],
		[large, 'large'],
	];
	const parts = kinds.filter(([count]) => count > 0).map(([count, kind]) => `${countText(count)} ${kind}`);
	const entries = removed_count === 1 ? '1 entry' : `${countText(removed_count)} entries`;
	const list = parts.length > 0 ? ` (${parts.join(', ')})` : '';
	const locked = `not looked at: ${countText(locked_count)} parts of the cache that were locked all the time; try again\n`;
	const silent = `worker ${silent_workers.join(', ')} did not answer: its large answers may be there still; try again\n`;
	return (
		`removed ${entries}${list} in ${durationText(took_ms)}\n` +
		(locked_count > 0 ? locked : '') +
		(silent_workers.length > 0 ? silent : '')
	);
}
