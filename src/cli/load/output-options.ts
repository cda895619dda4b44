/** Flags that say what `petrel load` writes, and what it must keep. */
import { Option } from 'commander';
import { parseThresholds, type Threshold } from '../../load/report/thresholds.ts';

export interface OutputOptions {
	readonly threshold: readonly Threshold[];
	readonly json?: string;
	readonly jsonLines?: string;
	readonly html?: string;
	readonly hgrm?: string;
	readonly format: 'text' | 'dnsperf' | 'json';
	readonly intervals: boolean;
	readonly quiet: boolean;
}

export function outputOptions(): Option[] {
	return [
		new Option(
			'--threshold <what>',
			"what must be kept, such as 'p99<2ms' or 'loss<0.01% rate>=50k'; may be repeated",
		)
			.argParser((text: string, previous: readonly Threshold[]) => [...previous, ...parseThresholds(text)])
			.default([], 'none')
			.env('PETREL_THRESHOLD'),
		new Option('--json <file>', 'write the result as one JSON document; -: to stdout').env('PETREL_JSON'),
		new Option(
			'--json-lines <file>',
			'write header, series and sums as JSON lines in the schema of OARC dns-metrics',
		).env('PETREL_JSON_LINES'),
		new Option('--html <file>', 'write a page with charts, one file that needs no network').env(
			'PETREL_HTML',
		),
		new Option('--hgrm <file>', 'write the latency distribution for HdrHistogram’s plotter').env(
			'PETREL_HGRM',
		),
		new Option('--format <format>', 'what goes to stdout; dnsperf: its lines, for scripts that read them')
			.choices(['text', 'dnsperf', 'json'])
			.default('text')
			.env('PETREL_FORMAT'),
		new Option('--intervals', 'write a line for each second to stderr')
			.default(false)
			.env('PETREL_INTERVALS'),
		new Option('--quiet', 'no line on the terminal while it runs').default(false).env('PETREL_QUIET'),
	];
}
