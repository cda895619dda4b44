/** Flags that say how fast, for how long, and from where `petrel load` asks. */
import { Option } from 'commander';
import type { LoadSearch } from '../../load/conductor.ts';
import type { Pace } from '../../load/generate/pace.ts';
import { judge } from '../../load/report/judgement.ts';
import { parseThresholds } from '../../load/report/thresholds.ts';
import type { Round } from '../../load/result.ts';
import { PetrelError } from '../../util/errors.ts';
import { parseCount, parseNumber, parseRamp, parseRate, parseSpan, type Ramp } from './values.ts';

export interface PaceOptions {
	readonly rate?: number;
	readonly concurrency?: number;
	readonly max?: string;
	readonly ramp?: Ramp;
	readonly arrivals: 'even' | 'poisson';
	readonly maxRate: number;
	readonly confirm: number;
	readonly speed: number;
	readonly duration: number;
	readonly warmup: number;
	readonly timeout: number;
	readonly rounds?: number;
	readonly workers: number;
	readonly sockets: number;
	readonly queriesPerConnection: number;
	readonly maxQueries: number;
	readonly gather: number;
	readonly maxLag: number;
	readonly transport: 'auto' | 'native' | 'dgram';
	readonly trains: boolean;
	readonly seed?: number;
}

const hourMs = 3_600_000;
const defaultRateQps = 1000;
/** More in flight than any resolver has clients. */
const windowMax = 1_000_000;
const socketsMax = 4000;
const roundsMax = 1000;

export function paceOptions(): Option[] {
	return [...modeOptions(), ...timeOptions(), ...placeOptions()];
}

function modeOptions(): Option[] {
	return [
		new Option(
			'--rate <qps>',
			'open loop: so many queries a second, whatever the server does (default: 1000)',
		)
			.argParser(parseRate)
			.env('PETREL_RATE'),
		new Option('--concurrency <count>', 'closed loop: so many under way at any time')
			.argParser(parseCount('The number of queries under way', 1, windowMax))
			.env('PETREL_CONCURRENCY'),
		new Option(
			'--max <objective>',
			"find the highest rate that keeps an objective, such as 'p99<5ms loss<0.1%'",
		).env('PETREL_MAX'),
		new Option('--ramp <from..to>', 'open loop, from one rate to another over the duration: 1k..200k')
			.argParser(parseRamp)
			.env('PETREL_RAMP'),
		new Option('--arrivals <how>', 'gaps between queries: all alike, or random as with many clients')
			.choices(['even', 'poisson'])
			.default('even')
			.env('PETREL_ARRIVALS'),
		new Option('--max-rate <qps>', 'no rate above it is tried by --max')
			.argParser(parseRate)
			.default(1_000_000, '1M')
			.env('PETREL_MAX_RATE'),
		new Option('--confirm <count>', 'how often the result of --max must hold')
			.argParser(parseCount('The number of confirmations', 1, 100))
			.default(3)
			.env('PETREL_CONFIRM'),
		new Option('--speed <factor>', 'of --trace: how many times as fast as it was')
			.argParser(parseNumber('The speed', 0.001, 100_000))
			.default(1)
			.env('PETREL_SPEED'),
	];
}

