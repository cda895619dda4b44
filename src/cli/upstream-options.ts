/** The flags of `petrel upstream`. */
import { InvalidArgumentError, Option } from 'commander';
import { plainBehaviour } from '../load/upstream/behaviour.ts';
import { parseBehaviour } from '../load/upstream/label-reader.ts';
import type { Phase } from '../load/upstream/schedule.ts';
import { parseSchedule } from '../load/upstream/schedule-text.ts';
import { type TransportName, transportNames } from '../net/transport.ts';
import type { ListenAddress } from '../server/listen-plan.ts';
import { messageOf } from '../util/errors.ts';
import { nameToText, nameToWire } from '../wire/presentation.ts';
import { parseCount } from './load/values.ts';
import { collect, parseDuration, parseListen } from './values.ts';

export interface UpstreamCommandOptions {
	readonly listen: readonly ListenAddress[];
	readonly always: string;
	readonly zone: readonly string[];
	readonly ttl: number;
	readonly schedule?: readonly Phase[];
	readonly seed: number;
	readonly duration?: number;
	readonly report?: string;
	readonly reportEvery?: number;
	readonly transport: TransportName | 'auto';
	readonly labels: boolean;
}

const maxUint32 = 0xffff_ffff;
const reportEveryMsMin = 100;
/** Node.js counts timers in 31 bits of milliseconds. */
const durationMsMax = 24 * 86_400_000;

/** A parser's own words in place of commander's. */
function worded<T>(parse: (text: string) => T): (text: string) => T {
	return (text) => {
		try {
			return parse(text);
		} catch (thrown) {
			throw new InvalidArgumentError(messageOf(thrown));
		}
	};
}

const parseAlways = worded((text) => {
	parseBehaviour(text, plainBehaviour);
	return text;
});

const parseZone = worded((text) => nameToText(nameToWire(text)));

function parseSpan(what: string, minMs: number): (text: string) => number {
	return (text) => {
		const ms = parseDuration(text);
		if (ms >= minMs && ms <= durationMsMax) return ms;
		throw new InvalidArgumentError(`${what} is from ${minMs}ms to 576h.`);
	};
}

export function upstreamOptions(): Option[] {
	return [...whatItAnswers(), ...howItRuns()];
}

function whatItAnswers(): Option[] {
	return [
		new Option('--always <labels>', 'labels that hold for every query, such as "delay5ms ttl30"')
			.argParser(parseAlways)
			.default('', 'none')
			.env('PETREL_ALWAYS'),
		new Option('--zone <name>', 'refuse names outside this zone; may be repeated')
			.argParser(collect(parseZone))
			.default([], 'every name is answered')
			.env('PETREL_ZONE'),
		new Option('--ttl <seconds>', 'TTL of the records that it makes up')
			.argParser(parseCount('A TTL', 0, maxUint32))
			.default(plainBehaviour.ttlSec)
			.env('PETREL_TTL'),
		new Option(
			'--schedule <phases>',
			'such as "up 10s, down 5s": up, down, stall or servfail, repeated for ever',
		)
			.argParser(worded(parseSchedule))
			.env('PETREL_SCHEDULE'),
		new Option('--seed <number>', 'of all that is left to chance: the same queries get the same answers')
			.argParser(parseCount('A seed', 0, maxUint32))
			.default(1)
			.env('PETREL_SEED'),
	];
}

function howItRuns(): Option[] {
	return [
		new Option('--listen <addr:port>', 'listen here, by UDP and TCP; may be repeated')
			.argParser(collect(parseListen))
			.default([], '127.0.0.1:5300')
			.env('PETREL_LISTEN'),
		new Option('--duration <duration>', 'end by itself after this time')
			.argParser(parseSpan('The duration', 1))
			.env('PETREL_DURATION'),
		new Option(
			'--report <file|->',
			'write what it was asked there, as lines of JSON, at the end and on SIGUSR1',
		).env('PETREL_REPORT'),
		new Option('--report-every <duration>', 'write the totals to --report at this interval, too')
			.argParser(parseSpan('The interval', reportEveryMsMin))
			.env('PETREL_REPORT_EVERY'),
		new Option('--transport <name>', 'UDP by the native addon, by node:dgram, or by what is there')
			.choices(['auto', ...transportNames])
			.default('auto')
			.env('PETREL_TRANSPORT'),
		new Option('--labels', 'print the table of labels, and end').default(false).env('PETREL_LABELS'),
	];
}
