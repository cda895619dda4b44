/** Flags that say what `petrel load` asks. */

import { InvalidArgumentError, Option } from 'commander';
import { typeNumber } from '../../wire/iana.ts';
import { searchListOptions } from '../search-list-options.ts';
import { parseCount, parseNumber, parseShare, parseSpan } from './values.ts';

export interface WorkloadOptions {
	readonly queries?: string;
	readonly trace?: string;
	readonly traceFormat: (typeof traceFormats)[number];
	readonly names?: number;
	readonly zone: string;
	readonly zipf?: number;
	readonly hitRatio?: number;
	readonly randomPrefix: boolean;
	readonly type?: readonly number[];
	readonly searchList?: true | string;
	readonly ndots: number;
	readonly searchFound: readonly string[];
	readonly once: boolean;
	readonly edns?: number;
	readonly do: boolean;
	readonly recurse: boolean;
	readonly cacheTtl?: number;
}

export const traceFormats = ['auto', 'dnsperf', 'pcap', 'zeek', 'coredns-log'] as const;
const secondMs = 1000;
const weekMs = 7 * 24 * 3600 * secondMs;

function parseTypes(text: string): readonly number[] {
	return text.split(/[\s,]+/).map((name) => {
		const number = typeNumber(name);
		if (number === undefined) {
			throw new InvalidArgumentError(
				`${name} is no DNS type: name one such as A, AAAA, TXT, or write TYPE65.`,
			);
		}
		return number;
	});
}

function parseNames(text: string, previous: readonly string[]): readonly string[] {
	return [...previous, ...text.split(/[\s,]+/).filter((name) => name !== '')];
}

export function workloadOptions(): Option[] {
	return [
		new Option(
			'--queries <file>',
			"what to ask, a line 'NAME TYPE' each, as dnsperf has it; -: standard input",
		).env('PETREL_QUERIES'),
		new Option(
			'--trace <file>',
			'ask what a capture or a log has, at its times: pcap, pcapng, Zeek, CoreDNS; also compressed',
		).env('PETREL_TRACE'),
		new Option('--trace-format <format>', 'what --trace is')
			.choices(traceFormats)
			.default('auto')
			.env('PETREL_TRACE_FORMAT'),
		new Option('--names <count>', 'make up so many names (default: 1,000)')
			.argParser(parseCount('The number of names', 1, 50_000_000))
			.env('PETREL_NAMES'),
		new Option('--zone <zone>', 'where made-up names are').default('petrel.example.').env('PETREL_ZONE'),
		new Option(
			'--zipf <exponent>',
			'names are asked as often as Zipf’s law has it: 1 is usual for DNS; without: evenly',
		)
			.argParser(parseNumber('The exponent', 0, 5))
			.env('PETREL_ZIPF'),
		new Option(
			'--hit-ratio <share>',
			'so many queries are for names asked before (in the warm-up), the others for new ones',
		)
			.argParser(parseShare)
			.env('PETREL_HIT_RATIO'),
		new Option('--random-prefix', 'a new label in front of every name: no cache has it')
			.default(false)
			.env('PETREL_RANDOM_PREFIX'),
		new Option('--type <types>', 'types of made-up names, in turn (default: A)')
			.argParser(parseTypes)
			.env('PETREL_TYPE'),
		...searchListOptions(),
		new Option(
			'--search-found <names>',
			'of --search-list: names that exist and end the search (default: those as given)',
		)
			.argParser(parseNames)
			.default([], '')
			.env('PETREL_SEARCH_FOUND'),
		new Option('--once', 'end when all of --queries was asked, in place of starting over')
			.default(false)
			.env('PETREL_ONCE'),
		new Option('--edns <octets>', 'send an OPT with this payload size (default: none, 1232 with --do)')
			.argParser(parseCount('The payload size', 0, 0xffff))
			.env('PETREL_EDNS'),
		new Option('--do', 'set DO: ask for signatures').default(false).env('PETREL_DO'),
		new Option('--no-recurse', 'clear RD').env('PETREL_NO_RECURSE'),
		new Option(
			'--cache-ttl <time>',
			'TTL of the answers, for the hit ratio that is predicted (default: longer than the run)',
		)
			.argParser(parseSpan('A TTL', secondMs, weekMs))
			.env('PETREL_CACHE_TTL'),
	];
}