function timeOptions(): Option[] {
	return [
		new Option('--duration <time>', 'of a round, or of a trial of --max, without its warm-up')
			.argParser(parseSpan('A duration', 100, 24 * hourMs))
			.default(10_000, '10s')
			.env('PETREL_DURATION'),
		new Option('--warmup <time>', 'before each round: in the series, and not in the summary')
			.argParser(parseSpan('A warm-up', 0, hourMs))
			.default(1000, '1s')
			.env('PETREL_WARMUP'),
		new Option('--timeout <time>', 'an answer that comes later is late; one that comes twice as late is lost')
			.argParser(parseSpan('A timeout', 1, 60_000))
			.default(2000, '2s')
			.env('PETREL_TIMEOUT'),
		new Option(
			'--rounds <count>',
			'rounds, each with every target, in turns (default: 1, or 3 for several targets)',
		)
			.argParser(parseCount('The number of rounds', 1, roundsMax))
			.env('PETREL_ROUNDS'),
		new Option(
			'--gather <time>',
			'queries that are due within so long leave together: shorter is truer, longer is cheaper',
		)
			.argParser(parseSpan('A time to gather', 0, 100))
			.default(0.25, '250us')
			.env('PETREL_GATHER'),
		new Option(
			'--max-lag <time>',
			'a query that could not be sent for so long is not sent at all, and its round is void',
		)
			.argParser(parseSpan('A lag', 1, 60_000))
			.default(100, '100ms')
			.env('PETREL_MAX_LAG'),
	];
}

/** Threads, sockets, and bounds. */
function placeOptions(): Option[] {
	return [
		new Option('--workers <count>', 'threads that send and receive')
			.argParser(parseCount('The number of workers', 1, 64))
			.default(1)
			.env('PETREL_WORKERS'),
		new Option('--sockets <count>', 'source ports, or connections for tcp://, of all workers together')
			.argParser(parseCount('The number of sockets', 1, socketsMax))
			.default(16)
			.env('PETREL_SOCKETS'),
		new Option(
			'--queries-per-connection <count>',
			'close a connection after so many and open another; 0: never',
		)
			.argParser(parseCount('The number of queries', 0, 1e9))
			.default(0)
			.env('PETREL_QUERIES_PER_CONNECTION'),
		new Option('--max-queries <count>', 'end each round after so many')
			.argParser(parseCount('The number of queries', 1, 1e9))
			.default(100_000_000, '100M')
			.env('PETREL_MAX_QUERIES'),
		new Option('--transport <name>', 'UDP by the native addon, by node:dgram, or by what is there')
			.choices(['auto', 'native', 'dgram'])
			.default('auto')
			.env('PETREL_TRANSPORT'),
		new Option('--no-trains', 'give the kernel each datagram by itself (native transport)').env(
			'PETREL_NO_TRAINS',
		),
		new Option('--seed <number>', 'the same seed asks the same (default: another each time)')
			.argParser(parseCount('A seed', 0, 0xffff_ffff))
			.env('PETREL_SEED'),
	];
}

/** The one mode that was asked for. Throws `PETREL_CONFIG` for two. */
export function paceOf(options: PaceOptions, traced: boolean): Pace | LoadSearch {
	const { rate, concurrency, max, ramp, arrivals } = options;
	const modes = { '--rate': rate, '--concurrency': concurrency, '--max': max, '--ramp': ramp };
	const named = Object.entries(modes).flatMap(([flag, value]) =>
		value === undefined || (flag === '--rate' && max !== undefined) ? [] : [flag],
	);
	if (traced && named.length === 0) return { kind: 'timed', speed: options.speed };
	if (named.length > 1) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`${named.join(' and ')} exclude each other: leave one of them out`,
		);
	}
	if (concurrency !== undefined) return { kind: 'closed', window: concurrency };
	if (ramp !== undefined) return { kind: 'ramp', ...ramp };
	if (max !== undefined) return searchOf(options, max);
	return { kind: 'rate', qps: rate ?? defaultRateQps, arrivals };
}

/** With --max, --rate is where the search begins. */
function searchOf(options: PaceOptions, objective: string): LoadSearch {
	const thresholds = parseThresholds(objective);
	return {
		objective: thresholds.map(({ text }) => text).join(' '),
		fromQps: options.rate ?? defaultRateQps,
		maxQps: options.maxRate,
		confirmations: options.confirm,
		arrivals: options.arrivals,
		broken: (round: Round) =>
			thresholds.flatMap((threshold) => {
				const judgement = judge(threshold, round);
				return judgement.kept ? [] : [`${threshold.text}: ${judgement.text}`];
			}),
	};
}
