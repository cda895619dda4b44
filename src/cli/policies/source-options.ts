/** Flags that say what requests `petrel policies` studies. */

import { Option } from 'commander';
import { type StudyFormat, studyFormats } from '../../lab/study/find-format.ts';
import type { CsvColumns } from '../../lab/traces/csv-columns.ts';
import { parseCount, parseNumber, parseRate, parseShare, parseSpan } from '../load/values.ts';
import { searchListOptions } from '../search-list-options.ts';
import { parsePort } from '../values.ts';
import { parseColumns, type Written, written } from './values.ts';

export interface SourceOptions {
	readonly traceFormat: StudyFormat | 'auto';
	readonly tracePort: number;
	readonly pairReplies: boolean;
	readonly duplicatesWithin?: Written<number>;
	readonly keepIncomplete: boolean;
	readonly columns?: CsvColumns;
	readonly delimiter?: string;
	readonly timeUnit?: number;
	readonly rate?: Written<number>;
	readonly rtt?: Written<number>;
}

export interface GeneratorOptions {
	readonly names?: number;
	readonly zipf?: number;
	readonly requests?: number;
	readonly searchList?: true | string;
	readonly ndots: number;
	readonly flood?: number;
	readonly floodPerHot: number;
	readonly onceShare?: number;
	readonly scan?: number;
	readonly scanEvery: number;
	readonly dailyShift?: number;
	readonly day: number;
	readonly denied?: number;
}

const hourMs = 3_600_000;

export function sourceOptions(): Option[] {
	return [
		new Option('--trace-format <format>', 'what the traces are; whether they are packed is always found out')
			.choices(['auto', ...studyFormats])
			.default('auto')
			.env('PETREL_TRACE_FORMAT'),
		new Option('--trace-port <port>', 'of captures and Zeek logs: the port of DNS servers; 0: any')
			.argParser(parsePort)
			.default(53)
			.env('PETREL_TRACE_PORT'),
		new Option(
			'--no-pair-replies',
			'of captures: take each query for answered, and its TTL from --ttl, in place of looking for its reply',
		).env('PETREL_NO_PAIR_REPLIES'),
		new Option(
			'--duplicates-within <time>',
			'pass over queries of the same client, port, ID, name and type within so long: captured twice',
		)
			.argParser(written(parseSpan('A time between duplicates', 0.001, 60_000)))
			.env('PETREL_DUPLICATES_WITHIN'),
		new Option('--keep-incomplete', 'of Zeek logs: keep rows without a query, as one name that has no answer')
			.default(false)
			.env('PETREL_KEEP_INCOMPLETE'),
		new Option('--columns <columns>', 'of csv: which is which, by number or name: id=5,time=2,size=4')
			.argParser(parseColumns)
			.env('PETREL_COLUMNS'),
		new Option('--delimiter <character>', 'of csv: what is between columns (default: found out)').env(
			'PETREL_DELIMITER',
		),
		new Option('--time-unit <time>', 'of csv: how long one unit of the column of times is (default: 1s)')
			.argParser(parseSpan('A unit of time', 0.001, hourMs))
			.env('PETREL_TIME_UNIT'),
		new Option(
			'--rate <qps>',
			'queries a second of what is made up (default: 1000), and of traces without times (default: all at once)',
		)
			.argParser(written(parseRate))
			.env('PETREL_RATE'),
		new Option('--rtt <time>', 'how long an upstream takes, where the trace does not say')
			.argParser(written(parseSpan('A round trip', 0.001, 60_000)))
			.env('PETREL_RTT'),
	];
}

const namesMax = 50_000_000;
const requestsMost = 2_000_000_000;

export function generatorOptions(): Option[] {
	return [
		new Option('--requests <count>', 'make up so many requests in place of reading a trace (default: 1M)')
			.argParser(parseCount('The number of requests', 1, requestsMost))
			.env('PETREL_REQUESTS'),
		new Option('--names <count>', 'made-up names (default: 100k; 10k with --search-list; 1k with --flood)')
			.argParser(parseCount('The number of names', 1, namesMax))
			.env('PETREL_NAMES'),
		new Option('--zipf <exponent>', 'how often each is asked, by Zipf’s law (default: 1)')
			.argParser(parseNumber('The exponent', 0, 5))
			.env('PETREL_ZIPF'),
		new Option('--denied <share>', 'of made-up names, those that do not exist (default: 5%)')
			.argParser(parseShare)
			.env('PETREL_DENIED'),
		...searchListOptions(),
		new Option(
			'--flood <count>',
			'a flood of so many names that do not exist, over names that are asked in turn',
		)
			.argParser(parseCount('The number of names of a flood', 1, namesMax))
			.env('PETREL_FLOOD'),
		new Option('--flood-per-hot <count>', 'of --flood: names of it for each request for another')
			.argParser(parseCount('The number', 1, 1e6))
			.default(10)
			.env('PETREL_FLOOD_PER_HOT'),
		new Option('--once-share <share>', 'so many requests are for names that nobody asks again')
			.argParser(parseShare)
			.env('PETREL_ONCE_SHARE'),
		new Option('--scan <count>', 'somebody goes through so many names in turn, again and again')
			.argParser(parseCount('The number of names of a scan', 1, namesMax))
			.env('PETREL_SCAN'),
		new Option('--scan-every <count>', 'of --scan: requests from one beginning to the next')
			.argParser(parseCount('The number of requests between scans', 1, requestsMost))
			.default(100_000, '100k')
			.env('PETREL_SCAN_EVERY'),
		new Option(
			'--daily-shift <share>',
			'other names are popular by night, and a day brings so many new ones, such as 5%',
		)
			.argParser(parseShare)
			.env('PETREL_DAILY_SHIFT'),
		new Option('--day <time>', 'of --daily-shift: how long a day is')
			.argParser(parseSpan('A day', 1000, 1000 * hourMs))
			.default(24 * hourMs, '24h')
			.env('PETREL_DAY'),
	];
}
